"""Every string that a person reads goes through `say`; English is the source."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.pofile import read_po

TEXTS = Path(__file__).parent.parent / "text"
LANGUAGES = {"en": "English"} | ({"ko": "한국어"} if (TEXTS / "ko" / "messages.po").exists() else {})


def language() -> str:
    """The language of this visitor: `lang` in the URL, else the browser's, else English."""
    asked = st.query_params.get("lang") or (st.context.locale or "en").split("-")[0]
    return asked if asked in LANGUAGES else "en"


def say(text: str, /, **values: object) -> str:
    """The text in the visitor's language, its {names} filled in."""
    told = _catalogue(language()).get(text, text)
    return told.format(**values) if values else told


@cache
def _catalogue(code: str) -> dict[str, str]:
    path = TEXTS / code / "messages.po"
    if code == "en" or not path.exists():
        return {}
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id and message.string}
