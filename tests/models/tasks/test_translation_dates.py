from datetime import date

import numpy as np
import pytest
import torch
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks.translation import ReadDates
from models.tasks.translation.date_forms import FORMS, SIXTEEN, characters, fields, written
from models.tasks.translation.dates import pools

ALL = ReadDates(languages="16")
KNOWN = set(ALL.symbols)
days = st.dates(date(1000, 1, 1), date(2999, 12, 31))


@given(days, st.sampled_from(SIXTEEN), st.sampled_from(FORMS))
@settings(max_examples=150, deadline=None)
def test_pieces_make_what_babel_writes_and_every_character_is_known(day, language, form):
    pieces = written(day, language, form)
    text = "".join(piece for piece, _ in pieces)
    assert text == format_date(day, format=form, locale=language)
    assert set(text) <= KNOWN
    assert str(day.year) in [piece for piece, name in pieces if name == "year"]


@given(days, st.sampled_from(SIXTEEN), st.sampled_from(FORMS))
@settings(max_examples=40, deadline=None)
def test_the_alignment_names_the_characters_of_year_month_and_day(day, language, form):
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


def test_dates_that_a_person_types():
    task = ReadDates(languages="ko,en,ja")
    for text, wanted in {
        "2024년 3월 5일 화요일": "2024-03-05",
        "March 5, 2024": "2024-03-05",
        "2024年12月31日": "2024-12-31",
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
    assert max(years) > 2950


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
