"""Writing with a cache equals reading all at once; the table of a draw obeys its own rules."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.experiment import POSITIONS, ModelConfig
from models.networks import build_network
from models.networks.generation import Sampling, candidates, generate
from models.tasks.order import Order

TASK = Order(length=23, choices=7)


def network(**settings):
    torch.manual_seed(0)
    config = ModelConfig(kind="transformer", hidden=20, heads=4, layers=2, feed_forward=11, **settings)
    return build_network(config, TASK).eval()


IDS = TASK.sample(3, torch.Generator().manual_seed(1)).inputs


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("first", [1, 8])
def test_the_cache_changes_nothing(positions, first):
    net = network(positions=positions)
    with torch.no_grad():
        caches = net.caches()
        steps = [net.continued(IDS[:, :first], caches)]
        steps += [net.continued(IDS[:, t : t + 1], caches) for t in range(first, 20)]
        steps.append(net.continued(IDS[:, 20:], caches))
        assert (torch.cat(steps, 1) - net(IDS)).abs().max() < 1e-6
    assert caches[1].length == 23


def test_a_network_that_sees_later_positions_has_no_use_for_a_cache():
    net = network(causal=False)
    with pytest.raises(ValueError, match="wanted a causal network"):
        net.continued(IDS, net.caches())


@pytest.mark.parametrize("causal", [True, False])
def test_advancing_equals_reading_as_long_as_the_window_lasts(causal):
    net = network(causal=causal)
    state = None
    with torch.no_grad():
        for t in range(23):
            logits, state = net.advance(IDS[:, t : t + 1], state)
            torch.testing.assert_close(logits[:, -1], net(IDS[:, : t + 1])[:, -1], atol=1e-5, rtol=1e-5)


def test_beyond_the_window_reading_starts_again_with_its_second_half():
    net = network()
    with torch.no_grad():
        _, state = net.advance(IDS)
        logits, after = net.advance(IDS[:, :1], state)
        wanted = net(torch.cat((IDS, IDS[:, :1]), 1)[:, -11:])[:, -1:]
        torch.testing.assert_close(logits, wanted)
        assert after.caches[0].length == 11
        again, _ = net.advance(IDS[:, :1], state)
        torch.testing.assert_close(again, logits)


LOGITS = st.lists(st.floats(-8, 8), min_size=1, max_size=12)


@given(logits=LOGITS, temperature=st.floats(0.1, 3), top_k=st.integers(0, 14), top_p=st.floats(0.01, 1))
def test_the_table_of_a_draw(logits, temperature, top_k, top_p):
    table = candidates(torch.tensor(logits), Sampling(temperature, top_k, top_p))
    np.testing.assert_allclose(np.array(logits)[table.symbol], table.logit, atol=1e-5)
    assert (np.diff(table.logit) <= 0).all()
    np.testing.assert_allclose(table.scaled, table.logit / temperature)
    powers = np.exp(table.scaled - table.scaled.max())
    np.testing.assert_allclose(table.before, powers / powers.sum(), atol=1e-12)
    assert table.kept[0]
    assert (np.diff(table.kept.astype(int)) <= 0).all()
    assert table.kept.sum() <= (top_k or len(logits))
    np.testing.assert_allclose(table.probability.sum(), 1)
    np.testing.assert_allclose(table.probability[table.kept], (p := table.before[table.kept]) / p.sum())
    assert (table.probability[~table.kept] == 0).all()
    among = table.before[: top_k or None]
    reached = np.cumsum(among / among.sum())
    if abs(reached - top_p).min() > 1e-9:
        assert table.kept.sum() == min(int((reached < top_p).sum()) + 1, len(among))


def test_temperature_0_takes_the_likeliest():
    table = candidates(torch.tensor([1.0, 3.0, 2.0]), Sampling(temperature=0))
    assert table.symbol.tolist() == [1, 2, 0]
    assert table.probability.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"top_k": -1}, {"top_p": 0.0}, {"top_p": 1.5}], ids=str
)
def test_sampling_refuses_what_means_nothing(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: wanted"):
        Sampling(**wrong)


@pytest.mark.parametrize("kind", ["transformer", "lstm"])
def test_greedy_writing_follows_the_argmax_and_draws_repeat_with_the_seed(kind):
    net = network() if kind == "transformer" else build_network(ModelConfig(kind, hidden=9), TASK)
    written = generate(net, IDS[0, :4], 6, Sampling(temperature=0))
    ids = IDS[0, :4].tolist()
    for symbol in written.symbols:
        assert net(torch.tensor([ids]))[0, -1].argmax() == symbol
        ids.append(symbol)
    assert len(written.tables) == 6
    draws = [
        generate(net, IDS[0, :4], 12, Sampling(), torch.Generator().manual_seed(5)).symbols for _ in range(2)
    ]
    assert draws[0] == draws[1]


def test_writing_needs_a_beginning():
    with pytest.raises(ValueError, match="wanted at least one symbol"):
        generate(network(), IDS[0, :0], 3, Sampling())
