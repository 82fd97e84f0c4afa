"""The Transformer: layers of self-attention and feed-forward networks (Vaswani et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.experiment import ModelConfig
from models.networks.base import Network
from models.networks.position_encoding import START_SCALE, PositionEncoding, longest_input
from models.networks.self_attention import CrossAttention, KeyValueCache, SelfAttention, sight
from models.tap import Tap
from models.tasks.base import Task


class TransformerLayer(SelfAttention):
    """Self-attention, cross-attention where there is a memory, and a feed-forward network.

    Each adds its output to what it was given (the residual stream). Values are normalised before
    each part (`pre`), after each sum (`post`), or never. Shapes: (batch, time, unit) throughout.
    """

    def __init__(self, config: ModelConfig, *, remembers: bool = False) -> None:
        """remembers: whether the layer also attends to an encoder's output."""
        width = config.hidden
        super().__init__(width, config.heads, config.dropout)
        self.place = config.norm
        self.norm_attention = self._norm(width)
        self.attention_output = Tap("batch", "time", "unit")
        self.cross = CrossAttention(width, config.heads, config.dropout) if remembers else None
        self.norm_cross = self._norm(width) if remembers else None
        self.feed_forward = None
        if config.feed_forward:
            self.norm_mlp = self._norm(width)
            self.feed_forward = nn.Linear(width, config.feed_forward)
            self.feed_back = nn.Linear(config.feed_forward, width)
        self.mlp = Tap("batch", "time", "unit")
        self.residual = Tap("batch", "time", "unit")

    def forward(
        self,
        x: Tensor,
        encoding: PositionEncoding,
        added: Tensor | None,
        cache: KeyValueCache | None = None,
        memory: Tensor | None = None,
        memory_added: Tensor | None = None,
    ) -> Tensor:
        """The residual stream after this layer.

        added: position bias and mask for the scores, as `sight` makes them
        memory, memory_added: an encoder's output and the mask of its padding
        """
        given = self._before(x, self.norm_attention)
        x = self._after(
            x, self.attention_output(self.attend(given, encoding, added, cache)), self.norm_attention
        )
        if self.cross is not None:
            given = self._before(x, self.norm_cross)
            x = self._after(x, self.cross(given, memory, memory_added), self.norm_cross)
        if self.feed_forward is not None:
            given = self._before(x, self.norm_mlp)
            x = self._after(x, self.mlp(self._mlp(given)), self.norm_mlp)
        return self.residual(x)

    def _norm(self, width: int) -> nn.Module:
        return nn.Identity() if self.place == "none" else nn.LayerNorm(width)

    def _before(self, x: Tensor, norm: nn.Module) -> Tensor:
        return norm(x) if self.place == "pre" else x

    def _after(self, x: Tensor, more: Tensor, norm: nn.Module) -> Tensor:
        x = x + functional.dropout(more, self.dropout, self.training)
        return norm(x) if self.place == "post" else x

    def _mlp(self, x: Tensor) -> Tensor:
        x = functional.gelu(self.feed_forward(x))
        x = functional.dropout(x, self.dropout, self.training)
        return self.feed_back(x)


