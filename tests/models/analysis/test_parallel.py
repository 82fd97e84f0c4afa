import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.analysis import parallel
from models.analysis.parallel import ALL_AT_ONCE, TOKEN_BY_TOKEN, Shape, compare, difference

SIZES = {"width": 12, "heads": 3, "layers": 2, "feed_forward": 10}


@pytest.mark.parametrize("length", [17, 128])
def test_both_readings_of_the_transformer_agree_but_for_rounding(length):
    shape = Shape()
    network, inputs = parallel._transformer(length, shape)
    with torch.no_grad():
        largest = network(inputs).abs().max().item()
    assert difference(length, shape) < 1e-6 * max(1, largest)
    torch.set_default_dtype(torch.float64)
    try:
        network, inputs = parallel._transformer(length, shape)
        with torch.no_grad():
            logits = network(inputs)
            assert logits.dtype == torch.float64
            assert (logits - parallel.token_by_token(network, inputs)).abs().max() < 1e-12
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_comparison_has_the_costs_of_each_length_and_the_difference():
    found = compare((5, 17), repeats=1, **SIZES)
    assert [cost.length for cost in found.of("lstm")] == [5, 17]
    assert 0 < found.difference < 1e-5


def test_waiting_is_counted():
    steps = {
        mode: {cost.way: cost.dependent_steps for cost in compare((9,), mode=mode, repeats=1, **SIZES).costs}
        for mode in parallel.MODES
    }
    assert steps["reading"] == {ALL_AT_ONCE: 2, TOKEN_BY_TOKEN: 18, "rnn": 10, "lstm": 10, "gru": 10}
    assert steps["training"] == {ALL_AT_ONCE: 2, "rnn": 10, "lstm": 10, "gru": 10}
    assert steps["generating"] == {TOKEN_BY_TOKEN: 18, "rnn": 18, "lstm": 18, "gru": 18}


def test_operations_are_those_that_torch_counts():
    # torch counts the whole square of scores; token by token only what the mask leaves is computed.
    network, inputs = parallel._transformer(7, Shape(12, 3, 2, 10))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        parallel.token_by_token(network, inputs)
    output = 2 * 7 * 12 * network.to_logits.out_features
    assert counter.get_total_flops() - output == parallel.transformer_operations(7, 12, 10, 2)


@pytest.mark.parametrize("kind", ["rnn", "gru"])
def test_recurrent_operations_are_those_that_torch_counts(kind):
    module = parallel.LIBRARY[kind](12, 12, 2, batch_first=True)
    with FlopCounterMode(display=False) as counter:
        module(torch.randn(1, 7, 12))
    assert counter.get_total_flops() == parallel.recurrent_operations(kind, 7, 12, 2)


@given(length=st.integers(1, 2000), width=st.integers(1, 300), layers=st.integers(1, 4))
def test_a_transformer_does_at_least_as_many_operations(length, width, layers):
    """With a feed-forward width of twice the width, as on the page."""
    transformer = parallel.transformer_operations(length, width, 2 * width, layers)
    for kind in parallel.GATES:
        assert transformer >= parallel.recurrent_operations(kind, length, width, layers)


@pytest.mark.parametrize("kind", sorted(parallel.LIBRARY))
def test_a_recurrent_network_step_by_step_gives_the_same(kind):
    torch.manual_seed(0)
    module: nn.Module = parallel.LIBRARY[kind](5, 7, 2, batch_first=True)
    values = torch.randn(2, 6, 5)
    torch.testing.assert_close(parallel.step_by_step(module, values), module(values)[0])


def test_every_cost_is_there_and_a_mode_that_is_not_is_refused():
    comparison = compare((3, 8), repeats=2, **SIZES)
    assert [cost.length for cost in comparison.of("gru")] == [3, 8]
    assert all(cost.seconds > 0 for cost in comparison.costs)
    assert comparison.ratio(8) > 0
    with pytest.raises(ValueError, match="mode: wanted one of reading, training, generating, got 'sleeping'"):
        compare((3,), mode="sleeping")
