"""Words become vectors: embeddings learnt without labels, seen while they move."""

from models.claims.language import ANALOGIES_CBOW, CHARACTER_NAMES, PYTHON_DOCS
from models.film import task_of
from models.looks_language import seen_words, vectors_look
from models.prepared import PREPARED
from models.tasks.corpora import PAIRS
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.pictures.common import curve_pictures
from pages.ui.pictures.words import analogy_curve, word_pictures
from pages.ui.presets import presets
from pages.ui.texts.words import bring_text, legible, questions, sentences
from pages.ui.training.live import live

BASE = PREPARED["embeddings"]
PRESETS = {
    "guess the word (CBOW)": ANALOGIES_CBOW.experiment,
    "names of characters": CHARACTER_NAMES.experiment,
    "Python's help texts": PYTHON_DOCS.experiment,
}

link = begin("embeddings", "Words become vectors")
presets("embeddings", BASE, PRESETS)
bring_text(link)
experiment = experiment_controls(
    link,
    BASE,
    tasks=("word_neighbours",),
    model=("embedding",),
    ranges={
        "embedding": (2, 64),
        "steps": (50, 5000),
        "batch_size": (64, 1024),
        "task.word_neighbours.least": (1, 50),
    },
)
experiment = legible(experiment, BASE)
task = task_of(experiment)
made = task.corpus == "small_world" and task.least == 1 and not task.upload
sentences(task)
asked = questions(link, task)


def pictures(run, film):
    first, *others = word_pictures(film, seen_words(task), asked, pairs=made)
    curves = curve_pictures(run, film)
    return [first, *others, *(analogy_curve(run, film) if made else []), *curves]


live(
    link,
    experiment,
    prepared=BASE,
    look=vectors_look(PAIRS if made else ()),
    look_key=f"vectors {made}",
    pictures=pictures,
)
end("embeddings")
