"""All positions at once or one after another: work, waiting and seconds, measured here and now.

T positions, W width, L layers. Operations are floating-point multiplications and additions of the
matrix products, two for each pair of numbers; what is done number by number is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.experiment import ModelConfig
from models.networks.transformer import TransformerNetwork
from models.tasks.repeated import Repeated

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
LIBRARY = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
MODES = ("reading", "training", "generating")
ALL_AT_ONCE = "transformer, all at once"
TOKEN_BY_TOKEN = "transformer, token by token"


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the networks are."""

    width: int = 64
    """Units, of the recurrent networks too."""
    heads: int = 4
    layers: int = 2
    feed_forward: int = 128


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way of reading one sequence costs."""

    way: str
    length: int
    """T, positions."""
    operations: int
    """Floating-point operations of the matrix products of one forward pass."""
    dependent_steps: int
    """Layer computations that must wait for one another; all others could run at the same time."""
    seconds: float
    """Processor time on one thread of this machine, the shortest of the repeats.

    What other programs do meanwhile makes wall time longer, not this.
    """


@dataclass(frozen=True, slots=True)
class Comparison:
    """Costs by way and length, and how far the two readings of the Transformer lie apart."""

    costs: tuple[Cost, ...]
    difference: float
    """Largest difference between the logits of all at once and token by token."""

    def of(self, way: str) -> list[Cost]:
        """The costs of one way, by length."""
        return [cost for cost in self.costs if cost.way == way]

    def ratio(self, length: int, slow: str = TOKEN_BY_TOKEN, fast: str = ALL_AT_ONCE) -> float:
        """How many times as long one way takes as another at a length."""
        seconds = {cost.way: cost.seconds for cost in self.costs if cost.length == length}
        return seconds[slow] / seconds[fast]


def transformer_operations(length: int, width: int, feed_forward: int, layers: int) -> int:
    """Of one causal Transformer over T positions: projections, feed-forward, scores and averages.

    What is needed, all at once or token by token: only pairs that the mask leaves. All at once, a CPU
    also computes the other pairs and throws them away.
    """
    projections = 2 * length * (4 * width * width + 2 * width * feed_forward)
    pairs = length * (length + 1) // 2
    return layers * (projections + 2 * 2 * pairs * width)


def recurrent_operations(kind: str, length: int, width: int, layers: int) -> int:
    """Of a recurrent network of the same width: input and recurrent products of every gate."""
    return layers * 2 * length * GATES[kind] * 2 * width * width


def compare(
    lengths: Sequence[int],
    *,
    mode: str = "reading",
    width: int = 64,
    heads: int = 4,
    layers: int = 2,
    feed_forward: int = 128,
    repeats: int = 3,
    kinds: Sequence[str] = ("rnn", "lstm", "gru"),
) -> Comparison:
    """Measure Transformer and recurrent networks of equal width on one sequence of each length."""
    shape = Shape(width, heads, layers, feed_forward)
    costs = [cost for length in lengths for cost in costs_of(length, shape, mode, repeats, kinds)]
    return Comparison(tuple(costs), difference(max(lengths), shape))


def costs_of(
    length: int,
    shape: Shape,
    mode: str = "reading",
    repeats: int = 3,
    kinds: Sequence[str] = ("rnn", "lstm", "gru"),
) -> list[Cost]:
    """The cost of every way of one mode at one length.

    mode: `reading` a given sequence forward, the Transformer in both ways; `training`, forward and
    backward; or `generating`, where each position must wait for the one before
    The ways take turns within each repeat, so that a busy moment of the machine meets all alike.
    Raises ValueError for another mode.
    """
    if mode not in MODES:
        raise ValueError(f"mode: wanted one of {', '.join(MODES)}, got {mode!r}")
    width, layers = shape.width, shape.layers
    network, inputs = _transformer(length, shape)
    values = torch.randn(1, length, width, generator=torch.Generator().manual_seed(2))
    recurrent = {kind: LIBRARY[kind](width, width, layers, batch_first=True).eval() for kind in kinds}
    ways = _ways(mode, network, inputs, recurrent, values)
    with _one_thread():
        seconds = _shortest(ways, repeats, mode == "training")
    work = {kind: recurrent_operations(kind, length, width, layers) for kind in kinds}
    others = transformer_operations(length, width, shape.feed_forward, layers)
    return [
        Cost(way, length, work.get(way, others), _waits(way, mode, length, layers), seconds[way])
        for way in ways
    ]


@torch.no_grad()
def difference(length: int, shape: Shape) -> float:
    """The largest difference between the logits of all at once and token by token: rounding."""
    network, inputs = _transformer(length, shape)
    return (network(inputs) - token_by_token(network, inputs)).abs().max().item()


def _ways(
    mode: str,
    network: TransformerNetwork,
    symbols: Tensor,
    recurrent: dict[str, nn.Module],
    values: Tensor,
) -> dict[str, Callable[[], Tensor]]:
    """What is measured in a mode: name -> a function that computes it once."""
    ways: dict[str, Callable[[], Tensor]] = {}
    if mode != "generating":
        ways[ALL_AT_ONCE] = lambda: network(symbols)
    if mode != "training":
        ways[TOKEN_BY_TOKEN] = lambda: token_by_token(network, symbols)
    for kind, module in recurrent.items():
        if mode == "generating":
            ways[kind] = lambda module=module: step_by_step(module, values)
        else:
            ways[kind] = lambda module=module: module(values)[0]
    return ways


def _waits(way: str, mode: str, length: int, layers: int) -> int:
    """The longest chain of layer computations each of which needs the one before."""
    if way == ALL_AT_ONCE:
        return layers
    if way == TOKEN_BY_TOKEN or mode == "generating":
        return layers * length
    # Recurrent layers can run diagonally: one layer's position t beside the next layer's t - 1.
    return length + layers - 1


def step_by_step(module: nn.Module, values: Tensor) -> Tensor:
    """What torch's recurrent module gives for (batch, time, unit), one position a call, the state carried."""
    state, steps = None, []
    for place in range(values.shape[1]):
        output, state = module(values[:, place : place + 1], state)
        steps.append(output)
    return torch.cat(steps, 1)


def token_by_token(network: TransformerNetwork, inputs: Tensor) -> Tensor:
    """The logits (batch, time, answer) of `network(inputs)`, one position after another with a cache."""
    caches = network.caches()
    steps = [network.continued(inputs[:, place : place + 1], caches) for place in range(inputs.shape[1])]
    return torch.cat(steps, 1)


def _transformer(length: int, shape: Shape) -> tuple[TransformerNetwork, Tensor]:
    """A fresh causal network and one sequence of random symbols, the same every time."""
    config = ModelConfig(
        kind="transformer", hidden=shape.width, heads=shape.heads, layers=shape.layers,
        feed_forward=shape.feed_forward,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = TransformerNetwork(config, Repeated())
    inputs = torch.randint(Repeated().choices, (1, length), generator=torch.Generator().manual_seed(1))
    return network.eval(), inputs


def _shortest(ways: dict[str, Callable[[], Tensor]], repeats: int, training: bool) -> dict[str, float]:
    """Shortest processor seconds of each way over interleaved repeats, after one that is not counted."""
    measured: dict[str, list[float]] = {way: [] for way in ways}
    for repeat in range(repeats + 1):
        for way, run in ways.items():
            started = time.thread_time()
            with torch.set_grad_enabled(training):
                output = run()
            if training:
                output.sum().backward()
            if repeat:
                measured[way].append(time.thread_time() - started)
    return {way: min(values) for way, values in measured.items()}


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch compute on one thread meanwhile, as training does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
