"""One small grammar, read in two ways: guess hidden words (BERT's way) or the next word (GPT's way)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from models.settings import choice, real, shortened
from models.tasks.base import Batch, Task
from models.tasks.review_language import next_word_batch, write_text

ONE = ("cat", "dog", "bird", "horse", "child", "king", "farmer", "baby")
MANY = ("cats", "dogs", "birds", "horses", "children", "kings", "farmers", "babies")
SOUNDS = ("meows", "barks", "sings", "neighs", "laughs", "commands", "digs", "cries")
ONE_DOES = ("sleeps", "runs", "eats", "smiles", "waits", "jumps")
MANY_DO = ("sleep", "run", "eat", "smile", "wait", "jump")
PLACES = ("house", "river", "garden", "market", "bridge", "school")
MANNERS = ("quietly", "today", "often", "slowly", "again")
PADDING, START, MASK, END = "<pad>", "<s>", "<mask>", "</s>"
STEPS = 12
"""Start, ten words, end; shorter sentences are padded."""
_HOLD_OUT_EVERY = 5


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a sentence whose word is decided by another one."""

    position: int
    """Step of the input, the start symbol being 0."""
    cue: str
    """Where the word that decides it stands: left or right."""
    alternatives: int
    """How many answers are equally likely for somebody who does not see the cue."""

    @property
    def chance(self) -> float:
        """Accuracy without the cue."""
        return 1 / self.alternatives


SLOTS = {
    "verb": Slot(6, "left", 2),
    "sound": Slot(6, "left", 8),
    "determiner": Slot(1, "right", 2),
    "noun": Slot(4, "right", 8),
}
"""`this cat near the river sleeps`: determiner and verb; `i saw the dog that barks`: noun and sound."""


@dataclass(frozen=True)
class Grammar(Task):
    """`<mask> cats near the river sleep often` -> these; or each word from those before it.

    The same sentences for both; what differs is what may be seen. Without its cue a verb or a
    determiner is right in 1 of 2 cases, a noun or a sound in 1 of 8.
    """

    key: ClassVar[str] = "grammar"
    title: ClassVar[str] = "A small grammar with agreement from both sides"
    summary: ClassVar[str] = (
        "Some words are decided by what stands left of them and some by what stands right; without "
        "the cue 1 of 2 (number) or 1 of 8 (which animal) is right."
    )
    padding: ClassVar[int | None] = 0
    longest_probe: ClassVar[int] = STEPS - 2

    form: str = choice(
        "causal", ("causal", "masked"), "Way of reading", "Guess the next word, or words that were hidden."
    )
    mask_rate: float = real(
        0.15, 0.05, 0.8, "Share hidden", "How many words are hidden at a time (masked only).", step=0.05
    )

    @property
    def writes(self) -> bool:
        """Only a causal network can write."""
        return self.form == "causal"

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, start, mask, end, then the words in alphabetical order."""
        return _symbols()

    @property
    def chance(self) -> float:
        """Share of the most frequent word, guessed every time."""
        return _frequencies().max().item()

    @property
    def guessing_loss(self) -> float:
        """Entropy of the words regardless of what stands around, in nats."""
        shares = _frequencies()
        return -(shares * shares.clamp(min=1e-12).log()).sum().item()

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` sentences; both kinds are equally frequent. Held-out ones never come up in training."""
        agreement, sounds = _sentences(held_out)
        kind = torch.randint(2, (n, 1), generator=generator).bool()
        first = agreement[torch.randint(len(agreement), (n,), generator=generator)]
        second = sounds[torch.randint(len(sounds), (n,), generator=generator)]
        texts = torch.where(kind, first, second)
        if self.form == "causal":
            return next_word_batch(texts)
        hidden = (torch.rand(texts.shape, generator=generator) < self.mask_rate) & (texts > 3)
        hidden[torch.arange(n), 1] |= ~hidden.any(1)
        return Batch(texts.masked_fill(hidden, self.symbols.index(MASK)), texts, hidden)

    def slot_batch(self, slot: str, n: int = 400) -> Batch:
        """`n` held-out sentences with one slot asked for: hidden, or (causal) everything before it seen.

        Raises ValueError for an unknown slot.
        """
        if slot not in SLOTS:
            raise ValueError(f"slot: wanted one of {', '.join(SLOTS)}, got {shortened(slot)}")
        pool = _sentences(True)[0 if slot in ("verb", "determiner") else 1]
        texts = pool[torch.randint(len(pool), (n,), generator=torch.Generator().manual_seed(5))]
        counts = torch.zeros(texts.shape, dtype=torch.bool)
        counts[:, SLOTS[slot].position] = True
        if self.form == "causal":
            return Batch(texts[:, :-1], texts[:, 1:], counts[:, 1:])
        return Batch(texts.masked_fill(counts, self.symbols.index(MASK)), texts, counts)

    def encode(self, text: str) -> Tensor:
        """A typed sentence as (time,) symbol numbers from start to end; a blank is `___` or `<mask>`.

        A causal network is given nothing behind the last word. Raises ValueError for unknown words.
        """
        words = super().encode(text.lower().replace("___", MASK))
        ends = [self.symbols.index(END)] if self.form == "masked" else []
        return torch.tensor([self.symbols.index(START), *words.tolist(), *ends])

    def example(self) -> str:
        """A sentence whose blank is decided from the right."""
        return "___ cats near the river sleep often" if self.form == "masked" else "these cats near the river"

    def write(self, network: nn.Module) -> str:
        """A sentence that the network makes up, the same draw of chance every time."""
        return write_text(network, self, STEPS, torch.Generator().manual_seed(0))


