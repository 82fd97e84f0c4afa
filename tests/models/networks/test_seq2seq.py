from itertools import product

import numpy as np
import pytest
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.networks import build_network
from models.tasks import build_task
from models.tasks.base import Batch
from models.tasks.translation import EnglishToKorean, ReverseSequence
from models.trace import explicit, record, replace
from models.training.loop import Trainer

TASK = ReverseSequence(longest=9, letters=4)


def network_of(task=TASK, seed=0, **config):
    torch.manual_seed(seed)
    config = {"hidden": 10, "embedding": 5, "cell": "lstm"} | config
    return build_network(ModelConfig(kind="seq2seq", **config), task).eval()


def batch_of(n=6, seed=0, task=TASK):
    return task.sample(n, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("cell", "attention", "layers", "bidirectional"),
    [
        ("lstm", "none", 1, False),
        ("lstm", "general", 2, True),
        ("gru", "additive", 1, True),
        ("gru", "dot", 2, False),
        ("rnn", "general", 1, True),
    ],
)
def test_fused_equals_explicit(cell, attention, layers, bidirectional):
    network = network_of(cell=cell, attention=attention, layers=layers, bidirectional=bidirectional, hidden=9)
    batch = batch_of()
    fused, free = network.answer(batch), network(batch.inputs)
    with explicit(network):
        torch.testing.assert_close(network.answer(batch), fused, atol=1e-5, rtol=0)
        torch.testing.assert_close(network(batch.inputs), free, atol=1e-5, rtol=0)
    with torch.no_grad(), explicit(network):
        torch.testing.assert_close(network.answer(batch), fused, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("bidirectional", "layers"), product([False, True], [1, 2]))
def test_encoder_equals_torch_on_packed_sequences(bidirectional, layers):
    network = network_of(bidirectional=bidirectional, layers=layers, hidden=10)
    encoder, inputs = network.encoder, batch_of().inputs
    each = 5 if bidirectional else 10
    theirs = torch.nn.LSTM(5, each, layers, batch_first=True, bidirectional=bidirectional)
    for number, cell in enumerate(encoder.layers):
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(theirs, f"{name}_l{number}").data = getattr(cell, f"{name}_l0").data
            if bidirectional:
                getattr(theirs, f"{name}_l{number}_reverse").data = getattr(cell.backward, f"{name}_l0").data
    lengths = (inputs != 0).sum(1)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        encoder.embed(inputs), lengths, batch_first=True, enforce_sorted=False
    )
    out, (last, _) = theirs(packed)
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    memory, sentence, real = encoder(inputs)
    torch.testing.assert_close(memory[real], out[real])
    top = torch.cat(list(last[-2:]), -1) if bidirectional else last[-1]
    torch.testing.assert_close(sentence, top)


@pytest.mark.parametrize("attention", ["none", "additive", "dot", "general"])
def test_wider_padding_changes_nothing(attention):
    network = network_of(attention=attention, bidirectional=True)
    batch = batch_of()
    wide = Batch(torch.nn.functional.pad(batch.inputs, (0, 5)), batch.targets, batch.counts)
    torch.testing.assert_close(network.answer(wide), network.answer(batch), atol=1e-6, rtol=0)
    torch.testing.assert_close(network(wide.inputs), network(batch.inputs), atol=1e-6, rtol=0)


def test_a_sequence_is_answered_the_same_alone_and_among_longer_ones():
    network = network_of(attention="additive", bidirectional=True)
    batch = batch_of()
    together = network.answer(batch)
    for row, (inputs, targets) in enumerate(zip(batch.inputs, batch.targets, strict=True)):
        short = inputs[inputs != 0]
        alone = network.answer(Batch(short[None], targets[None], batch.counts[row : row + 1]))
        torch.testing.assert_close(alone[0], together[row], atol=1e-6, rtol=0)


def test_teacher_forcing_with_its_own_symbols_is_free_running():
    network = network_of(attention="general")
    inputs = batch_of().inputs
    free = network(inputs)
    own = Batch(inputs, free.argmax(-1), torch.ones(free.shape[:2], dtype=torch.bool))
    torch.testing.assert_close(network.answer(own), free, atol=1e-5, rtol=0)
    torch.testing.assert_close(network.answer(own, teacher_forcing=0.5), free, atol=1e-5, rtol=0)


def test_without_teacher_forcing_the_true_answer_is_not_looked_at():
    network, batch = network_of(attention="dot"), batch_of()
    other = Batch(batch.inputs, batch.targets.flip(0), batch.counts)
    torch.testing.assert_close(
        network.answer(batch, teacher_forcing=0.0), network.answer(other, teacher_forcing=0.0)
    )
    assert not torch.allclose(network.answer(batch), network.answer(other))


