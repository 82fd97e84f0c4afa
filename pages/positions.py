"""Positions: each way to tell a Transformer the order, laid open, trained, and read beyond its training."""

from models.claims.transformer import characters_experiment, order_experiment
from models.experiment import POSITIONS
from models.film import task_of
from models.looks_transformer import order_look
from models.prepared import PREPARED_GROUPS
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.controls.views import view_choice
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.presets import presets
from pages.ui.training.group import live_group
from pages.ui.transformer.encodings import encoding_view
from pages.ui.transformer.extrapolation import DEFAULT, bits_beyond, longer_experiment
from pages.ui.transformer.heads import short_probe
from pages.ui.transformer.positions_trained import (
    accuracy_picture,
    encodings_chosen,
    trained_pictures,
    who_notices,
    with_each,
)

VIEWS = {
    "encodings": say("The encodings"),
    "trained": say("Trained"),
    "longer": say("Longer than training"),
}
RANGES = {"hidden": (8, 96), "layers": (1, 3), "heads": (1, 8), "steps": (50, 1000),
          "batch_size": (8, 128), "length": (4, 32)}  # fmt: skip
BASE = order_experiment("sinusoidal")
PRESETS = {
    "shift by one place": order_experiment("sinusoidal", "shift"),
    "count: needs no order": order_experiment("sinusoidal", "count"),
}

link = begin("positions", "Positions: where order comes from")
view = view_choice(link, VIEWS)

if view == "encodings":
    encoding_view(link, PREPARED_GROUPS["positions"])

if view == "trained":
    presets("positions", BASE, PRESETS, view="trained")
    experiment = experiment_controls(
        link,
        BASE,
        model=("hidden", "layers", "heads"),
        ranges=RANGES,
        task_settings=("rule", "length"),
    )
    kinds = encodings_chosen(link, "encodings", POSITIONS)
    task = task_of(experiment)
    probe = short_probe(link, task)
    tokens = task.decode(probe)
    live_group(
        link,
        with_each(experiment, kinds),
        pictures=lambda group: trained_pictures(group, task, tokens),
        prepared=experiment == BASE,
        look=order_look(probe),
        look_key=f"order {probe.tolist()}",
        detail=lambda group: who_notices(link, group),
        columns=3,
    )

if view == "longer":
    experiment = longer_experiment(link)
    kinds = encodings_chosen(link, "longer", DEFAULT)
    task = task_of(experiment)
    live_group(
        link,
        with_each(experiment, kinds),
        pictures=lambda group: [accuracy_picture(group, task)],
        prepared=experiment == characters_experiment("alibi") and tuple(kinds) == DEFAULT,
        look=order_look(task.encode(task.example()[:16])),
        look_key="longer",
        detail=lambda group: bits_beyond(link, group, task),
    )
end("positions")
