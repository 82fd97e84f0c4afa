"""The GRU page: its gates, its costs beside the others, and what a held gate does."""

import numpy as np

from models.experiment import Experiment
from models.prepared import PREPARED
from models.tasks import TASKS
from pages.ui.services import store
from tests.pages.conftest import asked, has_board, payload, run_until, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past


def trained_with(open_page, **query):
    """The page with a finished short run of these settings."""
    query = {name.replace("__", "."): value for name, value in query.items()}
    experiment, notices = Experiment.from_query(query, PREPARED["gru"], TASKS)
    assert not notices
    return run_until(open_page("gru", **query, run=finish(experiment)), has_board)


def test_gates_costs_and_a_held_gate(open_page):
    page = trained_with(open_page, steps="120", batch_size="32")
    pictures = [picture["name"] for picture in decode(payload(page))[0]["pictures"]]
    assert pictures[:5] == ["answer", *(f"layers.0.{p}" for p in
                            ("update_gate", "reset_gate", "candidate", "hidden_state"))]  # fmt: skip
    z, n, h = (past(payload(page), f"layers.0.{p}", "data.0.z")[-1] for p in
               ("update_gate", "candidate", "hidden_state"))  # fmt: skip
    assert np.allclose(h[:, 1:], z[:, 1:] * h[:, :-1] + (1 - z[:, 1:]) * n[:, 1:], atol=1e-3)

    (table,) = [element.value for element in page.dataframe if "Recurrent parameters" in element.value]
    assert list(table["Network"]) == ["RNN", "LSTM", "GRU"]
    assert table["Recurrent parameters"].str.contains("75%").tolist() == [False, False, True]
    assert table["Our kernel (ms)"].tolist()[1] == "–"

    page = sound(page.selectbox(key="gru.how").set_value("one").run())
    before, after = (metric.value for metric in page.metric)
    assert before.endswith("%") and after.endswith("%")
    assert int(after[:-1]) < int(before[:-1])
    assert asked(page)["how"] == "one"


def test_first_sight_is_the_prepared_run_and_says_which_way_round_z_is(open_page):
    page = run_until(open_page("gru"), has_board)
    assert store().run(asked(page)["run"]).experiment == PREPARED["gru"]
    assert "**keeps** the old state" in texts(page)


def test_a_gru_that_learned_a_text_writes(open_page):
    short = {"task": "characters", "task__length": "24", "steps": "6", "hidden": "5"}
    page = trained_with(open_page, **short, temperature="0.3")
    (written,) = [element.value for element in page.code]
    assert len(written.split("▌")[1]) == 160
    assert page.slider(key="gru.temperature").value == 0.3


def test_a_link_that_asks_for_nonsense_falls_back(open_page):
    assert run_until(
        open_page("gru", change="layers.0.forget_gate", how="x", layer="9", units="-1"), has_board
    )
