"""The controls of an experiment, made from the settings themselves: one sidebar for all pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from models.experiment import Experiment
from models.settings import Setting, settings_of
from models.tasks import TASKS
from pages.ui.controls.upload import text_control
from pages.ui.language import say
from pages.ui.link import Link

LEARNING_RATES = tuple(float(f"{digit}e{power}") for power in range(-5, 0) for digit in (1, 1.5, 2, 3, 5, 7))
"""The stops of a slider for learning rates."""


def experiment_controls(
    link: Link,
    base: Experiment,
    *,
    tasks: Sequence[str] = (),
    model: Sequence[str] = (),
    train: Sequence[str] = ("learning_rate", "batch_size", "steps", "seed"),
    ranges: Mapping[str, tuple[float, float]] | None = None,
    task_settings: Sequence[str] | None = None,
) -> Experiment:
    """The experiment that a person sets in the sidebar; the URL and the widgets say the same.

    base: the page's own defaults, which a bare link shows
    tasks: the tasks offered; only the base's where empty
    model, train: the fields that the page offers, in order
    ranges: narrower limits for this page's sliders, by field name
    task_settings: the task's settings to offer; all where None
    """
    offered = {name: TASKS[name] for name in (*tasks, base.task)}
    asked, notices = Experiment.from_query(link.given, base, offered)
    if "kind" not in model and asked.model.kind != base.model.kind:
        notices.append(f"kind: wanted {base.model.kind} on this page, got {asked.model.kind}")
        asked = dataclasses.replace(asked, model=base.model)
    if link.fresh and notices:
        _tell(notices)
    limits = dict(ranges or {})
    with st.sidebar:
        task = _task_choice(link, asked, tasks)
        base_options = base.task_options if task == base.task else {}
        current = asked.task_options if task == asked.task else {}
        options = _task_controls(link, task, base_options | current, task_settings, limits)
        if model:
            st.caption(say("Network"))
        shape = {name: _control(link, name, asked.model, limits) for name in model}
        st.caption(say("Training"))
        ways = {name: _control(link, name, asked.train, limits) for name in train}
    return _experiment(link, base, asked, task, options, shape, ways)


def _tell(notices: Sequence[str]) -> None:
    """What the link asked for in vain, in one box however much it is."""
    told = notices[0] if len(notices) == 1 else "\n".join(("", *(f"- {notice}" for notice in notices)))
    st.warning(
        say("The link asked for something that cannot be: {what}", what=told), icon=":material/link_off:"
    )


def _experiment(
    link: Link,
    base: Experiment,
    asked: Experiment,
    task: str,
    options: dict[str, Any],
    shape: dict[str, Any],
    ways: dict[str, Any],
) -> Experiment:
    """Put the parts together and write the link; a combination that means nothing is explained."""
    try:
        experiment = Experiment(
            task,
            options,
            dataclasses.replace(asked.model, **shape),
            dataclasses.replace(asked.train, **ways),
            base.start_from,
        )
        TASKS[task](**options)
    except ValueError as error:
        st.warning(str(error), icon=":material/tune:")
        experiment = base
    own = {"task", *settings_of(base.model), *settings_of(base.train)}
    own |= {name for name in link.given if name.startswith("task.")}
    link.write(experiment.to_query(base), own)
    return experiment


def _task_choice(link: Link, asked: Experiment, tasks: Sequence[str]) -> str:
    if len(tasks) < 2:
        return asked.task
    key = link.start("task", asked.task)
    return st.selectbox(
        say("Task"),
        tasks,
        key=key,
        format_func=lambda name: say(TASKS[name].title),
        help=say("What the network has to learn. Changing it starts from the task's own settings."),
        persist_state="session",
    )


def _task_controls(
    link: Link,
    task: str,
    values: dict[str, Any],
    offered: Sequence[str] | None,
    limits: dict[str, tuple[float, float]],
) -> dict[str, Any]:
    """The task's own settings; only what differs from its defaults is part of the experiment."""
    defaults = {f.name: f.default for f in dataclasses.fields(TASKS[task])}
    options = dict(values)
    for name, setting in settings_of(TASKS[task]).items():
        if offered is not None and name not in offered:
            continue
        value = values.get(name, defaults[name])
        if name == "text":
            options[name] = text_control(link, f"task.{task}.{name}", value)
            continue
        if setting.kind == "text":
            continue
        options[name] = setting_control(link, f"task.{task}.{name}", setting, value, limits.get(name))
    return {name: value for name, value in options.items() if name in values or value != defaults[name]}


def _control(link: Link, name: str, owner: Any, limits: dict[str, tuple[float, float]]) -> Any:
    return setting_control(link, name, settings_of(owner)[name], getattr(owner, name), limits.get(name))


def setting_control(
    link: Link, name: str, setting: Setting, value: Any, limit: tuple[float, float] | None = None
) -> Any:
    """The widget that fits a setting, with its unit and its help text; the value it is set to."""
    named = setting.unit.lower() in setting.label.lower()
    label = say(setting.label) + ("" if named else f" ({say(setting.unit)})")
    shared = {"help": say(setting.help), "persist_state": "session"}
    if setting.kind == "switch":
        return st.toggle(label, key=link.start(name, value), **shared)
    if setting.kind == "choice":
        return st.selectbox(
            label, setting.options, key=link.start(name, value),
            format_func=lambda option: say(str(option).replace("_", " ")), **shared,
        )  # fmt: skip
    if setting.kind == "text":
        return st.text_input(label, key=link.start(name, value), max_chars=int(setting.high), **shared)
    if name == "seed":
        return st.number_input(label, 0, int(setting.high), key=link.start(name, value), step=1, **shared)
    low, high = limit or (setting.low, setting.high)
    low, high = min(low, value), max(high, value)
    if setting.logarithmic:
        key = link.start(name, value)
        stops = sorted({*(r for r in LEARNING_RATES if low <= r <= high), value, st.session_state[key]})
        return st.select_slider(label, stops, key=key, format_func="{:g}".format, **shared)
    number = int if setting.kind == "whole" else float
    step = number(setting.step) or (high - low) / 100
    return st.slider(
        label, number(low), number(high), key=link.start(name, value), step=number(step), **shared
    )
