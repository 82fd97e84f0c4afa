from datetime import date

import numpy as np
import pytest
import torch
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks.translation import ReadDates
from models.tasks.translation.date_forms import SIXTEEN, characters, fields, forms, ways, written
from models.tasks.translation.dates import pools

ALL = ReadDates(languages="16")
KNOWN = set(ALL.symbols)
days = st.dates(date(1000, 1, 1), date(9999, 12, 31))
spellings = st.sampled_from(ways(SIXTEEN))


@given(days, spellings)
@settings(max_examples=150, deadline=None)
def test_pieces_make_what_babel_writes_and_every_character_is_known(day, way):
    language, form = way
    pieces = written(day, language, form)
    text = "".join(piece for piece, _ in pieces)
    assert text == format_date(day, format=form, locale=language)
    assert set(text) <= KNOWN
    assert str(day.year) in [piece for piece, name in pieces if name == "year"]


@given(days, spellings)
@settings(max_examples=40, deadline=None)
def test_the_alignment_names_the_characters_of_year_month_and_day(day, way):
    language, form = way
    text = format_date(day, format=form, locale=language)
    target = torch.tensor([ALL.answers.index(c) for c in day.isoformat()] + [ALL.end])
    known = ALL.alignment(ALL.encode(text), target)
    assert known.shape == (11, len(text))
    year = "".join(c for c, one in zip(text, known[0], strict=True) if one)
    number = "".join(c for c, one in zip(text, known[8], strict=True) if one)
    assert year == str(day.year)
    assert int(number) == day.day
    assert not known[[4, 7, 10]].any()
    assert np.array_equal(known[5], known[6])
    assert not (known[0] * known[5]).any()
    assert known[5].any()


@given(days, spellings)
@settings(max_examples=60, deadline=None)
def test_every_date_in_every_way_has_one_right_answer(day, way):
    language, form = way
    source = ALL.encode(format_date(day, format=form, locale=language))
    assert ALL.read_answer(ALL.solve(source)) == day.isoformat()


def test_every_form_that_writes_the_whole_year_is_there_and_no_pattern_twice():
    short = {language for language, form in ways(SIXTEEN) if form == "short"}
    assert short == {"fr", "ru", "nl", "pt", "sv", "tr", "pl"}
    assert forms("en") == ("full", "long", "medium")  # 3/5/24: which century?
    assert forms("fi") == ("full", "long", "medium")  # the short form is the medium one
    assert forms("sv") == ("full", "long", "medium", "short")
    assert {way for way in ways(SIXTEEN) if way[1] != "short"} == {
        (language, form) for language in SIXTEEN for form in ("full", "long", "medium")
    }


def test_forms_that_two_languages_read_differently_are_left_out():
    assert format_date(date(2024, 11, 12), "short", "fr") == format_date(
        date(2024, 12, 11), "medium", "es_PA"
    )
    assert ("fr", "short") in ways(("fr",))
    assert ("es_PA", "medium") in ways(("es_PA",))
    together = ways(("fr", "es_PA"))
    assert ("fr", "short") not in together
    assert ("es_PA", "medium") not in together
    assert ("fr", "medium") in together
    both = ReadDates(languages="fr,es_PA")
    assert both.solve(both.encode("12/11/2024")) is None


def test_every_way_is_drawn_from_the_pools():
    drawn = {"".join(ALL.symbols[i] for i in row if i) for row in pools(SIXTEEN)[0].sources.tolist()[:550]}
    for mark in ("/", "-", "."):
        assert any(text.replace(mark, "").isdigit() and text.count(mark) == 2 for text in drawn), mark


def test_dates_that_a_person_types():
    task = ReadDates(languages="ko,en,ja")
    for text, wanted in {
        "2024년 3월 5일 화요일": "2024-03-05",
        "March 5, 2024": "2024-03-05",
        "2024年12月31日": "2024-12-31",
        "2024/12/05": "2024-12-05",
    }.items():
        assert task.read_answer(task.solve(task.encode(text))) == wanted
    assert task.solve(task.encode("March 2024")) is None
    assert task.solve(task.encode("Monday, March 5, 2024")) is None
    assert not task.alignment(task.encode("March"), torch.tensor([1, 1, 0])).any()


def test_a_weekday_belongs_to_no_answer():
    spelt = fields("2024년 3월 5일 화요일", date(2024, 3, 5), ("ko",))
    assert spelt == ["year"] * 4 + [""] * 2 + ["month"] * 2 + ["", "day"] + [""] * 2 + ["weekday"] * 3


def test_no_day_is_in_both_pools_and_every_language_is_in_each():
    training, held_out = pools(("en", "ko", "de", "fr"))
    first, second = ({tuple(target.tolist()) for target in pool.targets} for pool in (training, held_out))
    assert not first & second
    assert len(second) == len(held_out.sources) == 1_000
    years = {int("".join("0123456789"[i - 2] for i in target[:4])) for target in first}
    assert min(years) < 1050
    assert max(years) > 9950


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ("xx", "got 'xx'"),
        ("en,klingon!", "got 'klingon!'"),
        (" , ", "codes separated by commas"),
    ],
)
def test_languages_that_cannot_be_used_are_refused(languages, message):
    with pytest.raises(ValueError, match=message):
        ReadDates(languages=languages)


def test_languages_are_chosen_by_code_or_number():
    assert ReadDates(languages="16").symbols == ("<pad>", *characters(SIXTEEN))
    assert "년" in ReadDates(languages=" ko , en,ko").symbols
    assert "년" not in ReadDates(languages="en").symbols
    assert ReadDates(languages="pt-BR").solve(ReadDates(languages="pt_BR").encode("5 de março de 2024"))
