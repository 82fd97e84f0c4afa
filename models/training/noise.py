"""Dropout's own stream of random numbers."""

from __future__ import annotations

import torch
from torch import Tensor


class Noise:
    """Inside `with noise:` torch's global generator draws from this run's stream, and from its own after.

    So what else draws random numbers in the process changes nothing in the run, nor the run in it.
    """

    def __init__(self, state: Tensor) -> None:
        """Begin the stream at a state of torch's generator."""
        self.state = state

    def __enter__(self) -> None:
        """Put the run's stream in."""
        self._outside = torch.get_rng_state()
        torch.set_rng_state(self.state)

    def __exit__(self, *_: object) -> None:
        """Keep how far it came, and put the other back."""
        self.state = torch.get_rng_state()
        torch.set_rng_state(self._outside)
