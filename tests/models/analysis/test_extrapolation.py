import math

import pytest
import torch
from torch import nn

from models.analysis.extrapolation import bits_by_length


class Sees(nn.Module):
    """Knows the next symbol of 0 1 2 3 0 1 ... for certain in windows of at most 20, guesses beyond."""

    def forward(self, inputs):
        if inputs.shape[1] > 20:
            return torch.zeros(*inputs.shape, 4)
        return 100.0 * nn.functional.one_hot((inputs + 1) % 4, 4)


TEXT = torch.arange(200) % 4


def test_bits_are_0_for_one_who_knows_and_log2_of_the_symbols_for_one_who_guesses():
    result = bits_by_length(Sees(), TEXT, (16, 20, 21, 60), passages=7)
    assert result.lengths == (16, 20, 21, 60)
    assert result.bits == pytest.approx((0, 0, 2, 2), abs=1e-6)


def test_the_same_symbols_are_scored_at_every_length():
    class Remembers(nn.Module):
        seen: tuple = ()

        def forward(self, inputs):
            self.seen = (*self.seen, inputs[:, -15:])
            return torch.zeros(*inputs.shape, 200)

    net = Remembers()
    result = bits_by_length(net, torch.arange(200), (16, 50, 120), passages=5)
    assert torch.equal(net.seen[0], net.seen[1])
    assert torch.equal(net.seen[0], net.seen[2])
    assert result.bits[0] == pytest.approx(math.log2(200), abs=1e-5)


@pytest.mark.parametrize("lengths", [(15,), (16, 200)])
def test_lengths_that_cannot_be_measured_are_refused(lengths):
    with pytest.raises(ValueError, match="lengths: wanted 16 to 199 symbols"):
        bits_by_length(Sees(), TEXT, lengths)
