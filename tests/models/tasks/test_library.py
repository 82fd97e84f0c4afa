import sys

import pytest

from models.tasks import library
from models.tasks.library import MissingText, check_upload, text_of

PLAIN = "The quick brown fox jumps over the lazy dog.\n" * 12


@pytest.fixture(autouse=True)
def no_resolver_left_behind(monkeypatch):
    monkeypatch.setattr(library, "_resolvers", [])


def test_pythons_own_text_is_there():
    assert len(text_of("pydoc")) > 300_000
    assert "statement" in text_of("pydoc")


def test_a_python_without_the_text_is_told_what_is_missing(monkeypatch):
    library._pydoc.cache_clear()
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(MissingText, match=r"pydoc_data\.topics.*installed without it"):
        text_of("pydoc")
    library._pydoc.cache_clear()


def test_other_texts_come_from_the_resolver():
    library.use({"mine": PLAIN}.__getitem__)
    assert text_of("mine") == PLAIN
    with pytest.raises(MissingText, match="got 'yours'"):
        text_of("yours")


def test_without_a_resolver_only_pythons_text_is_there():
    with pytest.raises(MissingText, match="wanted 'pydoc', the only text here, got 'mine'"):
        text_of("mine")


@pytest.mark.parametrize("text", [PLAIN, PLAIN + "한글과 émojis 🙂\tja\n"])
def test_a_text_in_utf8_is_taken_as_it_is(text):
    assert check_upload(text.encode()) == text
    assert check_upload(b"\xef\xbb\xbf" + text.encode()) == text


def test_line_ends_are_made_uniform():
    assert check_upload(PLAIN.replace("\n", "\r\n").encode()) == PLAIN
    assert check_upload(PLAIN.replace("\n", "\r").encode()) == PLAIN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "at least 400 characters to learn from, got 0"),
        (b"too short", "at least 400 characters to learn from, got 9"),
        (b" " * 5000, "at least 400 characters to learn from, got 0"),
        (b"a" * 2_000_001, "at most 2 MB, got 2.0 MB"),
        (PLAIN.encode("utf-16"), "wanted a text in UTF-8, got a byte that is none at place 0"),
        (PLAIN.encode() + "é".encode("latin-1"), "got a byte that is none at place 540 .0xe9."),
        (PLAIN.encode() + b"\x00", r"control character U\+0000 at place 540"),
        (PLAIN.encode() + b"\x1b[31m", r"control character U\+001B at place 540"),
        (PLAIN.encode() + "\ufdd0".encode(), r"control character U\+FDD0"),
    ],
)
def test_anything_else_is_refused_with_a_reason(data, reason):
    with pytest.raises(ValueError, match=reason):
        check_upload(data)
