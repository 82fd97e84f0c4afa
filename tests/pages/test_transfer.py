"""The transfer page: arms side by side, layers by hand, every view, links that ask for nonsense."""

import dataclasses

import numpy as np
import pytest

from models.analysis.date_transfer import DATE_ARMS, MODEL, date_arm
from models.analysis.transfer import ARMS
from models.experiment import ModelConfig, TrainConfig
from models.transfer_plan import LABELS, PRETRAININGS, Setup
from pages.ui.services import store
from tests.pages.conftest import asked, payload, sound, texts
from tests.pages.trained import finish
from tests.viz.payload import decode, past
from viz.transfer import LabelCurve

SMALL = ModelConfig("lstm", hidden=6, embedding=5)


@pytest.fixture
def small_first_task(monkeypatch):
    """A first task of a second: the page's own takes ten."""
    base = PRETRAININGS["lstm"]
    small = dataclasses.replace(base, model=SMALL, train=TrainConfig(20, 16, kept=4))
    monkeypatch.setitem(PRETRAININGS, "lstm", small)


def test_arms_stand_side_by_side_and_are_compared(open_page, small_first_task):
    setup = Setup(updates=50, labelled=8)
    for experiment in (*setup.arms().values(), setup.hand([True, False])):
        finish(experiment)
    page = open_page("transfer", updates="50", labelled="8", hand="10")
    assert "Held out: 1,000 reviews" in texts(page)
    assert "to train" not in texts(page)
    assert page.button(key="transfer.resume").disabled
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert {"held out", "gap", "moved", "forgotten", "opinion", "before", "after"} <= set(pictures)
    arms = list(pictures["gap"]["figure"]["data"][0]["x"])
    assert arms[-1] == "by hand" and len(arms) == len(ARMS) + 1
    moved = {arm: past(payload(page), "moved", f"data.{place}.y") for place, arm in enumerate(arms)}
    assert moved["frozen body"].max() == 0
    assert moved["by hand"][-1, 0] > 0 and moved["by hand"][-1, 1] == 0
    assert (moved["all parameters"][-1] > 0).all()
    assert not moved["all parameters"][0].any()
    states = past(payload(page), "after", "data.0.z")
    assert states.shape[:2] == (len(header["moments"]), 6)
    (table,) = page.dataframe
    assert list(table.value["Arm"]) == arms
    assert len(set(table.value["Trained parameters"])) >= 3


def test_a_first_task_is_shown_with_its_sentiment_unit(open_page, small_first_task):
    finish(Setup().pretraining)
    page = open_page("transfer", view="pretrain")
    correlation = past(payload(page), "correlation", "data.0.y")
    assert correlation.shape[1] == 6
    assert np.abs(correlation).max() <= 1.0001


def test_the_sweep_trains_what_is_missing_and_finds_the_rest_in_the_store(
    open_page, small_first_task, monkeypatch
):
    monkeypatch.setattr("models.transfer_plan.LABELS", (8, 16))
    monkeypatch.setattr("pages.ui.texts.label_sweep.LABELS", (8, 16, 64))
    monkeypatch.setattr("models.transfer_plan.ARMS", ("scratch", "frozen"))
    page = open_page("transfer", view="labels", updates="50")
    assert "4 of 4 runs to train" in texts(page)
    for experiment in Setup(updates=50).sweep(1).values():
        finish(experiment)
    page = open_page("transfer", view="labels", updates="50")
    assert page.button(key="transfer.train_all").disabled
    (table,) = page.dataframe
    assert next(iter(table.value["Arm"])) == "from scratch"
    assert table.value["8"][0].endswith("%") and table.value["64"][0] == "–"
    known = {run.id for run in store().recent(500)}
    again = open_page("transfer", view="labels", updates="50")
    assert "4 of 4 runs finished" in [bar.proto.text for bar in again.get("progress")]
    assert {run.id for run in store().recent(500)} == known


