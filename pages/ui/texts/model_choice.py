"""Which model is looked into: one of ours, one of the operator's folder, or one of the hub by name."""

from __future__ import annotations

import streamlit as st

from models import model_shelf
from models.claims.language import grammar_experiment
from models.film import network_at, task_of
from models.model_shelf import Reading
from models.pretrained import PretrainedError, PretrainedModel, available
from models.settings import shortened
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import attend, engine, ensure, store, visitor
from pages.ui.training.live import TICK

OWN = {f"own-{form}": grammar_experiment(form) for form in ("masked", "causal")}
OWN_NAMES = {
    "own-masked": "Our own small BERT",
    "own-causal": "Our own small GPT",
}
TEXTS = {"masked": "the capital of france is ___ .", "causal": "the cats near the river"}
NO_BLANK = "the bank lent her the money because she owned a house near the river bank"
"""For a model that cannot guess words."""
MOST_OPEN = 2
"""Real models held in memory at a time."""


def model_choice(link: Link) -> str:
    """The name of the chosen model; what cannot be had is said in one sentence."""
    options = [*OWN, *(model_shelf.names() if available() else [])]
    asked = link.asked("model", options[0])
    if asked not in options and available() and model_shelf.hub_allowed():
        options.append(asked)
    if asked not in options:
        if link.fresh:
            st.warning(
                say("The link asks for a model that is not here: {name}.", name=shortened(asked)),
                icon=":material/link_off:",
            )
        asked = options[0]
    with st.sidebar:
        key = link.start("model", asked)
        if st.session_state[key] not in options:
            options.append(st.session_state[key])
        name = st.selectbox(
            say("Model"), options, key=key, format_func=lambda name: say(OWN_NAMES.get(name, name)),
            help=say("Our own two are trained here within seconds; others are those of the models folder."),
            persist_state="session",
        )  # fmt: skip
        _others(key)
    link.keep("model", name, next(iter(OWN)))
    return name


def _others(key: str) -> None:
    """How to bring a model of one's own."""
    if not available():
        st.info(
            say("To look into a real model, install the optional packages: "
                "`pip install -r requirements-pretrained.txt`."), icon=":material/extension:",
        )  # fmt: skip
        return
    if not model_shelf.names():
        st.caption(
            say("No model lies in the models folder. Whoever runs this server names it by "
                "`UNROLLED_MODELS`; each model is a folder in it, with config.json, tokenizer and "
                "safetensors.")
        )  # fmt: skip
    if not model_shelf.hub_allowed():
        st.caption(say("Fetching models by name is switched off here; `UNROLLED_HUB=yes` switches it on."))
        return
    st.text_input(
        say("… or its name on the Hugging Face hub"), key="pretrained.hub", max_chars=100,
        placeholder="google/bert_uncased_L-2_H-128_A-2",
        help=say("Configuration, tokenizer and safetensors are fetched, no code. At most 2 GB."),
        on_change=_take, args=(key,),
    )  # fmt: skip


def _take(key: str) -> None:
    if name := st.session_state["pretrained.hub"].strip():
        st.session_state[key] = name


def reading_of(link: Link, name: str) -> Reading | None:
    """The chosen model's reading of the person's text; None while there is none to show."""
    if name in OWN:
        return _read_own(link, name)
    try:
        with st.spinner(say("Loading the model …")):
            model = _opened(name)
    except PretrainedError as error:
        st.warning(say("This model cannot be shown: {why}.", why=error), icon=":material/block:")
        return None
    return _read_real(link, model)


def _read_own(link: Link, name: str) -> Reading | None:
    experiment = OWN[name]
    run_id = ensure(experiment, visitor())
    run = store().run(run_id)
    if run.status != "finished":
        _waiting(run_id)
        return None
    task = task_of(experiment)
    network = network_at(experiment, store().snapshot(run_id, store().snapshot_steps(run_id)[-1]))
    example = task.example()
    text = _text(link, name, example, say("Known words: {words}", words=" ".join(task.symbols[4:])))
    try:
        return model_shelf.read_own(network, task, text)
    except ValueError as error:
        _unreadable(error)
        return model_shelf.read_own(network, task, example)


def _read_real(link: Link, model: PretrainedModel) -> Reading:
    example = TEXTS[model.kind] if model.answers else NO_BLANK
    text = _text(link, model.name, example, say("At most 128 tokens."))
    try:
        return model_shelf.read(model, text)
    except PretrainedError as error:
        _unreadable(error)
        return model_shelf.read(model, example)


def _text(link: Link, name: str, example: str, help: str) -> str:
    key = link.start(f"text.{name}", link.asked("text", example))
    text = st.text_input(
        say("Your text (___ is a blank, for BERT)"), key=key, max_chars=1000, help=help,
        persist_state="session",
    )  # fmt: skip
    link.keep("text", text, example)
    return text


def _unreadable(error: ValueError) -> None:
    st.warning(
        say("This text cannot be read: {why}. The example is shown instead.", why=error),
        icon=":material/edit_off:",
    )


def _waiting(run_id: str) -> None:
    """Progress of our own model while it is being trained."""

    @st.fragment(run_every=2 * TICK, key="pretrained.waiting")
    def part() -> None:
        run = store().run(run_id)
        if run.status == "finished":
            st.rerun()
        attend(run_id)
        if run.status in ("failed", "stopped", "paused"):
            st.error(run.reason or say("The training was stopped."), icon=":material/error:")
            st.button(say("Resume"), key="pretrained.resume", on_click=engine().resume, args=(run_id,))
        st.progress(min(1.0, run.step / run.steps), text=say("Our own model is being trained …"))

    part()


@st.cache_resource(max_entries=MOST_OPEN, show_spinner=False)
def _opened(name: str) -> PretrainedModel:
    """A real model, held in memory for everybody; it is only ever read."""
    return model_shelf.open_model(name)
