"""The RNN page: two orders of the same words, paths, gradients, a unit that follows, changes."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.services import store
from tests.pages.conftest import APP, asked, has_board, payload, run_until, sound, texts
from tests.viz.payload import decode, past

SHORT = {"steps": "30", "hidden": "5", "batch_size": "16"}


def finished(page):
    run_id = asked(page).get("run")
    return has_board(page) and bool(run_id) and store().run(run_id).status == "finished"


def trained_with(**query) -> AppTest:
    """The page after a short run with these settings."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/rnn.py")
    for name, value in {**SHORT, **query}.items():
        page.query_params[name.replace("__", ".")] = value
    sound(page.run())
    page.button(key="rnn.train").click().run()
    return sound(run_until(page, finished).run())


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
