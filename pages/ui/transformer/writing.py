"""The network writes: temperature, top-k and top-p, and the table from which each character is drawn."""

from __future__ import annotations

import streamlit as st
import torch
from torch import Tensor

from models.film import network_at, task_of
from models.networks.generation import Sampling, Written, generate
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.live import Shown
from pages.ui.transformer.heads import moment_of

LENGTH = 160
ROWS = 20


def writing(shown: Shown, link: Link, task: Task, probe: Tensor) -> None:
    """What the network of the moment shown writes after the person's text, and one draw laid open."""
    with st.container(border=True):
        st.markdown(f"**{say('It goes on with your text')}**")
        how, seed = _how(link)
        if shown.run.going:
            st.caption(say("Shown as soon as the training stands still: pause it, or wait for its end."))
            return
        step = moment_of(shown)
        written = _written(shown.run.id, step, probe.tolist(), how, seed)
        symbols = task.decode(torch.tensor(written.symbols))
        text = task.text_from(torch.tensor(written.symbols))
        if len(probe) > task.length:
            st.caption(say("It reads the last {n} characters of your text, its window.", n=task.length))
        st.code(task.text_from(probe) + "▌" + text, language=None, wrap_lines=True)
        place = st.slider(
            say("Which of its characters"), 1, LENGTH, key=link.start("draw", 1),
            help=say("The table shows how this character was drawn."),
        )  # fmt: skip
        st.dataframe(_table(written, place - 1, task), hide_index=True, height=320)
        kept = int(written.tables[place - 1].kept.sum())
        st.caption(
            say("Character {place} is {symbol}; {kept} of {all} could be drawn. Weights of update {step}.",
                place=place, symbol=symbols[place - 1], kept=kept, all=len(task.symbols), step=step)
        )  # fmt: skip
        if not how.temperature:
            st.caption(say("At temperature 0 nothing is divided: the likeliest character is always taken."))


def _how(link: Link) -> tuple[Sampling, int]:
    """The four controls of writing; the link says the same."""
    columns = st.columns(4, vertical_alignment="bottom")
    temperature = _slider(
        link, columns[0], "temperature", say("Temperature"), 0.0, 2.0, 0.7, 0.05,
        say("Logits are divided by it: below 1 bolder, above 1 more varied; 0 always takes the likeliest."),
    )  # fmt: skip
    top_k = _slider(
        link, columns[1], "top_k", say("Top-k (characters; 0: all)"), 0, 40, 0, 1,
        say("Only that many of the likeliest characters may be drawn."),
    )  # fmt: skip
    top_p = _slider(
        link, columns[2], "top_p", say("Top-p (share of probability)"), 0.05, 1.0, 1.0, 0.05,
        say("Only the fewest of the likeliest characters that together reach this share."),
    )  # fmt: skip
    seed = _slider(
        link, columns[3], "writing_seed", say("Draw number"), 0, 20, 0, 1,
        say("Another number, other draws; the same number, the same text."),
    )  # fmt: skip
    return Sampling(temperature, top_k, top_p), seed


def _slider(link: Link, column, name: str, label: str, low, high, default, step, help: str):
    kind = type(default)
    try:
        asked = kind(link.asked(name, str(default)))
    except ValueError:
        asked = default
    value = column.slider(
        label, low, high, key=link.start(name, asked if low <= asked <= high else default),
        step=step, help=help, persist_state="session",
    )  # fmt: skip
    link.keep(name, str(value), str(default))
    return value


@st.cache_data(max_entries=200, show_spinner=False)
def _written(run_id: str, step: int, prompt: list, how: Sampling, seed: int) -> Written:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    task = task_of(experiment)
    prompt = torch.tensor(prompt[-task.length :])
    return generate(network, prompt, LENGTH, how, torch.Generator().manual_seed(seed))


def _table(written: Written, place: int, task: Task) -> dict[str, list]:
    """The likeliest characters: logit, scaled, kept, probability."""
    table = written.tables[place]
    symbols = task.decode(torch.from_numpy(table.symbol[:ROWS].copy()))
    drawn = task.decode(torch.tensor([written.symbols[place]]))[0]
    return {
        say("character"): [f"{symbol} ◀" if symbol == drawn else symbol for symbol in symbols],
        say("logit"): [f"{value:.3f}" for value in table.logit[:ROWS]],
        say("scaled: logit / temperature"): [f"{value:.3f}" for value in table.scaled[:ROWS]],
        say("probability if all were kept"): [f"{value:.4f}" for value in table.before[:ROWS]],
        say("kept"): [say("yes") if kept else say("no") for kept in table.kept[:ROWS]],
        say("probability"): [f"{value:.4f}" for value in table.probability[:ROWS]],
    }
