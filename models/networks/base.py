"""What every network has in common."""

from __future__ import annotations

from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.tasks.base import Batch, Task


class Network(nn.Module):
    """A network that answers a task, in two ways over the same parameters.

    `explicit` False: fused, for training. True: equation by equation through named taps, for
    looking (`models.trace` switches it). A test holds both equal to 1e-5.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Keep the configuration; subclasses build their parameters."""
        super().__init__()
        self.config = config
        self.explicit = False

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (batch, time, answer) for inputs (batch, time) or (batch, time, value)."""
        raise NotImplementedError

    def answer(
        self, batch: Batch, *, teacher_forcing: float = 1.0, generator: Generator | None = None
    ) -> Tensor:
        """Logits for the targets of a batch, as training needs them: (batch, target time, answer).

        teacher_forcing: share of steps at which a decoder is given the true previous symbol
        generator: draws those steps
        """
        return self(batch.inputs)


def parameter_count(network: nn.Module, *, trainable: bool = False) -> int:
    """Number of parameters; with `trainable` only those that training changes."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad or not trainable)
