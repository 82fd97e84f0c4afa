import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.settings import settings_of
from models.tasks import TASKS


def values_of(setting):
    """A strategy for all that a setting accepts."""
    match setting.kind:
        case "whole":
            return st.integers(int(setting.low), int(setting.high))
        case "real":
            return st.floats(setting.low, setting.high)
        case "choice":
            return st.sampled_from(setting.options)
        case "switch":
            return st.booleans()
    return st.text(max_size=min(int(setting.high), 30))


def configs(kind):
    fields = {name: values_of(setting) for name, setting in settings_of(kind).items()}

    def build(values):
        if kind is ModelConfig and values["kind"] == "transformer":
            values["hidden"] = values["heads"] * max(1, values["hidden"] // values["heads"])
        return kind(**values)

    return st.fixed_dictionaries(fields).map(build)


@st.composite
def task_choices(draw):
    key = draw(st.sampled_from(sorted(TASKS)))
    known = {n: values_of(s) for n, s in settings_of(TASKS[key]).items()}
    return key, draw(st.fixed_dictionaries({}, optional=known))


@st.composite
def experiments(draw, deeper=True):
    key, options = draw(task_choices())
    before = draw(st.none() | experiments(deeper=False)) if deeper else None
    return Experiment(key, options, draw(configs(ModelConfig)), draw(configs(TrainConfig)), before)


@settings(deadline=None, max_examples=60)
@given(experiments())
def test_json_gives_the_same_experiment_back(experiment):
    again = Experiment.from_json(experiment.to_json())
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert again.to_json() == experiment.to_json()
    assert again.digest == experiment.digest


@settings(deadline=None, max_examples=60)
@given(experiments(), experiments())
def test_a_link_gives_the_same_experiment_back_on_any_page(experiment, base):
    base = dataclasses.replace(base, start_from=experiment.start_from)
    query = experiment.to_query(base)
    assert all(isinstance(text, str) for text in query.values())
    again, notices = Experiment.from_query(query, base, TASKS)
    assert notices == []
    assert again.model == experiment.model
    assert again.train == experiment.train
    assert again.task == experiment.task
    inherited = base.task_options if base.task == experiment.task else {}
    assert again.task_options == inherited | experiment.task_options
    whole, notices = Experiment.from_query(experiment.to_query(base, TASKS), base, TASKS)
    assert notices == []
    given = {field.name: field.default for field in dataclasses.fields(TASKS[experiment.task])}
    assert given | whole.task_options == given | experiment.task_options


@settings(deadline=None, max_examples=60)
@given(experiments(), experiments())
def test_digests_are_equal_for_equal_experiments_alone(one, other):
    assert (one.digest == other.digest) == (one.to_json() == other.to_json())
    assert len(one.digest) == 16


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["task", "hidden", "kind", "heads", "lr", "seed", "task.lag"]), st.text())
)
def test_no_link_whatever_raises(query):
    base = Experiment("remember_first", {"lag": 7})
    experiment, notices = Experiment.from_query(query, base, TASKS)
    assert isinstance(experiment, Experiment)
    assert all("wanted" in notice and "got" in notice for notice in notices)


def test_what_a_page_says_already_stays_out_of_the_link():
    base = Experiment("remember_first", {"lag": 7}, ModelConfig("gru", hidden=8), TrainConfig(50, seed=3))
    assert base.to_query(base) == {}
    changed = dataclasses.replace(base, model=dataclasses.replace(base.model, bidirectional=True))
    assert changed.to_query(base) == {"bidirectional": "true"}


def test_bad_values_fall_back_each_alone_with_a_notice():
    base = Experiment("remember_first", {"lag": 7}, ModelConfig("gru", hidden=8))
    query = {"hidden": "9999", "layers": "2", "task.lag": "x", "seed": "5", "unknown": "left alone"}
    experiment, notices = Experiment.from_query(query, base, TASKS)
    assert (experiment.model.hidden, experiment.model.layers, experiment.train.seed) == (8, 2, 5)
    assert experiment.task_options == {"lag": 7}
    assert sorted(notices) == [
        "hidden: wanted a whole number from 1 to 256 units, got '9999'",
        "lag: wanted a whole number from 1 to 200 steps, got 'x'",
    ]


def test_an_unknown_task_falls_back_with_a_notice():
    experiment, notices = Experiment.from_query({"task": "fly"}, Experiment(), TASKS)
    assert experiment.task == "write_keep_clear"
    assert "got 'fly'" in notices[0]


def test_values_refused_together_fall_back_together():
    base = Experiment(model=ModelConfig("transformer", hidden=32, heads=4))
    experiment, notices = Experiment.from_query({"heads": "5", "layers": "2"}, base, TASKS)
    assert experiment.model.heads == 4
    assert notices == ["heads: wanted a divisor of the 32 hidden units, got 5"]


def test_a_zero_is_a_zero():
    assert Experiment(train=TrainConfig(clip=-0.0)).digest == Experiment(train=TrainConfig(clip=0)).digest


def test_the_order_of_task_settings_does_not_matter():
    one = Experiment("remember_first", {"lag": 3, "choices": 4})
    other = Experiment("remember_first", (("choices", 4), ("lag", 3)))
    assert one == other and one.digest == other.digest


NO_EXPERIMENTS = (
    "",
    "null",
    "[]",
    "{",
    "[" * 100_000,
    '{"task": 1}',
    '{"task": "a", "model": {}, "train": {"steps": 0}}',
    '{"task": "a", "model": {"wings": 2}, "train": {}}',
    '{"task": "a", "model": 3, "train": {}}',
    '{"task": "a", "task_settings": 5, "model": {}, "train": {}}',
    '{"task": "a", "task_settings": [["x"]], "model": {}, "train": {}}',
    '{"task": "a", "task_settings": {"x": [1]}, "model": {}, "train": {}}',
    '{"task": "a", "task_settings": {"x": NaN}, "model": {}, "train": {}}',
    '{"task": "a", "model": {}, "train": {}, "start_from": 7}',
)


@pytest.mark.parametrize("document", NO_EXPERIMENTS)
def test_any_other_document_is_refused(document):
    with pytest.raises(ValueError, match="wanted"):
        Experiment.from_json(document)


@settings(deadline=None, max_examples=80)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["task", "model", "train", "task_settings", "start_from", "steps"]), x
            )
        ),
    )
)
def test_any_json_is_an_experiment_or_a_value_error(document):
    try:
        Experiment.from_json(json.dumps(document))
    except ValueError as error:
        assert "wanted" in str(error)


def test_every_default_is_within_its_own_bounds():
    for owner in (ModelConfig, TrainConfig, *TASKS.values()):
        for name, setting in settings_of(owner).items():
            default = next(f.default for f in dataclasses.fields(owner) if f.name == name)
            assert setting.accepts(default), (owner, name)
            assert setting.label and setting.help.endswith("."), (owner, name)


def test_experiments_need_no_torch():
    code = "import sys, models.experiment; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
