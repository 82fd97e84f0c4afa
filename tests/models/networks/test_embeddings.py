"""Word vectors and the bag of words, against independent formulas."""

from __future__ import annotations

import numpy as np
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.networks import build_network
from models.tasks import build_task
from models.trace import record
from models.training.loop import Trainer


def test_scores_are_dot_products_with_the_mean_of_the_words_shown():
    task = build_task("word_neighbours", method="cbow", window=3, negatives=4)
    network = build_network(ModelConfig(kind="word_vectors", embedding=5), task)
    torch.nn.init.normal_(network.contexts.weight)
    batch = task.sample(6, torch.Generator().manual_seed(0))
    first, second = (t.weight.detach().numpy() for t in (network.vectors, network.contexts))
    for row, scores, everything in zip(
        range(6), network.answer(batch).detach().numpy(), network(batch.inputs).detach().numpy(), strict=True
    ):
        shown = [i for i in batch.inputs[row].tolist() if i]
        mean = first[shown].mean(0)
        np.testing.assert_allclose(scores, second[batch.targets[row]] @ mean, atol=1e-5)
        np.testing.assert_allclose(everything[0], second @ mean, atol=1e-5)


def test_one_word_shown_is_its_own_vector_and_every_snapshot_has_them():
    config = TrainConfig(steps=3, batch_size=32, learning_rate=2e-2)
    experiment = Experiment("word_neighbours", {}, ModelConfig(kind="word_vectors", embedding=6), config)
    trainer = Trainer(experiment)
    before = trainer.snapshot().weights["vectors.weight"]
    for _ in range(3):
        trainer.update()
    after = trainer.snapshot().weights["vectors.weight"]
    assert (before != after).any()
    ids = torch.tensor([[5], [9]])
    trace = record(trainer.network, ids)
    np.testing.assert_allclose(trace["embedding"], after[[5, 9]].numpy())


def test_a_bag_of_words_is_the_running_mean_and_blind_to_order():
    task = build_task("reviews", labelled=4)
    network = build_network(ModelConfig(kind="bag_of_words", hidden=9, embedding=5), task)
    ids = task.encode("the film was not bad , it was great .")
    trace = record(network, ids[None])
    vectors = trace.sequence("embedding")
    expected = np.cumsum(vectors, 0) / np.arange(1, len(ids) + 1)[:, None]
    np.testing.assert_allclose(trace.sequence("mean"), expected, atol=1e-6)
    shuffled = ids[torch.randperm(len(ids), generator=torch.Generator().manual_seed(1))]
    torch.testing.assert_close(network(shuffled[None])[:, -1], network(ids[None])[:, -1])
    padded = torch.cat([ids, torch.zeros(3, dtype=torch.long)])
    torch.testing.assert_close(network(padded[None])[:, -1], network(ids[None])[:, -1])


def test_a_bag_of_words_gets_exactly_half_of_the_twins():
    task = build_task("reviews", labelled=4)
    network = build_network(ModelConfig(kind="bag_of_words", hidden=9, embedding=5), task)
    twins = task.twins(60)
    assert task.metrics(network(twins.inputs), twins)["accuracy"] == 0.5
