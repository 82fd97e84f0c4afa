"""The race is fair in what it says it holds equal."""

import dataclasses

import pytest

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.film import task_of
from models.networks.sizes import count_parameters
from models.prepared import RACE, RACE_SEEDS, all_prepared
from models.race import EQUAL, KINDS, entrants

REFERENCE = Experiment(
    "remember_first", {"lag": 5}, ModelConfig("lstm", hidden=11, heads=2, feed_forward=24), TrainConfig(7)
)


def test_equal_parameters_are_as_near_as_one_unit_allows():
    task = task_of(REFERENCE)
    target = count_parameters(REFERENCE.model, task)
    for runner in entrants(REFERENCE, KINDS, "parameters", 1):
        model = runner.experiment.model
        step = 4 if model.kind == "transformer" else 1
        near = [model.hidden - step, model.hidden, model.hidden + step]
        distances = [
            abs(count_parameters(dataclasses.replace(model, hidden=hidden), task) - target) for hidden in near
        ]
        assert runner.parameters == count_parameters(model, task)
        assert min(distances) == distances[1]


def test_equal_units_are_equal_but_for_a_transformers_heads():
    units = {r.kind: r.experiment.model.hidden for r in entrants(REFERENCE, KINDS, "units", 1)}
    assert units == {"rnn": 11, "lstm": 11, "gru": 11, "transformer": 12}


def test_everything_else_is_the_same_and_seeds_differ():
    runners = entrants(REFERENCE, ("gru", "rnn"), "units", 3)
    assert [runner.name for runner in runners][:3] == ["GRU · seed 0", "RNN · seed 0", "GRU · seed 1"]
    assert len({runner.name for runner in runners}) == 6
    for runner in runners:
        experiment = runner.experiment
        assert (experiment.task, experiment.task_settings) == (REFERENCE.task, REFERENCE.task_settings)
        assert experiment.train == dataclasses.replace(REFERENCE.train, seed=runner.seed)


def test_nothing_else_can_be_held_equal():
    with pytest.raises(ValueError, match="wanted one of parameters, units, got 'seconds'"):
        entrants(REFERENCE, ("rnn",), "seconds", 1)


def test_what_the_page_opens_on_is_prepared():
    prepared = all_prepared()
    assert all(r.experiment in prepared for r in entrants(RACE, KINDS, EQUAL[0], RACE_SEEDS))
