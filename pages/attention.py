"""Attention: where a decoder looks while it writes, how that sharpens, and what happens when it is moved."""

from models.film import task_of
from models.looks_seq2seq import alignment_look
from models.prepared import PREPARED
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.alignment import Pair, agreement_picture, alignment_pictures
from pages.ui.pictures.common import curve_pictures
from pages.ui.training.live import live
from pages.ui.training.runs import shown_run
from pages.ui.translation.answers import answers
from pages.ui.translation.controls import translation_controls
from pages.ui.translation.decoded import reference
from pages.ui.translation.moving import moving_view
from pages.ui.translation.opening import step_view
from pages.ui.translation.source import source_editor

BASE = PREPARED["attention"]

link = begin("attention", "Attention: looking back")
experiment = translation_controls(link, BASE)
task = task_of(experiment)
source = source_editor(link, task)
run = shown_run(link, experiment, BASE)
answers(link, lambda: {say("It writes"): run and run.id}, task, source)
pair = Pair(task, source, reference(run and run.id, task, source))


def pictures(run, film):
    return [*alignment_pictures(film, pair), agreement_picture(run, film), *curve_pictures(run, film)]


def detail(shown):
    step_view(shown, link, pair)
    moving_view(shown, link, pair)


live(
    link,
    experiment,
    prepared=BASE,
    look=alignment_look(source, pair.answer),
    look_key=f"alignment {source.tolist()} {pair.answer}",
    pictures=pictures,
    detail=detail,
)
end("attention")
