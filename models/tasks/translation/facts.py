"""A question about a list of facts, one of which supports the answer (after bAbI, Weston et al. 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch
from models.tasks.translation.base import END, PAD, TranslationTask

PEOPLE = ("minji", "jisoo", "tom", "anna", "juho", "sara", "omar", "lena")
VERBS = ("went", "moved", "walked", "ran")
PLACES = ("kitchen", "garden", "office", "school", "park", "library", "station", "museum")
WORDS = (PAD, ".", "?", "where", "is", "to", "the", *PEOPLE, *VERBS, *PLACES)
NUMBER = {word: number for number, word in enumerate(WORDS)}
FACT = 6
"""Words of one fact, its full stop among them."""
QUESTION = 4
"""Words of the question."""


@dataclass(frozen=True)
class AnswerFromFacts(TranslationTask):
    """tom ran to the park . anna went to the office . where is tom ? -> tom park <end>.

    The answer names the person first: the decoder then has the name before it when it looks for the
    place. Asked for the place alone, it must also carry the name out of the sentence vector, and at
    some seeds its attention rested on the question and never found the facts.
    """

    key: ClassVar[str] = "answer_from_facts"
    title: ClassVar[str] = "Answer from a list of facts"
    summary: ClassVar[str] = (
        "People go to places, one sentence each; then the question asks where one of them is. "
        "The answer is the person and the place; guessing the place is right 1 time in 8."
    )
    longest_probe: ClassVar[int] = 2 * len(PEOPLE) * FACT + QUESTION

    facts: int = whole(
        6, 1, len(PEOPLE), "Most facts", "Lists have from 1 to this many facts, each on another person.",
        unit="facts",
    )  # fmt: skip

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then all words."""
        return WORDS

    @property
    def answers(self) -> tuple[str, ...]:
        """The end, then the places, then the people."""
        return (END, *PLACES, *PEOPLE)

    @property
    def longest_answer(self) -> int:
        """A person, a place and the end, and room to be wrong."""
        return 5

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Fresh lists; those of several facts are too many to meet twice."""
        return self.sample_of_facts(torch.randint(1, self.facts + 1, (n,), generator=generator), generator)

    def sample_of_facts(self, facts: Tensor, generator: Generator) -> Batch:
        """Fresh lists of these numbers of facts (n,)."""
        n, most = len(facts), int(facts.max())
        people = torch.rand(n, len(PEOPLE), generator=generator).argsort(1)[:, :most]
        places = torch.randint(len(PLACES), (n, most), generator=generator)
        verbs = torch.randint(len(VERBS), (n, most), generator=generator)
        asked = (torch.rand(n, generator=generator) * facts).long()[:, None]
        sentences = torch.tensor([NUMBER[word] for word in ("tom", "ran", "to", "the", "park", ".")])
        sentences = sentences.repeat(n, most, 1)
        sentences[..., 0] = people + NUMBER[PEOPLE[0]]
        sentences[..., 1] = verbs + NUMBER[VERBS[0]]
        sentences[..., 4] = places + NUMBER[PLACES[0]]
        sentences[torch.arange(most) >= facts[:, None]] = self.padding
        question = torch.tensor([NUMBER[word] for word in ("where", "is", "tom", "?")]).repeat(n, 1)
        person, place = people.gather(1, asked), places.gather(1, asked)
        question[:, 2:3] = person + NUMBER[PEOPLE[0]]
        inputs = torch.nn.functional.pad(sentences.flatten(1), (0, QUESTION), value=self.padding)
        inputs.scatter_(1, facts[:, None] * FACT + torch.arange(QUESTION), question)
        answer = torch.cat([person + 1 + len(PLACES), place + 1], 1)
        targets = torch.nn.functional.pad(answer, (0, 1), value=self.end)
        return Batch(inputs, targets, torch.ones_like(targets, dtype=torch.bool))

    def support(self, source: Tensor) -> tuple[int, int] | None:
        """Where the sentence that answers the question begins and ends (past its full stop).

        The last sentence on the person asked for counts. None where there is none.
        """
        words = [WORDS[i] for i in source.tolist() if i != self.padding]
        if len(words) < QUESTION or words[-QUESTION:-2] != ["where", "is"] or words[-1] != "?":
            return None
        facts = words[:-QUESTION]
        for start in reversed(range(0, len(facts) - FACT + 1, FACT)):
            if facts[start] == words[-2] and facts[start + FACT - 2] in PLACES:
                return start, start + FACT
        return None

    def solve(self, source: Tensor) -> list[int] | None:
        """The person, the place in the supporting sentence, and the end."""
        found = self.support(source)
        if found is None:
            return None
        person, place = WORDS[source[found[0]]], WORDS[source[found[1] - 2]]
        return [self.answers.index(person), self.answers.index(place), self.end]

    def alignment(self, source: Tensor, target: Tensor) -> np.ndarray:
        """The place comes from the supporting sentence.

        The person stands there and in the question, so none of the two is said to be the source.
        """
        known = np.zeros((len(target), len(source)))
        found = self.support(source)
        if found is not None and target[:3].tolist() == self.solve(source):
            known[1, found[0] : found[1]] = 1
        return known
