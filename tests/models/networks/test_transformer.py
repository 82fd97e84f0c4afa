"""The Transformer against torch's own, and against what must hold whatever its weights."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from models.experiment import POSITIONS, ModelConfig
from models.networks import build_network
from models.networks.encoder_decoder import EncoderDecoder
from models.networks.position_encoding import PositionEncoding
from models.networks.self_attention import sight
from models.networks.transformer import TransformerLayer, TransformerNetwork
from models.tasks import build_task
from models.tasks.order import Order
from models.tasks.remember_first import RememberFirst
from models.trace import explicit, record, replace

TASK = Order(length=9, choices=7)


def config(**settings):
    defaults = {"kind": "transformer", "hidden": 20, "heads": 4, "layers": 2, "feed_forward": 11}
    return ModelConfig(**defaults | settings)


def network(task=TASK, seed=0, **settings):
    torch.manual_seed(seed)
    built = build_network(config(**settings), task).eval()
    for parameter in built.parameters():
        nn.init.normal_(parameter, 0, 0.3)
    return built


def inputs(batch=3, task=TASK, seed=1):
    return task.sample(batch, torch.Generator().manual_seed(seed)).inputs


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("norm", ["pre", "post", "none"])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("length", [9, 90])
def test_fused_and_explicit_agree(positions, norm, causal, length):
    task = Order(length=length) if length <= 64 else TASK
    net = network(task, positions=positions, norm=norm, causal=causal)
    ids = torch.randint(len(task.symbols), (3, length), generator=torch.Generator().manual_seed(2))
    fused = net(ids)
    with explicit(net):
        torch.testing.assert_close(net(ids), fused, atol=1e-5, rtol=1e-5)


def test_fused_and_explicit_agree_where_there_is_padding():
    task = RememberFirst(lag=9, lags="mixed")
    batch = task.sample(7, torch.Generator().manual_seed(0))
    assert (batch.inputs == task.padding).any()
    for positions in POSITIONS:
        net = network(task, positions=positions)
        with explicit(net):
            looked = net(batch.inputs)
        torch.testing.assert_close(
            net(batch.inputs)[batch.counts], looked[batch.counts], atol=1e-5, rtol=1e-5
        )
        assert torch.isfinite(looked).all()


def torch_layer(ours, place):
    """torch's own layer with our weights."""
    width, inner = ours.feed_forward.in_features, ours.feed_forward.out_features
    theirs = nn.TransformerEncoderLayer(
        width, ours.heads, inner, 0.0, "gelu", batch_first=True, norm_first=place == "pre"
    )
    pairs = (
        (theirs.self_attn.out_proj, ours.to_output),
        (theirs.linear1, ours.feed_forward),
        (theirs.linear2, ours.feed_back),
        (theirs.norm1, ours.norm_attention),
        (theirs.norm2, ours.norm_mlp),
    )
    for their, our in pairs:
        their.load_state_dict(our.state_dict())
    theirs.self_attn.in_proj_weight.data.copy_(ours.to_query_key_value.weight)
    theirs.self_attn.in_proj_bias.data.copy_(ours.to_query_key_value.bias)
    return theirs


