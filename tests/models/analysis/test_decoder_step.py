"""An opened step of attention obeys its own equations."""

import numpy as np
import pytest
import torch

from models.analysis.decoder_step import open_step
from models.analysis.decoding import decode, decode_with_attention
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import build_task

TASK = build_task("reverse_sequence", letters=7, longest=9)
SOURCE = TASK.encode("cafebad")


def network(attention="dot", seed=3, **settings):
    torch.manual_seed(seed)
    config = ModelConfig("seq2seq", hidden=11 if attention != "dot" else 10, embedding=5, attention=attention,
                         **settings)  # fmt: skip
    return build_network(config, TASK).eval()


@pytest.mark.parametrize("attention", ["dot", "general", "additive"])
@pytest.mark.parametrize("step", [0, 3])
def test_parts_add_up_to_scores_scores_to_weights_weights_to_context(attention, step):
    found = open_step(network(attention, bidirectional=True), SOURCE, step)
    assert found.keys.shape[0] == found.memory.shape[0] == len(SOURCE)
    np.testing.assert_allclose(found.parts.sum(-1), found.scores, atol=1e-5)
    exponentials = np.exp(found.scores - found.scores.max())
    np.testing.assert_allclose(exponentials / exponentials.sum(), found.weights, atol=1e-6)
    np.testing.assert_allclose(found.weights @ found.memory, found.context, atol=1e-5)


@pytest.mark.parametrize("attention", ["dot", "additive"])
def test_what_would_be_written_elsewhere_is_what_moving_the_attention_writes(attention):
    net = network(attention)
    found = open_step(net, SOURCE, 2)
    for place in range(len(SOURCE)):
        weights = [float(k == place) for k in range(len(SOURCE))]
        new = decode_with_attention(net, SOURCE, {2: weights})
        assert new.probabilities[2].argmax() == found.elsewhere[place]
        assert new.probabilities[2].max() == pytest.approx(found.elsewhere_probability[place], abs=1e-5)


def test_by_default_it_opens_a_step_of_the_own_answer():
    net = network()
    own = decode(net, SOURCE)
    np.testing.assert_allclose(open_step(net, SOURCE, 1).probabilities, own.probabilities[1], atol=1e-6)
    given = open_step(net, SOURCE, 1, own.ids)
    np.testing.assert_allclose(given.probabilities, own.probabilities[1], atol=1e-5)


def test_places_that_write_the_same_are_counted():
    found = open_step(network(), SOURCE, 0)
    same = sum(symbol == found.probabilities.argmax() for symbol in found.elsewhere)
    assert found.same_answer == same


def test_a_step_that_the_answer_lacks_and_a_network_without_attention_are_refused():
    with pytest.raises(ValueError, match="step: wanted one from 0 to 1, got 2"):
        open_step(network(), SOURCE, 2, [3, TASK.end])
    with pytest.raises(ValueError, match="wanted one with attention"):
        open_step(network("none"), SOURCE, 0)
