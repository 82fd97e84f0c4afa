"""Which words carried a decision: gradient x input, integrated gradients, and leaving words out.

The score explained is the log-odds of one answer at the last step. T steps.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from models.tap import taps_of
from models.trace import listening, replace

METHODS = ("gradient x input", "integrated gradients", "occlusion")


def log_odds(logits: Tensor, answer: int) -> Tensor:
    """Log of P(answer) / P(any other) for logits (..., answer)."""
    others = torch.cat([logits[..., :answer], logits[..., answer + 1 :]], -1)
    return logits[..., answer] - others.logsumexp(-1)


def attributions(network: nn.Module, ids: Tensor, answer: int) -> dict[str, np.ndarray]:
    """What each method says of each step (T,) of one sequence, by the names in METHODS.

    Above 0 a word spoke for the answer, below 0 against it.
    """
    return {
        METHODS[0]: gradient_times_input(network, ids, answer),
        METHODS[1]: integrated_gradients(network, ids, answer),
        METHODS[2]: occlusion(network, ids, answer),
    }


def gradient_times_input(network: nn.Module, ids: Tensor, answer: int) -> np.ndarray:
    """Slope of the score along each word's own vector, (T,): exact where the score is linear."""
    gradient, vectors = _gradient(network, ids[None], answer, lambda value: value)
    return (gradient * vectors).sum(-1)[0].numpy()


def integrated_gradients(network: nn.Module, ids: Tensor, answer: int, points: int = 64) -> np.ndarray:
    """Mean gradient on the way from zero vectors to the words' own, times these vectors, (T,).

    The values add up to the score less that of zero vectors (Sundararajan et al. 2017); the
    integral is taken at the middle of `points` equal parts.
    """
    shares = (torch.arange(points) + 0.5) / points
    batch_axis = taps_of(network)["embedding"].axes.index("batch")
    shape = [1, 1, 1]
    shape[batch_axis] = points
    repeated = ids[None].expand(points, -1)
    gradient, scaled = _gradient(network, repeated, answer, lambda value: value * shares.view(shape))
    vectors = scaled[-1] / shares[-1]
    return (gradient.mean(0) * vectors).sum(-1).numpy()


@torch.no_grad()
def occlusion(network: nn.Module, ids: Tensor, answer: int) -> np.ndarray:
    """How much the score falls when one word is taken out and the rest closes up, (T,).

    Raises ValueError for a sequence of one word.
    """
    steps = len(ids)
    if steps < 2:
        raise ValueError("wanted at least two words, got one: nothing is left when it is taken out")
    was_training = network.training
    network.eval()
    kept = ~torch.eye(steps, dtype=torch.bool)
    shorter = ids.expand(steps, -1)[kept].view(steps, steps - 1)
    whole = log_odds(network(ids[None])[0, -1], answer)
    without = log_odds(network(shorter)[:, -1], answer)
    network.train(was_training)
    return (whole - without).numpy()


def _gradient(network: nn.Module, inputs: Tensor, answer: int, change) -> tuple[Tensor, Tensor]:
    """Gradient of the score with respect to the (changed) word vectors, and these: (B, T, unit) both."""
    was_training = network.training
    network.eval()
    with (
        torch.enable_grad(),
        replace(network, "embedding", change),
        listening(network, ["embedding"]) as kept,
    ):
        score = log_odds(network(inputs)[:, -1], answer).sum()
    network.train(was_training)
    vectors = kept["embedding"][0]
    (gradient,) = torch.autograd.grad(score, vectors)
    batch_axis = taps_of(network)["embedding"].axes.index("batch")
    return gradient.movedim(batch_axis, 0).detach(), vectors.movedim(batch_axis, 0).detach()
