"""The equation shown for a cell of a map gives the very value of that cell."""

import re

import pytest
import torch

from models.analysis.equations import equation
from models.experiment import ModelConfig
from models.networks import build_network
from models.networks.cells import GRUCell, LSTMCell, RNNCell
from models.tasks import build_task
from models.trace import record

TASK = build_task("write_keep_clear")
KINDS = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}
CASES = [(kind, tap) for kind, cell in KINDS.items() for tap in cell.taps]


def network_of(kind, **more):
    torch.manual_seed(3)
    network = build_network(ModelConfig(kind=kind, hidden=5, embedding=3, layers=2, **more), TASK)
    for parameter in network.parameters():
        parameter.data *= 2
    return network


@pytest.mark.parametrize(("kind", "tap"), CASES)
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("step", [0, 4])
def test_the_terms_give_the_recorded_value(kind, tap, layer, step):
    network, probe = network_of(kind), TASK.encode("a =b a ? - b ?")
    name = f"layers.{layer}.{tap}"
    found = equation(network, probe, name, unit=2, step=step)
    assert found.value == pytest.approx(record(network, probe[None])[name][step, 0, 2], abs=1e-6)
    assert recomputed(found) == pytest.approx(found.value, abs=2e-5)
    assert f"= {found.value:.3f}" in found.numeric


def recomputed(found):
    """The value from the terms alone, by the textbook's equation."""
    t = dict(found.terms)
    if "forget gate" in t:
        return t["forget gate"] * t["previous cell state"] + t["input gate"] * t["candidate"]
    if "output gate" in t:
        return t["output gate"] * torch.tensor(t["cell state"]).tanh().item()
    if "update gate" in t:
        z = t["update gate"]
        return z * t["previous hidden state"] + (1 - z) * t["candidate"]
    if "reset gate" in t:
        total = t["input"] + t["bias"] + t["reset gate"] * t["hidden state and its bias"]
        return torch.tensor(total).tanh().item()
    total = torch.tensor(sum(t.values()))
    return (torch.sigmoid(total) if found.name.endswith("_gate") else total.tanh()).item()


def test_a_backward_layer_looks_at_the_step_after():
    network, probe = network_of("lstm", bidirectional=True), TASK.encode("a =b a ?")
    found = equation(network, probe, "layers.0.backward.cell_state", unit=1, step=3)
    assert dict(found.terms)["previous cell state"] == 0


def test_the_second_layer_of_a_bidirectional_network_reads_both_directions():
    network, probe = network_of("gru", bidirectional=True), TASK.encode("a =b a ?")
    found = equation(network, probe, "layers.1.update_gate", unit=1, step=2)
    assert recomputed(found) == pytest.approx(found.value, abs=2e-5)


def test_contributors_are_the_largest_shares_of_the_previous_hidden_state():
    network, probe = network_of("lstm"), TASK.encode("a =b a ?")
    found = equation(network, probe, "layers.0.forget_gate", unit=0, step=2)
    hidden = record(network, probe[None])["layers.0.hidden_state"][1, 0]
    shares = network.layers[0].weight_hh_l0[5].detach().numpy() * hidden
    assert [unit for unit, _ in found.contributors] == list(abs(shares).argsort()[::-1][:3])


def test_what_is_not_there_is_refused():
    network, probe = network_of("lstm"), TASK.encode("a =b a ?")
    with pytest.raises(KeyError, match=re.escape("wanted a gate or state")):
        equation(network, probe, "layers.0.backward", 0, 0)
    with pytest.raises(IndexError, match="got step 9"):
        equation(network, probe, "layers.0.forget_gate", 0, 9)
