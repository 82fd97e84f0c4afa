"""Each encoding laid open, held to its published formula."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.analysis.encodings import encoding, fresh, learned_of, rotated_pair
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import build_task


@given(length=st.integers(3, 20), half=st.integers(1, 9), base=st.sampled_from([10.0, 10_000.0]))
def test_sinusoidal_and_rotary_scores_are_sums_of_cosines_of_the_distance(length, half, base):
    width = 2 * half
    expected = [sum(math.cos(d * base ** (-2 * i / width)) for i in range(half)) for d in range(length)]
    for kind in ("sinusoidal", "rotary"):
        found = encoding(kind, length, width, base=base)
        assert found.table.shape == (length, width)
        assert np.allclose(found.by_distance, expected, atol=1e-9)
        assert found.depends_on_distance_only


def test_near_positions_are_alike_and_the_dot_product_falls_in_waves():
    score = encoding("sinusoidal", 48, 48).by_distance
    assert score[0] > score[1] > score[2] > score[3:].max()
    assert score[:12].mean() > score[12:24].mean() > score[24:36].mean() > score[36:].mean()
    assert (np.diff(score) > 0).any()
    faster = encoding("sinusoidal", 48, 48, base=10.0).by_distance
    assert (faster[1:] < score[1:]).all()


def test_two_fast_waves_meet_again():
    score = encoding("sinusoidal", 48, 4, base=10.0).by_distance
    assert score[19] > 0.95 * score[0]
    assert score[10] < 0


def test_alibi_falls_by_its_slope_at_every_step():
    found = encoding("alibi", 9, 16, heads=8, head=2)
    assert found.table.shape == (9, 8)
    assert np.allclose(found.by_distance, -(2.0**-3) * np.arange(9))
    assert np.allclose(found.table[:, 7], -(2.0**-8) * np.arange(9))
    assert (found.columns, found.rows) == ("head", "distance")


def test_nothing_is_nothing_and_random_vectors_depend_on_more_than_distance():
    assert not encoding("none", 5, 4).table.any()
    learned = fresh("learned", 6, 5, 1)
    found = encoding("learned", 6, 5, learned=learned)
    assert np.allclose(found.scores[2, 4], learned[2] @ learned[4])
    assert not found.depends_on_distance_only


@pytest.mark.parametrize("kind", ["learned", "relative"])
def test_what_a_network_has_learned_is_read_from_it(kind):
    task = build_task("order", length=6)
    torch.manual_seed(1)
    config = ModelConfig("transformer", hidden=12, heads=3, layers=1, positions=kind, causal=False)
    network = build_network(config, task)
    found = encoding(kind, 6, 12, heads=3, head=1, learned=learned_of(network, 6))
    if kind == "learned":
        assert np.array_equal(found.table, network.encoding.table.detach().numpy())
    else:
        weights = network.encoding.relative.weight.detach().numpy()
        assert np.allclose(found.table[:6], weights[:6])  # near distances have a bucket each
        assert found.depends_on_distance_only
        assert np.allclose(found.scores[0, 1], weights[16 + 1, 1])  # keys ahead have their own half


def test_a_pair_turns_by_its_frequency():
    pair = rotated_pair(3, 1, 8, 100.0)
    angle = 3 * 100.0 ** (-2 / 8)
    assert pair["angle"] == pytest.approx(angle)
    assert (pair["x"], pair["y"]) == pytest.approx((math.cos(angle), math.sin(angle)))


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="got 'spiral'"):
        encoding("spiral", 5, 4)
    with pytest.raises(ValueError, match="wanted what a network has learned"):
        encoding("relative", 5, 4)
    with pytest.raises(ValueError, match="head: wanted 0 to 2, got 3"):
        encoding("alibi", 5, 4, heads=3, head=3)
