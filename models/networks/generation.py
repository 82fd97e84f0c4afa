"""Writing with a network: from logits to the symbols that may be drawn, and on from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next symbol is drawn."""

    temperature: float = 1.0
    """Logits are divided by this: below 1 bolder, above 1 more varied; 0 always takes the likeliest."""
    top_k: int = 0
    """Only that many of the likeliest symbols; 0 keeps all (Fan et al. 2018)."""
    top_p: float = 1.0
    """Only the fewest of the likeliest that together reach this probability (Holtzman et al. 2020)."""

    def __post_init__(self) -> None:
        """Refuse values that mean nothing."""
        if self.temperature < 0:
            raise ValueError(f"temperature: wanted 0 or more, got {self.temperature}")
        if self.top_k < 0:
            raise ValueError(f"top_k: wanted 0 (all) or more, got {self.top_k}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p: wanted more than 0 and at most 1, got {self.top_p}")


@dataclass(frozen=True, slots=True)
class Candidates:
    """The table of one draw: logit -> scaled -> kept -> probability for V symbols, likeliest first."""

    symbol: np.ndarray
    """(V,) symbol numbers."""
    logit: np.ndarray
    """(V,) what the network says."""
    scaled: np.ndarray
    """(V,) divided by the temperature; the logits themselves at temperature 0."""
    before: np.ndarray
    """(V,) softmax of `scaled`: probabilities if all were kept."""
    kept: np.ndarray
    """(V,) bool: whether top-k and top-p both let the symbol pass."""
    probability: np.ndarray
    """(V,) chance of being drawn: 0 where not kept, sums to 1."""


def candidates(logits: Tensor, how: Sampling) -> Candidates:
    """From the logits (V,) of one position to the chance of each symbol."""
    logit, symbol = logits.double().sort(dim=-1, descending=True, stable=True)
    scaled = logit / how.temperature if how.temperature else logit
    before = scaled.softmax(-1)
    rank = torch.arange(len(logit))
    kept = rank < (how.top_k or len(logit))
    # top-p counts among what top-k left: a symbol stays while those likelier fall short of the share
    among = torch.where(kept, before, 0.0)
    among = among / among.sum()
    kept &= (among.cumsum(0) - among < how.top_p) | (rank == 0)
    if how.temperature == 0:
        kept = rank == 0
    probability = torch.where(kept, before, 0.0)
    probability = probability / probability.sum()
    columns = (symbol, logit, scaled, before, kept, probability)
    return Candidates(*(column.numpy() for column in columns))


@dataclass(frozen=True, slots=True)
class Written:
    """What a network wrote, and the table from which each symbol was drawn."""

    prompt: list[int]
    symbols: list[int]
    tables: list[Candidates]


def generate(
    network: Any, prompt: Tensor, length: int, how: Sampling, generator: Generator | None = None
) -> Written:
    """`length` symbols after `prompt` (time,), each drawn and fed back.

    network: has `advance(inputs, state) -> (logits, state)`, as recurrent networks and Transformers do
    generator: draws; torch's global one where it is missing
    """
    if not len(prompt):
        raise ValueError("prompt: wanted at least one symbol, got none")
    was_training = network.training
    network.eval()
    symbols: list[int] = []
    tables: list[Candidates] = []
    try:
        with torch.no_grad():
            logits, state = network.advance(prompt[None], None)
            for _ in range(length):
                table = candidates(logits[0, -1], how)
                place = torch.multinomial(torch.from_numpy(table.probability), 1, generator=generator)
                symbols.append(int(table.symbol[place.item()]))
                tables.append(table)
                logits, state = network.advance(torch.tensor([symbols[-1:]]), state)
    finally:
        network.train(was_training)
    return Written(prompt.tolist(), symbols, tables)
