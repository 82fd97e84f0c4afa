"""What a network that cannot see order can do: the line that the others must beat."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.experiment import ModelConfig
from models.networks.base import Network
from models.tap import Tap
from models.tasks.base import Task


class BagOfWords(Network):
    """The mean of the word vectors read so far -> ReLU units -> logits, at every step.

    The mean forgets order, so two texts with the same words get the same answer at the end.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Embeddings of standard deviation 1; `hidden` ReLU units."""
        super().__init__(config, task)
        self.padding = task.padding
        self.embed = nn.Embedding(len(task.symbols), config.embedding)
        self.to_hidden = nn.Linear(config.embedding, config.hidden)
        self.to_logits = nn.Linear(config.hidden, task.answer_width)
        self.embedding = Tap("batch", "time", "unit")
        self.mean = Tap("batch", "time", "unit")
        self.hidden_state = Tap("batch", "time", "unit")
        self.logits = Tap("batch", "time", "unit")

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (batch, time, answer) for inputs (batch, time)."""
        vectors = self.embedding(self.embed(inputs))
        there = torch.ones_like(inputs) if self.padding is None else (inputs != self.padding)
        there = there.unsqueeze(-1).to(vectors.dtype)
        mean = self.mean((vectors * there).cumsum(1) / there.cumsum(1).clamp(min=1))
        hidden = self.hidden_state(torch.relu(self.to_hidden(mean)))
        return self.logits(self.to_logits(hidden))