def test_the_generator_draws_the_forced_steps():
    network, batch = network_of(), batch_of(30)

    def answer(seed):
        generator = torch.Generator().manual_seed(seed)
        return network.answer(batch, teacher_forcing=0.5, generator=generator)

    torch.testing.assert_close(answer(3), answer(3), rtol=0, atol=0)
    assert not torch.equal(answer(3), answer(4))


def test_taps_have_their_names_and_axes():
    network = network_of(attention="additive", bidirectional=True, hidden=10)
    source = TASK.encode("abcdabc")
    trace = record(network, source[None], TASK.decode)
    steps = trace.output.shape[1]
    assert trace["encoder.layers.0.hidden_state"].shape == (7, 1, 5)
    assert trace["encoder.layers.0.backward.forget_gate"].shape == (7, 1, 5)
    assert trace["decoder.hidden_state"].shape == (steps, 1, 10)
    assert trace["decoder.layers.0.forget_gate"].shape == (steps, 1, 10)
    assert trace["sentence_vector"].shape == (1, 10)
    assert trace["key"].shape == (1, 7, 10)
    for name in ("query", "context"):
        assert trace[name].shape == (1, steps, 10)
        assert trace.axes[name] == ("batch", "query", "unit")
    for name in ("score", "attention"):
        assert trace[name].shape == (1, steps, 7)
        assert trace.axes[name] == ("batch", "query", "key")
    np.testing.assert_allclose(trace["attention"].sum(-1), 1, atol=1e-6)
    np.testing.assert_array_equal(trace["logits"], trace.output)
    assert trace.tokens == [list("abcdabc")]


def test_the_sentence_vector_is_all_that_is_handed_over_without_attention():
    network, batch = network_of(), batch_of()
    with replace(network, "sentence_vector", torch.zeros_like):
        empty = network.answer(batch)
        other = network.answer(Batch(batch.inputs.flip(0), batch.targets, batch.counts))
    torch.testing.assert_close(empty, other)
    assert not torch.allclose(empty, network.answer(batch))


def test_replaced_attention_reaches_the_context_at_the_chosen_steps_only():
    network = network_of(attention="general")
    source = TASK.encode("abcd")[None]
    batch = Batch(source, torch.tensor([[4, 3, 2, 1, 0]]), torch.ones(1, 5, dtype=torch.bool))
    plain = record(network, source, run=lambda: network.answer(batch))
    last = torch.tensor([0.0, 0.0, 0.0, 1.0])
    with replace(network, "attention", lambda value: last.expand_as(value), steps=[1, 3]):
        changed = record(network, source, run=lambda: network.answer(batch))
        free = record(network, source)
    memory = network.encoder(source)[0].detach().numpy()
    for step in range(5):
        wanted = memory[0, 3] if step in (1, 3) else plain["context"][0, step]
        np.testing.assert_allclose(changed["context"][0, step], wanted, atol=1e-6)
    reached = [step for step in (1, 3) if step < free["attention"].shape[1]]
    assert reached
    for step in reached:
        np.testing.assert_array_equal(free["attention"][0, step], last)
        np.testing.assert_allclose(free["context"][0, step], memory[0, 3], atol=1e-6)


def test_free_running_stops_when_every_answer_has_ended():
    network = network_of()
    with torch.no_grad():
        network.to_logits.bias[network.end] = 100.0
    assert network(batch_of().inputs).shape == (6, 1, 5)
    with torch.no_grad():
        network.to_logits.bias[network.end] = -100.0
    assert network(batch_of().inputs).shape == (6, TASK.longest_answer, 5)


def test_every_parameter_is_trained():
    for attention in ("none", "additive", "general"):
        network = network_of(attention=attention, bidirectional=True, layers=2)
        batch = batch_of()
        TASK.loss(network.answer(batch), batch).backward()
        still = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
        assert not still


def test_it_learns_and_reports_free_running():
    experiment = Experiment(
        "reverse_sequence",
        {"longest": 3, "letters": 3},
        ModelConfig(kind="seq2seq", hidden=24, embedding=8, attention="general", bidirectional=True),
        TrainConfig(steps=250, learning_rate=1e-2),
    )
    trainer = Trainer(experiment)
    before = trainer.evaluate()
    while trainer.step < experiment.train.steps:
        trainer.update()
    after = trainer.evaluate()
    assert before["exact"] < 0.3
    assert after["exact"] > 0.9
    assert after["loss"] < before["loss"] / 3


def test_refusals_say_what_was_wanted():
    with pytest.raises(ValueError, match="turns a sequence into another, got remember_first"):
        network_of(build_task("remember_first"))
    with pytest.raises(ValueError, match="at least 2 units to read both ways, got 1"):
        network_of(hidden=1, bidirectional=True)


def test_other_tasks_fit():
    network = network_of(EnglishToKorean(clauses=1), attention="dot")
    batch = EnglishToKorean(clauses=1).sample(4, torch.Generator().manual_seed(0))
    assert network.answer(batch).shape == (*batch.targets.shape, 61)
