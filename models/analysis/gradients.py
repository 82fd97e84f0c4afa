"""How a loss reaches back through time: vanishing and exploding gradients, and what an answer looks at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from models.tap import taps_of
from models.tasks.base import Batch, Task
from models.trace import listening, replace

NONLINEARITIES = ("linear", "tanh", "relu")


def gradient_through_time(
    network: nn.Module,
    task: Task,
    batch: Batch,
    *,
    position: int | None = None,
    tap: str = "hidden_state",
) -> np.ndarray:
    """Size of dLoss_T / dh_t for every layer and step, (layer, time), averaged over the sequences.

    Loss_T is a sequence's loss at one step T and nothing else, so steps after T get 0.
    position: T; by default each sequence's last scored step
    tap: the state to differentiate by, `hidden_state` or, for an LSTM, `cell_state`; of layers that
    read from the end, only the other direction counts
    Raises ValueError for a network without such states and for a position that is not scored.
    """
    names = [name for name in taps_of(network) if name.split(".")[-1] == tap and ".backward." not in name]
    if not names:
        raise ValueError(f"wanted a network with a tap {tap!r}, got one with {sorted(taps_of(network))}")
    single = one_step(batch, position)
    with torch.enable_grad(), _without_dropout(network), listening(network, names) as kept:
        loss = task.loss(network.answer(single), single) * len(batch)
    states = [state for name in names for state in kept[name]]
    gradients = torch.autograd.grad(loss, states, allow_unused=True)
    sizes = [0.0 if g is None else g.norm(dim=-1).mean().item() for g in gradients]
    return np.array(sizes).reshape(len(names), -1)


def one_step(batch: Batch, position: int | None = None) -> Batch:
    """The same sequences, each scored at one step only: at `position`, or where it was scored last."""
    steps = torch.arange(batch.counts.shape[1])
    if position is None:
        last = torch.where(batch.counts, steps, -1).amax(dim=1)
        counts = steps == last[:, None]
    else:
        counts = batch.counts & (steps == position)
    if not counts.any(dim=1).all():
        scored = batch.counts.any(dim=0).nonzero().flatten().tolist()
        raise ValueError(f"position: wanted a step scored in every sequence, out of {scored}; got {position}")
    return Batch(batch.inputs, batch.targets, counts)


def connectivity(
    network: nn.Module,
    inputs: Tensor,
    position: int,
    *,
    answer: int | None = None,
    run: Callable[[], Tensor] | None = None,
) -> np.ndarray:
    """How much an output depends on each input: size of d logit / d embedded input, (time,).

    inputs: one sequence, (time,) symbols or (time, value) numbers
    position: the step whose output is asked about; answer: which logit, by default the largest
    run: called instead of `network(inputs)`, where a network needs more than its inputs
    Works for any network with an `embedding` tap. Raises KeyError without, IndexError for a position
    that the output lacks.
    """
    leaves: list[Tensor] = []

    def cut(value: Tensor) -> Tensor:
        leaves.append(value.detach().requires_grad_())
        return leaves[-1]

    with torch.enable_grad(), _without_dropout(network), replace(network, "embedding", cut):
        logits = run() if run else network(inputs[None])
        if not -logits.shape[1] <= position < logits.shape[1]:
            raise IndexError(f"position: wanted 0 to {logits.shape[1] - 1}, got {position}")
        chosen = logits[0, position]
        logit = chosen[chosen.argmax() if answer is None else answer]
    (gradient,) = torch.autograd.grad(logit, leaves[:1])
    axes = taps_of(network)["embedding"].axes
    return gradient.select(axes.index("batch"), 0).norm(dim=-1).numpy()


def gradient_law(
    gain: float, steps: int, *, units: int = 64, nonlinearity: str = "linear", seed: int = 0
) -> np.ndarray:
    """Size of dL / dh_t for t = 1 .. steps in h' = f(g Q h + x) with Q a rotation, (steps,); 1 at the end.

    For a linear f it is gain to the power of the distance, exactly (Pascanu et al. 2013); a tanh
    shrinks it further. No network and no training: inputs, Q and the loss's direction are random.
    Raises ValueError for an unknown nonlinearity.
    """
    if nonlinearity not in NONLINEARITIES:
        raise ValueError(f"nonlinearity: wanted one of {', '.join(NONLINEARITIES)}, got {nonlinearity!r}")
    random = np.random.default_rng(seed)
    weight = gain * np.linalg.qr(random.standard_normal((units, units)))[0]
    h, slopes = np.zeros(units), []
    for x in 0.3 * random.standard_normal((steps, units)):
        h, slope = _applied(nonlinearity, weight @ h + x)
        slopes.append(slope)
    gradient = random.standard_normal(units)
    sizes = [np.linalg.norm(gradient)]
    for slope in reversed(slopes[1:]):
        gradient = weight.T @ (slope * gradient)
        sizes.append(np.linalg.norm(gradient))
    return np.array(sizes[::-1]) / sizes[0]


def _applied(nonlinearity: str, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The function's value and its slope."""
    match nonlinearity:
        case "tanh":
            return np.tanh(value), 1 - np.tanh(value) ** 2
        case "relu":
            return np.maximum(value, 0), (value > 0).astype(float)
    return value, np.ones_like(value)


@contextmanager
def _without_dropout(network: nn.Module):
    """Evaluation mode, and the parameters as they were afterwards."""
    was_training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was_training)
