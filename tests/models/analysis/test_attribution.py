"""Attribution against identities: completeness, linearity, and leaving out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.analysis.attribution import (
    METHODS,
    attributions,
    gradient_times_input,
    integrated_gradients,
    log_odds,
    occlusion,
)
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import build_task
from models.trace import replace

KINDS = ["rnn", "lstm", "gru", "transformer", "bag_of_words"]


def _network(kind):
    torch.manual_seed(3)
    task = build_task("reviews", labelled=4)
    return build_network(ModelConfig(kind=kind, hidden=12, embedding=7, heads=3), task), task


@pytest.mark.parametrize("kind", KINDS)
def test_integrated_gradients_add_up_to_the_score(kind):
    network, task = _network(kind)
    ids = task.encode("the film was not bad , it was great .")
    values = integrated_gradients(network, ids, 1, points=400)
    with torch.no_grad():
        whole = log_odds(network(ids[None])[0, -1], 1)
        with replace(network, "embedding", torch.zeros_like):
            nothing = log_odds(network(ids[None])[0, -1], 1)
    assert values.shape == (len(ids),)
    # the Transformer's layer norm has a kink near zero vectors
    assert values.sum() == pytest.approx(
        (whole - nothing).item(), abs=0.02 if kind == "transformer" else 2e-3
    )


def test_gradient_times_input_is_exact_where_the_score_is_linear():
    network, task = _network("rnn")
    network.layers[0].nonlinearity = "linear"
    ids = task.encode("the film was bad .")
    values = gradient_times_input(network, ids, 0)
    linear = integrated_gradients(network, ids, 0, points=3)
    np.testing.assert_allclose(values, linear, atol=1e-5)


def test_for_two_answers_what_speaks_for_one_speaks_against_the_other():
    network, task = _network("gru")
    ids = task.encode("the film was bad .")
    for method, values in attributions(network, ids, 1).items():
        assert method in METHODS
        np.testing.assert_allclose(values, -attributions(network, ids, 0)[method], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_occlusion_is_the_score_without_the_word(kind):
    network, task = _network(kind)
    ids = task.encode("the film was not bad .")
    values = occlusion(network, ids, 1)
    without = torch.cat([ids[:4], ids[5:]])
    with torch.no_grad():
        fall = log_odds(network(ids[None])[0, -1], 1) - log_odds(network(without[None])[0, -1], 1)
    assert values[4] == pytest.approx(fall.item(), abs=1e-5)
    with pytest.raises(ValueError, match="at least two words"):
        occlusion(network, ids[:1], 1)


def test_log_odds_by_hand():
    logits = torch.tensor([0.3, -1.0, 2.0])
    p = logits.softmax(0)
    assert log_odds(logits, 2).item() == pytest.approx(torch.log(p[2] / (1 - p[2])).item())
