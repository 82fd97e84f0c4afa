"""An experiment as the parameters of a URL, and back: what a page's own defaults say stays out.

It knows an experiment only by its parts (task, task_settings, model, train, start_from), so that
`models.experiment` can stand on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.settings import settings_of, shortened

if TYPE_CHECKING:
    from models.experiment import Experiment


def query_of(
    experiment: Experiment, base: Experiment, tasks: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """URL parameters for what differs from `base`: model and train fields by name, `task.` and a setting.

    tasks: task name -> dataclass of its settings; with it, a setting that `base` changes and the
    experiment leaves at the task's default is named too, so that `experiment_of` gives this experiment
    """
    query = {} if experiment.task == base.task else {"task": experiment.task}
    for mine, theirs in ((experiment.model, base.model), (experiment.train, base.train)):
        for name in settings_of(mine):
            if getattr(mine, name) != getattr(theirs, name):
                query[name] = _written(getattr(mine, name))
    inherited = base.task_options if experiment.task == base.task else {}
    left_alone = _defaults(tasks[base.task], inherited) if tasks else {}
    for name, value in sorted((left_alone | experiment.task_options).items()):
        if name not in inherited or inherited[name] != value:
            query[f"task.{name}"] = _written(value)
    return query


def experiment_of(
    query: Mapping[str, str], base: Experiment, tasks: Mapping[str, Any]
) -> tuple[Experiment, list[str]]:
    """The experiment that a URL asks for, and a notice for every value that could not be taken.

    tasks: task name -> dataclass of its settings (`models.tasks.TASKS`). Unknown names are left
    alone: they may belong to something else on the page.
    """
    notices: list[str] = []
    task = query.get("task", base.task)
    if task not in tasks:
        notices.append(f"task: wanted one of {', '.join(sorted(tasks))}, got {shortened(task)}")
        task = base.task
    options = base.task_options if task == base.task else {}
    for name, setting in settings_of(tasks[task]).items():
        if f"task.{name}" in query:
            _take(options, name, setting, query[f"task.{name}"], notices)
    model = _changed(base.model, query, notices)
    train = _changed(base.train, query, notices)
    return dataclasses.replace(base, task=task, task_settings=options, model=model, train=train), notices


def _defaults(task: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: field.default for field in dataclasses.fields(task) if field.name in names}


def _written(value: bool | int | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _take(into: dict[str, Any], name: str, setting: Any, given: str, notices: list[str]) -> None:
    try:
        into[name] = setting.parse(given)
    except ValueError as error:
        notices.append(f"{name}: {error}")


def _changed(base: Any, query: Mapping[str, str], notices: list[str]) -> Any:
    """`base` with the fields that the query names; `base` as it is where together they are refused."""
    changes: dict[str, Any] = {}
    for name, setting in settings_of(base).items():
        if name in query:
            _take(changes, name, setting, query[name], notices)
    try:
        return dataclasses.replace(base, **changes)
    except ValueError as error:
        notices.append(str(error))
        return base
