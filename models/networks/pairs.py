"""A network for two symbols at once: the smallest in which grokking can be seen."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.experiment import ModelConfig
from models.networks.base import Network
from models.tap import Tap
from models.tasks.base import Task


class PairNetwork(Network):
    """Two embeddings side by side -> one hidden layer -> logits."""

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Embeddings of standard deviation 1; one table for both places."""
        super().__init__(config, task)
        self.embed = nn.Embedding(len(task.symbols), config.embedding)
        self.embedding = Tap("batch", "time", "unit")
        self.to_hidden = nn.Linear(2 * config.embedding, config.hidden)
        self.hidden_state = Tap("batch", "unit")
        self.to_logits = nn.Linear(config.hidden, task.answer_width)
        self.logits = Tap("batch", "unit")

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (batch, 2, answer) for pairs (batch, 2): the pair's one answer, at both places.

        Raises ValueError for inputs that are not pairs.
        """
        if inputs.shape[1] != 2:
            raise ValueError(f"inputs: wanted pairs (batch, 2), got {tuple(inputs.shape)}")
        pair = self.embedding(self.embed(inputs)).flatten(1)
        hidden_state = self.hidden_state(torch.relu(self.to_hidden(pair)))
        logits = self.logits(self.to_logits(hidden_state))
        return logits[:, None].expand(-1, 2, -1)
