"""The page on word vectors: a map that moves, neighbours, analogies, sets, other texts."""

import numpy as np

from models.claims.language import CHARACTER_NAMES
from models.prepared import PREPARED
from models.tasks import TASKS
from models.tasks.corpora import PAIRS
from pages.ui.services import store
from tests.pages.conftest import asked, has_board, payload, run_until, sound, texts
from tests.viz.payload import decode, past

COLOURS = ["red", "blue", "green", "black", "white", "pink", "grey", "brown"]
THINGS = [
    f"{first}{last}"
    for first in ("cat", "dog", "hen", "fox", "cow", "bee")
    for last in ("fish", "bird", "house", "tree")
]


def finished(page):
    run_id = asked(page).get("run")
    return has_board(page) and bool(run_id) and store().run(run_id).status == "finished"


def pictures(page):
    return {picture["name"]: picture for picture in decode(payload(page))[0]["pictures"]}


def test_the_map_moves_while_analogies_are_learnt(open_page):
    page = run_until(open_page("embeddings"), finished, 240)
    assert store().run(asked(page)["run"]).experiment == PREPARED["embeddings"]
    shown = pictures(page)
    assert list(shown) == ["map", "neighbours", "analogy", "strip", "analogies", "loss", "accuracy"]
    moments = decode(payload(page))[0]["moments"]
    traces = shown["map"]["figure"]["data"]
    lines = past(payload(page), "map", "data.0.x")
    assert traces[0]["mode"] == "lines"
    assert lines.shape == (len(moments), 3 * len(PAIRS))
    assert np.nanstd(lines[0]) < np.nanstd(lines[-1]) / 5, "words begin beside one another"
    answers = past(payload(page), "analogy", "data.0.text")
    assert answers[-1][0] == "queen"
    assert answers[0][0] != "queen"
    assert past(payload(page), "neighbours", "data.0.text")[-1][0] == "queen"
    assert "86 words are known" in texts(page)

    page.selectbox(key="embeddings.third.small_world").set_value("aunt")
    page = sound(page.run())
    assert past(payload(page), "analogy", "data.0.text")[-1][0] in ("queen", "uncle", "nephew", "gift")
    assert asked(page)["third"] == "aunt"

    lines = past(payload(page), "map", "data.0.x")[-1].reshape(-1, 3)
    assert (lines[:, 0] < lines[:, 1]).all(), "every man stands on the side of the men"
    page.segmented_control(key="embeddings.axes.small_world").set_value("main")
    page = sound(page.run())
    assert not np.allclose(past(payload(page), "map", "data.0.x")[-1].reshape(-1, 3), lines, equal_nan=True)
    assert asked(page)["axes"] == "main"


def test_names_of_characters_are_another_text_with_questions_of_its_own(open_page):
    page = open_page(
        "embeddings", task__corpus="character_names", task__least="60", steps="60", task__window="2"
    )
    assert "Nothing trained with these settings yet" in texts(page)
    assert page.selectbox(key="embeddings.word.character_names").value == "left"
    page.button(key="embeddings.train").click().run()
    page = run_until(page, finished, 240)
    shown = pictures(page)
    assert list(shown) == ["map", "neighbours", "analogy", "strip", "loss", "accuracy"]
    assert shown["analogy"]["title"] == "left : right = leftwards : ?"
    assert not any(trace["mode"] == "lines" for trace in shown["map"]["figure"]["data"])


def test_a_link_that_asks_for_nonsense_falls_back(open_page):
    page = open_page(
        "embeddings", word="xyzzy", low="nobody,king", axes="z", task__window="99", first="", task="lstm"
    )
    assert "The link asked for something that cannot be" in texts(page)
    assert page.selectbox(key="embeddings.word.small_world").value == "king"
    assert page.multiselect(key="embeddings.low.small_world").value == ["king"]
    assert page.segmented_control(key="embeddings.axes.small_world").value == "sets"


def test_a_text_of_ones_own_is_learnt_from_and_a_refused_one_changes_nothing(open_page):
    page = open_page("embeddings", steps="50", word="queen")
    page.file_uploader(key="embeddings.file").upload("mine.txt", b"Too short.", "text/plain").run()
    page = sound(page.button(key="embeddings.use").click().run())
    assert "wanted at least 50 sentences of two words or more, got 1" in texts(page)
    assert asked(page)["word"] == "queen" and "task.upload" not in asked(page)
    prose = "".join(f"The {colour} {thing} sleeps. " for colour in COLOURS for thing in THINGS).encode()
    page.file_uploader(key="embeddings.file").upload("mine.txt", prose, "text/plain").run()
    page = sound(page.button(key="embeddings.use").click().run())
    assert store().text(asked(page)["task.upload"]) == prose.decode()
    assert "192 sentences" in texts(page) and asked(page)["steps"] == "50" and "word" not in asked(page)
    page.button(key="embeddings.train").click().run()
    page = run_until(page, finished, 240)
    assert pictures(page)["neighbours"]["title"] == "The nearest words of “the”"


def test_a_text_that_is_not_here_is_told_of_and_the_page_goes_on(open_page):
    page = open_page("embeddings", task__upload="nothing-like-it")
    assert "not kept here" in texts(page)
    assert "task.upload" not in asked(page)


def test_settings_that_leave_too_few_words_are_explained(open_page):
    prose = "".join(f"The {colour} {thing} sleeps. " for colour in COLOURS for thing in THINGS)
    page = open_page("embeddings", task__upload=store().save_text(prose), task__least="50")
    assert (
        "No words can be learnt with these settings: wanted 7 words seen 50 times or more, got 2 of 34"
        in texts(page)
    )


def test_a_preset_says_what_the_page_changes_and_it_does_not():
    base = PREPARED["embeddings"]
    assert CHARACTER_NAMES.experiment.to_query(base, TASKS)["task.window"] == "5"
    assert "task.window" not in base.to_query(base, TASKS)
