from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.analysis.decoding import beam_search, decode, decode_given, decode_with_attention
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks.base import Batch
from models.tasks.translation import ReverseSequence

TASK = ReverseSequence(longest=6, letters=2)
"""Three answer symbols: the end, a, b."""


def network_of(seed=0, attention="general", size=3.0, hidden=7):
    """Weights larger than the usual first ones, so that the answers differ from one another."""
    torch.manual_seed(seed)
    config = ModelConfig(kind="seq2seq", hidden=hidden, embedding=4, attention=attention, cell="gru")
    network = build_network(config, TASK).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(size)
    return network


def log_probability(network, source, ids):
    """Of one answer, out of the network under teacher forcing: nothing of the search in it."""
    targets = torch.tensor([ids])
    logits = network.answer(Batch(source[None], targets, torch.ones_like(targets, dtype=torch.bool)))
    return logits.log_softmax(-1)[0, range(len(ids)), ids].sum().item()


def every_answer(longest):
    """All answers of at most `longest` symbols: ended ones, and those cut off at the limit."""
    for length in range(longest):
        yield from ([*letters, 0] for letters in product((1, 2), repeat=length))
    yield from (list(letters) for letters in product((1, 2), repeat=longest))


@given(seed=st.integers(0, 200), word=st.text("ab", min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_a_beam_of_width_1_is_greedy(seed, word):
    network, source = network_of(seed), TASK.encode(word)
    greedy = decode(network, source)
    beam = beam_search(network, source, 1)
    assert beam.best == greedy.ids
    assert beam.nodes[beam.leaves[0]].log_probability == pytest.approx(greedy.log_probability, abs=1e-4)


@given(seed=st.integers(0, 200), word=st.text("ab", min_size=1, max_size=6))
@settings(max_examples=10, deadline=None)
def test_a_beam_wide_enough_finds_what_exhaustive_search_finds(seed, word):
    network, source = network_of(seed), TASK.encode(word)
    scores = {tuple(ids): log_probability(network, source, ids) for ids in every_answer(4)}
    beam = beam_search(network, source, 100, longest=4)
    found = {tuple(beam.ids(leaf)): beam.nodes[leaf].log_probability for leaf in beam.leaves}
    assert found.keys() == scores.keys()
    assert found == pytest.approx(scores, abs=1e-4)
    assert tuple(beam.best) == max(scores, key=scores.get)
    assert sum(np.exp(list(found.values()))) == pytest.approx(1, abs=1e-4)


def naive_beam(network, source, width, longest):
    """The same search, written without a tree and scoring every beginning from the start."""
    beams = [()]
    for _ in range(longest):
        grown = [b if b and b[-1] == 0 else None for b in beams]
        candidates = {b for b in grown if b is not None}
        candidates |= {(*b, s) for b, g in zip(beams, grown, strict=True) if g is None for s in range(3)}
        beams = sorted(candidates, key=lambda ids: -log_probability(network, source, list(ids)))[:width]
    return beams


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("width", [2, 3, 5])
def test_beam_equals_a_naive_search(seed, width):
    network, source = network_of(seed), TASK.encode("abba")
    beam = beam_search(network, source, width, longest=6)
    assert [tuple(beam.ids(leaf)) for leaf in beam.leaves] == naive_beam(network, source, width, 6)
    parents = {node.parent for node in beam.nodes}
    last = {place for place, node in enumerate(beam.nodes) if node.kept and place not in parents}
    assert last == set(beam.leaves)


@pytest.mark.parametrize("pruned", [0, 1, 2])
def test_the_tree_shows_the_best_of_what_was_not_kept(pruned):
    network, source = network_of(4), TASK.encode("abbab")
    beam = beam_search(network, source, 1, pruned=pruned)
    probabilities = decode(network, source).probabilities
    for step, chances in enumerate(probabilities):
        shown = [node for node in beam.nodes if node.step == step]
        assert [node.symbol for node in shown] == (-chances).argsort()[: 1 + pruned].tolist()
        assert [node.kept for node in shown] == [True] + [False] * pruned
        np.testing.assert_allclose(
            [node.probability for node in shown], chances[[n.symbol for n in shown]], atol=1e-5
        )


def test_the_tree_is_whole():
    network, source = network_of(3), TASK.encode("abab")
    beam = beam_search(network, source, 3, pruned=1)
    assert beam.nodes[0].parent == -1
    for place, node in enumerate(beam.nodes[1:], 1):
        parent = beam.nodes[node.parent]
        assert node.parent < place
        assert node.step == parent.step + 1
        assert parent.kept
        assert node.log_probability == pytest.approx(
            parent.log_probability + np.log(node.probability), abs=1e-4
        )
    assert all(beam.nodes[leaf].kept for leaf in beam.leaves)
    assert len(beam.leaves) <= 3
    for step in {node.step for node in beam.nodes}:
        assert sum(node.kept for node in beam.nodes if node.step == step) <= 3
    assert any(not node.kept for node in beam.nodes)


def test_a_width_of_0_is_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        beam_search(network_of(), TASK.encode("ab"), 0)


def test_decoding_gives_probabilities_and_attention_at_every_step():
    network, source = network_of(), TASK.encode("abbab")
    decoded = decode(network, source)
    steps = len(decoded.ids)
    assert decoded.probabilities.shape == (steps, 3)
    assert decoded.attention.shape == (steps, 5)
    np.testing.assert_allclose(decoded.probabilities.sum(-1), 1, atol=1e-5)
    assert decoded.probabilities.argmax(-1).tolist() == decoded.ids
    assert decoded.log_probability == pytest.approx(log_probability(network, source, decoded.ids), abs=1e-4)
    assert decode(network_of(attention="none"), source).attention is None


def test_an_answer_that_is_given_is_scored_as_such():
    network, source = network_of(2), TASK.encode("abbab")
    free = decode(network, source)
    again = decode_given(network, source, free.ids)
    np.testing.assert_allclose(again.probabilities, free.probabilities, atol=1e-5)
    np.testing.assert_allclose(again.attention, free.attention, atol=1e-5)
    assert again.log_probability == pytest.approx(free.log_probability, abs=1e-4)
    other = decode_given(network, source, [2, 1, 1, 0])
    assert other.ids == [2, 1, 1, 0] != other.probabilities.argmax(-1).tolist()
    assert other.attention.shape == (4, 5)
    assert other.log_probability == pytest.approx(log_probability(network, source, [2, 1, 1, 0]), abs=1e-4)
    with pytest.raises(ValueError, match="at least one symbol"):
        decode_given(network, source, [])


def test_attention_moved_by_hand_moves_those_steps_and_leaves_earlier_ones():
    network, source = network_of(4), TASK.encode("abbab")
    with torch.no_grad():
        network.to_logits.bias[0] = -50.0
    plain = decode(network, source)
    moved = decode_with_attention(network, source, {1: [0, 0, 0, 3, 1], 3: [1, 0, 0, 0, 0]})
    np.testing.assert_allclose(moved.attention[1], [0, 0, 0, 0.75, 0.25])
    np.testing.assert_allclose(moved.attention[3], [1, 0, 0, 0, 0])
    np.testing.assert_allclose(moved.attention[0], plain.attention[0], atol=1e-6)
    np.testing.assert_allclose(moved.probabilities[0], plain.probabilities[0], atol=1e-6)
    assert not np.allclose(moved.probabilities[1], plain.probabilities[1])
    np.testing.assert_allclose(decode(network, source).probabilities, plain.probabilities)
    same = decode_with_attention(network, source, {1: plain.attention[1].tolist()})
    np.testing.assert_allclose(same.probabilities, plain.probabilities, atol=1e-5)


@pytest.mark.parametrize(
    "weights", [[1, 0], [0, 0, 0], [1, -1, 1], [float("nan"), 1, 1], [float("inf"), 1, 1]]
)
def test_weights_that_cannot_be_shared_out_are_refused(weights):
    with pytest.raises(ValueError, match="weights: wanted 3 of at least 0"):
        decode_with_attention(network_of(), TASK.encode("aba"), {0: weights})


def test_a_network_without_attention_has_none_to_move():
    with pytest.raises(ValueError, match="wanted one with attention"):
        decode_with_attention(network_of(attention="none"), TASK.encode("aba"), {})
