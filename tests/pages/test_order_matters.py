"""Order matters: opinions beside the exact one, templates, explanations, a person's own texts."""

import numpy as np
import pytest

from models.prepared import PREPARED_GROUPS
from models.tasks import build_task
from models.uploads import MOST_BYTES
from pages.ui.services import store
from tests.pages.conftest import asked, has_board, payload, run_until, settled, sound, texts
from tests.viz.payload import decode, past

SHORT = {"steps": "60", "batch_size": "16", "kinds": "gru,bag_of_words"}


def explained(page):
    return settled(page) and any("Blue speaks for the answer" in caption.value for caption in page.caption)


def trained(page):
    page.button(key="order_matters.train").click().run()
    return run_until(page, explained, 240)


def pictures(page):
    return {picture["name"]: picture for picture in decode(payload(page))[0]["pictures"]}


def test_a_bag_of_words_answers_both_orders_alike_and_the_exact_opinion_is_drawn(open_page):
    page = trained(open_page("order_matters", **SHORT))
    shown = pictures(page)
    assert list(shown) == ["opinion", "templates", "both", "accuracy"]
    lines = shown["opinion"]["figure"]["data"]
    assert [line["name"] for line in lines] == ["GRU", "Bag of words", "exact"]
    task = build_task("reviews")
    _, arrays = decode(payload(page))
    exact = arrays[lines[2]["y"]["$array"]]
    assert np.allclose(exact, task.opinion(task.encode(task.example())), atol=1e-6)
    yours, other = (past(payload(page), "both", f"data.{place}.y") for place in (0, 1))
    assert np.allclose(yours[:, 1], other[:, 1], atol=1e-5), "the same words are the same bag"
    assert yours[-1, 2] == pytest.approx(1, abs=1e-6)
    assert other[-1, 2] == pytest.approx(0, abs=1e-6)
    right = past(payload(page), "templates", "data.1.y")
    assert np.allclose(right[:, -1], 0.5), "of two reviews with the same words it gets exactly one"

    page.text_input(key="order_matters.probe.reviews").set_value("great film , bad film , not good .")
    page = sound(page.run())
    assert [line["name"] for line in pictures(page)["opinion"]["figure"]["data"]] == ["GRU", "Bag of words"]
    assert "No exact answer for this sentence" in pictures(page)["opinion"]["note"]

    page.selectbox(key="order_matters.answer.reviews").set_value("negative")
    page = sound(page.run())
    assert "for: negative" in texts(page)
    assert asked(page)["answer"] == "negative"


def test_first_sight_trains_the_networks_of_the_claims(open_page):
    open_page("order_matters")
    experiments = PREPARED_GROUPS["order_matters"]
    assert len(experiments) == 5
    assert all(store().find(experiment, any_status=True) for experiment in experiments.values())


def csv_of(rows):
    return ("text,label\n" + "\n".join(rows)).encode()


LATE, SOON = "the parcel came late again number {},sad", "the parcel came very soon number {},glad"
GOOD = csv_of((LATE if i % 2 else SOON).format(i) for i in range(40))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (csv_of(["good,1"] * 11 + [",0"] + ["bad,0"] * 11), "row 13, column text"),
        (csv_of(["good,1"] * 30), "wanted at least two classes"),
        (csv_of(["good,1", "bad,0"]), "at least 20 rows below the header, got 2"),
        (b"words,label\na,b\n", "wanted one column named 'text'"),
        (b"text,label\ngood,1\nb\xe4d,0\n", "row 3, character 2"),
        (b"", "empty file"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained_and_nothing_is_lost(open_page, data, told):
    page = open_page("order_matters", **SHORT)
    page.text_input(key="order_matters.probe.reviews").set_value("the plot was not dull .").run()
    page.file_uploader(key="order_matters.file").upload("mine.csv", data, "text/csv").run()
    page.button(key="order_matters.use").click().run()
    sound(page)
    assert told in texts(page)
    assert page.text_input(key="order_matters.probe.reviews").value == "the plot was not dull ."
    assert asked(page)["kinds"] == "gru,bag_of_words"
    assert "task" not in asked(page)


def test_texts_of_ones_own_are_trained_on_and_other_settings_stay(open_page):
    page = open_page("order_matters", probe="the plot was not dull .", **SHORT)
    page.file_uploader(key="order_matters.file").upload("mine.csv", GOOD, "text/csv").run()
    page.button(key="order_matters.use").click().run()
    sound(page)
    assert asked(page)["task"] == "own_texts"
    assert asked(page)["kinds"] == SHORT["kinds"]
    assert asked(page)["steps"] == SHORT["steps"]
    assert "probe" not in asked(page)
    assert store().text(asked(page)["task.upload"]) == GOOD.decode()
    assert page.selectbox(key="order_matters.answer.own_texts").options == ["glad", "sad"]
    assert "differ in more than order" not in texts(page)
    page = trained(page)
    assert list(pictures(page)) == ["opinion", "both", "accuracy"]
    assert "Nobody knows the exact answer" in pictures(page)["opinion"]["note"]


def test_an_unknown_word_of_ones_own_texts_is_one_token():
    task = build_task("own_texts", upload=store().save_text(GOOD.decode()))
    ids = task.encode("the <unknown> came")
    assert task.decode(ids) == ["<s>", "the", "<unknown>", "came"]


def test_a_text_as_long_as_is_allowed_can_be_kept():
    row = "a " * 900 + ",x\n"
    text = "text,label\n" + row * ((MOST_BYTES - 20) // len(row))
    assert store().text(store().save_text(text)) == text


def test_links_that_ask_for_nonsense_fall_back(open_page):
    page = open_page(
        "order_matters", kinds="cnn", answer="7", explain="x", task__labelled="-5", **{"order": "a b"}
    )
    assert "The link asked for something that cannot be" in texts(page)
    page = open_page(
        "order_matters", task="own_texts", task__upload="0123456789abcdef", kinds="gru", steps="20"
    )
    assert "Bring the file again" in texts(page)
    assert "the film was not bad" in page.text_input(key="order_matters.probe.reviews").value
    assert not has_board(page) or sound(page)
