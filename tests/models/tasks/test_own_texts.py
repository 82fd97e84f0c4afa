"""A person's own labelled texts."""

from __future__ import annotations

import pytest
import torch

from models.tasks import library
from models.tasks.own_texts import OwnTexts

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
