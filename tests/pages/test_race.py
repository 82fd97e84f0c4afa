"""The race page: who takes part, what is held equal, one chart, accuracy against lag."""

import re

import numpy as np

from models.prepared import RACE, RACE_SEEDS
from models.race import EQUAL, KINDS, entrants
from pages.ui.services import store
from tests.pages.conftest import asked, payload, run_until, settled, sound, texts
from tests.viz.payload import decode, past

SHORT = {"steps": "40", "hidden": "6", "batch_size": "16", "task__lag": "3", "kinds": "rnn,gru", "seeds": "2"}


def sizes(page):
    """(units, parameters) of the networks that take part."""
    told = re.findall(r"\*\* (\d+) units, ([\d,]+) parameters", texts(page))
    return [(int(units), int(parameters.replace(",", ""))) for units, parameters in told]


def test_two_networks_with_two_seeds_run_side_by_side(open_page):
    page = open_page("race", **SHORT)
    assert "4 to train" in texts(page)
    page.button(key="race.train").click().run()
    page = run_until(page, settled, seconds=240)
    assert "Right in 9 of 10" in texts(page)
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert list(pictures) == ["accuracy", "loss", "answer RNN", "answer GRU"]
    lines = [line for line in pictures["accuracy"]["figure"]["data"] if not line["name"].endswith("spread")]
    bands = [line for line in pictures["accuracy"]["figure"]["data"] if line["name"].endswith("spread")]
    assert [line["name"] for line in lines] == ["RNN", "GRU"]
    assert len(bands) == 2
    cursor = past(payload(page), "accuracy", "layout.shapes.0.x0")
    assert np.array_equal(cursor, header["moments"])
    assert past(payload(page), "answer GRU", "data.0.z").shape[0] == len(header["moments"])


def test_what_is_held_equal_changes_the_sizes_on_the_screen(open_page):
    page = open_page("race", kinds="rnn,lstm", hidden="12", seeds="1")
    (_, rnn), (_, lstm) = sizes(page)
    assert abs(rnn - lstm) < 60
    page = sound(page.segmented_control(key="race.held").set_value("units").run())
    (units, rnn), (other_units, lstm) = sizes(page)
    assert rnn < lstm / 2
    assert units == other_units == 12
    assert asked(page)["held"] == "units"


def test_first_sight_starts_the_prepared_race(open_page):
    open_page("race")
    runs = [store().find(runner.experiment) for runner in entrants(RACE, KINDS, EQUAL[0], RACE_SEEDS)]
    assert len(runs) == 8 and all(runs)


def test_a_link_that_asks_for_nonsense_falls_back(open_page):
    page = open_page("race", kinds="cnn", held="seconds", seeds="-3", task__lag="99999")
    assert "The link asked for something that cannot be" in texts(page)
    assert len(sizes(page)) == 4


def test_all_runs_pause_go_on_and_begin_anew_together(open_page):
    page = open_page("race", **SHORT | {"steps": "400", "seeds": "1", "hidden": "7"})
    page.button(key="race.reset").click().run()
    runs = shown(page)
    assert [(run.experiment.model.kind, run.step) for run in runs] == [("rnn", 0), ("gru", 0)]
    assert all(run.status in ("queued", "running", "paused") for run in runs)
    page = run_until(page, lambda page: all(run.status == "paused" for run in shown(page)))
    page.run().button(key="race.step").click().run()
    page = run_until(page, lambda page: [run.step for run in shown(page)] == [1, 1])
    page = run_until(page, lambda page: all(run.status == "paused" for run in shown(page)))
    page.button(key="race.stop").click().run()
    assert [run.status for run in shown(page)] == ["stopped", "stopped"]
    page.run().button(key="race.resume").click().run()
    page = run_until(page, lambda page: all(run.status == "finished" for run in shown(page)), seconds=240)
    page.run()
    before = asked(page)["runs"]
    page.button(key="race.train").click().run()
    assert asked(page)["runs"] != before
    assert all(run.going for run in shown(page)) or all(run.step for run in shown(page))
    assert [run.id for run in shown(page)] == asked(page)["runs"].split(",")


def shown(page):
    """The runs that the link names, as the store has them."""
    return [store().run(run_id) for run_id in asked(sound(page))["runs"].split(",")]


def test_runs_of_the_link_that_are_not_kept_here_are_passed_over(open_page):
    page = open_page("race", **SHORT | {"steps": "41", "runs": "nosuchrun,,../../x"})
    assert "4 to train" in texts(page)
