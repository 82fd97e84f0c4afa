"""Word vectors and nothing else: the network of skip-gram and CBOW."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.networks.base import Network
from models.tap import Tap
from models.tasks.base import Batch, Task


class WordVectors(Network):
    """Two vectors a word: one for when it is shown, one for when it is asked for.

    The score of a word is the dot product of its second vector with the mean of the first vectors
    of the words shown (Mikolov et al. 2013, "Distributed Representations of Words and Phrases").
    `vectors.weight` is what a page draws; it is in every snapshot.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Small random first vectors, second vectors 0, so that every score begins at 0."""
        super().__init__(config, task)
        self.padding = task.padding
        self.vectors = nn.Embedding(len(task.symbols), config.embedding)
        self.contexts = nn.Embedding(len(task.symbols), config.embedding)
        nn.init.uniform_(self.vectors.weight, -0.5 / config.embedding, 0.5 / config.embedding)
        nn.init.zeros_(self.contexts.weight)
        self.embedding = Tap("batch", "unit")
        self.logits = Tap("batch", "word")

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores of all words, (batch, 1, word), for the words shown, (batch, shown)."""
        return self.logits(self._shown(inputs) @ self.contexts.weight.t()).unsqueeze(1)

    def answer(
        self, batch: Batch, *, teacher_forcing: float = 1.0, generator: Generator | None = None
    ) -> Tensor:
        """Scores (batch, asked) of the words asked for: the true one and the random ones."""
        asked = self.contexts(batch.targets)
        return torch.einsum("bd,bnd->bn", self._shown(batch.inputs), asked)

    def _shown(self, inputs: Tensor) -> Tensor:
        """Mean vector (batch, unit) of the words shown, padding left out."""
        vectors = self.vectors(inputs)
        if inputs.shape[1] == 1:
            return self.embedding(vectors.squeeze(1))
        there = (inputs != self.padding).unsqueeze(-1).to(vectors.dtype)
        return self.embedding((vectors * there).sum(1) / there.sum(1).clamp(min=1))
