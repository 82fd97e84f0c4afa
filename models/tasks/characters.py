"""The next character of a real text."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Generator, Tensor, nn

from models import settings
from models.settings import shortened, whole
from models.tasks import library
from models.tasks.base import Batch, Task
from models.tasks.sampling import continue_sequence

REPLACEMENT = "\ufffd"
"""Stands for the rarest characters of texts that have too many different ones."""
MOST_SYMBOLS = 120
HELD_OUT_SHARE = 0.1
VISIBLE = {"\n": "↵", "\t": "⇥", " ": "␣"}


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as numbers."""

    symbols: tuple[str, ...]
    ids: Tensor
    """(characters,) uint8"""
    shares: tuple[float, ...]
    """How frequent each symbol is, from 0 to 1."""


@lru_cache(maxsize=8)
def corpus(key: str) -> Corpus:
    """The text behind a key (`models.tasks.library`) as numbers, most frequent characters kept."""
    text = library.text_of(key)
    frequent = Counter(text).most_common()
    kept = {character for character, _ in frequent[:MOST_SYMBOLS]}
    symbols = tuple(sorted(kept)) + ((REPLACEMENT,) if len(frequent) > MOST_SYMBOLS else ())
    places = {symbol: place for place, symbol in enumerate(symbols)}
    rare = len(symbols) - 1
    ids = torch.tensor([places.get(character, rare) for character in text], dtype=torch.uint8)
    counts = torch.bincount(ids, minlength=len(symbols))
    return Corpus(symbols, ids, tuple((counts / len(ids)).tolist()))


@dataclass(frozen=True)
class NextCharacter(Task):
    """`He sai` -> `e said`: every step is scored by the character that follows.

    The last tenth of the text is held out: no training window reaches into it.
    """

    key = "characters"
    title = "Next character"
    summary = (
        "The network reads real text and must say which character comes next; always answering with "
        "the most frequent one (the space) is right about 1 time in 5."
    )
    writes = True
    longest_probe = 400

    text: str = settings.text(
        library.PYDOC, 80, "Text", "Python's own reference text (pydoc), or a text of yours by its key."
    )
    length: int = whole(
        64,
        8,
        256,
        "Window",
        "Characters read in one piece; nothing is remembered between.",
        unit="characters",
    )

    def __post_init__(self) -> None:
        """Refuse windows that the text is too short for."""
        super().__post_init__()
        characters = len(self._corpus.ids)
        if characters < 4 * (self.length + 1):
            raise ValueError(
                f"length: wanted windows of at most {characters // 4 - 1} characters for this text, "
                f"got {self.length}"
            )

    @property
    def _corpus(self) -> Corpus:
        return corpus(self.text)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The text's characters; beyond 120 the rarest share one replacement symbol."""
        return self._corpus.symbols

    @property
    def chance(self) -> float:
        """Frequency of the most frequent character."""
        return max(self._corpus.shares)

    @property
    def guessing_loss(self) -> float:
        """Entropy of the characters' frequencies, in nats."""
        return -sum(share * math.log(share) for share in self._corpus.shares)

    def parts(self) -> tuple[Tensor, Tensor]:
        """The text for training and the held-out end of it, as symbol numbers."""
        ids = self._corpus.ids
        held_out = max(round(HELD_OUT_SHARE * len(ids)), self.length + 1)
        return ids[:-held_out], ids[-held_out:]

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` windows from anywhere in the training part, or in the held-out part."""
        part = self.parts()[held_out]
        starts = torch.randint(len(part) - self.length, (n, 1), generator=generator)
        windows = part[starts + torch.arange(self.length + 1)].long()
        inputs, targets = windows[:, :-1], windows[:, 1:]
        return Batch(inputs, targets, torch.ones_like(inputs, dtype=torch.bool))

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss and accuracy, and the loss in bits per character."""
        metrics = super().metrics(logits, batch)
        return metrics | {"bits_per_character": metrics["loss"] / math.log(2)}

    def decode(self, ids: Tensor) -> list[str]:
        """The characters, with signs for space, tab and line end."""
        return [VISIBLE.get(character, character) for character in super().decode(ids)]

    decode_answer = decode

    def text_from(self, ids: Tensor) -> str:
        """The text that symbol numbers (time,) stand for."""
        return "".join(self.symbols[i] for i in ids.tolist())

    def encode(self, text: str) -> Tensor:
        """One number for each character typed.

        Raises ValueError, saying what was wanted and what came, for an empty or over-long text or a
        character that the training text does not have.
        """
        if not 0 < len(text) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} characters, got {len(text)}")
        places = {symbol: place for place, symbol in enumerate(self.symbols)}
        unknown = sorted({character for character in text if character not in places})
        if unknown and REPLACEMENT not in places:
            raise ValueError(
                f"wanted characters that the training text has; it lacks {shortened(''.join(unknown))}"
            )
        return torch.tensor([places.get(character, len(places) - 1) for character in text])

    def example(self) -> str:
        """A held-out passage that begins with a line."""
        text = self.text_from(self.parts()[1][:4000])
        start = max(text.find("\n\n", 200) + 2, 0)
        return text[start : start + 100]

    def write(
        self,
        network: nn.Module,
        *,
        prompt: str = "",
        length: int = 120,
        temperature: float = 0.7,
        generator: Generator | None = None,
    ) -> str:
        """`length` characters of the network's own after `prompt` (a line end where there is none).

        The same network writes the same text again unless a generator is given.
        """
        beginning = self.encode(prompt) if prompt else self._first_symbol()
        draws = generator or torch.Generator().manual_seed(7)
        ids = continue_sequence(
            network, beginning, length, temperature=temperature, generator=draws, window=self.length
        )
        return self.text_from(ids)

    def _first_symbol(self) -> Tensor:
        symbols = self.symbols
        return torch.tensor([symbols.index("\n") if "\n" in symbols else 0])

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Line position, bracket depth, inside quotes, upper case, word position, all since the window began.

        Quotes close at a line's end at the latest, and a closing bracket without an open one is none.
        """
        line_end = self._among(inputs, "\n")
        quote = self._among(inputs, '"')
        quotes = quote.long().cumsum(1)
        before_line = torch.where(line_end, quotes, 0).cummax(1).values
        brackets = self._among(inputs, "([{").long() - self._among(inputs, ")]}").long()
        level = brackets.cumsum(1)
        deepest_debt = level.cummin(1).values.clamp(max=0)
        letter = torch.tensor([s.isalpha() for s in self.symbols])[inputs]
        tracks = {
            "line position": _since(line_end),
            "bracket depth": level - deepest_debt,
            "inside quotes": (quotes - before_line).remainder(2),
            "upper case": torch.tensor([s.isupper() for s in self.symbols])[inputs],
            "word position": _since(~letter),
        }
        return {name: track.float() for name, track in tracks.items()}

    def _among(self, inputs: Tensor, characters: str) -> Tensor:
        return torch.tensor([symbol in characters for symbol in self.symbols])[inputs]


def _since(event: Tensor) -> Tensor:
    """(B, time) steps since the event last happened, or since the beginning: 0 at the event itself."""
    now = torch.arange(1, event.shape[1] + 1).expand(event.shape)
    return now - torch.where(event, now, 0).cummax(1).values
