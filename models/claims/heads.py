"""What the page on self-attention heads says, with the experiment that shows it."""

from __future__ import annotations

from dataclasses import replace

from models.claims.base import Claim
from models.claims.transformer import VASWANI, order_experiment
from models.experiment import Experiment
from models.tasks.order import Order


def heads_experiment(*, steps: int = 150, seed: int = 0) -> Experiment:
    """Two layers of four heads that reverse a row; one layer would do."""
    one = order_experiment("sinusoidal", steps=steps, seed=seed)
    return replace(one, model=replace(one.model, layers=2), train=replace(one.train, stop_at=0.0))


MIRROR = Claim(
    "heads.mirror",
    "A network of two layers that has learned to reverse looks at the mirrored place with every head of "
    "its first layer (more than half of the attention). The second layer is not needed: silenced as a "
    "whole it leaves at least 90 % right.",
    heads_experiment(),
    Order().chance,
    VASWANI,
    (150, 150),
    3.0,
)
REDUNDANT = Claim(
    "heads.redundant",
    "Without any single head of the first layer it still reverses at least 70 % rightly; without all four "
    "it is no better than one who does not know where the symbols stand.",
    heads_experiment(),
    Order().chance,
    "Michel et al. 2019, Are Sixteen Heads Really Better than One?",
    (150, 150),
    3.0,
)

CLAIMS = {claim.key: claim for claim in (MIRROR, REDUNDANT)}
