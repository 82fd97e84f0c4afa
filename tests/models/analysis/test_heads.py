import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import heads
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks.repeated import Repeated
from models.trace import record

TASK = Repeated(choices=9, shortest=3, longest=5, length=11)
BATCH = TASK.sample(6, torch.Generator().manual_seed(0))


def network(seed=0, **settings):
    torch.manual_seed(seed)
    defaults = {"kind": "transformer", "hidden": 18, "heads": 3, "layers": 2, "feed_forward": 7}
    net = build_network(ModelConfig(**defaults | settings), TASK).eval()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, 0, 0.4)
    return net


def test_a_silenced_head_is_one_whose_columns_of_the_output_are_zero():
    net = network()
    with heads.silenced(net, 1, 2):
        silent = net(BATCH.inputs)
    assert not torch.allclose(silent, net(BATCH.inputs), atol=1e-3)
    with torch.no_grad():
        net.layers[1].to_output.weight[:, 12:18] = 0
    torch.testing.assert_close(silent, net(BATCH.inputs), atol=1e-5, rtol=1e-5)


def test_solo_silences_all_the_others_of_its_layer():
    net = network()
    with heads.solo(net, 0, 1):
        alone = net(BATCH.inputs)
    with heads.silenced(net, 0, 0), heads.silenced(net, 0, 2):
        torch.testing.assert_close(net(BATCH.inputs), alone)


def test_head_losses_tell_whole_silenced_and_solo_apart():
    net = network()
    losses = heads.head_losses(net, TASK, BATCH)
    assert losses.silenced.shape == losses.solo.shape == (2, 3)
    assert losses.whole == pytest.approx(TASK.loss(net(BATCH.inputs), BATCH).item(), abs=1e-5)
    with heads.silenced(net, 1, 0):
        assert losses.silenced[1, 0] == pytest.approx(TASK.loss(net(BATCH.inputs), BATCH).item(), abs=1e-5)
    with heads.solo(net, 1, 0):
        assert losses.solo[1, 0] == pytest.approx(TASK.loss(net(BATCH.inputs), BATCH).item(), abs=1e-5)


def test_heads_and_layers_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match="head: wanted 0 to 2, got 3"), heads.silenced(network(), 0, 3):
        pass
    with pytest.raises(KeyError, match="layer: wanted 0 to 1, got 2"), heads.solo(network(), 2, 0):
        pass


@given(share=st.floats(0.01, 1), seed=st.integers(0, 999))
def test_only_the_strongest_share_of_a_row_stays(share, seed):
    draws = torch.Generator().manual_seed(seed)
    attention = torch.randn(2, 3, 5, 5, generator=draws).masked_fill(torch.ones(5, 5).triu(1) > 0, -torch.inf)
    attention = attention.softmax(-1)
    kept = heads.strongest(share)(attention)
    torch.testing.assert_close(kept.sum(-1), torch.ones(2, 3, 5))
    for row, left in zip(attention.view(-1, 5), kept.view(-1, 5), strict=True):
        seen = int((row > 0).sum())
        most = max(1, int(np.ceil(np.float32(share) * np.float32(seen))))
        wanted = torch.zeros(5)
        places = row.topk(most).indices
        wanted[places] = row[places] / row[places].sum()
        torch.testing.assert_close(left, wanted)


def test_keeping_everything_changes_nothing_and_keeping_little_does():
    net = network()
    whole, little = heads.loss_by_share(net, TASK, BATCH, [1.0, 0.05])
    assert whole == pytest.approx(heads.loss_of(net, TASK, BATCH), abs=1e-5)
    assert abs(little - whole) > 1e-3
    with pytest.raises(ValueError, match="share: wanted more than 0"):
        heads.strongest(0)


def test_scores_of_hand_made_heads():
    periods, time = np.array([3, 4]), 9
    attention = np.zeros((2, 3, time, time))
    for row, period in enumerate(periods):
        for query in range(time):
            attention[row, 0, query, max(query - 1, 0)] = 1  # looks at the one before
            attention[row, 1, query, query - period + 1 if query >= period else 0] = 1  # induction
    attention[:, 2] = 1 / time
    np.testing.assert_allclose(heads.previous_token_scores(attention)[[0, 2]], [1, 1 / time])
    np.testing.assert_allclose(heads.induction_scores(attention, periods), [0, 1, 1 / time])


def test_scores_and_arithmetic_from_a_trace():
    net = network(positions="alibi")
    trace = record(net, BATCH.inputs)
    previous, induction = heads.scores_of_heads(trace, TASK.periods(BATCH).numpy())
    assert previous.shape == induction.shape == (2, 3)
    assert ((previous >= 0) & (previous <= 1) & (induction >= 0) & (induction <= 1)).all()
    sums = heads.score_arithmetic(trace, layer=1, head=2, query=4, sequence=3)
    np.testing.assert_allclose(sums.products.sum(1), sums.raw, atol=1e-5)
    np.testing.assert_allclose(sums.raw / np.sqrt(6), sums.scaled, atol=1e-6)
    bias = trace["position_bias"][2, 4]
    np.testing.assert_allclose(sums.score[:5], (sums.scaled + bias)[:5], atol=1e-5)
    assert np.isneginf(sums.score[5:]).all()
    powers = np.exp(sums.score)
    np.testing.assert_allclose(sums.attention, powers / powers.sum(), atol=1e-6)
