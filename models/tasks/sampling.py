"""Let a network write: draw the next symbol at a temperature, feed it back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor, nn


def draw(logits: Tensor, temperature: float, generator: Generator | None = None) -> Tensor:
    """One symbol number (B,) for logits (B, answer), from softmax(logits / temperature).

    temperature: 1 draws from the network's own probabilities, lower is bolder; 0 takes the likeliest.
    Raises ValueError for a negative one.
    """
    if temperature < 0:
        raise ValueError(f"wanted a temperature of 0 or more, got {temperature}")
    if temperature == 0:
        return logits.argmax(-1)
    probabilities = torch.softmax(logits / temperature, dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)


def continue_sequence(
    network: nn.Module,
    prompt: Tensor,
    length: int,
    *,
    temperature: float = 0.7,
    generator: Generator | None = None,
    window: int = 64,
) -> Tensor:
    """`length` further symbols (length,) after `prompt` (time,), each drawn and fed back.

    A network with a method `advance(inputs, state) -> (logits, state)` carries its state from step
    to step; any other reads the last `window` symbols again for each new one.
    """
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            carries = hasattr(network, "advance") and not network.config.bidirectional
            follow = _carrying if carries else _reading_again
            return follow(network, prompt, length, window, temperature, generator)
    finally:
        network.train(was_training)


def _carrying(network: Any, prompt: Tensor, length: int, window: int, *how: Any) -> Tensor:
    logits, state = network.advance(prompt.unsqueeze(0), None)
    written = []
    for _ in range(length):
        symbol = draw(logits[:, -1], *how)
        written.append(symbol)
        logits, state = network.advance(symbol.unsqueeze(0), state)
    return torch.cat(written) if written else prompt[:0]


def _reading_again(network: Any, prompt: Tensor, length: int, window: int, *how: Any) -> Tensor:
    text = prompt
    for _ in range(length):
        logits = network(text[-window:].unsqueeze(0))
        text = torch.cat((text, draw(logits[:, -1], *how)))
    return text[len(prompt) :]
