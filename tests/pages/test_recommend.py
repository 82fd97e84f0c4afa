"""The shop page: a session clicked together, sessions of one's own, reviews and search."""

import dataclasses

import numpy as np
import pytest

from models.claims.language import click_experiment
from models.experiment import ModelConfig, TrainConfig
from models.tasks import shop
from models.transfer_plan import PRETRAININGS, Setup
from models.uploads import UploadError
from pages.ui.services import store
from pages.ui.texts.bring import keep
from pages.ui.texts.shop import SESSIONS
from tests.pages.conftest import asked, payload, run_until, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past

SHORT = {"steps": "40", "hidden": "6", "task__sessions": "60"}


def small(kind="gru", **model):
    """What the link of SHORT asks for."""
    base = click_experiment(kind)
    return dataclasses.replace(
        base,
        task_settings={"sessions": 60},
        model=dataclasses.replace(base.model, **{"hidden": 6, **model}),
        train=dataclasses.replace(base.train, steps=40),
    )


def test_a_run_is_shown_beside_the_rules_and_a_click_is_added(open_page):
    run_id = finish(small())
    page = open_page("recommend", **SHORT)
    assert asked(page)["run"] == run_id
    assert "among its best five" in texts(page)
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert {"next", "mattered", "taste", "exact", "state", "visitors", "recall_at_5"} <= set(pictures)
    rules = [line["name"] for line in pictures["recall_at_5"]["figure"]["data"]]
    assert rules == ["GRU", "guessing", "popularity", "first-order Markov", "best possible"]
    assert past(payload(page), "taste", "data.0.z").shape[1:] == (7, 5)
    (table,) = page.dataframe
    assert list(table.value["Recommender"])[-1] == "GRU"

    page = sound(page.text_input(key="recommend.session.").set_value("tent, socks").run())
    assert past(payload(page), "taste", "data.0.z").shape[-1] == 2
    assert asked(page)["session"] == "tent, socks"
    page = sound(page.button(key="recommend.undo").click().run())
    assert page.text_input(key="recommend.session.").value == "tent"
    page = sound(page.button(key="recommend.another").click().run())
    assert set(page.text_input(key="recommend.session.").value.split(", ")) <= set(shop.ITEMS)


def test_a_transformer_shows_which_click_each_head_looks_at(open_page):
    finish(small("transformer", hidden=8, heads=2))
    query = {"network": "transformer", "hidden": "8", "heads": "2", "session": "tent, socks, sled"}
    page = open_page("recommend", **{**SHORT, **query})
    assert {name: asked(page)[name] for name in query} == query, "the link says what is on the screen"
    looked = past(payload(page), "attention", "data.0.z")
    assert looked.shape[1:] == (2, 3)
    np.testing.assert_allclose(looked.sum(-1), 1, atol=1e-3)


def test_a_session_that_cannot_be_read_is_explained(open_page):
    page = open_page("recommend", session="tent, unicorn", **SHORT)
    assert "got 'unicorn'" in texts(page)


def csv_of(sessions=30):
    rows = [f"v{n},{item}" for n in range(sessions) for item in ("bolt", "nut", '"saw, large"')]
    return "session,item\n" + "\n".join(rows)


def test_own_sessions_are_trained_on_and_named_in_the_link(open_page):
    key = store().save_text(csv_of())
    base = click_experiment("gru")
    shape, ways = dataclasses.replace(base.model, hidden=5), dataclasses.replace(base.train, steps=30)
    finish(dataclasses.replace(base, task_settings={"upload": key}, model=shape, train=ways))
    page = open_page("recommend", task__upload=key, steps="30", hidden="5", session="bolt, saw, large")
    assert "3 items, 24 sessions to learn from, 6 held out" in texts(page)
    names = [picture["name"] for picture in decode(payload(page))[0]["pictures"]]
    assert "exact" not in names and "visitors" in names
    assert past(payload(page), "state", "data.0.z").shape[-1] == 2
    assert asked(page)["task.upload"] == key


