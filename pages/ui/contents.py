"""The table of contents: sections, titles, order. A page's address is its file's name."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.language import say

PAGES = Path(__file__).parent.parent
HOME = "home"
SECTIONS: dict[str, list[tuple[str, str, str]]] = {
    "Start": [("home", "Home", "home")],
    "Memory": [
        ("rnn", "RNN: reading word by word", "linear_scale"),
        ("lstm", "LSTM: gates that remember", "memory"),
        ("gru", "GRU: the lighter gates", "tune"),
        ("race", "The race", "flag"),
    ],
    "Sequence to sequence": [
        ("seq2seq", "A sentence in one vector", "compress"),
        ("attention", "Attention: looking back", "visibility"),
    ],
    "Transformer": [
        ("transformer", "The Transformer: attention alone", "auto_awesome_motion"),
        ("attention_heads", "Self-attention heads", "grid_view"),
        ("positions", "Positions: where order comes from", "pin"),
        ("parallel", "All positions at once", "bolt"),
        ("circuits", "Circuits appear", "hub"),
    ],
    "Language": [
        ("embeddings", "Words become vectors", "scatter_plot"),
        ("order_matters", "Order matters", "sort"),
        ("pretraining", "BERT and GPT", "school"),
        ("transfer", "Transfer learning", "move_down"),
        ("recommend", "In a shop", "storefront"),
        ("pretrained", "A real pre-trained model", "folder_open"),
    ],
}
"""Section -> its pages: file name, title, icon."""


def pages_of(section: str) -> list[tuple[str, str, str]]:
    """The pages of a section whose file is there."""
    return [entry for entry in SECTIONS[section] if (PAGES / f"{entry[0]}.py").exists()]


def contents() -> dict[str, list[st.Page]]:
    """The pages for `st.navigation`.

    Streamlit serves its default page at the root only, so the root is a hidden page that leads to /home.
    """
    listed = {
        say(section): [_page(*entry) for entry in pages_of(section)]
        for section in SECTIONS
        if pages_of(section)
    }
    listed[say("Start")].append(st.Page(_root, url_path="root", default=True, visibility="hidden"))
    return listed


def _root() -> None:
    st.switch_page(PAGES / f"{HOME}.py", query_params=st.query_params.to_dict())


def _page(name: str, title: str, icon: str) -> st.Page:
    return st.Page(PAGES / f"{name}.py", title=say(title), icon=f":material/{icon}:", url_path=name)
