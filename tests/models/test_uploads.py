"""Uploads: what is taken, and that every refusal says where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import uploads
from models.uploads import (
    UploadError,
    read_labelled,
    read_sentences,
    read_sessions,
    read_table,
    read_text,
    sentences_of,
)

GOOD = "text,label\n" + "".join(f'"not bad, number {i}",{"up" if i % 2 else "down"}\n' for i in range(24))


def test_text_in_utf_8_is_taken_with_or_without_a_mark_at_the_start():
    assert read_text("één\r\ntwee\rdrie".encode()) == "één\ntwee\ndrie"
    assert read_text("é".encode("utf-8-sig")) == "é"


def test_wrong_encoding_names_row_and_character():
    with pytest.raises(UploadError, match=r"row 3, character 4: .*UTF-8.*0xe9"):
        read_text(b"text,label\nok,1\ncafe"[:-1] + "é".encode("latin-1") + b",1\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        ("text".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"text,label\nok\x00,1", "row 2: .*zero byte"),
        (b"x" * (uploads.MOST_BYTES + 1), "at most 5 MB"),
    ],
)
def test_files_that_are_no_text_are_named(data, message):
    with pytest.raises(UploadError, match=message):
        read_text(data)


def test_labelled_rows_come_in_order_with_quotes_undone():
    rows = read_labelled(GOOD)
    assert rows[:2] == [("not bad, number 0", "down"), ("not bad, number 1", "up")]
    assert len(rows) == 24


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_divide_as_well(delimiter):
    text = GOOD.replace('"', "").replace("bad, number", "bad number").replace(",", delimiter)
    assert read_labelled(text)[1] == ("not bad number 1", "up")


def test_columns_may_stand_anywhere_in_any_case_among_others():
    assert read_table("date, LABEL ,Text\n1,a,b\n", ("text", "label")).rows == [("b", "a")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("review,label\nx,1\n", r"row 1: .*'text'.*not at all.*'review', 'label'"),
        ("text,text,label\nx,y,1\n", "row 1: .*'text'.*twice"),
        (GOOD + "fine,\n", "row 26, column label: .*empty"),
        (GOOD + "fine\n", "row 26, column label: .*only 1 cell"),
        (GOOD.replace("up", "down"), "column label: .*two classes.*'down'"),
        ("text,label\na,1\nb,2\n", "at least 20 rows.*got 2"),
        (GOOD + "rare,odd\n", "row 26, column label: .*at least 4.*got 1 of 'odd'"),
        (GOOD + '"never closed,up\n', "row 26: .*quotes"),
        (GOOD + "x" * 2001 + ",up\n", "row 26, column text: .*2000 characters"),
    ],
)
def test_tables_that_cannot_be_used_name_row_and_column(text, message):
    with pytest.raises(UploadError, match=message):
        read_labelled(text)


def test_rows_are_counted_as_a_spreadsheet_does_even_after_a_cell_of_two_lines():
    table = read_table('text,label\n"two\nlines",a\n\nlast,b\n', ("text", "label"))
    assert table.numbers == [2, 5]


def test_sessions_are_put_together_and_single_clicks_left_out():
    rows = "".join(f"{i},item {i % 3}\n" for i in range(30)) + "".join(f"{i},item 9\n" for i in range(25))
    sessions = read_sessions("session,item\n" + rows)
    assert len(sessions) == 25
    assert sessions[4] == ("item 1", "item 9")


def test_too_few_sessions_or_items_are_refused():
    with pytest.raises(UploadError, match=r"column session: .*got 1"):
        read_sessions("session,item\n1,a\n1,b\n2,c\n")
    with pytest.raises(UploadError, match=r"column item: .*got 2"):
        read_sessions("session,item\n" + "".join(f"{i},a\n{i},b\n" for i in range(30)))


def test_sentences_end_at_marks_and_blank_lines():
    assert sentences_of("One two. Three four!\n\nfive six; x") == (
        ("one", "two"),
        ("three", "four"),
        ("five", "six"),
    )


def test_a_text_too_short_for_word_vectors_is_refused():
    with pytest.raises(UploadError, match="at least 50 sentences of two words or more, got 1"):
        read_sentences("one sentence only.")
    with pytest.raises(UploadError, match="at least 30 different words, got 3"):
        read_sentences("the same again. " * 60)


def test_a_shop_of_more_items_than_can_be_ranked_is_refused():
    rows = "".join(f"{i // 2},item {i}\n" for i in range(2 * uploads.MOST_ITEMS))
    with pytest.raises(UploadError, match=r"column item: wanted 3 to 2,000 different items, got 4,000"):
        read_sessions("session,item\n" + rows)


def test_names_of_items_are_one_line_without_commas_at_their_ends():
    rows = "".join(f'{i},"nails,\n 5  mm, "\n{i},b\n{i},c\n' for i in range(20))
    assert read_sessions("session,item\n" + rows)[0] == ("nails, 5 mm", "b", "c")
    with pytest.raises(UploadError, match=r"row 62, column item: wanted a name of 1 to 80 characters"):
        read_sessions("session,item\n" + "1,a\n" * 60 + '2,", ,"\n')
    with pytest.raises(UploadError, match=r"row 2, column item"):
        read_sessions("session,item\n1," + "x" * 81)


def test_half_a_million_clicks_are_read_and_more_texts_than_can_be_held_are_not():
    sessions = read_sessions("session,item\n" + "".join(f"{i // 9},i{i % 7}\n" for i in range(100_000)))
    assert sum(map(len, sessions)) > 99_990
    with pytest.raises(UploadError, match="row 50002: wanted at most 50,000 rows"):
        read_labelled("text,label\n" + "a,b\n" * 50_001)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_or_a_message(data):
    try:
        text = read_text(data)
    except UploadError:
        return
    assert text.strip()


@given(st.text(max_size=200))
def test_any_text_gives_a_table_or_a_message(text):
    try:
        table = read_table(text, ("text", "label"))
    except UploadError:
        return
    assert all(len(row) == 2 and all(row) for row in table.rows)
