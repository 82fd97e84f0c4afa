"""A visitor gives a name, never a path; readings of real models and of ours have one form."""

import numpy as np
import pytest
import torch

from models import model_shelf
from models.claims.language import grammar_experiment
from models.film import task_of
from models.model_shelf import open_model, read, read_own
from models.networks import build_network
from models.pretrained import PretrainedError
from tests.models.tiny_models import needs_transformers, save_bert


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of models with one tiny BERT, beside a folder that is none of the visitor's business."""
    models = tmp_path / "models"
    (models / "empty").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "config.json").write_text('{"model_type": "bert"}')
    monkeypatch.setenv(model_shelf.FOLDER, str(models))
    monkeypatch.delenv(model_shelf.HUB, raising=False)
    return models


@pytest.fixture
def tiny_bert(shelf):
    save_bert(shelf / "tiny")
    return "tiny"


@needs_transformers
def test_a_model_of_the_folder_is_read_into_the_form_of_ours(tiny_bert):
    assert model_shelf.names() == ["tiny"]
    reading = read(open_model(tiny_bert), "the film was ___ bad")
    assert reading.kind == "masked"
    assert reading.tokens == ["[CLS]", "the", "film", "was", "[MASK]", "bad", "[SEP]"]
    assert reading.attention.shape == (2, 3, 7, 7)
    assert reading.lens.confidence.shape == reading.lens.guesses.shape == (3, 7)
    (guesses,) = reading.blanks.values()
    assert list(reading.blanks) == [4]
    assert guesses[0].token == reading.lens.guesses[-1, 4]
    assert guesses[0].probability == pytest.approx(reading.lens.confidence[-1, 4])


@needs_transformers
def test_a_model_without_a_language_head_is_shown_without_answers(shelf):
    save_bert(shelf / "sentences", language_head=False)
    reading = read(open_model("sentences"), "the film was ___ bad")
    assert reading.lens is None and reading.blanks == {}
    assert reading.attention.shape == (2, 3, 7, 7)


@needs_transformers
@pytest.mark.parametrize("hub", ["no", "yes"])
@pytest.mark.parametrize(
    "name", ["../secret", "secret", "/etc", "models", ".", "tests/models", "tiny/../../secret"]
)
def test_no_path_leads_out_of_the_folder(shelf, monkeypatch, name, hub):
    monkeypatch.setenv(model_shelf.HUB, hub)
    monkeypatch.setattr("models.pretrained._downloaded", lambda *_, **__: pytest.fail("asked the hub"))
    if (name, hub) == ("secret", "yes"):
        name = str(shelf.parent / "secret")
    with pytest.raises(PretrainedError) as caught:
        open_model(name)
    told = str(caught.value)
    assert "wanted" in told and "config.json" not in told


@needs_transformers
def test_a_broken_model_is_explained_without_a_path(shelf):
    (shelf / "broken").mkdir()
    (shelf / "broken" / "config.json").write_text('{"model_type": "bert"}')
    (shelf / "broken" / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(PretrainedError) as caught:
        open_model("broken")
    assert "broken" in str(caught.value)
    assert str(shelf.parent) not in str(caught.value)


def test_without_the_packages_it_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(model_shelf, "available", lambda: False)
    with pytest.raises(PretrainedError, match=r"requirements-pretrained\.txt"):
        open_model("anything")


def test_no_folder_has_no_models(monkeypatch, tmp_path):
    monkeypatch.setenv(model_shelf.FOLDER, str(tmp_path / "nowhere"))
    assert model_shelf.names() == []


@pytest.mark.parametrize("form", ["masked", "causal"])
def test_ours_are_read_alike(form):
    experiment = grammar_experiment(form)
    task = task_of(experiment)
    torch.manual_seed(2)
    network = build_network(experiment.model, task).eval()
    reading = read_own(network, task, task.example())
    steps = len(reading.tokens)
    assert reading.attention.shape == (2, 4, steps, steps)
    np.testing.assert_allclose(reading.attention.sum(-1), 1, atol=1e-5)
    ids = task.encode(task.example())
    with torch.no_grad():
        answers = network(ids[None])[0].softmax(-1)
    np.testing.assert_allclose(reading.lens.confidence[-1], answers.amax(-1).numpy(), atol=1e-5)
    place = 1 if form == "masked" else steps - 1
    assert list(reading.blanks) == [place]
    assert reading.blanks[place][0].token == task.symbols[int(answers[place].argmax())]
    if form == "causal":
        assert np.triu(reading.attention[0, 0], 1).max() == 0
