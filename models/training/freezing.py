"""Parts of a network that do not learn, and the updates at which they begin to."""

from __future__ import annotations

from torch import nn

from models.experiment import TrainConfig


class Frozen:
    """The parts that `TrainConfig.frozen` names, thawed one by one from the last to the first."""

    def __init__(self, network: nn.Module, config: TrainConfig) -> None:
        """Raises ValueError for a part that is the beginning of no parameter's name."""
        self.parts = tuple(part.strip() for part in config.frozen.split(",") if part.strip())
        self._every = config.unfreeze_every
        self._now: tuple[str, ...] | None = None
        names = [name for name, _ in network.named_parameters()]
        for part in self.parts:
            if not any(name.startswith(part) for name in names):
                raise ValueError(
                    f"frozen: wanted the beginning of a parameter's name, got {part!r}; have {names}"
                )

    def apply(self, network: nn.Module, step: int) -> bool:
        """Keep what is frozen at this step out of the gradient; whether that is other than before."""
        thawed = step // self._every if self._every else 0
        frozen = self.parts[: max(len(self.parts) - thawed, 0)]
        if frozen == self._now:
            return False
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not name.startswith(frozen))
        self._now = frozen
        return True
