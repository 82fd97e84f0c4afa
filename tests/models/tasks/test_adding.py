import pytest
import torch

from models.tasks.adding import Adding


def test_the_target_is_the_sum_of_the_two_marked_numbers():
    batch = Adding(length=9).sample(300, torch.Generator().manual_seed(1))
    numbers, marks = batch.inputs.unbind(-1)
    assert (marks[:, :4].sum(1) == 1).all() and (marks[:, 4:].sum(1) == 1).all()
    torch.testing.assert_close(batch.targets[:, -1, 0], (numbers * marks).sum(1))
    assert (batch.counts.nonzero()[:, 1] == 8).all()


def test_always_answering_one_gets_the_stated_loss_and_accuracy():
    task = Adding(length=8)
    batch = task.sample(60_000, torch.Generator().manual_seed(1))
    metrics = task.metrics(torch.ones_like(batch.targets), batch)
    assert metrics["loss"] == pytest.approx(task.guessing_loss, abs=0.003)
    assert metrics["accuracy"] == pytest.approx(task.chance, abs=0.005)
    assert task.guessing_loss == pytest.approx(1 / 6)


def test_typed_numbers_become_numbers_and_marks():
    ids = Adding().encode("0.5 0.25* 1 0*")
    assert ids.tolist() == [[0.5, 0], [0.25, 1], [1, 0], [0, 1]]
    assert Adding().decode(ids) == ["0.50", "0.25*", "1.00", "0.00*"]


@pytest.mark.parametrize("token", ["2", "-0.1", "x", "0.5**", "nan", "inf"])
def test_anything_else_is_refused_by_name(token):
    with pytest.raises(ValueError, match="wanted numbers from 0 to 1"):
        Adding().encode(f"0.5 {token}")


def test_events_sum_up_what_is_marked():
    events = Adding().events(Adding().encode("0.5 0.25* 1 0.5*").unsqueeze(0))
    torch.testing.assert_close(events["sum so far"][0], torch.tensor([0, 0.25, 0.25, 0.75]))
