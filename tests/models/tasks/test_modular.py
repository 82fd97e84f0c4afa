import torch
from hypothesis import given
from hypothesis import strategies as st

from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks.modular import ModularAddition


def pairs_of(batch):
    return {tuple(pair) for pair in batch.inputs.tolist()}


@given(modulus=st.integers(3, 23), share=st.floats(0.2, 0.8), split=st.integers(0, 99))
def test_all_pairs_are_split_and_every_sum_is_right(modulus, share, split):
    task = ModularAddition(modulus=modulus, share=share, split=split)
    trained = task.sample(1, torch.Generator())
    everything = task.held_out()
    assert len(pairs_of(everything)) == len(everything) == modulus**2
    assert len(trained) == round(share * modulus**2)
    scored = everything.inputs[everything.counts[:, 1]]
    assert pairs_of(trained).isdisjoint(map(tuple, scored.tolist()))
    assert len(scored) + len(trained) == modulus**2
    for (a, b), answer in zip(everything.inputs.tolist(), everything.targets[:, 1].tolist(), strict=True):
        assert answer == (a + b) % modulus


def test_another_split_trains_on_other_pairs_and_the_same_one_on_the_same():
    halves = [pairs_of(ModularAddition(split=split).sample(1, torch.Generator())) for split in (0, 0, 1)]
    assert halves[0] == halves[1] != halves[2]


def test_minibatches_are_drawn_from_the_right_half():
    task = ModularAddition(full_batch=False)
    trained = pairs_of(ModularAddition().sample(1, torch.Generator()))
    draws = torch.Generator().manual_seed(0)
    assert len(task.sample(60, draws)) == 60
    assert pairs_of(task.sample(60, draws)) <= trained
    assert pairs_of(task.sample(60, draws, held_out=True)).isdisjoint(trained)


def test_both_accuracies_are_measured():
    task = ModularAddition(modulus=5)
    batch = task.held_out()
    logits = torch.nn.functional.one_hot(batch.targets, 5).float()
    logits[batch.counts[:, 1]] *= -1
    metrics = task.metrics(logits, batch)
    assert (metrics["accuracy"], metrics["training_accuracy"]) == (0, 1)


def test_the_pair_network_sees_which_number_comes_first():
    torch.manual_seed(0)
    task = ModularAddition(modulus=7)
    net = build_network(ModelConfig(kind="mlp", hidden=5, embedding=3), task)
    one, other = net(torch.tensor([[2, 5], [5, 2]]))
    assert one.shape == (2, 7)
    assert torch.equal(one[0], one[1])
    assert not torch.allclose(one, other)
