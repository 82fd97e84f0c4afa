"""Verdicts compare with guessing; estimates count parameters and follow the machine."""

import pytest

from models.estimate import estimate, machine_speed
from models.experiment import Experiment, ModelConfig, TrainConfig
from models.networks import build_network, parameter_count
from models.tasks import build_task
from models.verdict import verdict

TASK = build_task("remember_first")


@pytest.mark.parametrize(
    ("accuracy", "said"),
    [(TASK.chance, "Still guessing"), (0.4, "found something"), (0.8, "Well on its way"), (0.995, "Solved")],
)
def test_a_verdict_says_how_far_from_guessing(accuracy, said):
    assert said in verdict(TASK, {"accuracy": accuracy, "loss": 1.0})
    assert f"{TASK.chance:.0%}" in verdict(TASK, {"accuracy": accuracy})


def test_a_recommender_is_held_against_popularity():
    shop = build_task("clicks", sessions=200)
    popular = shop.popularity().sort(descending=True).values[:5].sum().item()
    assert "No better than popularity" in verdict(shop, {"accuracy": 0.1, "recall_at_5": popular})
    good = verdict(shop, {"accuracy": 0.1, "recall_at_5": popular + 0.15})
    assert "knows its visitors" in good and f"get {popular:.0%}" in good


def test_without_metrics_nothing_is_claimed():
    assert verdict(TASK, {}) == "Nothing measured yet."


def test_parameters_are_counted_and_seconds_grow_with_the_updates():
    short = Experiment("remember_first", model=ModelConfig(hidden=7), train=TrainConfig(steps=10))
    long = Experiment("remember_first", model=ModelConfig(hidden=7), train=TrainConfig(steps=30))
    assert estimate(short).parameters == parameter_count(build_network(short.model, TASK))
    assert estimate(long).seconds == pytest.approx(3 * estimate(short).seconds)


def test_a_machine_twice_as_slow_is_found_out():
    experiment = Experiment("remember_first", train=TrainConfig(steps=100))
    taken = 2 * estimate(experiment).seconds
    assert machine_speed([(experiment, 50, taken / 2)]) == pytest.approx(2)
    assert machine_speed([]) == 1
