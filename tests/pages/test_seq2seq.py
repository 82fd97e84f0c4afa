"""The page of the sentence in one vector: two networks side by side, a source of one's own, its answer."""

import dataclasses

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from models.experiment import Experiment
from models.prepared import PREPARED_GROUPS
from pages.ui.services import store
from pages.ui.translation.answers import follows
from tests.pages.conftest import APP, asked, has_board, payload, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

SHORT = {"task": "reverse_sequence", "task.longest": "6", "steps": "30", "hidden": "8", "source": "cafe"}
FIELD = "seq2seq.source.reverse_sequence"


def opened(**query):
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.switch_page("pages/seq2seq.py")
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    return sound(page.run())


def short(prepared):
    """The same networks, small, on a small task, trained for a moment."""
    model = dataclasses.replace(prepared.model, hidden=8)
    train = dataclasses.replace(prepared.train, steps=30)
    return Experiment("reverse_sequence", {"longest": 6}, model, train)


@pytest.fixture(scope="module")
def trained():
    """The page with both networks trained."""
    for prepared in PREPARED_GROUPS["seq2seq"].values():
        finish(short(prepared))
    return opened(**SHORT)


def test_the_prepared_networks_differ_in_attention_only():
    one, other = PREPARED_GROUPS["seq2seq"].values()
    assert one.train == other.train
    assert (one.task, one.task_settings) == (other.task, other.task_settings)
    assert {one.model.attention, other.model.attention} == {"dot", "none"}


def test_both_networks_stand_on_one_chart_of_length(trained):
    header, _ = decode(payload(trained))
    (lengths,) = [picture for picture in header["pictures"] if picture["name"] == "lengths"]
    assert [trace["name"] for trace in lengths["figure"]["data"]] == ["with attention", "one vector"]
    for trace in (0, 1):
        shares = past(payload(trained), "lengths", f"data.{trace}.y")
        assert len(shares) == len(header["moments"])
        assert np.nanmin(shares) >= 0
        assert np.nanmax(shares) <= 1
    names = {picture["name"] for picture in header["pictures"]}
    assert {"exact", "answers", "handed_over", "path", "places"} <= names


def test_the_vector_stands_behind_the_encoders_states(trained):
    values = past(payload(trained), "handed_over", "data.0.z")
    assert values.shape[1:] == (8, len("cafe") + 2)
    assert np.isnan(values[:, :, -2]).all()
    forward = values[:, :4]
    np.testing.assert_allclose(forward[:, :, -1], forward[:, :, 3], atol=1e-4)
    backward = values[:, 4:]
    np.testing.assert_allclose(backward[:, :, -1], backward[:, :, 0], atol=1e-4)


def test_until_new_runs_have_something_to_show_the_pictures_of_those_before_stand(trained):
    experiments = {name: short(prepared) for name, prepared in PREPARED_GROUPS["seq2seq"].items()}
    waiting = [store().create(experiment) for experiment in experiments.values()]
    page = opened(**SHORT, runs=",".join(waiting))
    assert not has_board(page) and "The first moment is on its way" in texts(page)
    page.session_state["seq2seq.runs_before"] = {name: finish(e) for name, e in experiments.items()}
    page.run()
    assert decode(payload(page))[0]["moments"] == decode(payload(trained))[0]["moments"]
    page.session_state["seq2seq.runs_before"] = {name: "gone" for name in experiments}
    assert not has_board(sound(page.run()))
    for run_id in waiting:
        store().desk.withdraw(run_id, "stopped")


def test_a_typed_source_is_answered_by_both_and_stands_in_the_link(trained):
    page = opened(**SHORT)
    sound(page.text_input(key=FIELD).set_value("fade").run())
    assert asked(page)["source"] == "fade"
    assert texts(page).count("update 30") >= 2
    assert "edaf" in texts(page)
    right = past(payload(page), "answers", "layout.annotations.0.text")
    assert all("edaf" in text for text in right)


def test_answers_follow_a_training_that_is_about_to_begin(trained):
    """At first sight the networks are begun below the answers: there is no run yet to follow."""
    nothing = {"with attention": None, "one vector": None}
    assert follows(nothing, awaited=True)
    assert not follows(nothing, awaited=False)
    finished = {"with attention": finish(short(PREPARED_GROUPS["seq2seq"]["with attention"]))}
    assert not follows(finished, awaited=True)
    assert follows(finished | nothing, awaited=True)


def test_the_search_and_the_steps_are_shown(trained):
    said = texts(trained)
    assert "How the answer is found (one vector, update 30)" in said
    assert "Wrong steps:" in said
    table = trained.dataframe[0].value
    assert list(table["right"]) == [*"efac", "<end>"] + [""] * (len(table) - 5)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("caf€", "got '€'"),
        ("", "wanted 1 to 40 characters, got 0"),
        ("a" * 41, "wanted 1 to 40 characters, got 41"),
    ],
)
def test_a_source_that_cannot_be_read_is_explained_and_the_last_good_one_stays(trained, typed, said):
    page = opened(**SHORT)
    sound(page.text_input(key=FIELD).set_value("bead").run())
    sound(page.text_input(key=FIELD).set_value(typed).run())
    assert said in texts(page)
    assert "Shown instead: bead" in texts(page)
    assert past(payload(page), "handed_over", "data.0.z").shape[-1] == len("bead") + 2


def test_languages_of_dates_are_chosen_and_need_at_least_one(open_page):
    page = open_page("seq2seq", task="read_dates", task__languages="ko,de", source="2024년 3월 5일 화요일")
    assert page.multiselect(key="seq2seq.languages").value == ["ko", "de"]
    assert "2024-03-05" in texts(page)
    sound(page.multiselect(key="seq2seq.languages").set_value(["fi", "ko"]).run())
    assert asked(page)["task.languages"] == "fi,ko"
    sound(page.multiselect(key="seq2seq.languages").set_value([]).run())
    assert "Wanted at least one language" in texts(page)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("task", "juggling", "wanted one of"),
        ("teacher_forcing", "2", "wanted a number from"),
        ("task__languages", "klingon", ""),
        ("attention", "none", "needs a network with attention"),
        ("beam", "1000", ""),
        ("into", "9", ""),
        ("source", "the zebra saw the cat", "zebra"),
        ("source", "[the](//x) cat", r"got '\[the\]\(//x\)'"),
        ("source", "the " * 61, "wanted 1 to 60 words, got 61"),
    ],
)
def test_bad_values_in_a_url_fall_back_with_a_notice(open_page, name, value, said):
    query = {"steps": "31", name: value}
    assert said in texts(open_page("seq2seq", **query))


def test_bad_languages_in_a_url_fall_back(open_page):
    page = open_page("seq2seq", task="read_dates", task__languages="klingon", steps="31")
    assert "klingon" in texts(page)
