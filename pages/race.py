"""The race: RNN, LSTM, GRU and Transformer on the same data; who wins depends on what is held equal."""

from models.film import task_of
from models.looks_recurrent import answer_look
from models.prepared import RACE
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.memory.entrants import entrants, race_controls, starters
from pages.ui.pictures.race import answers_side_by_side, race_pictures, reach_of_each
from pages.ui.training.group import live_group

TASKS = ("remember_first", "write_keep_clear", "brackets", "temporal_order", "reviews", "equal_numbers")

link = begin("race", "The race")
reference = experiment_controls(
    link,
    RACE,
    tasks=TASKS,
    model=("hidden", "layers", "forget_bias"),
    ranges={"hidden": (4, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256)},
    train=("learning_rate", "batch_size", "steps"),
    task_settings=("lag", "lags", "fillers", "length", "depth", "most"),
)
race = race_controls(link)
runners = entrants(reference, race)
starters(runners)
task = task_of(reference)
probe = probe_editor(link, task)
tokens = task.decode(probe)


def pictures(group):
    return [*race_pictures(group, task), *answers_side_by_side(group, task, tokens)]


def detail(group):
    reach_of_each(link, group, task)


live_group(
    link,
    {runner.name: runner.experiment for runner in runners},
    pictures=pictures,
    prepared=reference == RACE and race.is_default,
    look=answer_look(probe),
    look_key=f"answer {probe.tolist()}",
    detail=detail,
)
end("race")
