"""Addition on a clock face: learned by heart at once, understood much later (grokking)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import real, switch, whole
from models.tasks.base import Batch, Task


@dataclass(frozen=True)
class ModularAddition(Task):
    """7 45 -> 5 (modulo 47). Scored at the second number; some of all pairs are never trained on.

    Power et al. 2022. Inputs and targets are (batch, 2); the answer stands under the second number.
    """

    key = "modular_addition"
    title = "Addition modulo a number"
    summary = (
        "Two numbers are added and the sum taken modulo 47 (or another number). Half of all pairs are "
        "trained on, the others tested. Guessing is right once in 47 times."
    )

    modulus: int = whole(47, 3, 113, "Modulus", "The numbers go round after this many.")
    share: float = real(
        0.5, 0.1, 0.9, "Share trained on", "Share of all pairs that training shows.", step=0.05
    )
    split: int = whole(0, 0, 1000, "Split", "Which pairs are trained on: another number, other pairs.")
    full_batch: bool = switch(True, "Full batch", "Every update sees all training pairs at once.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The numbers from 0 to the modulus, without it."""
        return tuple(str(number) for number in range(self.modulus))

    @property
    def chance(self) -> float:
        """One in as many as the modulus."""
        return 1 / self.modulus

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` pairs of the training half (all of it with `full_batch`), or of the other."""
        trained, others = self._halves()
        pairs = others if held_out else trained
        if held_out or not self.full_batch:
            pairs = pairs[torch.randint(len(pairs), (n,), generator=generator)]
        return self.asked(pairs)

    def held_out(self, n: int = 256) -> Batch:
        """All pairs, whatever `n`: those not trained on are scored, the others give `training_accuracy`."""
        trained, others = self._halves()
        batch = self.asked(torch.cat((trained, others)))
        batch.counts[: len(trained)] = False
        return batch

    def asked(self, pairs: Tensor) -> Batch:
        """The batch that asks for the sums of pairs (B, 2)."""
        sums = pairs.sum(1, keepdim=True) % self.modulus
        counts = torch.tensor([False, True]).repeat(len(pairs), 1)
        return Batch(pairs, sums.expand(-1, 2), counts)

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss and accuracy on what is scored, and on the training pairs where the batch has them too."""
        metrics = super().metrics(logits, batch)
        known = ~batch.counts[:, 1]
        if known.any():
            right = logits[known, 1].argmax(-1) == batch.targets[known, 1]
            metrics["training_accuracy"] = right.float().mean().item()
        return metrics

    def _halves(self) -> tuple[Tensor, Tensor]:
        """All pairs (B, 2), split into those trained on and the others."""
        numbers = torch.arange(self.modulus)
        pairs = torch.cartesian_prod(numbers, numbers)
        order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(self.split))
        trained = round(self.share * len(pairs))
        return pairs[order[:trained]], pairs[order[trained:]]
