"""Small reviews from a generator that is known exactly: what they say, and what each prefix implies.

A review is an opening, one of five templates and a full stop. Its feeling is drawn first; `not`,
`but` and `it was` decide which of its adjectives counts, so word order carries the answer:
"not bad , it was great" and "not great , it was bad" are the same bag of words.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


POSITIVE = _words(
    """good great fine lovely superb brilliant charming delightful moving funny clever fresh gripping
    warm witty elegant vivid tender bold stunning thrilling honest sharp graceful magical rich
    touching lively inspired joyful bright polished perfect solid amazing smart pleasant
    exciting crisp sincere splendid wonderful masterful glorious radiant likable memorable
    powerful satisfying sweet"""
)
NEGATIVE = _words(
    """bad awful dull boring poor weak terrible horrible bland clumsy stale slow messy cold shallow
    silly ugly lazy dreary tedious painful noisy flat lifeless annoying crude confusing hollow
    lame tiresome gloomy sloppy broken cheap dreadful stupid unpleasant tired muddled fake nasty
    forgettable pathetic grim ghastly hateful pointless feeble disappointing sour"""
)
ON_SCREEN = _words("film movie acting cast ending scene camera hero villain set")
ON_PAPER = _words("plot story script book dialogue pacing music joke song show")
NOUNS = ON_SCREEN + ON_PAPER
ADVERBS = _words("very really so quite truly rather just simply")
OPENINGS = (
    "",
    "i think",
    "my friend said that",
    "to tell the truth",
    "last night i found that",
    "in my view",
    "people say that",
    "after two hours i felt",
    "we all agreed that",
)
TEMPLATES = {
    "plain": "the {noun} was {adverb} {same}",
    "negation": "the {noun} was not {adverb} {opposite}",
    "correction": "the {noun} was not {opposite} , it was {adverb} {same}",
    "exclusion": "the {noun} was {adverb} {same} , not {opposite}",
    "but": "the {noun} was {adverb} {opposite} but the {other} was {same}",
}
CONTRASTIVE = ("correction", "exclusion", "but")
"""Templates with one adjective of each feeling: swapping the two flips the label and keeps the bag."""
GLAD_TAILS = (
    "so i smiled and clapped",
    "and i loved every minute",
    "i will watch it again",
    "i recommend it to everyone",
    "what a treat",
    "five stars from me",
)
SAD_TAILS = (
    "so i left early",
    "and i hated every minute",
    "i want my money back",
    "avoid it at all costs",
    "what a waste",
    "one star from me",
)
PADDING, START, END = "<pad>", "<s>", "</s>"
_PLAIN_WORDS = {word for text in (*OPENINGS, *GLAD_TAILS, *SAD_TAILS) for word in text.split()}
_PLAIN_WORDS |= set(_words("the was not , it but ."))
VOCABULARY = (PADDING, START, END, *sorted(_PLAIN_WORDS | {*POSITIVE, *NEGATIVE, *NOUNS, *ADVERBS}))
"""One vocabulary for the labelled reviews and the unlabelled ones, so embeddings carry over."""

Option = tuple[tuple[str, ...], float]
"""Words that may fill a place, and how likely they are."""


@dataclass(frozen=True, slots=True)
class Review:
    """A labelled review."""

    words: tuple[str, ...]
    """From the opening to the full stop."""
    positive: bool
    template: str

    @property
    def first_noun(self) -> str:
        """What the review speaks of first."""
        return next(word for word in self.words if word in NOUNS)

    @property
    def twin(self) -> Review:
        """The review of the opposite feeling with the same bag of words (contrastive templates only)."""
        if self.template not in CONTRASTIVE:
            raise ValueError(f"twin: wanted a template out of {CONTRASTIVE}, got {self.template!r}")
        first, second = (word for word in self.words if word in POSITIVE or word in NEGATIVE)
        swapped = {first: second, second: first}
        return Review(tuple(swapped.get(w, w) for w in self.words), not self.positive, self.template)


def draw_review(
    source: random.Random, positive: bool, templates: tuple[str, ...] = tuple(TEMPLATES)
) -> Review:
    """A review of the given feeling; every template is equally likely."""
    template = source.choice(templates)
    words: list[str] = []
    for texts, rising in _draws(template, positive):
        (chosen,) = source.choices(texts, cum_weights=rising)
        while _repeats(chosen, words):
            (chosen,) = source.choices(texts, cum_weights=rising)
        words.extend(chosen)
    return Review(tuple(words), positive, template)


def draw_tail(source: random.Random, positive: bool) -> tuple[str, ...]:
    """What somebody who feels that way adds to a review."""
    return tuple(source.choice(GLAD_TAILS if positive else SAD_TAILS).split())


def likelihood(
    prefix: tuple[str, ...], positive: bool, templates: tuple[str, ...] = tuple(TEMPLATES)
) -> float:
    """P(a review begins with `prefix` | its feeling), exactly, by enumerating what the generator may do."""
    total = sum(_begins(_places(template, positive), prefix, 0) for template in templates)
    return total / len(templates)


def posterior(prefix: tuple[str, ...], templates: tuple[str, ...] = tuple(TEMPLATES)) -> float:
    """P(positive | the review begins with `prefix`), exactly. Both feelings are equally likely at first.

    Raises ValueError, naming the word, where no review of the generator begins so.
    """
    glad = likelihood(prefix, True, templates)
    sad = likelihood(prefix, False, templates)
    if glad + sad > 0:
        return glad / (glad + sad)
    for end in range(1, len(prefix) + 1):
        if not any(likelihood(prefix[:end], feeling, templates) for feeling in (True, False)):
            break
    raise ValueError(
        f"wanted the beginning of a review that the generator writes, got {prefix[end - 1]!r} as word {end}"
    )


@cache
def _places(template: str, positive: bool) -> tuple[tuple[Option, ...], ...]:
    """What may stand at each place of a template, the opening first and the full stop last."""
    same, opposite = (POSITIVE, NEGATIVE) if positive else (NEGATIVE, POSITIVE)
    fillers: dict[str, tuple[Option, ...]] = {
        "{noun}": _alike(NOUNS),
        "{other}": _alike(NOUNS),
        "{adverb}": (((), 0.5), *(((word,), 0.5 / len(ADVERBS)) for word in ADVERBS)),
        "{same}": _alike(same),
        "{opposite}": _alike(opposite),
    }
    words = TEMPLATES[template].split()
    places = [fillers.get(word, (((word,), 1.0),)) for word in words]
    return (_alike(OPENINGS), *places, (((".",), 1.0),))


@cache
def _draws(template: str, positive: bool) -> tuple[tuple[list[tuple[str, ...]], list[float]], ...]:
    """The options of each place and their cumulative probabilities, as `random.choices` wants them."""
    return tuple(
        ([text for text, _ in options], list(accumulate(weight for _, weight in options)))
        for options in _places(template, positive)
    )


def _alike(texts: tuple[str, ...]) -> tuple[Option, ...]:
    """Each text with the same probability."""
    return tuple((tuple(text.split()), 1 / len(texts)) for text in texts)


def _repeats(text: tuple[str, ...], before: list[str] | tuple[str, ...]) -> bool:
    """Whether a noun would be named a second time."""
    return len(text) == 1 and text[0] in NOUNS and text[0] in before


def _begins(places: tuple[tuple[Option, ...], ...], words: tuple[str, ...], at: int) -> float:
    """Probability that what fills `places` begins with `words[at:]`."""
    if at == len(words):
        return 1.0
    if not places:
        return 0.0
    allowed = [option for option in places[0] if not _repeats(option[0], words[:at])]
    whole = sum(weight for _, weight in allowed)
    total = 0.0
    for text, weight in allowed:
        shared = min(len(text), len(words) - at)
        if text[:shared] == words[at : at + shared]:
            total += weight / whole * _begins(places[1:], words, at + shared)
    return total
