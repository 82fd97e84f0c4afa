"""Real pre-trained models, by tiny ones that the test makes and saves itself."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
import torch

from models import pretrained
from models.pretrained import PretrainedError, load
from tests.models.tiny_models import needs_transformers, save_bert, save_gpt


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory):
    """A BERT of two layers with three heads."""
    return save_bert(tmp_path_factory.mktemp("tiny-bert"))


@pytest.fixture(scope="module")
def gpt_folder(tmp_path_factory):
    """A GPT-2 of three layers with two heads."""
    return save_gpt(tmp_path_factory.mktemp("tiny-gpt"))


@needs_transformers
def test_bert_gives_attention_that_sums_to_one_and_sees_both_sides(bert_folder):
    model = load(bert_folder)
    trace = model.trace("the film was ___ bad")
    attention = trace.sequence("layers.1.attention")
    assert trace.axes["layers.1.attention"] == ("batch", "head", "query", "key")
    assert attention.shape == (3, 7, 7)
    np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-5)
    assert np.triu(attention[0], 1).max() > 0
    assert trace.tokens[0] == ["[CLS]", "the", "film", "was", "[MASK]", "bad", "[SEP]"]
    assert list(model.blanks(trace)) == [4]


@needs_transformers
def test_gpt_sees_only_what_stands_before(gpt_folder):
    trace = load(gpt_folder).trace("the film was great")
    for layer in range(3):
        assert np.triu(trace.sequence(f"layers.{layer}.attention")[0], 1).max() == 0


@needs_transformers
@pytest.mark.parametrize("folder", ["bert_folder", "gpt_folder"])
def test_the_lens_of_the_last_layer_is_the_model_itself(folder, request):
    model = load(request.getfixturevalue(folder))
    trace = model.trace("these cats near the river sleep")
    lens = model.logit_lens(trace, most=3)
    assert len(lens) == model.layers + 1
    own = torch.from_numpy(trace.output[0]).softmax(-1).topk(3).values
    seen = torch.tensor([[guess.probability for guess in guesses] for guesses in lens[-1]])
    torch.testing.assert_close(seen, own, rtol=1e-4, atol=1e-6)


@needs_transformers
def test_the_output_is_what_the_library_computes(gpt_folder):
    from transformers import GPT2LMHeadModel

    model = load(gpt_folder)
    trace = model.trace("this film")
    reference = GPT2LMHeadModel.from_pretrained(gpt_folder)(model.encode("this film")[None]).logits
    np.testing.assert_allclose(trace.output, reference.detach().numpy(), atol=1e-5)


@needs_transformers
def test_a_model_without_a_language_head_attends_but_is_never_asked_for_words(bert_folder, tmp_path):
    """The library would fill a missing head with random weights, whose guesses look like answers."""
    from transformers import BertModel

    model = load(save_bert(tmp_path / "sentences", layers=2, language_head=False))
    assert load(bert_folder).answers and not model.answers
    trace = model.trace("the film was ___ bad")
    reference = BertModel.from_pretrained(tmp_path / "sentences", attn_implementation="eager")
    with torch.no_grad():
        expected = reference(model.encode("the film was ___ bad")[None], output_attentions=True)
    np.testing.assert_allclose(trace.output, expected.last_hidden_state, atol=1e-6)
    np.testing.assert_allclose(trace["layers.1.attention"], expected.attentions[1], atol=1e-6)
    for question in (model.logit_lens, model.blanks):
        with pytest.raises(PretrainedError, match="language head, sentences has none"):
            question(trace)


@needs_transformers
def test_a_body_with_missing_weights_is_refused(bert_folder, tmp_path):
    """A third layer that the configuration promises and the file lacks would be random."""
    save_bert(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}), "utf-8")
    with pytest.raises(PretrainedError, match=r"complete model.*16 of its weights are missing.*layer\.2"):
        load(tmp_path)


@needs_transformers
def test_texts_that_do_not_fit_are_refused(bert_folder, gpt_folder):
    with pytest.raises(PretrainedError, match="1 to 24 tokens, got 32"):
        load(bert_folder).encode("film " * 30)
    with pytest.raises(PretrainedError, match="without a blank"):
        load(gpt_folder).encode("the ___ film")
    with pytest.raises(PretrainedError, match="got 0"):
        load(gpt_folder).encode("")


@needs_transformers
def test_every_token_of_gpt_can_be_read_and_told_from_others(gpt_folder):
    model = load(gpt_folder)
    shown = model.tokens(torch.arange(len(model.tokenizer)))
    assert all(token.isprintable() and token for token in shown)
    assert len(set(shown)) >= len(shown) - 1, "only a lone space looks like the byte of the middle dot"


@needs_transformers
def test_pickled_weights_are_refused_by_name(bert_folder, tmp_path):
    (tmp_path / "config.json").write_text((bert_folder / "config.json").read_text("utf-8"), "utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04never read")
    with pytest.raises(PretrainedError, match=r"safetensors.*only pytorch_model\.bin.*run code"):
        load(tmp_path)


@needs_transformers
def test_other_types_broken_and_missing_files_are_refused_in_one_sentence(bert_folder, tmp_path):
    with pytest.raises(PretrainedError, match=r"config\.json"):
        load(tmp_path)
    config = json.loads((bert_folder / "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"model_type": "t5"}), "utf-8")
    with pytest.raises(PretrainedError, match="got 't5'"):
        load(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(PretrainedError, match="complete model") as failure:
        load(tmp_path)
    assert "\n" not in str(failure.value)


@needs_transformers
def test_code_of_a_repository_is_never_executed(bert_folder, tmp_path):
    for path in bert_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((bert_folder / "config.json").read_text("utf-8"))
    config["auto_map"] = {"AutoModelForMaskedLM": "evil.Model", "AutoConfig": "evil.Config"}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    with contextlib.suppress(PretrainedError):
        load(tmp_path)
    assert not (tmp_path / "ran").exists()


@needs_transformers
def test_a_name_that_is_not_here_says_so_without_the_hub(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(PretrainedError, match="not on this machine"):
        load("nobody/no-such-model", hub=False)
    with pytest.raises(PretrainedError, match="a folder or a name"):
        load("../somewhere/else", hub=False)


def test_without_the_packages_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(pretrained, "available", lambda: False)
    with pytest.raises(PretrainedError, match=r"requirements-pretrained\.txt"):
        load("bert-base-uncased")
