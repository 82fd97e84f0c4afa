"""Matched sizes are the nearest ones there are."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from models.experiment import ModelConfig
from models.networks.sizes import count_parameters, match_parameters
from models.tasks import build_task
from tests.models.networks.recurrent_reference import Letters

LIKE = ModelConfig(embedding=6, layers=2)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("target", [900, 5_000, 31_000])
def test_no_other_size_comes_nearer(kind, target):
    hidden = match_parameters(kind, Letters(), target, like=LIKE)
    distances = {
        size: abs(
            count_parameters(ModelConfig(kind=kind, embedding=6, layers=2, hidden=size), Letters()) - target
        )
        for size in range(max(hidden - 2, 1), hidden + 3)
    }
    assert min(distances, key=distances.get) == hidden
    if target >= 5_000:
        assert distances[hidden] < 0.05 * target


def test_the_same_budget_buys_an_rnn_more_units_than_a_gru_and_a_gru_more_than_an_lstm():
    sizes = [match_parameters(kind, Letters(), 10_000) for kind in ("rnn", "gru", "lstm")]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 3


@pytest.mark.parametrize("positions", ["sinusoidal", "rotary"])
def test_a_transformer_keeps_to_even_heads(positions):
    like, task = ModelConfig(heads=2, layers=2, positions=positions), build_task("write_keep_clear")
    hidden = match_parameters("transformer", task, 30_000, like=like)
    config = dataclasses.replace(like, kind="transformer", hidden=hidden)
    assert hidden % 4 == 0
    assert abs(count_parameters(config, task) - 30_000) < 3_000


def test_targets_out_of_reach_get_the_ends():
    assert match_parameters("gru", Letters(), 1) == 1
    assert match_parameters("gru", Letters(), 10**9) == 256


def test_counting_draws_no_random_numbers():
    before = torch.get_rng_state()
    count_parameters(LIKE, Letters())
    assert torch.equal(before, torch.get_rng_state())
