"""The Transformer's first page: reading, writing and looking back, every head, over training."""

import dataclasses

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from models.experiment import Experiment
from models.prepared import PREPARED
from tests.pages.conftest import APP, asked, payload, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

BASE = PREPARED["transformer"]
EXPERIMENT = Experiment(
    "reverse_sequence",
    {"longest": 6},
    dataclasses.replace(BASE.model, hidden=18, heads=3, layers=2, feed_forward=8),
    dataclasses.replace(BASE.train, steps=50),
)
SHORT = {
    "task": "reverse_sequence", "task.longest": "6", "steps": "50", "hidden": "18", "heads": "3",
    "feed_forward": "8", "source": "cafe",
}  # fmt: skip


@pytest.fixture(scope="module")
def run_id():
    """An encoder-decoder trained for a moment."""
    return finish(EXPERIMENT)


def opened(**query):
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.switch_page("pages/transformer.py")
    for name, value in query.items():
        page.query_params[name] = value
    return sound(page.run())


@pytest.fixture
def page(run_id):
    return opened(**SHORT, run=run_id)


def test_three_attentions_of_the_chosen_head_travel_through_training(page):
    moments = decode(payload(page))[0]["moments"]
    steps, source = len("efac") + 1, len("cafe")
    back, reads, writes = (past(payload(page), name, "data.0.z") for name in ("alignment", "reads", "writes"))
    assert back.shape == (len(moments), steps, source)
    assert reads.shape == (len(moments), source, source)
    assert writes.shape == (len(moments), steps, steps)
    for attention in (back, reads, writes):
        np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-3)
    assert not np.triu(writes, 1).any()
    assert np.triu(reads, 1).any()


def test_every_head_that_looks_back_has_a_small_map(page):
    header, _ = decode(payload(page))
    grid = next(picture for picture in header["pictures"] if picture["name"] == "heads")
    assert len(grid["figure"]["data"]) == 2 * 3
    chosen = past(payload(page), "alignment", "data.0.z")
    np.testing.assert_array_equal(past(payload(page), "heads", "data.0.z"), chosen)
    sound(page.segmented_control(key="transformer.head").set_value(2).run())
    assert asked(page)["head"] == "2"
    other = past(payload(page), "alignment", "data.0.z")
    np.testing.assert_array_equal(past(payload(page), "heads", "data.2.z"), other)
    assert not np.array_equal(other, chosen)


def test_it_writes_an_answer_beside_the_right_one(page):
    said = texts(page)
    assert "It writes" in said
    assert ":blue[e f a c]" in said or ":blue[efac]" in said


def test_a_source_that_cannot_be_read_is_told(run_id):
    assert "cannot be read" in texts(opened(**SHORT | {"source": "xyz"}, run=run_id))
