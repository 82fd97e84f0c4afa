"""The prose of a page: Markdown files, one per page and language, in named sections."""

from __future__ import annotations

import re
from functools import cache

from pages.ui.language import TEXTS, language

SECTION = re.compile(r"^## (\w+)\s*$", re.MULTILINE)


def prose(page: str, section: str) -> str:
    """One section of a page's prose in the visitor's language; English where it has no other.

    A file begins each section with `## name`. Raises KeyError where there is no such section.
    """
    sections = _sections(page, language())
    if section not in sections:
        sections = _sections(page, "en")
    if section not in sections:
        raise KeyError(f"no section {section!r} in text/en/{page}.md; it has {sorted(sections)}")
    return sections[section]


@cache
def _sections(page: str, code: str) -> dict[str, str]:
    path = TEXTS / code / f"{page}.md"
    if not path.exists():
        return {}
    _, *parts = SECTION.split(path.read_text("utf-8"))
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
