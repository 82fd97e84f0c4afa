"""Getting an answer out of a decoder: the best symbol each time, or a beam; with attention moved by hand.

V answer symbols, K source symbols. Log-probabilities are in nats.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.networks.seq2seq import Seq2SeqNetwork
from models.settings import shortened
from models.tasks.base import Batch
from models.trace import Trace, record, replace


@dataclass(frozen=True, slots=True)
class Decoded:
    """One source's answer and how it came about."""

    ids: list[int]
    """The answer, its end symbol included where it has one."""
    probabilities: np.ndarray
    """(steps, V): what the decoder thought of every symbol at each step."""
    log_probability: float
    """Of the whole answer."""
    trace: Trace
    """Everything that passed the taps; `attention` is (1, steps, K), where there is any."""

    @property
    def attention(self) -> np.ndarray | None:
        """(steps, K), or None for a network without attention."""
        return self.trace.sequence("attention") if "attention" in self.trace else None


@torch.no_grad()
def decode(network: Seq2SeqNetwork, source: Tensor) -> Decoded:
    """The greedy answer for one source (K,)."""
    trace = record(network, source[None])
    log_probabilities = torch.tensor(trace.output[0]).log_softmax(-1)
    best, ids = log_probabilities.max(-1)
    return Decoded(ids.tolist(), log_probabilities.exp().numpy(), best.sum().item(), trace)


def decode_given(network: Seq2SeqNetwork, source: Tensor, answer: Sequence[int]) -> Decoded:
    """What the network thinks at each step of writing this answer for one source (K,): teacher forcing.

    answer: answer numbers, the end included; `ids` are these again, `probabilities` the network's
    Raises ValueError for an empty answer.
    """
    if not len(answer):
        raise ValueError("answer: wanted at least one symbol, got none")
    ids = torch.tensor([list(answer)])
    batch = Batch(source[None], ids, torch.ones_like(ids, dtype=torch.bool))
    trace = record(network, source[None], run=lambda: network.answer(batch))
    log_probabilities = torch.tensor(trace.output[0]).log_softmax(-1)
    given = log_probabilities.gather(1, ids.T).sum().item()
    return Decoded(list(answer), log_probabilities.exp().numpy(), given, trace)


def decode_with_attention(
    network: Seq2SeqNetwork, source: Tensor, override: Mapping[int, Sequence[float]]
) -> Decoded:
    """The greedy answer for one source (K,) with the attention moved by hand.

    override: target step -> weights over the source's K symbols; only their proportions count.
    Raises ValueError for a network without attention and for weights that cannot be shared out.
    """
    if network.attend is None:
        raise ValueError("network: wanted one with attention, got one without")
    with ExitStack() as changes:
        for step, weights in override.items():
            moved = shares(weights, len(source))
            changes.enter_context(
                replace(network, "attention", lambda value, moved=moved: moved.expand_as(value), steps=[step])
            )
        return decode(network, source)


def shares(weights: Sequence[float], places: int) -> Tensor:
    """Weights as shares of 1: (places,).

    Raises ValueError for another number of them, negative ones or only zeros.
    """
    given = torch.as_tensor(weights, dtype=torch.float32)
    good = given.shape == (places,) and bool((given >= 0).all()) and 0 < float(given.sum()) < torch.inf
    if not good:
        raise ValueError(f"weights: wanted {places} of at least 0, not all 0, got {shortened(list(weights))}")
    return given / given.sum()


@dataclass(frozen=True, slots=True)
class Node:
    """A symbol that the search wrote or thought of writing."""

    symbol: int
    """Answer number; -1 at the root, where nothing is written yet."""
    step: int
    """Target step; -1 at the root."""
    probability: float
    """Of this symbol after its parent."""
    log_probability: float
    """Of everything from the root to here."""
    parent: int
    """Place of the parent among the nodes; -1 at the root."""
    kept: bool
    """Whether the search went on from here, or ended here within the beam."""


