"""One step of a decoder with attention, opened up: query, keys, scores, softmax, context, symbol.

K source symbols, U width of query and keys, H hidden units, V answer symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.analysis.decoding import Decoded, decode, decode_given
from models.looks import softmax
from models.networks.attention import AdditiveAttention
from models.networks.seq2seq import Seq2SeqNetwork


@dataclass(frozen=True, slots=True)
class OpenedStep:
    """Everything that happens between the decoder's hidden state and the symbol it writes."""

    query: np.ndarray
    """(U,)"""
    keys: np.ndarray
    """(K, U)"""
    parts: np.ndarray
    """(K, U): what each unit adds to each score: q k, or v tanh(q + k) for additive attention."""
    scores: np.ndarray
    """(K,)"""
    weights: np.ndarray
    """(K,) softmax of the scores."""
    memory: np.ndarray
    """(K, H): what is averaged under the weights."""
    context: np.ndarray
    """(H,)"""
    probabilities: np.ndarray
    """(V,) of the symbol to be written."""
    elsewhere: np.ndarray
    """(K,) the symbol that would be written if all attention went to this source symbol."""
    elsewhere_probability: np.ndarray
    """(K,) its probability then."""

    @property
    def same_answer(self) -> int:
        """To how many source symbols all attention could go without changing the symbol written."""
        return int((self.elsewhere == self.probabilities.argmax()).sum())


def open_step(
    network: Seq2SeqNetwork, source: Tensor, step: int, answer: Sequence[int] | None = None
) -> OpenedStep:
    """Open one step of answering one source (K,).

    answer: what the decoder is given; by default it writes by itself
    Raises ValueError for a network without attention and for a step that the answer does not have.
    """
    if network.attend is None:
        raise ValueError("network: wanted one with attention, got one without")
    decoded = decode(network, source) if answer is None else decode_given(network, source, answer)
    steps = len(decoded.ids)
    if not 0 <= step < steps:
        raise ValueError(f"step: wanted one from 0 to {steps - 1}, got {step}")
    trace = decoded.trace
    query, keys = trace.sequence("query")[step], trace.sequence("key")
    memory, instead = _instead(network, source, decoded, step)
    return OpenedStep(
        query=query,
        keys=keys,
        parts=_parts(network, query, keys),
        scores=trace.sequence("score")[step],
        weights=trace.sequence("attention")[step],
        memory=memory,
        context=trace.sequence("context")[step],
        probabilities=decoded.probabilities[step],
        elsewhere=instead.argmax(-1),
        elsewhere_probability=instead.max(-1),
    )


def _parts(network: Seq2SeqNetwork, query: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(K, U) what each unit adds to each score."""
    if isinstance(network.attend, AdditiveAttention):
        return network.attend.to_score.weight[0].detach().numpy() * np.tanh(query + keys)
    return query * keys


@torch.no_grad()
def _instead(
    network: Seq2SeqNetwork, source: Tensor, decoded: Decoded, step: int
) -> tuple[np.ndarray, np.ndarray]:
    """The memory (K, H), and the probabilities (K, V) with all attention on each source symbol in turn."""
    memory = network.begin(source[None]).memory[0]
    hidden = torch.from_numpy(decoded.trace.sequence("decoder.hidden_state")[step]).expand_as(memory)
    joined = torch.tanh(network.join(torch.cat([memory, hidden], -1)))
    return memory.numpy(), softmax(network.to_logits(joined).numpy())
