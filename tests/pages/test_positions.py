"""The page on positions: each encoding laid open, trained side by side, shuffled, read beyond."""

import json

import pytest

from models.experiment import POSITIONS
from models.prepared import PREPARED_GROUPS
from pages.ui.services import store
from tests.pages.conftest import all_done, asked, payload, run_until, settled, sound, texts
from tests.viz.payload import decode, past

PAGE = "positions"
SHORT = {
    "view": "trained",
    "steps": "30",
    "hidden": "12",
    "heads": "2",
    "task__length": "5",
    "batch_size": "16",
}


KNOWS = "knows which, not where: 0.33"


def charts(page):
    """The static charts' figures by order."""
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


@pytest.mark.parametrize("kind", POSITIONS)
def test_every_encoding_is_shown_four_ways(open_page, kind):
    page = open_page(PAGE, kind=kind, shown_length="20", width="12")
    figures = charts(page)
    assert len(figures) == (5 if kind == "rotary" else 4)
    assert asked(page).get("kind", "sinusoidal") == kind
    same = "All pairs with the same distance have the same score."
    assert (same in texts(page)) == (kind != "learned")


@pytest.mark.parametrize("kind", POSITIONS)
def test_only_sliders_that_change_something_stand_there(open_page, kind):
    page = open_page(PAGE, kind=kind)
    named = [slider.label for slider in page.slider]
    biased = kind in ("alibi", "relative")
    assert ("Width (dimensions)" in named, "Heads" in named) == (not biased, biased)
    bases = [slider.label for slider in page.select_slider]
    assert bool(bases) == (kind in ("sinusoidal", "rotary"))


def test_moving_query_and_key_together_keeps_their_dot_product(open_page):
    page = open_page(PAGE, kind="rotary", query_at="12", key_at="9", pair="1")
    before = page.get("latex")[0].value
    sound(page.slider(key="positions.query_at").set_value(40).run())
    apart = page.get("latex")[0].value
    sound(page.slider(key="positions.key_at").set_value(37).run())
    together = page.get("latex")[0].value
    assert before.rsplit("= ", 1)[1] == together.rsplit("= ", 1)[1] != apart.rsplit("= ", 1)[1]
    assert asked(page)["key_at"] == "37"


def test_two_encodings_are_trained_side_by_side_and_one_notices(open_page):
    page = open_page(PAGE, **SHORT, encodings="none,learned")
    assert "2 to train" in texts(page)
    page.button(key="positions.train").click().run()
    page = run_until(page, settled, 240)
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert list(pictures) == ["accuracy", "attention none", "attention learned"]
    assert [line["name"] for line in pictures["accuracy"]["figure"]["data"]] == ["none", "learned", KNOWS]
    assert past(payload(page), "attention none", "data.0.z").shape[0] == len(header["moments"])
    told = next(line for line in texts(page).splitlines() if "Largest difference" in line)
    distances = {
        name: float(told.split(f"{name} ")[-1].split(" ")[0].rstrip(".")) for name in ("none", "learned")
    }
    assert distances["none"] < 1e-5 < 1e-2 < distances["learned"]


def test_longer_than_training_measures_every_length(open_page):
    page = open_page(PAGE, view="longer", longer_steps="50", longer="none")
    page.button(key="positions.train").click().run()
    page = run_until(page, all_done, 240)
    assert "bits at 48" in texts(page)
    lengths = next(figure for figure in charts(page) if figure["data"][0].get("name") == "none")
    assert list(lengths["layout"]["xaxis"]["tickvals"]) == [16, 32, 48, 64, 96, 144, 192, 288]


def test_the_prepared_group_starts_at_first_sight(open_page):
    open_page(PAGE, view="trained")
    assert all(store().find(e, any_status=True) for e in PREPARED_GROUPS["positions"].values())


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("kind", "spiral", "spiral"),
        ("width", "5", "rotary"),
        ("base", "-1", "rotary"),
        ("shown_length", "9999", "none"),
        ("curves", "1,99,x", "sinusoidal"),
        ("view", "sideways", "learned"),
        ("query_at", "far", "rotary"),
        ("shown_head", "40", "alibi"),
    ],
)
def test_nonsense_in_a_link_falls_back(open_page, name, value, kind):
    page = open_page(PAGE, **{"kind": kind, name: value})
    assert charts(page)
    assert asked(page).get(name) != value


def test_nonsense_in_the_trained_views_falls_back(open_page):
    page = open_page(PAGE, view="trained", encodings="spiral", task__length="900", steps="30")
    assert "The link asked for something that cannot be" in texts(page)
    page = open_page(PAGE, view="longer", longer_steps="-4", longer_seed="x", longer="alibi")
    assert page.number_input(key="positions.longer_seed").value == 0
