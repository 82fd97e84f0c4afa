"""Search and analysis of reviews, against counts made another way."""

import numpy as np
import pytest
import torch

from models.analysis.review_search import (
    Shelf,
    best,
    by_meaning,
    by_subject,
    by_words,
    opinions,
    same_feeling,
    shelf,
    vectors,
)
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import build_task

TASK = build_task("reviews", every_word=False)


def network_of(task=TASK):
    torch.manual_seed(4)
    return build_network(ModelConfig("lstm", hidden=9, embedding=5), task).eval()


def test_a_shelf_is_half_positive_and_the_same_every_time():
    kept = shelf(31)
    assert kept.positive.sum() == 15
    assert kept.texts == shelf(31).texts
    assert all(subject in text.split() for subject, text in zip(kept.subjects, kept.texts, strict=True))


def test_a_review_finds_itself_first_by_meaning_and_by_words():
    kept = shelf(20)
    found = vectors(network_of(), kept.texts)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    scores = by_meaning(found[7], found)
    assert scores[7] == pytest.approx(1, abs=1e-5) and scores.max() <= 1 + 1e-5
    assert by_words(kept.texts[7], kept.texts)[7] == 1


def test_shared_words_are_counted_once():
    scores = by_words("the plot the plot was great", ("the plot was great", "the film was bad", "great"))
    np.testing.assert_allclose(scores, [1, 2 / 6, 1 / 4])


def test_the_best_come_first_and_of_equal_ones_the_earlier():
    assert best(np.array([0.1, 0.9, 0.9, 0.3]), 3) == [1, 2, 3]


def test_opinions_are_the_probability_of_positive_after_the_last_word():
    network = network_of()
    (found,) = opinions(network, ["the plot was great ."])
    with torch.no_grad():
        logits = network(TASK.encode("the plot was great .")[None])[0, -1]
    assert opinions(network, ["the plot was great"])[0] == found, "a missing full stop is added"
    assert found == pytest.approx(torch.sigmoid(logits[1] - logits[0]).item(), abs=1e-6)


def test_the_least_liked_subject_stands_first():
    kept = Shelf(("",) * 4, np.array([True, False, True, True]), ("plot", "plot", "film", "film"))
    assert by_subject(kept, np.array([0.9, 0.2, 0.8, 0.7])) == [("plot", 2, 0.5, 0.5), ("film", 2, 1.0, 1.0)]


def test_a_network_that_holds_the_feeling_finds_the_same_feeling(monkeypatch):
    """A stand-in whose vector is the feeling itself must be right always."""
    feelings = {
        text: good
        for s in (shelf(), shelf(100, seed=4712))
        for text, good in zip(s.texts, s.positive, strict=True)
    }
    monkeypatch.setattr(
        "models.analysis.review_search.vectors",
        lambda _, texts: np.array([[1.0, 0.0] if feelings[text] else [0.0, 1.0] for text in texts]),
    )
    found = same_feeling(network_of())
    assert found["meaning"] == 1
    assert 0.3 < found["words"] < 0.95


def test_an_unknown_word_is_named():
    with pytest.raises(ValueError, match="zebra"):
        vectors(network_of(), ["the zebra was great"])
