"""Who notices that a row was shuffled: nobody without positions or mask, everybody with them."""

import pytest
import torch

from models.analysis.shuffling import noticed
from models.experiment import POSITIONS, ModelConfig
from models.networks import build_network
from models.tasks import build_task


def seen_by(positions, *, causal=False, length=9):
    task = build_task("order", length=length, choices=6)
    torch.manual_seed(4)
    config = ModelConfig("transformer", hidden=20, heads=5, layers=2, positions=positions, causal=causal)
    return noticed(build_network(config, task), task.held_out(33).inputs)


def test_without_positions_nothing_changes():
    found = seen_by("none")
    assert found.distance < 1e-5
    assert found.changed == 0


@pytest.mark.parametrize("positions", [name for name in POSITIONS if name != "none"])
def test_every_encoding_changes_the_answers(positions):
    assert seen_by(positions).distance > 1e-3


def test_a_mask_alone_tells_order():
    assert seen_by("none", causal=True).distance > 1e-3


def test_the_share_counts_symbols_with_another_answer():
    class LastIsDifferent(torch.nn.Module):
        """Answers 1 at the last place and 0 elsewhere, whatever stands there."""

        def forward(self, inputs):
            logits = torch.zeros(*inputs.shape, 2)
            logits[..., 0] = 1.0
            logits[:, -1, 1] = 3.0
            return logits

    inputs = torch.arange(5).expand(200, 5)
    found = noticed(LastIsDifferent(), inputs, seed=3)
    # unless the last symbol stays last (1 in 5), two of five symbols change
    assert found.changed == pytest.approx(0.8 * 2 / 5, abs=0.04)
    assert found.distance == 3.0
