"""The page on circuits: two networks beside one another, twice, and the way from one to the other."""

import numpy as np

from models.prepared import PREPARED_GROUPS
from pages.ui.services import store
from tests.pages.conftest import asked, has_board, payload, run_until, sound, texts
from tests.viz.payload import decode, past

INDUCTION = {
    "steps": "12", "hidden": "16", "heads": "1", "batch_size": "8", "task__choices": "6",
    "task__longest": "9", "task__length": "20", "probe": "1 2 3 1 2 3 1",
}  # fmt: skip
GROKKING = {"circuit": "grokking", "steps": "100", "hidden": "8", "embedding": "4", "task__modulus": "11"}


def trained(page, key):
    page.button(key=key).click().run()
    return run_until(page, lambda p: has_board(p) and len(p.metric) == 2 and done(p), 180)


def done(page):
    """Whether no run is going: Stop has nothing to do."""
    return all(button.disabled for button in page.button if button.label == "Stop")


def test_one_layer_beside_two_with_both_scores_and_every_head(open_page):
    page = trained(open_page("circuits", **INDUCTION), "circuits.induction.train")
    header, _ = decode(payload(page))
    assert [picture["name"] for picture in header["pictures"]] == [
        "accuracy", "previous", "induction", "next", "two layers.0.0", "two layers.1.0", "one layer.0.0",
    ]  # fmt: skip
    assert header["moments"][-1] == 12
    attention = past(payload(page), "two layers.1.0", "data.0.z")
    assert attention.shape == (len(header["moments"]), 7, 7)
    assert np.allclose(attention.sum(-1), 1, atol=1e-3)
    assert np.array_equal(past(payload(page), "induction", "layout.shapes.0.x0"), header["moments"])
    for line in ("data.0.y", "data.1.y"):
        assert past(payload(page), "next", line).shape == (len(header["moments"]), 6)
    assert [metric.label for metric in page.metric] == [
        "Induction head of two layers", "Induction head of one layer",
    ]  # fmt: skip


def test_grokking_with_weight_decay_beside_without(open_page):
    page = trained(open_page("circuits", **GROKKING), "circuits.grokking.train")
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert list(pictures) == [
        "accuracy", "weights", "sums.weight decay 1", "sums.weight decay 0",
        "waves.weight decay 1", "waves.weight decay 0",
    ]  # fmt: skip
    names = [line["name"] for line in pictures["accuracy"]["figure"]["data"]]
    assert names == [f"weight decay {d}: {w}" for d in (1, 0) for w in ("never shown", "trained on")]
    sums = past(payload(page), "sums.weight decay 1", "data.0.z")
    assert sums.shape == (len(header["moments"]), 11, 11)
    waves = past(payload(page), "waves.weight decay 0", "data.0.y")
    assert waves.shape == (len(header["moments"]), 5)
    assert np.allclose(waves.sum(-1), 1, atol=1e-5)


def test_each_circuit_keeps_its_settings_when_the_other_is_looked_at(open_page):
    page = open_page("circuits", **INDUCTION)
    before = asked(page)
    page = sound(page.segmented_control(key="circuits.circuit").set_value("grokking").run())
    assert asked(page)["circuit"] == "grokking" and "hidden" not in asked(page)
    page = sound(page.slider(key="circuits.grokking.task.modular_addition.modulus").set_value(13).run())
    page = sound(page.segmented_control(key="circuits.circuit").set_value("induction").run())
    assert asked(page) == before
    assert page.slider(key="circuits.induction.hidden").value == 16
    page = sound(page.segmented_control(key="circuits.circuit").set_value("grokking").run())
    assert asked(page)["task.modulus"] == "13"


def test_first_sight_starts_both_prepared_networks(open_page):
    open_page("circuits")
    assert all(store().find(e, any_status=True) for e in PREPARED_GROUPS["circuits"].values())


def test_links_that_ask_for_nonsense_fall_back(open_page):
    page = open_page("circuits", circuit="magic", steps="40", layers="9", probe="a b", hidden="x")
    told = texts(page)
    assert "wanted one of induction, grokking, got magic" in told
    assert "The link asked for something that cannot be" in told
    assert "This sequence cannot be read" in told