def agreement_sentences() -> list[tuple[str, ...]]:
    """Determiner and verb go with the noun, as in `this cat near the river sleeps often`."""
    ends = list(product(PLACES, range(len(ONE_DOES)), MANNERS))
    return [
        (determiner, noun, "near", "the", place, verbs[verb], manner)
        for determiner, nouns, verbs in (("this", ONE, ONE_DOES), ("these", MANY, MANY_DO))
        for noun in nouns
        for place, verb, manner in ends
    ]


def sound_sentences() -> list[tuple[str, ...]]:
    """Each creature has a sound of its own, as in `i saw the dog that barks near the house today`."""
    return [
        ("i", "saw", "the", noun, "that", sound, "near", "the", place, manner)
        for noun, sound in zip(ONE, SOUNDS, strict=True)
        for place, manner in product(PLACES, MANNERS)
    ]


@cache
def _symbols() -> tuple[str, ...]:
    words = {word for sentence in (*agreement_sentences(), *sound_sentences()) for word in sentence}
    return (PADDING, START, MASK, END, *sorted(words))


@cache
def _sentences(held_out: bool) -> tuple[Tensor, Tensor]:
    """All sentences of both kinds, (n, STEPS) each; one in five is kept for evaluation."""
    places = {symbol: place for place, symbol in enumerate(_symbols())}
    parts = []
    for sentences in (agreement_sentences(), sound_sentences()):
        random.Random("grammar").shuffle(sentences)
        kept = [s for i, s in enumerate(sentences) if (i % _HOLD_OUT_EVERY == 0) == held_out]
        texts = torch.zeros(len(kept), STEPS, dtype=torch.long)
        for row, sentence in enumerate(kept):
            ids = [places[word] for word in (START, *sentence, END)]
            texts[row, : len(ids)] = torch.tensor(ids)
        parts.append(texts)
    return parts[0], parts[1]


@cache
def _frequencies() -> Tensor:
    """Share of each word, both kinds of sentences being equally frequent."""
    total = torch.zeros(len(_symbols()), dtype=torch.double)
    for texts in _sentences(False):
        counted = torch.bincount(texts[:, 1:].flatten(), minlength=len(_symbols())).double()
        counted[0] = 0
        total += counted / len(texts)
    return total / total.sum()
