"""Word pairs and corpora."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from models.tasks import corpora, library
from models.tasks.corpora import PAIRS, small_world
from models.tasks.words import MOST_WORDS, WordNeighbours, _neighbours


@pytest.fixture
def own():
    before = list(library._resolvers)
    library.use({"own": "Red fox runs. " * 30 + "Blue sea sleeps! " * 30, "two": "a b. " * 40}.__getitem__)
    corpora.corpus.cache_clear()
    yield
    library._resolvers[:] = before


def test_neighbours_are_those_within_the_window_of_the_same_sentence():
    tokens, numbers = np.array([5, 6, 7, 8, 9]), np.array([0, 0, 0, 1, 1])
    around = _neighbours(tokens, numbers, 2)
    assert around.tolist() == [[0, 0, 6, 7], [0, 5, 7, 0], [5, 6, 0, 0], [0, 0, 9, 0], [0, 8, 0, 0]]


def test_pairs_are_real_neighbours(own):
    task = WordNeighbours(upload="own", window=1, negatives=2, thinning=0.0)
    batch = task.sample(200, torch.Generator().manual_seed(0))
    seen = {
        (task.symbols[a], task.symbols[b])
        for a, b in zip(batch.inputs[:, 0], batch.targets[:, 0], strict=True)
    }
    there = {("red", "fox"), ("fox", "runs"), ("blue", "sea"), ("sea", "sleeps")}
    assert seen == there | {(b, a) for a, b in there}


def test_cbow_shows_the_neighbours_and_asks_for_the_word_between(own):
    task = WordNeighbours(upload="own", method="cbow", window=2, negatives=2, thinning=0.0)
    batch = task.sample(300, torch.Generator().manual_seed(0))
    fox = batch.targets[:, 0] == task.symbols.index("fox")
    shown = {tuple(task.decode(row)) for row in batch.inputs[fox]}
    assert shown == {("·", "red", "runs", "·")}


def test_negatives_follow_frequency_to_the_power_of_three_quarters():
    task = WordNeighbours(negatives=20)
    drawn = task.sample(5000, torch.Generator().manual_seed(0)).targets[:, 1:]
    counts = np.array([0, *task.frequencies().values()], dtype=float) ** 0.75
    share = torch.bincount(drawn.flatten(), minlength=len(task.symbols)).numpy() / drawn.numel()
    np.testing.assert_allclose(share, counts / counts.sum(), atol=0.004)


def test_loss_and_chance_by_an_independent_formula():
    task = WordNeighbours(negatives=3)
    batch = task.sample(11, torch.Generator().manual_seed(0))
    scores = torch.randn(11, 4, generator=torch.Generator().manual_seed(1))
    z = scores.numpy().astype(float)
    expected = np.log1p(np.exp(-z[:, 0])) + np.log1p(np.exp(z[:, 1:])).sum(1)
    assert task.loss(scores, batch).item() == pytest.approx(expected.mean(), rel=1e-5)
    assert task.loss(torch.zeros(11, 4), batch).item() == pytest.approx(task.guessing_loss)
    assert task.chance == 0.25 and task.guessing_loss == pytest.approx(4 * math.log(2))


def test_held_out_pairs_come_from_other_sentences():
    before = list(library._resolvers)
    pairs = [f"{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in range(200)]
    library.use({"pairs": "".join(f"x{pair} y{pair}. " for pair in pairs)}.__getitem__)
    try:
        task = WordNeighbours(upload="pairs", thinning=0.0)
        kept = task.sample(4000, torch.Generator().manual_seed(0)).inputs.unique()
        held_out = task.held_out(5)
        assert len(held_out) == 2000
        assert len(held_out.inputs.unique()) == 40, "both words of every tenth sentence"
        assert not set(kept.tolist()) & set(held_out.inputs.unique().tolist())
    finally:
        library._resolvers[:] = before


def test_the_small_world_has_its_pairs():
    task = WordNeighbours(corpus="small_world")
    assert len(small_world()) == 6000 and {name for pair in PAIRS for name in pair} <= set(task.symbols)


def test_of_very_many_words_the_most_frequent_are_known():
    task = WordNeighbours(corpus="character_names")
    assert len(task.symbols) == 1 + MOST_WORDS and "letter" in task.symbols[:20]


def test_too_small_texts_are_refused(own):
    with pytest.raises(ValueError, match="wanted 7 words seen 1 times or more, got 2"):
        _ = WordNeighbours(upload="two").symbols


def test_character_names_and_help_texts_are_there():
    names = corpora.character_names()
    assert ("greek", "small", "letter", "alpha") in names
    assert 20_000 < len(names) < 60_000
    assert len(corpora.python_docs()) > 2000
