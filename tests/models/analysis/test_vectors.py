"""Word vectors: neighbours, analogies, axes, projections."""

from __future__ import annotations

import numpy as np
import pytest

from models.analysis.vectors import (
    WordSpace,
    align,
    analogy_accuracy,
    journey,
    offset_agreement,
    principal_axes,
)

PAIRS = [("man", "woman"), ("king", "queen"), ("uncle", "aunt")]


@pytest.fixture
def space():
    """Roles on three axes, gender on a fourth: analogies hold exactly."""
    rows = [[*np.eye(3)[role], gender] for role in range(3) for gender in (-0.5, 0.5)]
    return WordSpace(tuple(word for pair in PAIRS for word in pair), np.array(rows) + 3.0)


def test_analogies_and_offsets_of_a_space_made_for_them(space):
    assert space.analogy("man", "woman", "king", 1)[0][0] == "queen"
    assert analogy_accuracy(space, PAIRS) == 1
    assert offset_agreement(space, PAIRS) == pytest.approx(1)


def test_an_analogy_is_scored_by_the_cosine_with_second_minus_first_plus_third():
    vectors = np.random.default_rng(5).normal(size=(7, 4))
    unit = vectors - vectors.mean(0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    wanted = unit[1] - unit[0] + unit[2]
    cosines = unit @ wanted / np.linalg.norm(wanted)
    best = 3 + int(cosines[3:].argmax())
    word, score = WordSpace(tuple("abcdefg"), vectors).analogy("a", "b", "c", 1)[0]
    assert word == "abcdefg"[best] and score == pytest.approx(cosines[best])


def test_a_scrambled_space_has_no_analogies(space):
    scrambled = WordSpace(space.words, np.random.default_rng(3).normal(size=(6, 4)))
    assert analogy_accuracy(scrambled, PAIRS) < 0.7
    assert abs(offset_agreement(scrambled, PAIRS)) < 0.9


def test_neighbours_are_those_of_the_largest_cosine(space):
    directions = space.vectors - space.vectors.mean(0)
    cosines = directions @ directions[2] / np.linalg.norm(directions, axis=1) / np.linalg.norm(directions[2])
    expected = [space.words[i] for i in np.argsort(-cosines) if i != 2]
    found = space.neighbours("king", 9)
    assert {word for word, _ in found} == set(expected) and found[0][0] == expected[0]
    assert found[0][1] == pytest.approx(max(np.delete(cosines, 2)))


def test_an_axis_puts_its_ends_at_minus_one_and_one(space):
    places = space.axis(["man", "king", "uncle"], ["woman", "queen", "aunt"])
    assert places[::2].mean() == pytest.approx(-1) and places[1::2].mean() == pytest.approx(1)
    with pytest.raises(ValueError, match="at least one word"):
        space.axis([], ["man"])
    with pytest.raises(ValueError, match="got 'robot'"):
        space.axis(["robot"], ["man"])


def test_principal_axes_agree_with_the_covariance():
    vectors = np.random.default_rng(0).normal(size=(40, 5)) @ np.diag([5, 1, 3, 0.5, 2.0])
    projection = principal_axes(vectors, 3)
    values = np.linalg.eigvalsh(np.cov(vectors.T))[::-1]
    np.testing.assert_allclose(projection.explained, values[:3] / values.sum())
    np.testing.assert_allclose(projection.axes.T @ projection.axes, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(projection(vectors).var(0, ddof=1), values[:3])
    with pytest.raises(ValueError, match="1 to 5 axes"):
        principal_axes(vectors, 6)


def test_alignment_undoes_any_turn_and_keeps_distances():
    random = np.random.default_rng(1)
    onto = random.normal(size=(9, 4))
    turn, _ = np.linalg.qr(random.normal(size=(4, 4)))
    np.testing.assert_allclose(align(onto @ turn + 7.0, onto), onto, atol=1e-10)
    other = random.normal(size=(9, 4))
    aligned = align(other, onto)
    distances = np.linalg.norm(other[:, None] - other[None], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(aligned[:, None] - aligned[None], axis=-1), distances)
    with pytest.raises(ValueError, match=r"shape \(9, 4\)"):
        align(other[:8], onto)


def test_a_journey_ends_on_the_fixed_axes_and_turning_alone_moves_nothing():
    random = np.random.default_rng(2)
    last = random.normal(size=(12, 5))
    turn, _ = np.linalg.qr(random.normal(size=(5, 5)))
    path = journey([last @ turn, last], aligned=True)
    assert path.shape == (2, 12, 2)
    np.testing.assert_allclose(path[0], path[1], atol=1e-9)
    np.testing.assert_allclose(journey([last * 0, last])[-1], principal_axes(last)(last))
