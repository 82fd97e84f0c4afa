"""All positions at once: what a Transformer saves, measured on this machine when the page is opened."""

import streamlit as st

from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.waiting import waiting_board
from pages.ui.prose import prose
from pages.ui.transformer.measured import counted_charts, headlines, numbers, seconds_charts
from pages.ui.transformer.measuring import measured, size_controls

link = begin("parallel", "All positions at once")
sizes = size_controls(link)
top = st.container()
st.subheader(say("Who waits for whom"), anchor=False)
st.caption(
    say("Each square is one layer at one position. The number says at which moment it can be computed.")
)
waiting_board("parallel", sizes.layers)
found = measured(link, sizes, top)  # takes seconds: what needs no measuring stands already
with top:
    headlines(found, sizes)

st.subheader(say("Seconds, measured here and now"), anchor=False)
seconds_charts("parallel", found)
st.info(prose("parallel", "note"), icon=":material/balance:")

st.subheader(say("Counted: the same on every machine"), anchor=False)
counted_charts("parallel", found)
numbers(found)
end("parallel")
