"""The page on waiting: measured numbers on first sight, what is counted, the waves of waiting."""

import numpy as np

from models.analysis.parallel import recurrent_operations, transformer_operations
from tests.pages.conftest import asked, payload, sound, texts
from tests.viz.payload import decode, past


def table(page):
    (found,) = [element.value for element in page.dataframe if "Dependent steps" in element.value]
    return found


def test_first_sight_is_measured_and_what_is_counted_is_right(open_page):
    page = open_page("parallel", longest="64", width="32")
    ratio, waits, work, difference = (metric.value for metric in page.metric)
    assert float(ratio[:-1]) > 1
    assert waits == "2"
    assert work == f"{transformer_operations(64, 32, 64, 2) / 1e6:,.1f}"
    assert float(difference) < 1e-5
    found = table(page)
    assert set(found["What"]) == {"reading", "training", "generating"}
    assert sorted(set(found["Positions"])) == [16, 32, 64]
    assert (found["Milliseconds"] > 0).all()
    lstm = found[(found["Network"] == "LSTM") & (found["Positions"] == 64)].set_index("What")
    assert lstm["Dependent steps"].to_dict() == {"reading": 65, "training": 65, "generating": 128}
    assert set(lstm["Operations, forward"]) == {recurrent_operations("lstm", 64, 32, 2)}
    assert len(page.get("plotly_chart")) == 5
    assert texts(page).count("the fastest here") == 3
    assert "steps that wait instead of 128." not in texts(page)


def test_the_waves_of_waiting_move_on_one_clock(open_page):
    page = open_page("parallel", longest="64", width="32", layers="3")
    header, _ = decode(payload(page))
    assert header["moments"] == list(range(1, 25))
    assert header["words"]["step"] == "Moment"
    assert [picture["name"] for picture in header["pictures"]] == ["all at once", "diagonal", "one by one"]
    computed = {
        name: np.isfinite(past(payload(page), name, "data.0.z")).sum((1, 2))
        for name in ("all at once", "diagonal", "one by one")
    }
    assert list(computed["all at once"][:4]) == [8, 16, 24, 24]
    assert list(computed["diagonal"][:4]) == [1, 3, 6, 9]
    assert list(computed["one by one"]) == list(range(1, 25))


def test_a_slider_measures_other_sizes_and_the_link_says_so(open_page):
    page = open_page("parallel", longest="64", width="32")
    page = sound(page.select_slider(key="parallel.layers").set_value(1).run())
    assert page.metric[1].value == "1"
    assert asked(page) == {"longest": "64", "width": "32", "layers": "1"}
    before = list(table(page)["Milliseconds"])
    assert list(table(sound(page.run()))["Milliseconds"]) == before
    assert "measured on this server just now" in texts(page)
    page = sound(page.button(key="parallel.measure").click().run())
    assert page.metric[1].value == "1"
    assert list(table(page)["Milliseconds"]) != before


def test_a_measurement_tells_how_far_it_is_and_one_visitor_does_not_undo_anothers(open_page, monkeypatch):
    told = []
    monkeypatch.setattr(
        "streamlit.delta_generator.DeltaGenerator.progress",
        lambda self, share, text: told.append((share, text)),
    )
    here, there = (open_page("parallel", longest="64", width="32", layers="3") for _ in range(2))
    assert [share for share, _ in told[:9]] == [part / 9 for part in range(9)]
    assert told[0][1] == "Measuring on this machine: Reading a given sequence, 16 positions"
    before = list(table(there)["Milliseconds"])
    assert before == list(table(here)["Milliseconds"])
    sound(here.button(key="parallel.measure").click().run())
    assert list(table(sound(there.run()))["Milliseconds"]) == before


def test_a_link_that_asks_for_nonsense_falls_back(open_page):
    page = open_page("parallel", longest="1e9", width="-3", layers="two")
    assert texts(page).count("The link asked for something that cannot be") == 3
    assert page.metric[1].value == "2"
    assert asked(page) == {}
