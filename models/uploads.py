"""A person's own CSV or text: what may come in, and a clear word about what may not.

Rows are counted as a spreadsheet does: the header is row 1.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from models.settings import shortened

MOST_BYTES = 5_000_000
MOST_ROWS = 500_000
MOST_TEXTS = 50_000
LEAST_PER_LABEL = 4
LEAST_LABELLED = 20
LEAST_SESSIONS = 20
LEAST_SENTENCES = 50
LEAST_WORDS = 30
LONGEST_TEXT = 2_000
MOST_LABELS = 20
MOST_ITEMS = 2_000
"""Different items of a shop: a network's answer and the count of pairs grow with them."""
LONGEST_ITEM = 80
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a spreadsheet or another zip archive",
    b"%PDF": "PDF",
}


class UploadError(ValueError):
    """A file that cannot be used; the message names the row and the column where there is one."""


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of a CSV file."""

    rows: list[tuple[str, ...]]
    """One tuple a row, in the order in which the columns were asked for."""
    numbers: list[int]
    """The row of the file that each one begins at."""


def read_text(data: bytes) -> str:
    """The text of a file of at most 5 MB in UTF-8, line ends made uniform.

    Raises UploadError for an empty or too large file and, naming row and column, for bytes that
    are not UTF-8.
    """
    if len(data) > MOST_BYTES:
        raise UploadError(f"wanted a file of at most 5 MB, got {len(data) / 1e6:.1f} MB")
    for mark, kind in _MARKS.items():
        if data.startswith(mark):
            raise UploadError(f"wanted plain text saved as UTF-8, got {kind}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        row, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = f"0x{data[error.start]:02x}"
        raise UploadError(
            f"row {row}, character {column}: wanted text saved as UTF-8, got the byte {byte}; "
            "save the file again as UTF-8"
        ) from error
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise UploadError(f"row {row}: wanted plain text, got a zero byte, as in programs and pictures")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UploadError("wanted a text, got an empty file")
    return text


def read_labelled(text: str) -> list[tuple[str, str]]:
    """(text, label) of every row of a CSV with these two columns, in the file's order.

    Raises UploadError for a missing column or value, too few rows, one class only, or a class of
    fewer than four rows.
    """
    table = read_table(text, ("text", "label"), most=MOST_TEXTS)
    for number, (written, _) in zip(table.numbers, table.rows, strict=True):
        if len(written) > LONGEST_TEXT:
            raise UploadError(
                f"row {number}, column text: wanted at most {LONGEST_TEXT} characters, got {len(written)}"
            )
    if len(table.rows) < LEAST_LABELLED:
        raise UploadError(f"wanted at least {LEAST_LABELLED} rows below the header, got {len(table.rows)}")
    counted = Counter(label for _, label in table.rows)
    if len(counted) == 1:
        raise UploadError(
            f"column label: wanted at least two classes, got only {shortened(next(iter(counted)))}"
        )
    if len(counted) > MOST_LABELS:
        raise UploadError(f"column label: wanted at most {MOST_LABELS} classes, got {len(counted)}")
    label, count = counted.most_common()[-1]
    if count < LEAST_PER_LABEL:
        row = next(n for n, r in zip(table.numbers, table.rows, strict=True) if r[1] == label)
        raise UploadError(
            f"row {row}, column label: wanted at least {LEAST_PER_LABEL} rows of each class, "
            f"got {count} of {shortened(label)}"
        )
    return [(written, label) for written, label in table.rows]


def read_sessions(text: str) -> list[tuple[str, ...]]:
    """The items of each session of a CSV with the columns session and item, in the file's order.

    Rows of one session need not stand together. Sessions of one item teach nothing and are left
    out. White space and commas at the ends of an item's name, and line ends in it, are tidied away.
    Raises UploadError for a missing column or value, or too few sessions, or too few or many items.
    """
    table = read_table(text, ("session", "item"))
    sessions: dict[str, list[str]] = {}
    for number, (session, item) in zip(table.numbers, table.rows, strict=True):
        name = " ".join(item.split()).strip(" ,")
        if not 0 < len(name) <= LONGEST_ITEM:
            raise UploadError(
                f"row {number}, column item: wanted a name of 1 to {LONGEST_ITEM} characters, "
                f"got {shortened(item)}"
            )
        sessions.setdefault(session, []).append(name)
    useful = [tuple(items) for items in sessions.values() if len(items) > 1]
    if len(useful) < LEAST_SESSIONS:
        raise UploadError(
            f"column session: wanted at least {LEAST_SESSIONS} sessions of two items or more, "
            f"got {len(useful)} (of {len(sessions)} sessions in all)"
        )
    items = {item for session in useful for item in session}
    if not 3 <= len(items) <= MOST_ITEMS:
        raise UploadError(f"column item: wanted 3 to {MOST_ITEMS:,} different items, got {len(items):,}")
    return useful


def read_sentences(text: str) -> tuple[tuple[str, ...], ...]:
    """The sentences of a text, word by word in lower case. Raises UploadError for too few of them."""
    sentences = sentences_of(text)
    if len(sentences) < LEAST_SENTENCES:
        raise UploadError(
            f"wanted at least {LEAST_SENTENCES} sentences of two words or more, got {len(sentences)}"
        )
    words = {word for sentence in sentences for word in sentence}
    if len(words) < LEAST_WORDS:
        raise UploadError(f"wanted at least {LEAST_WORDS} different words, got {len(words)}")
    return sentences


def sentences_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Sentences of two words or more, in lower case, split at blank lines and at . ; : ! ?"""
    pieces = re.split(r"[.\n]\s*\n|[.;:!?]\s", text)
    sentences = (tuple(re.findall(r"[^\W\d]+(?:'[^\W\d]+)*", piece.lower())) for piece in pieces)
    return tuple(sentence for sentence in sentences if len(sentence) > 1)


def read_table(text: str, columns: tuple[str, ...], *, most: int = MOST_ROWS) -> Table:
    """The named columns of a CSV whose first row is the header; commas, semicolons or tabs divide it.

    Empty rows are skipped; at most `most` others may stand below the header. Raises UploadError,
    naming row and column.
    """
    header_line = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    places: list[int] | None = None
    begins = 1
    try:
        for row in reader:
            number, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if places is None:
                places = _places(row, columns, number)
                continue
            rows.append(_values(row, places, columns, number))
            numbers.append(number)
            if len(rows) > most:
                raise UploadError(f"row {number}: wanted at most {most:,} rows below the header")
    except csv.Error as error:
        raise UploadError(
            f"row {begins}: wanted values with closed quotes, divided by {delimiter!r}; got an error: {error}"
        ) from error
    return Table(rows, numbers)


def _places(header: list[str], columns: tuple[str, ...], number: int) -> list[int]:
    """Where each wanted column stands."""
    names = [name.strip().lower() for name in header]
    for column in columns:
        if names.count(column) != 1:
            how = "twice or more" if column in names else "not at all"
            raise UploadError(
                f"row {number}: wanted one column named {column!r}, got it {how} among "
                f"{', '.join(shortened(name) for name in names[:8])}"
            )
    return [names.index(column) for column in columns]


def _values(row: list[str], places: list[int], columns: tuple[str, ...], number: int) -> tuple[str, ...]:
    """The wanted cells of one row."""
    values = []
    for place, column in zip(places, columns, strict=True):
        value = row[place].strip() if place < len(row) else ""
        if not value:
            came = "an empty cell" if place < len(row) else f"only {len(row)} cells"
            raise UploadError(f"row {number}, column {column}: wanted a value, got {came}")
        values.append(value)
    return tuple(values)