@pytest.mark.parametrize("place", ["pre", "post"])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("length", [7, 70])
def test_layer_equals_torchs_encoder_layer(place, causal, length):
    torch.manual_seed(0)
    settings = config(hidden=15, heads=3, feed_forward=22, norm=place, positions="none")
    ours = TransformerLayer(settings)
    theirs = torch_layer(ours, place)
    x = torch.randn(4, length, 15)
    filled = torch.zeros(4, length, dtype=torch.bool)
    filled[1, -2:] = filled[3, -3:] = True
    mask = torch.ones(length, length, dtype=torch.bool).triu(1) if causal else None
    wanted = theirs(x, src_mask=mask, src_key_padding_mask=filled)
    got = ours(
        x, PositionEncoding(settings, 0, causal=causal), sight(length, length, causal=causal, filled=filled)
    )
    torch.testing.assert_close(got[~filled], wanted[~filled], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("place", ["pre", "post"])
def test_layer_with_memory_equals_torchs_decoder_layer(place):
    torch.manual_seed(0)
    settings = config(hidden=15, heads=3, feed_forward=22, norm=place, positions="none")
    ours = TransformerLayer(settings, remembers=True)
    theirs = nn.TransformerDecoderLayer(15, 3, 22, 0.0, "gelu", batch_first=True, norm_first=place == "pre")
    own = torch_layer(ours, place)
    theirs.self_attn, theirs.linear1, theirs.linear2 = own.self_attn, own.linear1, own.linear2
    theirs.norm1, theirs.norm2, theirs.norm3 = ours.norm_attention, ours.norm_cross, ours.norm_mlp
    cross = ours.cross
    theirs.multihead_attn.in_proj_weight.data.copy_(
        torch.cat((cross.to_query.weight, cross.to_key_value.weight))
    )
    theirs.multihead_attn.in_proj_bias.data.copy_(torch.cat((cross.to_query.bias, cross.to_key_value.bias)))
    theirs.multihead_attn.out_proj.load_state_dict(cross.to_output.state_dict())
    x, memory = torch.randn(4, 6, 15), torch.randn(4, 5, 15)
    wanted = theirs(x, memory, tgt_mask=torch.ones(6, 6, dtype=torch.bool).triu(1))
    encoding = PositionEncoding(settings, 0, causal=True)
    got = ours(x, encoding, sight(6, 6, causal=True), memory=memory)
    torch.testing.assert_close(got, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("positions", POSITIONS)
def test_a_causal_network_does_not_see_later_symbols(positions):
    net = network(positions=positions)
    before = inputs()
    after = before.clone()
    after[:, 5:] = (after[:, 5:] + 1) % 7
    torch.testing.assert_close(net(before)[:, :5], net(after)[:, :5], atol=1e-6, rtol=0)
    assert not torch.allclose(net(before)[:, 5:], net(after)[:, 5:], atol=1e-3)


@pytest.mark.parametrize("positions", POSITIONS)
def test_only_without_positions_shuffling_the_input_merely_shuffles_the_output(positions):
    net = network(positions=positions, causal=False)
    ids, order = inputs(), torch.tensor([3, 1, 8, 0, 7, 2, 6, 5, 4])
    difference = (net(ids[:, order]) - net(ids)[:, order]).abs().max()
    assert (difference < 1e-5) == (positions == "none")


def test_under_a_causal_mask_order_leaks_in_without_positions():
    net, ids, order = network(positions="none"), inputs(), torch.tensor([3, 1, 8, 0, 7, 2, 6, 5, 4])
    assert (net(ids[:, order]) - net(ids)[:, order]).abs().max() > 1e-2


@pytest.mark.parametrize("positions", POSITIONS)
def test_what_stands_at_padding_changes_nothing(positions):
    task = RememberFirst(lag=5)
    ids = inputs(2, task)
    longer = torch.cat((ids, torch.full((2, 3), task.padding)), 1)
    for causal in (True, False):
        net = network(task, positions=positions, causal=causal)
        torch.testing.assert_close(net(longer)[:, : ids.shape[1]], net(ids), atol=1e-5, rtol=1e-5)


def test_the_taps_obey_their_equations():
    net = network(positions="alibi", causal=True)
    trace = record(net, inputs(), TASK.decode)
    before = trace["embedding"]
    for layer in range(2):
        one = {
            name: trace[f"layers.{layer}.{name}"] for name in ("query", "key", "value", "raw_score", "score")
        }
        raw = np.einsum("bhqd,bhkd->bhqk", one["query"], one["key"])
        np.testing.assert_allclose(one["raw_score"], raw, atol=1e-5)
        mask = np.where(np.tri(9, dtype=bool), 0, -np.inf)
        score = raw / np.sqrt(5) + trace["position_bias"] + mask
        np.testing.assert_allclose(one["score"], score, atol=1e-5)
        powers = np.exp(score)
        attention = powers / powers.sum(-1, keepdims=True)
        np.testing.assert_allclose(trace[f"layers.{layer}.attention"], attention, atol=1e-5)
        context = trace[f"layers.{layer}.context"]
        np.testing.assert_allclose(context, attention @ one["value"], atol=1e-5)
        more = trace[f"layers.{layer}.attention_output"] + trace[f"layers.{layer}.mlp"]
        np.testing.assert_allclose(trace[f"layers.{layer}.residual"], before + more, atol=1e-5)
        before = trace[f"layers.{layer}.residual"]
    assert trace.axes["layers.0.attention"] == ("batch", "head", "query", "key")
    np.testing.assert_allclose(trace["logits"], trace.output)
    assert trace.tokens[0] == TASK.decode(inputs()[0])


def test_positions_are_added_to_the_embeddings_and_as_large():
    net = build_network(config(hidden=64), Order(length=30, choices=26))
    trace = record(net, inputs(4, Order(length=30, choices=26)), names=["embedding", "position"])
    assert trace.axes["position"] == ("time", "unit")
    assert 0.7 < np.sqrt((trace["position"] ** 2).mean() / (trace["embedding"] ** 2).mean()) < 1.4


def test_attention_only_networks_have_no_feed_forward_part():
    net = network(feed_forward=0)
    assert not any("feed" in name or "norm_mlp" in name for name, _ in net.named_parameters())
    assert "layers.0.mlp" not in record(net, inputs())


def test_a_copy_shares_nothing_and_answers_alike():
    net = network(positions="relative")
    other = copy.deepcopy(net)
    assert torch.equal(net(inputs()), other(inputs()))
    with torch.no_grad():
        other.layers[0].to_output.weight.zero_()
    assert not torch.equal(net(inputs()), other(inputs()))


def test_dropout_works_in_training_only():
    net = network(dropout=0.5)
    assert torch.equal(net(inputs()), net(inputs()))
    net.train()
    assert not torch.equal(net(inputs()), net(inputs()))


RACE = ("remember_first", "write_keep_clear", "adding", "characters", "order", "repeated", "modular_addition")


@pytest.mark.parametrize("key", RACE)
def test_the_transformer_answers_the_tasks_of_the_other_networks(key):
    task = build_task(key)
    batch = task.sample(4, torch.Generator().manual_seed(0))
    net = build_network(config(), task)
    assert isinstance(net, TransformerNetwork)
    logits = net.answer(batch)
    assert logits.shape == (*batch.targets.shape[:2], task.answer_width)
    task.loss(logits, batch).backward()
    assert all(p.grad is not None for p in net.parameters())


def translation(**settings):
    from models.tasks.translation.reverse import ReverseSequence

    task = ReverseSequence()
    torch.manual_seed(0)
    net = build_network(config(**settings), task).eval()
    for name, parameter in net.named_parameters():
        if "norm" not in name:
            nn.init.normal_(parameter, 0, 0.3)
    return net, task, task.sample(5, torch.Generator().manual_seed(3))


@pytest.mark.parametrize("positions", POSITIONS)
def test_encoder_decoder_fused_and_explicit_agree(positions):
    net, _, batch = translation(positions=positions)
    assert isinstance(net, EncoderDecoder)
    with explicit(net):
        torch.testing.assert_close(net.answer(batch), net.answer(batch), atol=0, rtol=0)
        answer, written = net.answer(batch), net(batch.inputs)
    torch.testing.assert_close(net.answer(batch), answer, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(net(batch.inputs), written, atol=1e-5, rtol=1e-5)


def test_what_the_decoder_writes_is_what_it_answers_when_given_its_own_words():
    net, _, batch = translation()
    logits = net(batch.inputs)
    own = type(batch)(batch.inputs, logits.argmax(-1), torch.ones(logits.shape[:2], dtype=torch.bool))
    torch.testing.assert_close(net.answer(own), logits, atol=1e-5, rtol=1e-5)


def test_a_source_is_read_alike_with_and_without_padding_behind_it():
    net, task, batch = translation()
    row = batch.inputs[0]
    bare = row[row != task.padding][None]
    padded = nn.functional.pad(bare, (0, 4), value=task.padding)
    symbols, start = torch.tensor([2, 1]), net.starts(1)
    for previous in (start, *symbols[:, None]):
        one, _ = net.step(previous, net.begin(bare))
        other, _ = net.step(previous, net.begin(padded))
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_selected_readings_go_on_as_the_ones_they_were_taken_from():
    net, _, batch = translation()
    logits, reading = net.step(net.starts(5), net.begin(batch.inputs))
    places = torch.tensor([3, 3, 0])
    following = logits.argmax(-1)
    wanted, _ = net.step(following, reading)
    got, _ = net.step(following[places], reading.select(places))
    torch.testing.assert_close(got, wanted[places], atol=1e-6, rtol=1e-6)


def test_without_teacher_forcing_the_decoder_hears_itself():
    net, _, batch = translation()
    forced = net.answer(batch)
    free = net.answer(batch, teacher_forcing=0.0, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(free[:, 0], forced[:, 0])
    assert not torch.allclose(free[:, 2:], forced[:, 2:], atol=1e-3)


def test_cross_attention_is_recorded_and_can_be_replaced():
    net, _, batch = translation()
    trace = record(net, batch.inputs, run=lambda: net.answer(batch))
    attention = trace["decoder.layers.0.cross.attention"]
    assert attention.shape == (5, 4, batch.targets.shape[1], batch.inputs.shape[1])
    np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-5)
    whole = record(net, batch.inputs)
    steps = whole.output.shape[1]
    assert whole["decoder.layers.1.cross.attention"].shape == (5, 4, steps, batch.inputs.shape[1])
    with replace(net, "decoder.layers.0.cross.context", torch.zeros_like):
        assert not torch.allclose(net.answer(batch), torch.from_numpy(trace.output), atol=1e-3)
