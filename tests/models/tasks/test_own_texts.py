"""A person's own labelled texts."""

from __future__ import annotations

import csv
import io

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks import library
from models.tasks.own_texts import MOST_WORDS, OwnTexts

CSV = "label,text\n" + "".join(
    f'{"late" if i % 4 else "fine"},"the parcel {i} {"never came" if i % 4 else "arrived well"}"\n'
    for i in range(40)
)


@pytest.fixture(autouse=True)
def own():
    before = list(library._resolvers)
    library.use({"own": CSV, "broken": "text\nx\n"}.__getitem__)
    yield
    library._resolvers[:] = before


def test_one_text_in_five_is_held_out_with_every_label_in_both_parts():
    task = OwnTexts(upload="own")
    held_out = task.held_out(50)
    assert len(task.pool()) == 32
    assert task.answers == ("fine", "late")
    assert task.chance == pytest.approx(0.75)
    for batch in (task.pool(), held_out):
        assert set(batch.targets[:, 0].tolist()) == {0, 1}
        assert (batch.counts.sum(1) == 1).all()
    rows = task.sample(9, torch.Generator().manual_seed(0))
    assert (task.pool().inputs[rows.rows] == rows.inputs).all() and held_out.rows is None


def labelled(rows):
    """The task of a file with these (text, label) rows."""
    out = io.StringIO()
    csv.writer(out).writerows([("text", "label"), *rows])
    key = f"rows {hash(out.getvalue())}"
    library.use({key: out.getvalue()}.__getitem__)
    return OwnTexts(upload=key)


@pytest.mark.parametrize("rare", [4, 5, 6, 9])
def test_the_rarest_label_is_in_both_parts(rare):
    task = labelled([("fine", "a")] * 16 + [("late", "b")] * rare)
    for batch in (task.pool(), task.held_out_pool()):
        assert set(batch.targets[:, 0].tolist()) == {0, 1}
    assert len(task.pool()) + len(task.held_out_pool()) == 16 + rare


CELLS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)


@settings(max_examples=60)
@given(st.lists(CELLS.map(lambda text: text.strip() or "_"), min_size=20, max_size=30))
def test_whatever_the_texts_are_the_first_probe_can_be_read(texts):
    task = labelled([(text, str(place % 2)) for place, text in enumerate(texts)])
    assert len(set(task.symbols)) == len(task.symbols)
    ids = task.encode(task.example())
    assert task.decode(ids)[0] == "<s>" and len(ids) > 1
    assert task.pool().inputs.max() < len(task.symbols)


def test_texts_of_words_that_training_never_saw_have_a_probe_all_the_same():
    task = labelled([(f"word{place}", str(place % 2)) for place in range(20)])
    assert task.decode(task.encode(task.example())) == ["<s>", "<unknown>"]


def test_of_very_many_words_the_most_frequent_are_known():
    words = [f"w{place}" for place in range(7000)]
    texts = [" ".join(words[place : place + 38]) for place in range(0, 7000, 38)]
    task = labelled([(f"often {text}", str(place % 2)) for place, text in enumerate(texts)])
    assert len(task.symbols) == 3 + MOST_WORDS and "often" in task.symbols


def test_words_that_training_never_saw_are_unknown():
    task = OwnTexts(upload="own")
    assert task.decode(task.encode("The parcel exploded")) == ["<s>", "the", "parcel", "<unknown>"]
    with pytest.raises(ValueError, match="at least one word"):
        task.encode("quite something else"[6:])
    with pytest.raises(ValueError, match="got 0"):
        task.encode("")


def test_only_the_last_words_are_kept():
    assert OwnTexts(upload="own", longest=4).pool().inputs.shape[1] == 5


def test_a_file_that_cannot_be_used_says_why():
    with pytest.raises(ValueError, match="'label'"):
        _ = OwnTexts(upload="broken").symbols
