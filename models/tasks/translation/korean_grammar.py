"""The words and the rules of the small English and the small Korean. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence

PEOPLE_IN_KOREAN = {
    "cat": "고양이", "dog": "개", "teacher": "선생님", "student": "학생", "doctor": "의사", "bear": "곰",
    "child": "아이", "friend": "친구", "singer": "가수", "farmer": "농부", "king": "왕", "neighbor": "이웃",
}  # fmt: skip
THINGS_IN_KOREAN = {
    "apple": "사과", "book": "책", "bread": "빵", "song": "노래", "letter": "편지", "fish": "물고기",
    "picture": "그림", "flower": "꽃",
}  # fmt: skip
ADJECTIVES_IN_KOREAN = {
    "big": "큰", "small": "작은", "pretty": "예쁜", "strange": "이상한", "famous": "유명한",
    "white": "하얀", "good": "좋은", "lonely": "외로운",
}  # fmt: skip
VERBS_IN_KOREAN = {
    "saw": "보았다", "liked": "좋아했다", "found": "찾았다", "lost": "잃었다", "drew": "그렸다",
    "remembered": "기억했다", "chose": "골랐다", "hid": "숨겼다",
}  # fmt: skip
PLACES_IN_KOREAN = {
    "school": "학교에서", "park": "공원에서", "house": "집에서", "forest": "숲에서", "city": "도시에서",
    "village": "마을에서",
}  # fmt: skip
TIMES_IN_KOREAN = {"yesterday": "어제", "today": "오늘", "recently": "최근에", "once": "예전에"}
CONJUNCTIONS_IN_KOREAN = {"and": "그리고", "but": "하지만"}
"""Two of them, so that this word, too, has to be read from its source and not guessed from the length."""

PEOPLE, THINGS = tuple(PEOPLE_IN_KOREAN), tuple(THINGS_IN_KOREAN)
ADJECTIVES, VERBS = tuple(ADJECTIVES_IN_KOREAN), tuple(VERBS_IN_KOREAN)
PLACES, TIMES = tuple(PLACES_IN_KOREAN), tuple(TIMES_IN_KOREAN)
CONJUNCTIONS = tuple(CONJUNCTIONS_IN_KOREAN)
NOUNS_IN_KOREAN = PEOPLE_IN_KOREAN | THINGS_IN_KOREAN

Word = tuple[str, int]
"""A Korean word and the place of the English word it comes from."""


def ends_in_consonant(word: str) -> bool:
    """Whether the last Hangul syllable is closed: 28 endings a vowel, the first of them open."""
    return (ord(word[-1]) - ord("가")) % 28 != 0


def as_subject(noun: str) -> str:
    """With the subject particle: 이 after a consonant, 가 after a vowel."""
    return noun + ("이" if ends_in_consonant(noun) else "가")


def as_object(noun: str) -> str:
    """With the object particle: 을 after a consonant, 를 after a vowel."""
    return noun + ("을" if ends_in_consonant(noun) else "를")


KOREAN_WORDS = (
    *CONJUNCTIONS_IN_KOREAN.values(),
    *map(as_subject, PEOPLE_IN_KOREAN.values()),
    *map(as_object, NOUNS_IN_KOREAN.values()),
    *ADJECTIVES_IN_KOREAN.values(),
    *VERBS_IN_KOREAN.values(),
    *PLACES_IN_KOREAN.values(),
    *TIMES_IN_KOREAN.values(),
)


def translate(words: Sequence[str]) -> list[Word] | None:
    """Korean words, each with the place of its English word; None outside the grammar.

    Grammar: clause (and|but clause)*; clause = noun phrase, verb, noun phrase, (in the place), (time).
    """
    translated: list[Word] = []
    start = 0
    while True:
        end = next((i for i in range(start, len(words)) if words[i] in CONJUNCTIONS), len(words))
        clause = _clause(words, start, end)
        if clause is None:
            return None
        translated += clause
        if end == len(words):
            return translated
        translated.append((CONJUNCTIONS_IN_KOREAN[words[end]], end))
        start = end + 1


def _clause(words: Sequence[str], start: int, end: int) -> list[Word] | None:
    """Time, subject, place, object, verb: the Korean order of one clause."""
    subject, at = _noun_phrase(words, start, end, subject=True)
    if not subject or at >= end or words[at] not in VERBS_IN_KOREAN:
        return None
    verb = [(VERBS_IN_KOREAN[words[at]], at)]
    thing, at = _noun_phrase(words, at + 1, end, subject=False)
    if not thing:
        return None
    place: list[Word] = []
    if at + 2 < end and tuple(words[at : at + 2]) == ("in", "the") and words[at + 2] in PLACES_IN_KOREAN:
        place = [(PLACES_IN_KOREAN[words[at + 2]], at + 2)]
        at += 3
    time: list[Word] = []
    if at < end and words[at] in TIMES_IN_KOREAN:
        time = [(TIMES_IN_KOREAN[words[at]], at)]
        at += 1
    return time + subject + place + thing + verb if at == end else None


def _noun_phrase(words: Sequence[str], start: int, end: int, *, subject: bool) -> tuple[list[Word], int]:
    """Adjectives and the noun with its particle, and where the phrase ends; nothing where there is none."""
    nouns, mark = (PEOPLE_IN_KOREAN, as_subject) if subject else (NOUNS_IN_KOREAN, as_object)
    at = start + 1
    found: list[Word] = []
    if start >= end or words[start] != "the":
        return [], start
    while at < end and words[at] in ADJECTIVES_IN_KOREAN:
        found.append((ADJECTIVES_IN_KOREAN[words[at]], at))
        at += 1
    if at >= end or words[at] not in nouns:
        return [], start
    return [*found, (mark(nouns[words[at]]), at)], at + 1
