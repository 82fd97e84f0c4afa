"""Home: what this is, where to start, recent runs."""

import streamlit as st

from models.film import task_of
from models.looks import sequence_look
from models.prepared import PREPARED
from pages.ui.contents import pages_of
from pages.ui.frame import begin
from pages.ui.language import say
from pages.ui.pictures.common import tap_pictures
from pages.ui.prose import prose
from pages.ui.training.live import replay
from pages.ui.training.recent import recent_runs

CARDS = {
    "Memory": "memory",
    "Sequence to sequence": "seq2seq",
    "Transformer": "transformer",
    "Language": "language",
}
SHOWN = PREPARED["lstm"]
TAPS = ("layers.0.forget_gate", "layers.0.cell_state")
NOTES = {
    "forget_gate": say(
        "An LSTM learns when to let go: dark where a new letter is written (=) or cleared (-)."
    ),
    "cell_state": say("What its cells hold in the meantime."),
}

link = begin("home", "Unrolled: watch networks learn to remember")
task = task_of(SHOWN)
probe = task.encode(task.example())
replay(
    link,
    SHOWN,
    look=sequence_look(probe),
    look_key=f"sequence {probe.tolist()}",
    pictures=lambda run, film: tap_pictures(film, TAPS, task.decode(probe), NOTES),
)
st.page_link(
    "pages/lstm.py", label=say("Open this network, change it, train it"), icon=":material/play_arrow:"
)

st.subheader(say("The story"), anchor=False)
st.markdown(prose("home", "story"))
sections = [section for section in CARDS if pages_of(section)]
for column, section in zip(st.columns(len(sections)), sections, strict=True):
    with column.container(border=True, height="stretch"):
        st.markdown(f"**{say(section)}**")
        st.markdown(prose("home", CARDS[section]))
        for name, title, icon in pages_of(section):
            st.page_link(f"pages/{name}.py", label=say(title), icon=f":material/{icon}:")

left, right = st.columns([1, 2])
with left:
    st.subheader(say("How it is used"), anchor=False)
    st.markdown(prose("home", "how"))
with right:
    st.subheader(say("Recent runs"), anchor=False)
    recent_runs()
