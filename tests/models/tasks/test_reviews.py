"""Reviews: the generator, its exact posterior, both tasks made of it."""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks import review_text
from models.tasks.labelled import last_word_right
from models.tasks.review_language import ReviewLanguage
from models.tasks.review_text import CONTRASTIVE, TEMPLATES, VOCABULARY, draw_review, likelihood, posterior
from models.tasks.reviews import Reviews, contrastive_rows


@cache
def _drawn(n, seed=3):
    source = random.Random(seed)
    return [draw_review(source, i % 2 == 0) for i in range(n)]


def test_no_word_plays_two_parts():
    parts = (review_text.POSITIVE, review_text.NEGATIVE, review_text.NOUNS, review_text.ADVERBS)
    plain = {word for text in (*review_text.OPENINGS, *TEMPLATES.values()) for word in text.split()}
    for one, other in itertools.combinations((*map(set, parts), plain), 2):
        assert not one & other


def test_likelihoods_of_all_next_words_add_up_to_that_of_the_prefix():
    for review in _drawn(3):
        for end in range(0, len(review.words), 2):
            prefix = review.words[:end]
            for positive in (True, False):
                whole = likelihood(prefix, positive)
                parts = sum(likelihood((*prefix, word), positive) for word in VOCABULARY)
                assert parts == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize(
    "begin", ["the film was great", "the film was not", "the film was very", "the film was bad but"]
)
def test_the_posterior_agrees_with_counting_draws(begin):
    kinds = {word: "N" for word in review_text.NOUNS} | {word: "A" for word in review_text.ADVERBS}
    kinds |= {word: "+" for word in review_text.POSITIVE} | {word: "-" for word in review_text.NEGATIVE}
    wanted = [kinds.get(word, word) for word in begin.split()]
    drawn = [review for review in _drawn(20_000) if review.words[0] == "the"]
    alike = [r.positive for r in drawn if [kinds.get(w, w) for w in r.words[: len(wanted)]] == wanted]
    assert len(alike) > 100
    assert sum(alike) / len(alike) == pytest.approx(posterior(tuple(begin.split())), abs=0.06)


def test_the_posterior_by_hand():
    start = ("the", "film", "was")
    assert posterior(()) == 0.5
    assert posterior((*start, "not")) == pytest.approx(0.5)
    # plain and exclusion say it, `but` takes it back: 2 to 1
    assert posterior((*start, "great")) == pytest.approx(2 / 3)
    assert posterior((*start, "great", "but")) == 0
    assert posterior((*start, "great", ",")) == 1
    assert posterior((*start, "not", "bad")) == 1


def test_an_impossible_beginning_is_refused_at_the_first_word_that_makes_it_so():
    with pytest.raises(ValueError, match="'but' as word 4"):
        posterior(("the", "film", "was", "but", "great"))


def test_a_noun_is_not_named_twice():
    with pytest.raises(ValueError, match="'film' as word 7"):
        posterior(("the", "film", "was", "bad", "but", "the", "film"))


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.booleans())
def test_every_review_drawn_is_certain_of_its_feeling_at_the_full_stop(seed, positive):
    review = draw_review(random.Random(seed), positive)
    assert posterior(review.words) == float(positive)
    assert set(review.words) <= set(VOCABULARY)


def test_a_twin_has_the_same_bag_of_words_and_the_other_label():
    for review in _drawn(200):
        if review.template in CONTRASTIVE:
            twin = review.twin
            assert sorted(twin.words) == sorted(review.words) and twin.words != review.words
            assert twin.positive != review.positive and twin.twin == review
            assert posterior(twin.words) == float(twin.positive)
        else:
            with pytest.raises(ValueError, match="twin: wanted"):
                _ = review.twin


def test_labels_are_balanced_and_scored_where_the_words_are():
    task = Reviews(labelled=50)
    pool = task.pool()
    assert pool.targets[:, 0].float().mean() == 0.5
    assert (pool.counts == (pool.inputs != 0)).all()
    last = Reviews(labelled=50, every_word=False).pool()
    assert (last.counts.sum(1) == 1).all()
    assert all(VOCABULARY[i] == "." for i in last.inputs[last.counts])
    rows = task.sample(7, torch.Generator().manual_seed(0))
    assert (pool.inputs[rows.rows] == rows.inputs).all()


def test_other_draws_label_other_reviews():
    assert (Reviews(labelled=20).pool().inputs != Reviews(labelled=20, draw=1).pool().inputs).any()
    assert Reviews(labelled=20).held_out(9).rows is None


def test_the_noun_group_is_that_of_the_first_noun():
    task = Reviews(ask="noun_group", labelled=40)
    first = [next(w for w in task.decode(row) if w in review_text.NOUNS) for row in task.pool().inputs]
    on_screen = [word in review_text.ON_SCREEN for word in first]
    assert task.pool().targets[:, 0].bool().tolist() == on_screen


def test_metrics_look_at_the_last_word_and_at_the_contrastive_reviews():
    task = Reviews(labelled=200)
    batch = task.pool()
    perfect = torch.nn.functional.one_hot(batch.targets, 2).float()
    wrong_before = perfect.clone()
    wrong_before[:, 0] = 1 - perfect[:, 0]
    assert task.metrics(wrong_before, batch)["accuracy"] == 1
    tricky = contrastive_rows(batch.inputs)
    flipped = torch.where(tricky[:, None, None], 1 - perfect, perfect)
    metrics = task.metrics(flipped, batch)
    assert metrics["contrastive_accuracy"] == 0
    assert metrics["accuracy"] == pytest.approx(1 - tricky.float().mean().item())
    assert last_word_right(perfect, batch).all()


def test_a_typed_review_is_split_at_its_marks_and_unknown_words_are_named():
    task = Reviews()
    ids = task.encode("The film was GREAT, not bad.")
    assert task.decode(ids) == ["<s>", "the", "film", "was", "great", ",", "not", "bad", "."]
    assert task.opinion(ids)[0] == 0.5 and task.opinion(ids)[-1] == 1
    with pytest.raises(ValueError, match=r"great.*got 'graet'"):
        task.encode("the film was graet")
    with pytest.raises(ValueError, match="got 0"):
        task.encode("  ")


def test_the_language_task_is_one_word_ahead_and_says_what_guessing_gets():
    task = ReviewLanguage(texts=300)
    batch = task.sample(40, torch.Generator().manual_seed(2))
    assert (batch.inputs[:, 1:] == batch.targets[:, :-1]).all()
    assert task.symbols == Reviews().symbols
    targets = batch.targets[batch.counts]
    most = torch.bincount(targets).max().item() / len(targets)
    assert task.chance == pytest.approx(most, abs=0.03)
    assert 3.5 < task.guessing_loss < 5


def test_tails_follow_the_feeling():
    task = ReviewLanguage(texts=200)
    sad = set(review_text.SAD_TAILS)
    for row in task.sample(60, torch.Generator().manual_seed(0)).inputs:
        words = [w for w in task.decode(row) if w not in ("<pad>", "<s>", "</s>")]
        stop = words.index(".")
        assert posterior(tuple(words[: stop + 1])) == float(" ".join(words[stop + 1 :]) not in sad)