def test_train_all_queues_each_run_once(open_page, small_first_task, monkeypatch):
    monkeypatch.setattr("models.transfer_plan.LABELS", (8,))
    setup = Setup(updates=50, draw=77)
    page = open_page("transfer", view="labels", updates="50", draw="77")
    page.button(key="transfer.train_all").click().run()
    found = [store().find(experiment) for experiment in setup.sweep(1).values()]
    assert all(found) and len(set(found)) == len(ARMS)
    assert not page.button(key="transfer.stop_all").disabled
    sound(page.button(key="transfer.stop_all").click().run())


def test_another_language_says_what_it_would_train(open_page):
    page = open_page("transfer", view="dates", newcomer="ko", examples="8")
    assert "4 to train" in texts(page)
    assert asked(page) == {"view": "dates", "newcomer": "ko", "examples": "8"}


def test_attention_of_the_transformer_stands_before_and_after(open_page, monkeypatch):
    small = ModelConfig("transformer", hidden=6, layers=2, heads=3, feed_forward=8, positions="learned")
    first = dataclasses.replace(PRETRAININGS["transformer"], model=small, train=TrainConfig(4, 16, kept=1))
    monkeypatch.setitem(PRETRAININGS, "transformer", first)
    for experiment in Setup("transformer", updates=50).arms().values():
        finish(experiment)
    query = {"network": "transformer", "head": "2", "layer": "0", "updates": "50", "arm": "gradually thawed"}
    page = open_page("transfer", **query)
    header, _ = decode(payload(page))
    pictures = {picture["name"]: picture for picture in header["pictures"]}
    assert pictures["attention after"]["note"] == "gradually thawed, layer 0, head 2"
    values = past(payload(page), "attention after", "data.0.z")
    assert values.shape[1] == values.shape[2] == 11
    np.testing.assert_allclose(values.sum(1), 1, atol=2e-3)
    assert {name: asked(page)[name] for name in query} == query


def test_dates_of_another_language_are_compared(open_page, monkeypatch):
    model = dataclasses.replace(MODEL, hidden=6, embedding=5)
    few = TrainConfig(3, 8)

    def short(*args, **how):
        arm = date_arm(*args, **how)
        base = arm.start_from and dataclasses.replace(arm.start_from, model=model, train=few)
        train = dataclasses.replace(few, frozen=arm.train.frozen)
        return dataclasses.replace(arm, model=model, train=train, start_from=base)

    monkeypatch.setattr("pages.ui.texts.date_transfer.date_arm", short)
    for name in DATE_ARMS:
        finish(short(name, 32, newcomer="fi", seed=0))
    page = open_page("transfer", view="dates")
    curves = {p["name"]: p["figure"]["data"] for p in decode(payload(page))[0]["pictures"]}
    assert [line["name"] for line in curves["exact"]][:2] == ["from scratch", "all parameters"]
    assert len(page.metric) == len(DATE_ARMS)
    assert all(metric.value == "0%" for metric in page.metric)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ask", "weather"),
        ("labelled", "17"),
        ("network", "cnn"),
        ("updates", "-5"),
        ("draw", "many"),
        ("seed", "99999999999999"),
        ("arm", "nobody"),
    ],
)
def test_bad_values_in_a_url_fall_back_with_a_notice(open_page, small_first_task, name, value):
    page = open_page("transfer", **{name: value, "view": "tune"})
    assert f"{name}: wanted" in texts(page)


def test_nonsense_of_views_and_switches_is_let_be(open_page, small_first_task):
    page = open_page("transfer", view="sideways", hand="maybe", probe="zebra")
    assert "zebra" in texts(page)
    assert not page.toggle(key="transfer.hand.wanted").value


def test_an_arm_whose_runs_have_not_all_finished_has_not_failed_yet():
    from pages.ui.texts.label_sweep import _table

    held_out = np.full((1, len(LABELS)), 0.6)
    pending = held_out.copy()
    pending[0, -1] = np.nan
    enough = held_out.copy()
    enough[0, 2:] = 0.97
    curves = {name: LabelCurve(values, values) for name, values in
              {"all": held_out, "some": pending, "good": enough}.items()}  # fmt: skip
    told = {row["Arm"]: row["Labels for 95 %"] for row in _table(curves)}
    assert told == {"all": "not reached", "some": "not yet", "good": str(LABELS[2])}
