"""Who runs in the race, what is held equal, over how many seeds."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from models.experiment import Experiment
from models.prepared import RACE_SEEDS
from models.race import EQUAL, KINDS, NAMES, Runner
from models.race import entrants as _entrants
from pages.ui.language import say
from pages.ui.link import Link

MOST_SEEDS = 5


@dataclass(frozen=True, slots=True)
class Race:
    """What a person chose beside the experiment itself."""

    kinds: tuple[str, ...]
    held: str
    seeds: int

    @property
    def is_default(self) -> bool:
        """Whether this is what the page opens on."""
        return self == Race(KINDS, EQUAL[0], RACE_SEEDS)


def race_controls(link: Link) -> Race:
    """The race's own controls, in the sidebar; the link says the same."""
    with st.sidebar:
        st.caption(say("The race"))
        asked = tuple(kind for kind in link.asked("kinds", ",".join(KINDS)).split(",") if kind in KINDS)
        kinds = st.pills(
            say("Networks"), KINDS, selection_mode="multi", format_func=NAMES.get,
            key=link.start("kinds", list(asked or KINDS)), help=say("Who takes part."),
        )  # fmt: skip
        wanted = link.asked("held", EQUAL[0])
        held = st.segmented_control(
            say("Held equal"), EQUAL, key=link.start("held", wanted if wanted in EQUAL else EQUAL[0]),
            format_func=lambda name: say(name), required=True,
            help=say("The LSTM has the units set above; the others get as many of the same."),
        )  # fmt: skip
        number = link.asked("seeds", str(RACE_SEEDS))
        start = min(int(number), MOST_SEEDS) if number.isdecimal() and int(number) else RACE_SEEDS
        seeds = st.slider(
            say("Seeds (runs of each)"), 1, MOST_SEEDS, key=link.start("seeds", start),
            help=say("Other initial weights, other data. One run proves little."),
        )  # fmt: skip
    kinds = tuple(kind for kind in KINDS if kind in kinds)
    if not kinds:
        st.warning(say("Choose at least one network in the sidebar; all take part for now."),
                   icon=":material/flag:")  # fmt: skip
        kinds = KINDS
    link.keep("kinds", ",".join(kinds), ",".join(KINDS))
    link.keep("held", held, EQUAL[0])
    link.keep("seeds", str(seeds), str(RACE_SEEDS))
    return Race(kinds, held, seeds)


@st.cache_data(max_entries=100, show_spinner=False)
def entrants(reference: Experiment, race: Race) -> list[Runner]:
    """The runners; counting parameters takes a moment, so it is remembered."""
    return _entrants(reference, race.kinds, race.held, race.seeds)


def starters(runners: list[Runner]) -> None:
    """Units and parameters of each kind, before anything is trained."""
    sizes = [
        say(
            "**{name}** {units} units, {n:,} parameters",
            name=NAMES[runner.kind],
            units=runner.experiment.model.hidden,
            n=runner.parameters,
        )
        for runner in runners
        if runner.seed == 0
    ]
    st.markdown(" · ".join(sizes))