class Stack(Network):
    """Embeddings with positions and the layers above them: an encoder, or a decoder without its output."""

    def __init__(
        self,
        config: ModelConfig,
        task: Task,
        *,
        symbols: int,
        causal: bool,
        longest: int,
        remembers: bool = False,
    ) -> None:
        """Build embeddings and layers.

        symbols: input symbols; 0 for inputs of `task.input_values` real numbers
        longest: positions with a learned vector of their own
        remembers: whether the layers attend to an encoder's output
        """
        super().__init__(config, task)
        self.causal, self.padding = causal, task.padding
        if symbols:
            self.embed: nn.Module = nn.Embedding(symbols, config.hidden)
            nn.init.normal_(self.embed.weight, 0, START_SCALE)
        else:
            self.embed = nn.Linear(task.input_values, config.hidden)
        self.embedding = Tap("batch", "time", "unit")
        self.encoding = PositionEncoding(config, longest, causal=causal)
        self.position = Tap("time", "unit")
        self.position_bias = Tap("head", "query", "key")
        self.layers = nn.ModuleList(
            TransformerLayer(config, remembers=remembers) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.hidden) if config.norm == "pre" else nn.Identity()
        self._sights: dict[int, Tensor | None] = {}

    def states(
        self,
        inputs: Tensor,
        caches: list[KeyValueCache] | None = None,
        memory: Tensor | None = None,
        memory_added: Tensor | None = None,
    ) -> Tensor:
        """The residual stream (batch, time, unit) after the last layer, not yet normalised.

        caches: one a layer; `inputs` are then only the positions after those kept, and no padding
        """
        offset = caches[0].length if caches else 0
        length = inputs.shape[1]
        x = self.embedded(inputs, offset)
        x = functional.dropout(x, self.config.dropout, self.training)
        added = self._added(inputs, length, offset + length)
        for place, layer in enumerate(self.layers):
            x = layer(x, self.encoding, added, caches[place] if caches else None, memory, memory_added)
        return x

    def embedded(self, inputs: Tensor, offset: int = 0) -> Tensor:
        """Embeddings (batch, time, unit) with positions from `offset` on: the stream before all layers."""
        x = self.embedding(self.embed(inputs))
        vectors = self.encoding.vectors(inputs.shape[1], offset)
        return x if vectors is None else x + self.position(vectors)

    def _added(self, inputs: Tensor, queries: int, keys: int) -> Tensor | None:
        """Position bias and mask, to be added to the scores of every layer."""
        bias = self.encoding.bias(queries, keys)
        mask = self._sight(inputs, queries, keys)
        if bias is None:
            return mask
        bias = self.position_bias(bias)
        return bias if mask is None else bias + mask

    def _sight(self, inputs: Tensor, queries: int, keys: int) -> Tensor | None:
        """The mask; the plain causal one is made once for each length."""
        if self.padding is not None and queries == keys and bool((inputs == self.padding).any()):
            return sight(queries, keys, causal=self.causal, filled=inputs == self.padding)
        if queries != keys or keys > 512:
            return sight(queries, keys, causal=self.causal)
        if keys not in self._sights:
            self._sights[keys] = sight(queries, keys, causal=self.causal)
        return self._sights[keys]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a network that writes stands."""

    read: Tensor
    """(batch, time): the last symbols, at most a window of them."""
    caches: list[KeyValueCache]
    """Keys and values of those read since reading last started, one cache a layer."""


class TransformerNetwork(Stack):
    """An encoder (every position sees all) or a decoder (`causal`) with logits at every position.

    Taps: embedding, position, position_bias, and in each of `layers`: query, key, value, raw_score,
    score, attention, context, attention_output, mlp, residual; logits.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Build the stack for the task's symbols or real numbers, and its output."""
        longest = longest_input(task)
        super().__init__(
            config,
            task,
            symbols=0 if task.input_values else len(task.symbols),
            causal=config.causal,
            longest=longest,
        )
        self.window = longest
        """Positions that training shows: writing never reads further back."""
        self.to_logits = nn.Linear(config.hidden, task.answer_width)
        self.logits = Tap("batch", "time", "unit")

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (batch, time, answer) for inputs (batch, time) or (batch, time, value)."""
        return self.logits(self.read_out(self.states(inputs)))

    def read_out(self, residual: Tensor) -> Tensor:
        """Logits of a residual stream (..., unit), from whichever layer: the logit lens reads early ones."""
        return self.to_logits(self.norm(residual))

    def continued(self, inputs: Tensor, caches: list[KeyValueCache]) -> Tensor:
        """Logits for the positions after those in the caches, which take them up. Causal networks only."""
        if not self.causal:
            raise ValueError("caches: wanted a causal network, got one that sees later positions")
        return self.read_out(self.states(inputs, caches))

    def advance(self, inputs: Tensor, state: Progress | None = None) -> tuple[Tensor, Progress]:
        """Logits (batch, time, answer) for further symbols (batch, time), and what to go on with.

        When the window is full, reading starts again with its second half, so that no position lies
        beyond those trained on. A network that sees later positions reads the whole window each time.
        """
        read = inputs if state is None else torch.cat((state.read, inputs), 1)
        read = read[:, -self.window :]
        goes_on = (
            self.causal and state is not None and state.caches[0].length + inputs.shape[1] <= self.window
        )
        if goes_on:
            caches = [cache.copy() for cache in state.caches]
            return self.continued(inputs, caches), Progress(read, caches)
        if self.causal and state is not None:
            read = read[:, -max(self.window // 2, inputs.shape[1]) :]
        caches = self.caches()
        logits = self.continued(read, caches) if self.causal else self(read)
        return logits[:, -inputs.shape[1] :], Progress(read, caches)

    def caches(self) -> list[KeyValueCache]:
        """Empty caches, one a layer."""
        return [KeyValueCache() for _ in self.layers]


def build_transformer(config: ModelConfig, task: Task) -> Network:
    """The form that the task needs: encoder-decoder where it transduces, one stack otherwise."""
    if task.transduces:
        from models.networks.encoder_decoder import EncoderDecoder

        return EncoderDecoder(config, task)
    return TransformerNetwork(config, task)
