import pytest
import torch

from models.tasks.write_keep_clear import WriteKeepClear


def held_step_by_step(tokens):
    """The same memory, written as a person would: one variable."""
    held, result = "empty", []
    for token in tokens:
        if token.startswith("="):
            held = token[1:]
        if token == "-":
            held = "empty"
        result.append(held)
    return result


@pytest.mark.parametrize("settings", [{}, {"values": 3, "length": 13, "clear_rate": 0.2}, {"read_rate": 0.0}])
def test_targets_are_what_a_single_variable_would_hold(settings):
    task = WriteKeepClear(**settings)
    batch = task.sample(80, torch.Generator().manual_seed(2))
    for ids, targets, counts in zip(batch.inputs, batch.targets, batch.counts, strict=True):
        tokens = task.decode(ids)
        assert task.decode_answer(targets) == held_step_by_step(tokens)
        assert counts.tolist() == [token == "?" for token in tokens]
        assert tokens[-1] == "?"


def test_events_come_at_the_rates_asked_for():
    task = WriteKeepClear(write_rate=0.2, read_rate=0.15, clear_rate=0.05, length=50)
    inputs = task.sample(2000, torch.Generator().manual_seed(2)).inputs[:, :-1]
    shares = {name: track.mean().item() for name, track in task.events(inputs).items()}
    for name, rate in {"write": 0.2, "read": 0.15, "clear": 0.05, "keep": 0.6}.items():
        assert shares[name] == pytest.approx(rate, abs=0.01)


def test_the_right_forget_gate_opens_for_distractors_and_reads_alone():
    task = WriteKeepClear()
    ids = task.encode("=a b ? - c ? =d").unsqueeze(0)
    assert task.right_forget_gate(ids)[0].tolist() == [0, 1, 1, 0, 1, 1, 0]


def test_events_say_what_is_stored():
    task = WriteKeepClear()
    events = task.events(task.encode("b =a b ? - c").unsqueeze(0))
    assert events["stored a"][0].tolist() == [0, 1, 1, 1, 0, 0]
    assert events["nothing stored"][0].tolist() == [1, 0, 0, 0, 1, 1]
