"""Transfer learning: few labels are enough for a network that has learnt the language first."""

import streamlit as st

from models.film import task_of
from models.looks_transfer import TransferLook, language_look
from models.transfer_plan import Setup
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.views import view_choice
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.common import curve_pictures, sample_pictures
from pages.ui.pictures.transfer import arm_pictures, before_and_after, language_pictures, opinion_picture
from pages.ui.texts.date_transfer import date_transfer
from pages.ui.texts.label_sweep import label_sweep
from pages.ui.texts.transfer import ARM_NAMES, arm_to_show, hand_choice, part_name, setup_controls
from pages.ui.texts.transfer_results import first_task, first_training, results
from pages.ui.training.group import live_group
from pages.ui.training.live import live

VIEWS = {
    "tune": "Fine-tune on few labels",
    "pretrain": "First: read without labels",
    "labels": "How many labels?",
    "dates": "Another language",
}

link = begin("transfer", "Transfer learning")
setup = setup_controls(link)
view = view_choice(link, {name: say(title) for name, title in VIEWS.items()})
task = task_of(setup.arm("full"))
probe = probe_editor(link, task, "Your review") if view in ("tune", "pretrain") else None
tokens = task.decode(probe) if probe is not None else []


def fine_tune():
    hand = hand_choice(link, setup)
    experiments = {say(ARM_NAMES[name]): experiment for name, experiment in setup.arms().items()}
    if hand is not None:
        experiments[say(ARM_NAMES["hand"])] = setup.hand(hand)
    shown, head = arm_to_show(link, list(experiments), setup.pretraining.model)

    def look(experiment):
        base = experiment.start_from
        return TransferLook(probe, setup.parts, (lambda: first_task(base)) if base else None)

    before = st.container()
    live_group(
        link,
        experiments,
        prepared=setup == Setup() and hand is None,
        look={name: look(experiment) for name, experiment in experiments.items()},
        look_key=f"transfer {probe.tolist()}",
        pictures=lambda group: [
            *arm_pictures(group, list(experiments), [part_name(part) for part in setup.parts]),
            opinion_picture(group, list(experiments), tokens, task.answers[1]),
            *(before_and_after(group, shown, tokens, head) if shown in group.members else []),
        ],
        detail=lambda group: results(link.page, setup, experiments, group),
    )
    with before:
        first_training(link.page, setup.pretraining)


def pretrain():
    live(
        link,
        setup.pretraining,
        prepared=Setup().pretraining,
        look=language_look(probe),
        look_key=f"language {probe.tolist()}",
        pictures=lambda run, film: [
            *language_pictures(film, tokens),
            *curve_pictures(run, film),
            *sample_pictures(film),
        ],
    )


match view:
    case "tune":
        fine_tune()
    case "pretrain":
        pretrain()
    case "labels":
        label_sweep(link, setup)
    case "dates":
        date_transfer(link, setup.seed)
st.divider()
end("transfer")