@dataclass(frozen=True, slots=True)
class Beam:
    """A finished search."""

    nodes: list[Node]
    """The tree: the root first, parents before children."""
    leaves: list[int]
    """Places of the answers in the beam, the most probable first."""

    def path(self, leaf: int) -> list[int]:
        """Places of the nodes from the first symbol to this one."""
        places: list[int] = []
        while leaf > 0:
            places.insert(0, leaf)
            leaf = self.nodes[leaf].parent
        return places

    def ids(self, leaf: int) -> list[int]:
        """The answer that ends at this node."""
        return [self.nodes[place].symbol for place in self.path(leaf)]

    @property
    def best(self) -> list[int]:
        """The most probable answer."""
        return self.ids(self.leaves[0])


@torch.no_grad()
def beam_search(
    network: Seq2SeqNetwork, source: Tensor, width: int, *, longest: int | None = None, pruned: int = 2
) -> Beam:
    """Keep the `width` most probable beginnings of an answer for one source (K,) at every step.

    Ended answers keep their place in the beam until `width` better ones are found. No correction for
    length: the search wants the most probable answer.
    longest: steps after which an answer counts as it stands; the network's own limit by default
    pruned: continuations of each beginning shown in the tree although they were not kept
    Raises ValueError for a width below 1.
    """
    if width < 1:
        raise ValueError(f"width: wanted at least 1, got {width}")
    nodes = [Node(-1, -1, 1.0, 0.0, -1, True)]
    reading, live, ended = network.begin(source[None]), [0], []
    for step in range(longest or network.longest_answer):
        previous = torch.tensor([nodes[place].symbol for place in live]) if step else network.starts(1)
        logits, reading = network.step(previous, reading)
        following = logits.log_softmax(-1)
        totals = following + torch.tensor([nodes[place].log_probability for place in live])[:, None]
        rows, symbols = _best(totals, [nodes[place].log_probability for place in ended], width)
        ended = _still_in(nodes, ended, width - len(rows))
        grown = _grow(nodes, live, totals, following, set(zip(rows, symbols, strict=True)), pruned, step)
        children = [(row, grown[row, symbol]) for row, symbol in zip(rows, symbols, strict=True)]
        ended += [place for _, place in children if nodes[place].symbol == network.end]
        going = [(row, place) for row, place in children if nodes[place].symbol != network.end]
        live = [place for _, place in going]
        if not live:
            break
        reading = reading.select(torch.tensor([row for row, _ in going]))
    return Beam(nodes, sorted([*ended, *live], key=lambda place: -nodes[place].log_probability))


def _best(totals: Tensor, ended: list[float], width: int) -> tuple[list[int], list[int]]:
    """The continuations that stay among the `width` best, ended answers counted: their rows and symbols.

    totals: (live, V) log-probability of every continuation
    ended: log-probabilities of the answers that have ended
    """
    values, places = totals.flatten().sort(descending=True, stable=True)
    kept = places[:width][values[:width] >= _bar(values, ended, width)]
    return (kept // totals.shape[1]).tolist(), (kept % totals.shape[1]).tolist()


def _bar(values: Tensor, ended: list[float], width: int) -> float:
    """What a continuation must reach to be among the `width` best."""
    together = sorted([*values[:width].tolist(), *ended], reverse=True)
    return together[min(width, len(together)) - 1]


def _still_in(nodes: list[Node], ended: list[int], places: int) -> list[int]:
    """The most probable ended answers, as many as there are places; the others are marked as pruned."""
    ordered = sorted(ended, key=lambda place: -nodes[place].log_probability)
    for place in ordered[places:]:
        nodes[place] = dataclasses.replace(nodes[place], kept=False)
    return ordered[:places]


def _grow(
    nodes: list[Node],
    live: list[int],
    totals: Tensor,
    following: Tensor,
    kept: set[tuple[int, int]],
    pruned: int,
    step: int,
) -> dict[tuple[int, int], int]:
    """Add the kept continuations and the best few of the others; the places of the kept by row and symbol."""
    grown: dict[tuple[int, int], int] = {}
    for row, parent in enumerate(live):
        spare = pruned
        for symbol in totals[row].argsort(descending=True).tolist():
            stays = (row, symbol) in kept
            if not stays and spare == 0:
                continue
            spare -= not stays
            if stays:
                grown[row, symbol] = len(nodes)
            chance, total = following[row, symbol].exp().item(), totals[row, symbol].item()
            nodes.append(Node(symbol, step, chance, total, parent, stays))
    return grown
