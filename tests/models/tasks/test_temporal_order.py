import torch

from models.tasks.temporal_order import TemporalOrder


def test_the_answer_is_the_two_signals_in_order():
    task = TemporalOrder(length=27)
    batch = task.sample(100, torch.Generator().manual_seed(1))
    for ids, target in zip(batch.inputs, batch.targets[:, -1], strict=True):
        tokens = task.decode(ids)
        signals = [token for token in tokens if token in "XY"]
        assert len(signals) == 2
        assert task.answers[target] == "".join(signals)
        assert (tokens[0], tokens[-1]) == ("<", ">")
        places = [place for place, token in enumerate(tokens) if token in "XY"]
        assert 2 <= places[0] <= 4 and 10 <= places[1] <= 12


def test_only_the_last_step_is_scored():
    batch = TemporalOrder(length=27).sample(3, torch.Generator().manual_seed(1))
    assert batch.counts.nonzero().tolist() == [[0, 26], [1, 26], [2, 26]]


def test_events_count_the_signals():
    task = TemporalOrder()
    events = task.events(task.encode("< a X b Y >").unsqueeze(0))
    assert events["signals seen"][0].tolist() == [0, 0, 1, 1, 2, 2]
    assert events["X seen"][0].tolist() == [0, 0, 1, 1, 1, 1]
