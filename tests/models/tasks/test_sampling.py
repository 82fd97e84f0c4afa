import pytest
import torch

from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import build_task
from models.tasks.sampling import continue_sequence, draw


def test_draws_follow_the_tempered_probabilities():
    logits = torch.tensor([0.0, 1.0, -0.5, 2.0])
    for temperature in (0.5, 1.0, 2.0):
        drawn = draw(logits.expand(40_000, 4), temperature, torch.Generator().manual_seed(1))
        shares = torch.bincount(drawn, minlength=4) / 40_000
        torch.testing.assert_close(shares, torch.softmax(logits / temperature, 0), atol=0.01, rtol=0)


def test_temperature_zero_takes_the_likeliest():
    assert draw(torch.tensor([[0.0, 3.0, 1.0], [9.0, 3.0, 1.0]]), 0).tolist() == [1, 0]


def test_a_negative_temperature_is_refused():
    with pytest.raises(ValueError, match="wanted a temperature of 0 or more, got -1"):
        draw(torch.zeros(1, 3), -1)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
def test_carrying_the_state_writes_what_reading_everything_again_writes(kind, layers):
    torch.manual_seed(3)
    task = build_task("brackets")
    network = build_network(ModelConfig(kind, hidden=7, layers=layers), task)
    prompt = task.encode("( ( )")
    carried = continue_sequence(network, prompt, 30, generator=torch.Generator().manual_seed(1))
    again = prompt
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for _ in range(30):
            again = torch.cat((again, draw(network(again[None])[:, -1], 0.7, generator)))
    assert carried.tolist() == again[3:].tolist()
    assert network.training


def test_advancing_in_pieces_gives_the_logits_of_reading_at_once():
    torch.manual_seed(3)
    task = build_task("brackets")
    network = build_network(ModelConfig("lstm", hidden=5, layers=2), task)
    inputs = task.sample(3, torch.Generator().manual_seed(1)).inputs
    with torch.no_grad():
        first, states = network.advance(inputs[:, :11])
        second, _ = network.advance(inputs[:, 11:], states)
        torch.testing.assert_close(torch.cat((first, second), 1), network(inputs), atol=1e-6, rtol=1e-5)


def test_a_network_that_reads_both_ways_cannot_advance():
    task = build_task("brackets")
    network = build_network(ModelConfig("gru", hidden=5, bidirectional=True), task)
    with pytest.raises(ValueError, match="reads one way"):
        network.advance(torch.zeros(1, 3, dtype=torch.long))
    assert len(continue_sequence(network, task.encode("( ("), 4)) == 4
