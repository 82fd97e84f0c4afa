"""How languages write a date, piece by piece, so that it is known which characters write the year."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import DateTimeFormat, tokenize_pattern

from models.settings import shortened

SIXTEEN = tuple("en ko de fr ja es it ru nl pt sv tr pl vi fi id".split())  # noqa: SIM905
GROUPS = {"4": SIXTEEN[:4], "8": SIXTEEN[:8], "16": SIXTEEN}
FORMS = ("full", "long", "medium", "short")
TWISTED = date(2024, 11, 12), date(2024, 12, 11)
"""Two days that languages with another order of day and month write alike."""
FIELDS = {"y": "year", "M": "month", "L": "month", "d": "day", "E": "weekday", "c": "weekday"}


@lru_cache(maxsize=64)
def chosen(languages: str) -> tuple[str, ...]:
    """Language codes out of a text: a group (4, 8, 16) or codes separated by commas, each once.

    Raises ValueError naming a code that Babel does not know.
    """
    if languages.strip() in GROUPS:
        return GROUPS[languages.strip()]
    codes = dict.fromkeys(code.strip().replace("-", "_") for code in languages.split(",") if code.strip())
    if not codes:
        raise ValueError(f"languages: wanted language codes separated by commas, got {shortened(languages)}")
    for code in codes:
        _check(code)
    return tuple(codes)


def _check(code: str) -> None:
    try:
        written(TWISTED[0], code, "full")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"languages: wanted codes such as en, ko or pt_BR, got {shortened(code)}") from error


@lru_cache(maxsize=512)
def _pattern(language: str, form: str) -> tuple[Locale, tuple[tuple[str, object], ...]]:
    locale = Locale.parse(language)
    return locale, tuple(tokenize_pattern(locale.date_formats[form].pattern))


def written(day: date, language: str, form: str) -> list[tuple[str, str]]:
    """The pieces of a date, each with the field it writes: year, month, day, weekday, or nothing."""
    locale, pattern = _pattern(language, form)
    values = DateTimeFormat(day, locale)
    pieces = []
    for kind, value in pattern:
        if kind == "chars":
            pieces.append((str(value), ""))
        else:
            letter, width = value
            pieces.append((values[letter * width], FIELDS.get(letter, "")))
    return pieces


@lru_cache(maxsize=512)
def forms(language: str) -> tuple[str, ...]:
    """The forms in which a language writes the whole year, each pattern once.

    Most short forms write 2024 as 24, in which nobody can tell the century.
    """
    patterns: dict[tuple[object, ...], str] = {}
    for form in FORMS:
        _, pattern = _pattern(language, form)
        if ("field", ("y", 1)) in pattern or ("field", ("y", 4)) in pattern:
            patterns.setdefault(pattern, form)
    return tuple(patterns.values())


@lru_cache(maxsize=64)
def ways(languages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Every (language, form) in which these languages write dates that have one right answer.

    Left out: forms with half a year, and those that another of the languages reads with day and
    month exchanged (12/11/2024 in French and in the Spanish of Panama).
    """
    known = [(language, form) for form in FORMS for language in languages if form in forms(language)]
    first, second = ({way: _text(day, *way) for way in known} for day in TWISTED)
    twofold = {*first.values()} & {*second.values()}
    return tuple(way for way in known if not {first[way], second[way]} & twofold)


def _text(day: date, language: str, form: str) -> str:
    return "".join(piece for piece, _ in written(day, language, form))


def fields(text: str, day: date, languages: tuple[str, ...]) -> list[str] | None:
    """The field that each character of a text writes; None where no language writes this day so."""
    for way in ways(languages):
        pieces = written(day, *way)
        if "".join(piece for piece, _ in pieces) == text:
            return [name for piece, name in pieces for _ in piece]
    return None


@lru_cache(maxsize=256)
def guesses(text: str, languages: tuple[str, ...]) -> tuple[date, ...]:
    """Every day that some language writes as this text. A page asks several times for the same one."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", text)]
    found: dict[date, None] = {}
    for year in (number for number in numbers if 1000 <= number <= 9999):
        for month in range(1, 13):
            for number in (number for number in numbers if 1 <= number <= 31):
                day = _day(year, month, number)
                if day and fields(text, day, languages):
                    found[day] = None
    return tuple(found)


def parse_iso(text: str) -> date | None:
    """The day that an ISO date of ten characters names, or None."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    return _day(*map(int, text.split("-")))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def characters(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Every character that these languages need for any date, in order.

    All months and all their weekdays occur among the first 7 days of the months of one year.
    """
    days = [date(2024, month, day) for month in range(1, 13) for day in range(1, 8)]
    spelt = [(language, form) for language in languages for form in forms(language)]
    return tuple(sorted({c for day in days for way in spelt for c in _text(day, *way)} | set("0123456789")))
