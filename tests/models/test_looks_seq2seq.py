"""Looks into encoders and decoders: shapes that stay, shares that are counted right."""

import numpy as np
import pytest
import torch

from models.analysis.decoding import decode_given
from models.experiment import ModelConfig
from models.looks_seq2seq import alignment_look, encoder_look, measure, sentence_agreement, yardstick
from models.networks import build_network
from models.tasks import build_task
from models.trace import record

TASK = build_task("reverse_sequence", letters=6, longest=11)
SOURCE = TASK.encode("cafeb")


def network(seed=1, **settings):
    torch.manual_seed(seed)
    config = ModelConfig("seq2seq", hidden=10, embedding=5, **{"attention": "dot", **settings})
    return build_network(config, TASK).eval()


class Perfect:
    """Answers right, except that free running it misses the symbol at one place."""

    def __init__(self, missed=None):
        self.missed = missed

    def __call__(self, inputs):
        return self._logits([TASK.solve(source) for source in inputs], self.missed)

    def answer(self, batch):
        return self._logits(batch.targets.tolist(), None)

    def _logits(self, answers, missed):
        width = max(map(len, answers))
        ids = torch.tensor([[*answer, *[TASK.end] * (width - len(answer))] for answer in answers])
        if missed is not None:
            ids[:, missed] = ids[:, missed] % 6 + 1
        return torch.nn.functional.one_hot(ids, len(TASK.answers)).float()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_encoder_look_is_what_its_taps_say(bidirectional):
    net = network(bidirectional=bidirectional)
    found = encoder_look(SOURCE)(net, TASK)
    trace = record(net, SOURCE[None])
    assert found["memory"].shape == (5, 10)
    forward = trace.sequence("encoder.layers.0.hidden_state")
    np.testing.assert_allclose(found["memory"][:, : forward.shape[1]], forward, atol=1e-5)
    np.testing.assert_allclose(found["sentence_vector"], trace.sequence("sentence_vector"), atol=1e-5)


def test_the_alignment_look_keeps_the_given_answer_at_every_moment():
    answer = TASK.solve(SOURCE)
    for seed in (1, 2):
        net = network(seed)
        found = alignment_look(SOURCE, answer)(net, TASK)
        reference = decode_given(net, SOURCE, answer)
        assert found["attention"].shape == (len(answer), len(SOURCE))
        np.testing.assert_allclose(found["attention"].sum(-1), 1, atol=1e-5)
        chances = [reference.probabilities[step, symbol] for step, symbol in enumerate(answer)]
        np.testing.assert_allclose(found["given"], chances, atol=1e-5)


def test_the_yardstick_has_every_length_and_no_group_too_large():
    stick = yardstick(TASK, groups=4, each=5)
    lengths = (stick.batch.inputs != TASK.padding).sum(1).numpy()
    assert np.bincount(stick.group).max() <= 5
    assert (lengths.min(), lengths.max()) == (1, 11)
    for place, (low, high) in enumerate(stick.ranges):
        inside = lengths[stick.group == place]
        assert (inside.min(), inside.max()) == (low, high)
    assert all(one[1] < other[0] for one, other in zip(stick.ranges, stick.ranges[1:], strict=False))


def test_a_perfect_network_measures_one_everywhere():
    found = measure(Perfect(), TASK, yardstick(TASK))
    assert np.all(found["exact"] == 1)
    for kind in ("forced", "free"):
        assert np.nanmin(found[kind]) == np.nanmax(found[kind]) == 1


def test_one_free_mistake_costs_long_answers_and_its_own_place_only():
    stick = yardstick(TASK)
    found = measure(Perfect(missed=0), TASK, stick)
    assert np.all(found["exact"] == 0)
    assert np.nanmin(found["forced"]) == 1
    assert found["free"][0] == 0
    assert np.nanmin(found["free"][1:]) == 1


def test_places_that_few_answers_reach_are_not_shown():
    stick = yardstick(TASK, groups=11, each=3)
    found = measure(Perfect(), TASK, stick)
    assert np.isnan(found["free"][-1])
    assert not np.isnan(found["free"][0])


def test_agreement_on_one_sentence_and_where_nothing_is_known():
    attention = np.array([[0.6, 0.3, 0.1, 0.0], [0.1, 0.2, 0.3, 0.4]])
    known = np.array([[1, 0, 0, 0], [0, 1, 0, 0]])
    assert sentence_agreement(attention, known) == pytest.approx(
        {"largest": 0.5, "mass": 0.4, "chance": 0.25}
    )
    assert sentence_agreement(attention, np.zeros_like(known)) is None
