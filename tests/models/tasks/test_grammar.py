"""The grammar read both ways."""

from __future__ import annotations

import pytest
import torch

from models.tasks.grammar import (
    MANY,
    MASK,
    ONE,
    SLOTS,
    Grammar,
    _sentences,
    agreement_sentences,
    sound_sentences,
)


def test_all_sentences_agree():
    sentences = agreement_sentences()
    assert len(set(sentences)) == 2 * 8 * 6 * 6 * 5
    for determiner, noun, _, _, _, verb, _ in sentences:
        assert (determiner == "these") == (noun in MANY) == (not verb.endswith("s"))
    assert len(set(sound_sentences())) == 8 * 6 * 5


def test_held_out_sentences_never_come_up_in_training():
    for held_out, training in zip(_sentences(True), _sentences(False), strict=True):
        seen = {tuple(row) for row in training.tolist()}
        assert not seen & {tuple(row) for row in held_out.tolist()}
        assert len(held_out) == pytest.approx(0.25 * len(training), rel=0.02)


def test_the_masked_form_hides_what_is_scored_and_nothing_else():
    task = Grammar(form="masked", mask_rate=0.3)
    batch = task.sample(300, torch.Generator().manual_seed(0))
    mask = task.symbols.index(MASK)
    assert ((batch.inputs == mask) == batch.counts).all()
    assert (batch.inputs[~batch.counts] == batch.targets[~batch.counts]).all()
    assert batch.counts.any(1).all()
    assert (batch.targets[batch.counts] > 3).all()
    words = (batch.targets > 3).sum()
    assert batch.counts.sum() / words == pytest.approx(0.3, abs=0.03)


def test_the_causal_form_is_the_same_text_one_step_ahead():
    masked, causal = Grammar(form="masked"), Grammar(form="causal")
    a = masked.sample(50, torch.Generator().manual_seed(4)).targets
    b = causal.sample(50, torch.Generator().manual_seed(4))
    assert (torch.cat([b.inputs, b.targets[:, -1:]], 1) == a).all()
    assert (b.inputs[:, 1:] == b.targets[:, :-1]).all()
    assert causal.writes and not masked.writes


@pytest.mark.parametrize("form", ["masked", "causal"])
@pytest.mark.parametrize("slot", SLOTS)
def test_a_slot_is_where_the_deciding_word_is_not(form, slot):
    task = Grammar(form=form)
    batch = task.slot_batch(slot, 30)
    answers = {task.symbols[i] for i in batch.targets[batch.counts]}
    expected = {"determiner": {"this", "these"}, "noun": set(ONE)}
    assert (batch.counts.sum(1) == 1).all()
    assert answers <= expected.get(slot, answers)
    if form == "masked":
        assert (batch.inputs[batch.counts] == task.symbols.index(MASK)).all()


def test_a_typed_blank_becomes_the_mask():
    task = Grammar(form="masked")
    assert task.decode(task.encode("___ cats near the river sleep")) == [
        "<s>", "<mask>", "cats", "near", "the", "river", "sleep", "</s>",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="got 'elephants'"):
        task.encode("these elephants")
    with pytest.raises(ValueError, match="slot: wanted"):
        task.slot_batch("adverb")
