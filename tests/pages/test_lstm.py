"""The LSTM page: opens on a trained network, trains, keeps its link, explains bad input."""

from dataclasses import replace

import numpy as np
import pytest

from models.prepared import PREPARED
from pages.ui.services import store
from tests.pages.conftest import asked, has_board, payload, run_until, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

SHORT = {"steps": "60", "hidden": "5"}
SMALL = replace(
    PREPARED["lstm"],
    model=replace(PREPARED["lstm"].model, hidden=5),
    train=replace(PREPARED["lstm"].train, steps=60),
)


def is_finished(page):
    run_id = asked(page).get("run")
    return has_board(page) and bool(run_id) and store().run(run_id).status == "finished"


@pytest.fixture(scope="module")
def trained(request):
    """A finished short run of the page's task."""
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import APP

    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/lstm.py")
    for name, value in SHORT.items():
        page.query_params[name] = value
    sound(page.run())
    page.button(key="lstm.train").click().run()
    return run_until(page, is_finished)


def test_first_sight_trains_the_prepared_run_and_shows_it(open_page):
    page = run_until(open_page("lstm"), has_board)
    run = store().run(asked(page)["run"])
    assert run.experiment == PREPARED["lstm"]
    header, _ = decode(payload(page))
    names = [picture["name"] for picture in header["pictures"]]
    assert {"answer", "layers.0.forget_gate", "layers.0.cell_state", "loss", "accuracy"} <= set(names)


def test_gates_travel_as_unit_by_token_maps_over_all_moments(trained):
    run = store().run(asked(trained)["run"])
    moments = decode(payload(trained))[0]["moments"]
    assert moments[0] == 0
    assert moments[-1] == run.steps == 60
    gates = past(payload(trained), "layers.0.forget_gate", "data.0.z")
    tokens = PREPARED["lstm"]
    assert tokens.model.hidden != 5
    assert gates.shape[:2] == (len(moments), 5)
    assert 0 <= np.nanmin(gates) <= np.nanmax(gates) <= 1


def test_the_link_says_what_differs_from_the_page_itself(trained):
    query = asked(trained)
    assert {name: query[name] for name in SHORT} == SHORT
    assert set(query) == {*SHORT, "run"}


def test_moving_a_slider_says_that_the_pictures_are_of_other_settings(trained, open_page):
    page = open_page("lstm", **{**SHORT, "run": asked(trained)["run"]})
    sound(page.slider(key="lstm.hidden").set_value(7).run())
    assert "Press Train to train with these" in texts(page)
    assert has_board(page)
    assert asked(page)["hidden"] == "7"


def test_an_edited_sequence_is_read(trained, open_page):
    page = open_page("lstm", **{**SHORT, "run": asked(trained)["run"]})
    sound(page.text_input(key="lstm.probe.write_keep_clear").set_value("=c a ?").run())
    assert past(payload(page), "layers.0.forget_gate", "data.0.z").shape[-1] == 3
    assert asked(page)["probe"] == "=c a ?"


def test_a_sequence_that_cannot_be_read_is_explained(trained, open_page):
    page = open_page("lstm", **{**SHORT, "run": asked(trained)["run"]})
    sound(page.text_input(key="lstm.probe.write_keep_clear").set_value("=c zebra ?").run())
    assert "zebra" in texts(page)
    assert has_board(page)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("hidden", "1000000", "wanted a whole number from 1 to 256"),
        ("learning_rate", "nan", "wanted a number from"),
        ("steps", "many", "got 'many'"),
        ("task", "juggling", "wanted one of"),
        ("seed", "-1", "wanted a whole number"),
        ("run", "not-a-run", "not kept here"),
        ("sort", "sideways", ""),
        ("layer", "seven", ""),
        ("probe", "x" * 9000, "cannot be read"),
        ("task__length", "0", "wanted a whole number"),
    ],
)
def test_bad_values_in_a_url_fall_back_with_a_notice(open_page, name, value, said):
    page = open_page("lstm", **{name: value})
    assert said in texts(page)


def test_one_notice_says_all_and_names_only_what_the_page_offers(open_page):
    page = open_page("lstm", task="reviews", hidden="abc", layers="99", steps="70")
    told = [element.value for element in page.warning]
    assert len(told) == 1
    assert "hidden: wanted" in told[0] and "layers: wanted" in told[0]
    wanted = "characters, equal_numbers, remember_first, write_keep_clear"
    assert f"task: wanted one of {wanted}, got 'reviews'" in told[0]
    assert asked(page)["steps"] == "70"


def test_equation_of_the_chosen_cell_has_its_numbers(trained):
    latex = [element.value for element in trained.get("latex")]
    assert any(r"f_{0}[0] = \sigma(" in text for text in latex)


def test_pause_step_and_resume(open_page):
    page = open_page("lstm", steps="20000", hidden="6", seed="11")
    page.button(key="lstm.train").click().run()
    run_id = asked(page)["run"]
    run_until(page, lambda p: store().run(run_id).step > 0)
    page.button(key="lstm.pause").click().run()
    run_until(page, lambda p: store().run(run_id).status == "paused")
    before = store().run(run_id).step
    page.run().button(key="lstm.step").click().run()
    run_until(
        page, lambda p: store().run(run_id).step == before + 1 and store().run(run_id).status == "paused"
    )
    page.run().button(key="lstm.resume").click().run()
    run_until(page, lambda p: store().run(run_id).step > before + 1)
    page.run().button(key="lstm.stop").click().run()
    run_until(page, lambda p: store().run(run_id).status == "stopped")
    assert has_board(page.run())


def test_who_trains_again_leaves_no_run_going_behind_the_screen(open_page):
    page = open_page("lstm", steps="20000", hidden="6", seed="12")
    page.button(key="lstm.train").click().run()
    first = asked(page)["run"]
    run_until(page, lambda p: store().run(first).step > 0)
    page.button(key="lstm.train").click().run()
    second = asked(page)["run"]
    assert second != first
    run_until(page, lambda p: store().run(first).status == "paused")
    run_until(page, lambda p: store().run(second).step > 0)


def test_reset_shows_fresh_untrained_weights(open_page):
    page = open_page("lstm", steps="300", hidden="6", seed="21")
    page.button(key="lstm.reset").click().run()
    run_id = asked(page)["run"]
    run_until(page, lambda p: store().run(run_id).status == "paused" and has_board(p))
    assert store().run(run_id).experiment.train.seed == 22
    assert decode(payload(page))[0]["moments"] == [0]
    assert store().run(run_id).step == 0
    assert page.run().number_input(key="lstm.seed").value == 22


def test_until_a_new_run_has_something_to_show_the_pictures_of_the_one_before_stand(open_page):
    shown = finish(replace(SMALL, train=replace(SMALL.train, seed=61)))
    page = open_page("lstm", **SHORT, seed="61", run=shown)
    before = decode(payload(page))[0]["pictures"]
    waiting = store().create(SMALL)
    del page.query_params["seed"]
    page.query_params["run"] = waiting
    sound(page.run())
    assert asked(page)["run"] == waiting
    assert "the pictures show the run before" in texts(page)
    assert decode(payload(page))[0]["pictures"] == before
    store().desk.withdraw(waiting, "stopped")
