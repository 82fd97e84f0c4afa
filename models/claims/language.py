"""What the pages on words, sentiment, pre-training, transfer and recommending claim.

Seeds are those of the tests (0 to 2). Budgets are in updates, so that runs repeat.
"""

from __future__ import annotations

import dataclasses

from models.analysis.date_transfer import date_arm
from models.analysis.transfer import PRETRAINING, UPDATES, arm
from models.claims.base import Claim
from models.experiment import Experiment, ModelConfig, TrainConfig

MIKOLOV = "Mikolov et al. 2013, Distributed representations of words and phrases"
RADFORD = "Radford, Jozefowicz & Sutskever 2017, Learning to generate reviews and discovering sentiment"
DEVLIN = "Devlin et al. 2019, BERT"
HOWARD = "Howard & Ruder 2018, Universal language model fine-tuning for text classification"
HIDASI = "Hidasi et al. 2016, Session-based recommendations with recurrent neural networks"

VECTORS = ModelConfig("word_vectors", embedding=16)
BATCHES = TrainConfig(steps=300, batch_size=512, learning_rate=2e-2, clip=0.0)
ANALOGIES = Claim(
    "analogies",
    "In a small world made by rule, vectors learnt without labels answer king : queen = man : woman.",
    Experiment("word_neighbours", {"corpus": "small_world", "window": 8}, VECTORS, BATCHES),
    chance=1 / 86,
    source=MIKOLOV,
    updates=(300, 300),
    seconds=0.6,
)
ANALOGIES_CBOW = dataclasses.replace(
    ANALOGIES,
    key="analogies_cbow",
    sentence="Guessing the word from its neighbours (CBOW) finds the same analogies.",
    experiment=Experiment(
        "word_neighbours", {"corpus": "small_world", "window": 8, "method": "cbow"}, VECTORS, BATCHES
    ),
)
CHARACTER_NAMES = Claim(
    "character_names",
    "From the names of Unicode characters alone, the nearest words of seven are other numbers.",
    Experiment(
        "word_neighbours",
        {"corpus": "character_names", "least": 20, "thinning": 1e-3},
        ModelConfig("word_vectors", embedding=32),
        TrainConfig(steps=2000, batch_size=512, learning_rate=1e-2, clip=0.0),
    ),
    chance=9 / 691,
    source=MIKOLOV,
    updates=(2000, 2000),
    seconds=5.0,
)
PYTHON_DOCS = Claim(
    "python_docs",
    "From Python's help texts, float comes to stand near complex, and true near false: good, but noisier.",
    Experiment(
        "word_neighbours",
        {"corpus": "python_docs", "window": 4, "least": 10, "thinning": 1e-3},
        ModelConfig("word_vectors", embedding=32),
        TrainConfig(steps=3000, batch_size=512, learning_rate=1e-2, clip=0.0),
    ),
    chance=1 / 6,
    source=MIKOLOV,
    updates=(3000, 3000),
    seconds=10.0,
)


def review_experiment(kind: str) -> Experiment:
    """Sentiment of reviews, asked after every word, for one kind of network."""
    if kind == "transformer":
        model = ModelConfig(kind, hidden=64, layers=2, positions="learned")
        return Experiment("reviews", {}, model, TrainConfig(500, learning_rate=1e-3, warmup=50))
    return Experiment("reviews", {}, ModelConfig(kind, hidden=32, embedding=32), TrainConfig(500))


BAG_FAILS = Claim(
    "bag_fails",
    "Where a review names a good and a bad thing, a bag of words is right in half of the cases, "
    "as guessing is; of two reviews with the same words it always gets exactly one.",
    review_experiment("bag_of_words"),
    chance=0.5,
    source="",
    updates=(500, 500),
    seconds=1.5,
)
ORDER_READERS = {
    kind: Claim(
        f"{kind}_reads_order",
        "The same reviews are no difficulty for a network that reads the words in their order.",
        review_experiment(kind),
        chance=0.5,
        source="",
        updates=(500, 500),
        seconds=seconds,
    )
    for kind, seconds in (("rnn", 2.0), ("lstm", 2.5), ("gru", 4.0), ("transformer", 10.0))
}
RUNNING_OPINION = dataclasses.replace(
    ORDER_READERS["gru"],
    key="running_opinion",
    sentence="After every word the network's opinion is near the exact one that the generator implies.",
)


def grammar_experiment(form: str) -> Experiment:
    """The small grammar read GPT's way (causal) or BERT's way (masked), at the same size."""
    model = ModelConfig(
        "transformer",
        hidden=48,
        layers=2,
        heads=4,
        feed_forward=96,
        positions="learned",
        causal=form == "causal",
    )
    steps = 300 if form == "causal" else 600
    return Experiment("grammar", {"form": form}, model, TrainConfig(steps, learning_rate=3e-3, warmup=50))


GPT = Claim(
    "gpt_looks_left",
    "A causal network is certain where the cue stands left of the blank and guesses where it stands right.",
    grammar_experiment("causal"),
    chance=0.5,
    source=DEVLIN,
    updates=(300, 300),
    seconds=4.0,
)
BERT = Claim(
    "bert_looks_both_ways",
    "A masked network of the same size is certain on both sides; but only the causal one can write.",
    grammar_experiment("masked"),
    chance=0.5,
    source=DEVLIN,
    updates=(600, 600),
    seconds=7.0,
)
SENTIMENT_UNIT = Claim(
    "sentiment_unit",
    "A language model that never saw a label grows one unit that follows the feeling of a review.",
    PRETRAINING,
    chance=0.0,
    source=RADFORD,
    updates=(1000, 1000),
    seconds=10.0,
)
FEW_LABELS = Claim(
    "few_labels",
    "With 16 labels a frozen pre-trained body is right in at least 95 of 100 reviews; from scratch, "
    "16 labels are worth nothing.",
    arm("frozen", 16),
    chance=0.5,
    source=HOWARD,
    updates=(UPDATES, UPDATES),
    seconds=0.1,
)
GRADUAL = Claim(
    "gradual",
    "With 16 labels, thawing layer by layer keeps more of what was learnt than training all at once.",
    arm("gradual", 16),
    chance=0.5,
    source=HOWARD,
    updates=(UPDATES, UPDATES),
    seconds=0.5,
)
COUNTER_CASE = Claim(
    "counter_case",
    "For a question that the pre-training had no reason to keep (which noun came first), a frozen body "
    "stays at chance, however many labels there are.",
    arm("frozen", 256, ask="noun_group"),
    chance=0.5,
    source="",
    updates=(UPDATES, UPDATES),
    seconds=0.1,
)


def click_experiment(kind: str) -> Experiment:
    """The next click of a session, for one kind of network."""
    rate = 2e-3 if kind == "transformer" else 5e-3
    model = ModelConfig(kind, hidden=32)
    return Experiment("clicks", {}, model, TrainConfig(600, learning_rate=rate, warmup=50))


RECOMMENDERS = {
    kind: Claim(
        f"{kind}_recommends",
        "A network that remembers the session beats the last click alone, and that beats popularity.",
        click_experiment(kind),
        chance=5 / 42,
        source=HIDASI,
        updates=(600, 600),
        seconds=5.0,
    )
    for kind in ("rnn", "lstm", "gru", "transformer")
}

NEW_LANGUAGE = Claim(
    "new_language",
    "After dates of eight languages, 32 examples are enough to read most Finnish ones; from scratch they "
    "are enough for hardly any. Freezing the decoder keeps what reading and writing have in common.",
    date_arm("encoder", 32),
    chance=0.0,
    source="",
    updates=(300, 300),
    seconds=15.0,
)