def test_sessions_that_are_not_kept_here_are_told_of(open_page):
    page = open_page("recommend", task__upload="nothing-like-it", **SHORT)
    assert "not kept here" in texts(page)
    assert "task.upload" not in asked(page)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"session,thing\n1,a\n", "row 1: wanted one column named 'item'"),
        (b"session,item\n1,a\n1,\n", "row 3, column item: wanted a value, got an empty cell"),
        ("session,item\n1,Größe\n".encode("latin-1"), "row 2, character 5: wanted text saved as UTF-8"),
        (csv_of(4).encode(), "wanted at least 20 sessions"),
        (b"", "empty file"),
        (b"PK\x03\x04rest", "got a spreadsheet"),
        (b"x" * 5_000_001, "at most 5 MB, got 5.0 MB"),
    ],
)
def test_a_file_that_cannot_be_used_names_row_and_column(content, said):
    with pytest.raises(UploadError) as refused:
        keep(SESSIONS, content)
    assert said in str(refused.value)


def test_a_refused_file_changes_nothing_and_a_good_one_takes_over(open_page):
    page = open_page("recommend", session="tent, socks", hidden="6", steps="20")
    page.file_uploader(key="recommend.file").upload("mine.csv", b"session,thing\n1,a\n", "text/csv").run()
    page = sound(page.button(key="recommend.use").click().run())
    assert "This file cannot be used: row 1: wanted one column named 'item'" in texts(page)
    assert asked(page)["session"] == "tent, socks" and "task.upload" not in asked(page)
    page.file_uploader(key="recommend.file").upload("mine.csv", csv_of().encode(), "text/csv").run()
    page = sound(page.button(key="recommend.use").click().run())
    assert store().text(asked(page)["task.upload"]) == csv_of()
    assert "session" not in asked(page) and asked(page)["hidden"] == "6"
    assert "cannot be read" not in texts(page), "the made shop's session means nothing here"
    assert "3 items, 24 sessions" in texts(page)


def test_five_megabytes_of_sessions_are_kept():
    rows = "\n".join(f"{n // 5},i{n % 50}" for n in range(490_000))
    content = f"session,item\n{rows}".encode()
    assert 4_500_000 < len(content) < 5_000_000
    key, sessions = keep(SESSIONS, content)
    assert store().text(key) == content.decode() and sessions == 98_000


def test_reviews_are_searched_and_analysed(open_page, monkeypatch):
    first = dataclasses.replace(
        PRETRAININGS["lstm"],
        model=ModelConfig("lstm", hidden=6, embedding=5),
        train=TrainConfig(20, 16, kept=2),
    )
    monkeypatch.setitem(PRETRAININGS, "lstm", first)
    monkeypatch.setattr("pages.ui.texts.review_tools.CLASSIFIER", Setup().arm("frozen"))
    finish(Setup().arm("frozen"))
    page = open_page("recommend", view="reviews", query="the film was great")
    by_state, by_words, own, subjects = (table.value for table in page.dataframe)
    assert len(by_state) == len(by_words) == 5
    assert "film" in by_words["Review"][0].split()
    assert len(own) == 3 and set(own["Opinion"]) <= {"positive", "negative"}
    assert subjects["Reviews"].sum() == 300
    page = sound(page.text_input(key="recommend.query").set_value("the zebra was great").run())
    assert "zebra" in texts(page)
    page = sound(page.text_area(key="recommend.reviews").set_value("the film was great .\nqwerty").run())
    assert "Line 2:" in texts(page)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("network", "cnn", "network: wanted"), ("hidden", "x", "wanted a whole number"), ("view", "x", "")],
)
def test_bad_values_in_a_url_fall_back(open_page, name, value, said):
    assert said in texts(open_page("recommend", **{**SHORT, name: value}))


def test_first_sight_is_the_claimed_experiment(open_page):
    page = run_until(open_page("recommend"), lambda p: "run" in asked(p))
    assert store().run(asked(page)["run"]).experiment == click_experiment("gru")


def test_a_network_that_is_chosen_stands_in_the_link(open_page):
    page = open_page("recommend", **SHORT)
    page = sound(page.segmented_control(key="recommend.network").set_value("lstm").run())
    assert asked(page)["network"] == "lstm"
