"""The encodings against their published formulas, written here a second time without looking."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.experiment import ModelConfig
from models.networks import positions
from models.networks.position_encoding import PositionEncoding

ODD_SIZES = st.integers(1, 40)


@pytest.mark.parametrize(
    ("length", "width", "base"), [(37, 10, 10_000.0), (5, 7, 100.0), (300, 64, 10_000.0)]
)
def test_sinusoidal_table_is_the_formula_of_the_paper(length, width, base):
    table = positions.sinusoidal(length, width, base)
    for p in range(length):
        for d in range(width):
            angle = p / base ** (2 * (d // 2) / width)
            wanted = math.cos(angle) if d % 2 else math.sin(angle)
            assert abs(table[p, d] - wanted) < 1e-6


def test_sinusoidal_dot_products_depend_on_distance_only_and_the_norm_is_half_the_width():
    scores = positions.dot_products(positions.sinusoidal(61, 22))
    np.testing.assert_allclose(np.diagonal(scores), 11, atol=1e-9)
    for distance in range(61):
        assert np.ptp(np.diagonal(scores, -distance)) < 1e-9
    np.testing.assert_allclose(positions.mean_by_distance(scores), scores[:, 0], atol=1e-9)


@given(width=st.integers(2, 33), length=ODD_SIZES, seed=st.integers(0, 10**6))
def test_rotation_keeps_norms_and_scores_depend_on_distance_only(width, length, seed):
    query, key = np.random.default_rng(seed).normal(size=(2, width))
    turned = positions.rotated(query, length)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(query), rtol=1e-9)
    scores = positions.rotary_scores(query, key, length)
    for distance in range(1 - length, length):
        assert np.ptp(np.diagonal(scores, distance)) < 1e-9


def test_rotation_is_multiplication_by_a_complex_unit():
    vector = np.random.default_rng(0).normal(size=6)
    pairs = vector[0::2] + 1j * vector[1::2]
    for place, turned in enumerate(positions.rotated(vector, 9)):
        wanted = pairs * np.exp(1j * place / 10_000 ** (np.arange(3) / 3))
        np.testing.assert_allclose(turned[0::2] + 1j * turned[1::2], wanted, atol=1e-12)


def test_alibi_slopes_are_those_published():
    np.testing.assert_allclose(positions.alibi_slopes(8), [1 / 2**n for n in range(1, 9)])
    np.testing.assert_allclose(positions.alibi_slopes(16), [2 ** (-n / 2) for n in range(1, 17)])
    # Twelve heads: the eight above, then every other slope of sixteen.
    np.testing.assert_allclose(positions.alibi_slopes(12)[8:], [2 ** (-n / 2) for n in (1, 3, 5, 7)])
    assert len(positions.alibi_slopes(1)) == 1


def test_alibi_bias_is_minus_slope_times_distance():
    bias = positions.alibi_bias(2, 5)
    assert bias.shape == (2, 5, 5)
    assert bias[0, 4, 1] == -3 / 16
    assert bias[1, 4, 1] == -3 / 256
    np.testing.assert_array_equal(np.diagonal(bias[0]), 0)


def t5_bucket(distance, causal):
    """The rule in the words of Raffel et al. 2020, one number at a time; `distance` is key minus query."""
    buckets, first = (32, 0) if causal else (16, 16 if distance > 0 else 0)
    away = max(-distance, 0) if causal else abs(distance)
    near = buckets // 2
    if away < near:
        return first + away
    step = math.log(away / near) / math.log(128 / near) * (buckets - near)
    return first + min(near + int(step), buckets - 1)


@pytest.mark.parametrize("causal", [True, False])
def test_relative_buckets_follow_t5(causal):
    distance = np.arange(-300, 301)
    buckets = positions.relative_bucket(distance, causal=causal)
    assert [t5_bucket(int(d), causal) for d in distance] == buckets.tolist()
    assert set(buckets) <= set(range(32))


def encoding(kind, heads=3, hidden=18, longest=5, causal=True):
    config = ModelConfig(kind="transformer", hidden=hidden, heads=heads, positions=kind)
    return PositionEncoding(config, longest, causal=causal)


def test_positions_beyond_the_learned_ones_reuse_the_last():
    learned = encoding("learned")
    vectors = learned.vectors(9)
    assert torch.equal(vectors[:5], learned.table)
    assert torch.equal(vectors[5:], learned.table[-1:].expand(4, -1))
    assert torch.equal(learned.vectors(3, offset=4), vectors[4:7])


@pytest.mark.parametrize("kind", ["sinusoidal", "rotary", "alibi", "relative"])
def test_a_position_is_the_same_whether_it_comes_alone_or_with_the_others(kind):
    one = encoding(kind)
    if kind == "sinusoidal":
        assert torch.equal(one.vectors(100)[70:], one.vectors(30, offset=70))
    elif kind == "rotary":
        values = torch.randn(2, 3, 100, 6)
        assert torch.equal(one.turned(values)[:, :, 70:], one.turned(values[:, :, 70:], offset=70))
    else:
        assert torch.equal(one.bias(100, 100)[:, 70:], one.bias(30, 100))


def test_rotary_needs_two_units_a_head():
    with pytest.raises(ValueError, match="wanted at least 2 units a head for rotary, got 1"):
        encoding("rotary", heads=6, hidden=6)
