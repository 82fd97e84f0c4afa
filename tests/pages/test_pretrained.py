"""The page of real models: opens on ours, offers the operator's, never a path, says what is missing."""

import dataclasses
import importlib.util

import numpy as np
import pytest

from models import model_shelf
from models.claims.language import grammar_experiment
from models.experiment import TrainConfig
from tests.models.tiny_models import needs_transformers, save_bert
from tests.pages.conftest import asked, payload, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode


@pytest.fixture(autouse=True)
def empty_shelf(tmp_path, monkeypatch):
    """No models but ours, which are trained for a moment only."""
    monkeypatch.setenv(model_shelf.FOLDER, str(tmp_path))
    monkeypatch.delenv(model_shelf.HUB, raising=False)
    short = {
        f"own-{form}": dataclasses.replace(grammar_experiment(form), train=TrainConfig(4, 16, kept=1))
        for form in ("masked", "causal")
    }
    monkeypatch.setattr("pages.ui.texts.model_choice.OWN", short)
    for experiment in short.values():
        finish(experiment)
    return tmp_path


def pictures_of(page):
    return {picture["name"]: picture for picture in decode(payload(page))[0]["pictures"]}


def test_first_sight_is_our_own_small_bert(open_page):
    page = open_page("pretrained")
    pictures = pictures_of(page)
    assert list(pictures) == ["guesses 1", "grid", "map", "lines", "lens"]
    assert len(pictures["grid"]["figure"]["data"]) == 4
    assert "UNROLLED_MODELS" in texts(page) or importlib.util.find_spec("transformers") is None
    page = sound(page.segmented_control(key="pretrained.head").set_value(2).run())
    assert pictures_of(page)["map"]["title"] == "Layer 0, head 2"
    assert asked(page)["head"] == "2"


def test_our_own_gpt_sees_nothing_to_the_right(open_page):
    page = open_page("pretrained", model="own-causal", layer="1")
    header, arrays = decode(payload(page))
    (entry,) = [entry for entry in header["pictures"] if entry["name"] == "map"]
    z = entry["figure"]["data"][0]["z"]
    values = arrays[z["$array"]] if isinstance(z, dict) else np.array(z)
    assert np.triu(values, 1).max() == 0
    assert values.sum(1) == pytest.approx(1, abs=1e-3)


def test_a_text_that_cannot_be_read_is_explained(open_page):
    page = open_page("pretrained", text="the zebra sleeps")
    assert "zebra" in texts(page)


@needs_transformers
def test_a_model_of_the_operators_folder_is_offered_and_read(open_page, empty_shelf):
    save_bert(empty_shelf / "tiny-one", layers=3, heads=2)
    page = open_page("pretrained", model="tiny-one", text="the film was ___", layer="2")
    pictures = pictures_of(page)
    assert "guesses 4" in pictures
    assert len(pictures["grid"]["figure"]["data"]) == 2
    assert pictures["map"]["title"] == "Layer 2, head 0"
    page = sound(page.text_input(key="pretrained.text.tiny-one").set_value("great " * 300).run())
    assert "wanted a text of 1 to 24 tokens" in texts(page)
    assert str(empty_shelf) not in texts(page)


@needs_transformers
def test_a_model_without_a_language_head_shows_its_attention_and_says_why_no_more(open_page, empty_shelf):
    save_bert(empty_shelf / "sentences", language_head=False)
    page = open_page("pretrained", model="sentences")
    assert list(pictures_of(page)) == ["grid", "map", "lines"]
    assert "This model has no language head" in texts(page)


@needs_transformers
@pytest.mark.parametrize("name", ["../secret", "/etc", "tests", "some/model"])
def test_a_link_cannot_name_a_path(open_page, name):
    page = open_page("pretrained", model=name)
    assert "asks for a model that is not here" in texts(page)


@needs_transformers
def test_a_path_is_refused_where_the_hub_is_allowed_too(open_page, monkeypatch):
    monkeypatch.setenv(model_shelf.HUB, "yes")
    monkeypatch.setattr("models.pretrained._downloaded", lambda *_, **__: pytest.fail("asked the hub"))
    page = open_page("pretrained", model="/etc")
    assert "cannot be shown: wanted a name like" in texts(page)


def test_without_the_extra_the_page_says_so_in_a_sentence(open_page, monkeypatch):
    monkeypatch.setattr("pages.ui.texts.model_choice.available", lambda: False)
    page = open_page("pretrained")
    assert "pip install -r requirements-pretrained.txt" in texts(page)


@pytest.mark.parametrize("name", ["layer", "head"])
def test_a_layer_that_is_not_there_falls_back(open_page, name):
    page = open_page("pretrained", **{name: "77"})
    assert f"{name}: wanted" in texts(page)
    assert asked(page).get(name) is None
