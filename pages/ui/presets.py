"""Experiments worth opening, one click each: the same page with other settings in its link."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from models.experiment import Experiment
from models.tasks import TASKS
from pages.ui.language import say
from pages.ui.link import begin_with


def presets(page: str, base: Experiment, choices: Mapping[str, Experiment], **own: str) -> None:
    """A row of links: name -> experiment. The page's own is among them, so that one finds back.

    own: further parameters of the page that the links keep, its view for instance
    Every link names its task: one that said nothing would leave all settings as they are.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{page}-presets"):
        st.caption(say("Start from:"), width="content")
        for name, experiment in {say("this page's own"): base, **choices}.items():
            st.page_link(
                f"pages/{page}.py",
                label=say(name),
                query_params=begin_with(own | {"task": experiment.task} | experiment.to_query(base, TASKS)),
                width="content",
            )
