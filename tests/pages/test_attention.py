"""The attention page: the map over training, one step opened, attention moved by hand."""

import dataclasses

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from models.experiment import Experiment
from models.prepared import PREPARED
from tests.pages.conftest import APP, asked, payload, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

SHORT = {"task": "reverse_sequence", "task.longest": "6", "steps": "30", "hidden": "8", "source": "cafe"}


EXPERIMENT = Experiment(
    "reverse_sequence",
    {"longest": 6},
    dataclasses.replace(PREPARED["attention"].model, hidden=8, attention="additive"),
    dataclasses.replace(PREPARED["attention"].train, steps=30),
)


def opened(**query):
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.switch_page("pages/attention.py")
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    return sound(page.run())


@pytest.fixture(scope="module")
def run_id():
    """A network with additive attention, trained for a moment."""
    return finish(EXPERIMENT)


@pytest.fixture
def page(run_id):
    """Its page, opened anew."""
    return opened(**SHORT, attention="additive", run=run_id)


def test_attention_travels_with_a_row_for_each_symbol_written(page):
    rows = past(payload(page), "alignment", "data.0.z")
    moments = decode(payload(page))[0]["moments"]
    assert rows.shape == (len(moments), len("efac") + 1, len("cafe"))
    np.testing.assert_allclose(rows.sum(-1), 1, atol=1e-3)


def test_the_true_alignment_is_drawn_over_with_its_score(page):
    header, _ = decode(payload(page))
    (alignment,) = [picture for picture in header["pictures"] if picture["name"] == "alignment"]
    assert alignment["figure"]["data"][1]["name"] == "true alignment"
    scores = past(payload(page), "alignment", "layout.annotations.0.text")
    assert all("largest weight on a true word" in score and "25%" in score for score in scores)
    names = {picture["name"] for picture in header["pictures"]}
    assert {"bands", "agreement", "loss", "accuracy"} <= names


def test_one_step_is_opened_with_its_numbers(page):
    sound(page.selectbox(key="attention.at").set_value(2).run())
    assert asked(page)["at"] == "2"
    latex = [element.value for element in page.get("latex")]
    assert any(r"v \cdot \tanh" in text for text in latex)
    assert any("a_{" in text and r"\frac{1}" in text for text in latex)


def test_attention_is_moved_by_hand_old_and_new_side_by_side(page):
    sound(page.selectbox(key="attention.to").set_value("1").run())
    assert asked(page)["to"] == "1"
    said = texts(page)
    assert "As it looks by itself" in said
    assert "With the attention moved" in said
    assert "Step 3 " in said
    assert "attention is not an explanation" in said
    sound(page.selectbox(key="attention.to").set_value("evenly").run())
    assert asked(page)["to"] == "evenly"


def test_what_each_source_word_would_write_is_counted(page):
    table = page.dataframe[-1].value
    assert list(table["all attention on"]) == list("cafe")
    assert "source word, the same is written for" in texts(page)


def test_a_source_without_a_rule_is_answered_and_has_no_score(open_page):
    small = dataclasses.replace(PREPARED["attention"].model, hidden=8)
    short = dataclasses.replace(PREPARED["attention"].train, steps=2)
    run_id = finish(Experiment("english_to_korean", {"clauses": 1}, small, short))
    page = open_page(
        "attention", source="cat the the saw", run=run_id, steps="2", hidden="8", task__clauses="1"
    )
    scores = past(payload(page), "alignment", "layout.annotations.0.text")
    assert set(scores) == {"no alignment is known for this source"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("attention", "none", "needs a network with attention"),
        ("attention", "telepathy", "got 'telepathy'"),
        ("at", "99999", ""),
        ("move", "-1", ""),
        ("to", "nowhere", ""),
        ("source", "", ""),
        ("source", "el gato", "got 'el', 'gato'"),
        ("run", "not-a-run", "not kept here"),
    ],
)
def test_bad_values_in_a_url_fall_back_with_a_notice(open_page, name, value, said):
    assert said in texts(open_page("attention", **{"steps": "31", name: value}))
