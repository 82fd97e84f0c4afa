"""The RNN page: two orders of the same words, paths, gradients, a unit that follows, changes."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from models.experiment import Experiment
from models.prepared import PREPARED
from models.tasks import TASKS, build_task
from pages.ui.memory.starts import RNN_STARTS
from pages.ui.pictures.recurrent import reading_pictures
from pages.ui.services import store
from tests.pages.conftest import APP, asked, has_board, payload, run_until, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

SHORT = {"steps": "30", "hidden": "5", "batch_size": "16"}


def trained_with(**query) -> AppTest:
    """The page with a finished short run of these settings."""
    query = {name.replace("__", "."): value for name, value in {**SHORT, **query}.items()}
    base = PREPARED["rnn"]
    base = replace(base, model=replace(base.model, kind=query.get("network", "rnn")))
    experiment, notices = Experiment.from_query(query, base, TASKS)
    assert not notices
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/rnn.py")
    for name, value in {**query, "run": finish(experiment)}.items():
        page.query_params[name] = value
    return run_until(page, has_board)


@pytest.fixture(scope="module")
def reader():
    return trained_with()


def names(page):
    return [picture["name"] for picture in decode(payload(page))[0]["pictures"]]


def test_the_same_words_in_another_order_part_where_the_words_part(reader):
    assert {"answer", "path", "space", "layers.0.hidden_state", "loss"} <= set(names(reader))
    one, two = (past(payload(reader), "answer", f"data.{place}.y") for place in (0, 1))
    assert one.shape == two.shape == (len(decode(payload(reader))[0]["moments"]), 11)
    assert np.allclose(one[:, :5], two[:, :5])
    assert not np.allclose(one[-1, 5:], two[-1, 5:])


def test_paths_begin_together_and_the_plane_is_the_spaces_first_two_axes(reader):
    flat, deep = (past(payload(reader), name, "data.0.y") for name in ("path", "space"))
    assert np.array_equal(flat, deep)
    assert flat.shape[1] == 12
    other = past(payload(reader), "path", "data.2.y")
    assert np.allclose(flat[:, :6], other[:, :6], atol=1e-5)
    end = past(payload(reader), "path", "data.1.y")
    assert np.array_equal(end[:, 0], flat[:, -1])


def test_an_answer_can_be_asked_what_it_depends_on(reader):
    assert "the largest is 100 %" in texts(reader)
    page = reader.selectbox(key="rnn.asked_step").set_value(0).run()
    assert "Most: <s> (100%)" in texts(sound(page))


def test_the_gradient_moves_with_the_timeline_and_ends_at_the_scored_step():
    page = trained_with(task="remember_first", task__lag="4", view="gradient", network="gru")
    sizes = past(payload(page), "gradient", "data.0.y")
    moments = decode(payload(page))[0]["moments"]
    assert sizes.shape == (len(moments), 6)
    assert (sizes > 0).all()
    assert sizes[0, -1] > sizes[0, 0]
    assert "norm" in names(page)
    page = page.slider(key="rnn.law_gain").set_value(2.0).run()
    page = sound(page.slider(key="rnn.law_steps").set_value(11).run())
    assert "After 10 steps 1.0e+03" in texts(page)
    assert asked(page)["law_gain"] == "2.0"


def test_a_unit_that_follows_stands_beside_its_untrained_control():
    page = trained_with(task="brackets", task__length="12", view="unit", event="depth")
    assert {"unit", "control", "event"} <= set(names(page))
    titles = {p["name"]: p["title"] for p in decode(payload(page))[0]["pictures"]}
    assert "follows “depth”, r = " in titles["unit"]
    depth = past(payload(page), "event", "data.0.z")[0].ravel()
    assert np.nanmax(depth) == pytest.approx(6, abs=0.01)
    control = past(payload(page), "control", "data.0.z")
    assert np.allclose(control[0], control[-1], equal_nan=True)


def test_a_reset_changes_the_answers_and_the_choice_stays_in_the_link():
    page = trained_with(view="change")
    assert page.selectbox(key="rnn.change").value == "reset"
    assert "On 128 held-out sequences" in texts(page)
    assert [metric.label for metric in page.metric] == ["Right before", "Right after"]
    page = page.selectbox(key="rnn.change").set_value("layers.0.hidden_state").run()
    page = page.selectbox(key="rnn.how").set_value("negate").run()
    page = sound(page.multiselect(key="rnn.units").set_value([1, 3]).run())
    query = asked(page)
    assert (query["change"], query["how"], query["units"]) == ("layers.0.hidden_state", "negate", "1,3")


@pytest.mark.parametrize("view", ["path", "unit", "gradient", "change"])
def test_the_adding_problem_is_answered_with_a_number_in_every_view(view):
    page = trained_with(task="adding", task__length="8", view=view, steps="8")
    header = decode(payload(page))[0]
    assert header["pictures"]
    if view in ("path", "change"):
        (answer,) = [picture for picture in header["pictures"] if picture["name"] == "answer"]
        lines = [line["name"] for line in answer["figure"]["data"]]
        assert lines[2:] == ["right for your sequence", "right for another order"]
        assert past(payload(page), "answer", "data.0.y").shape == (len(header["moments"]), 8)


def test_the_right_sums_stand_beside_the_numbers_that_are_answered():
    task = build_task("adding", length=4)
    probe, other = task.encode("0.5* 0.1 0.25* 1"), task.encode("0.25* 0.1 0.5* 1")
    film = {"answer": np.full((2, 4, 1), 0.3), "other.answer": np.full((2, 4, 1), 0.6)}
    (picture,) = reading_pictures(film, task, probe, other)
    ours, others, right, right_other = (line.y for line in picture.figure.data)
    assert (ours[-1], others[-1]) == (0.3, 0.6)
    assert np.allclose(right, [0.5, 0.5, 0.75, 0.75])
    assert np.allclose(right_other, [0.25, 0.25, 0.75, 0.75])
    assert picture.frames["data.1.y"].shape == (2, 4)


def test_copy_memory_can_be_chosen_and_says_what_guessing_costs():
    page = trained_with(task="copy_memory", task__delay="6", task__copied="3", steps="8")
    assert "answer" in names(page)
    assert page.slider(key="rnn.task.copy_memory.delay").value == 6


def test_a_network_that_reads_both_ways_says_so_and_is_looked_into():
    page = trained_with(bidirectional="true", steps="8", view="gradient")
    assert "It reads both ways" in texts(page)
    assert past(payload(page), "gradient", "data.0.y").shape[1] > 2
    assert "What an answer depends on" in texts(page)


def test_a_network_that_learned_a_text_writes_at_the_temperature_asked_for():
    page = trained_with(task="characters", task__length="24", steps="8", temperature="0", batch_size="8")
    (written,) = [element.value for element in page.code]
    again = sound(page.slider(key="rnn.writing_seed").set_value(3).run())
    assert [element.value for element in again.code] == [written]  # the likeliest, whatever is drawn
    hotter = sound(again.slider(key="rnn.temperature").set_value(2.0).run())
    assert [element.value for element in hotter.code] != [written]
    assert asked(hotter)["temperature"] == "2.0"


def test_every_start_travels_through_a_link():
    for wanted in RNN_STARTS.values():
        query = {"task": wanted.task} | wanted.to_query(PREPARED["rnn"], TASKS)
        assert Experiment.from_query(query, PREPARED["rnn"], TASKS) == (wanted, [])


@pytest.mark.parametrize("name", ["lag 15, GRU", "adding, from the identity"])
def test_a_start_opens_just_the_experiment_that_a_slow_test_holds(name, open_page):
    wanted = RNN_STARTS[name]
    page = open_page("rnn", **wanted.to_query(PREPARED["rnn"], TASKS) | {"task": wanted.task})
    assert page.segmented_control(key="rnn.network").value == wanted.model.kind
    page.button(key="rnn.train").click().run()
    assert store().run(asked(sound(page))["run"]).experiment == wanted


@pytest.mark.parametrize(
    "query",
    [
        {"view": "nonsense", "network": "transformer", "order": "the the the"},
        {
            "view": "change",
            "change": "layers.9.forget_gate",
            "how": "explode",
            "at": "999",
            "units": "7,x,99",
        },
        {"view": "gradient", "law_gain": "nan", "law_steps": "1e9", "law_function": "sine"},
        {"view": "unit", "event": "earthquake", "layer": "8"},
    ],
)
def test_a_link_that_asks_for_nonsense_falls_back(open_page, query):
    page = open_page("rnn", **query)
    assert run_until(page, has_board)


def test_another_order_that_cannot_be_read_is_explained_and_the_last_one_stays(reader):
    (field,) = [field for field in reader.text_input if field.key.startswith("rnn.order.")]
    page = sound(field.set_value("the film was zzz").run())
    assert "Another order is shown instead" in texts(page)
    assert past(payload(page), "answer", "data.1.y").shape[1] == 11
