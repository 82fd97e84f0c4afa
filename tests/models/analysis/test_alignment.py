import numpy as np
import pytest
import torch

from models.analysis.alignment import agreement, attention_agreement, exact_by_length, known_alignment
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks.translation import ReverseSequence
from models.trace import replace

TASK = ReverseSequence(longest=7, letters=5)


def network_of(attention="dot"):
    torch.manual_seed(0)
    config = ModelConfig(kind="seq2seq", hidden=8, embedding=4, attention=attention)
    return build_network(config, TASK).eval()


def test_agreement_counts_by_hand():
    attention = np.array([[[0.5, 0.2, 0.3], [0.1, 0.8, 0.1], [0.0, 0.6, 0.4], [1.0, 0.0, 0.0]]])
    known = np.array([[[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 0, 0]]])
    found = agreement(attention, known, np.array([3]))
    assert found.steps == 3
    assert found.largest == pytest.approx(2 / 3)
    assert found.mass == pytest.approx((0.5 + 0.2 + 1.0) / 3)
    assert found.chance == pytest.approx((1 + 2 + 2) / 9)


def test_agreement_refuses_what_cannot_be_compared():
    with pytest.raises(ValueError, match="shape"):
        agreement(np.ones((1, 2, 3)), np.ones((1, 3, 2)), np.array([3]))
    with pytest.raises(ValueError, match="at least one target step"):
        agreement(np.ones((1, 2, 3)), np.zeros((1, 2, 3)), np.array([3]))


def test_attention_on_the_true_places_agrees_wholly_and_spread_evenly_by_chance():
    batch = TASK.sample(20, torch.Generator().manual_seed(1))
    network, known = network_of(), known_alignment(TASK, batch)
    real = (batch.inputs != 0)[:, None].float()
    with replace(network, "attention", lambda value: torch.tensor(known, dtype=torch.float32)):
        perfect = attention_agreement(network, TASK, batch)
    assert (perfect.largest, perfect.mass) == (1.0, 1.0)
    with replace(network, "attention", lambda value: (real / real.sum(-1, keepdim=True)).expand_as(value)):
        even = attention_agreement(network, TASK, batch)
    assert even.mass == pytest.approx(even.chance, abs=1e-6)
    assert perfect.steps == int((batch.inputs != 0).sum())


def test_a_network_without_attention_has_no_agreement():
    with pytest.raises(ValueError, match="wanted one with attention"):
        attention_agreement(network_of("none"), TASK, TASK.held_out(4))


class Perfect(torch.nn.Module):
    """Answers sources of up to 4 letters rightly and drops the end of longer ones."""

    def forward(self, inputs):
        ids = torch.zeros(len(inputs), TASK.longest + 1, dtype=torch.long)
        for row, source in enumerate(inputs):
            answer = TASK.solve(source)
            ids[row, : len(answer)] = torch.tensor(answer)
            if len(answer) > 5:
                ids[row, len(answer) - 2] = 0
        return torch.nn.functional.one_hot(ids, len(TASK.answers)).float()


def test_exact_by_length_groups_lengths():
    lengths = torch.tensor([1, 2, 2, 4, 5, 7, 7])
    batch = TASK.sample_of_lengths(lengths, torch.Generator().manual_seed(0))
    found = exact_by_length(Perfect(), TASK, batch)
    np.testing.assert_allclose(found.lengths, [1, 2, 4, 5, 7])
    np.testing.assert_allclose(found.exact, [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(found.counts, [1, 2, 1, 1, 2])
    wide = exact_by_length(Perfect(), TASK, batch, together=4)
    np.testing.assert_allclose(wide.lengths, [2.5, 6.5])
    np.testing.assert_allclose(wide.exact, [1, 0])
    np.testing.assert_array_equal(wide.counts, [4, 3])


@pytest.mark.parametrize("training", [False, True])
def test_exact_by_length_looks_without_dropout_and_leaves_no_mark(training):
    seen = []

    class Watched(Perfect):
        def forward(self, inputs):
            seen.append(self.training)
            return super().forward(inputs)

    network = Watched().train(training)
    exact_by_length(network, TASK, TASK.held_out(4))
    assert seen == [False]
    assert network.training is training
