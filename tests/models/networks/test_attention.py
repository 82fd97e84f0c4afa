import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from models.networks.attention import ATTENTION, AdditiveAttention, DotAttention, GeneralAttention

B, Q, K, H = 3, 5, 7, 6


def values(seed=0, memory_width=H):
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(B, Q, H, generator=generator)
    memory = torch.randn(B, K, memory_width, generator=generator)
    real = torch.arange(K) < torch.tensor([7, 1, 4])[:, None]
    return hidden, memory, real


def run(attend, hidden, memory, real):
    kept = {}
    for name in ("query", "key", "score", "attention", "context"):
        getattr(attend, name).listeners.append(lambda value, step, name=name: kept.update({name: value}))
    context = attend(hidden, memory, attend.keys(memory), real)
    return context, {name: value.detach() for name, value in kept.items()}


def numpy_softmax(score, real):
    weights = np.exp(score) * real
    return weights / weights.sum()


@pytest.mark.parametrize("explicit", [False, True])
def test_additive_attention_equals_plain_numpy(explicit):
    torch.manual_seed(1)
    attend = AdditiveAttention(H, 4)
    attend.explicit = explicit
    hidden, memory, real = values(memory_width=4)
    context, kept = run(attend, hidden, memory, real)
    w, b = attend.to_query.weight.detach().numpy(), attend.to_query.bias.detach().numpy()
    u, v = attend.to_key.weight.detach().numpy(), attend.to_score.weight.detach().numpy()[0]
    for i in range(B):
        for q in range(Q):
            score = [v @ np.tanh(w @ hidden[i, q].numpy() + b + u @ m) for m in memory[i].numpy()]
            attention = numpy_softmax(np.array(score), real[i].numpy())
            np.testing.assert_allclose(kept["score"][i, q], score, atol=1e-5)
            np.testing.assert_allclose(kept["attention"][i, q], attention, atol=1e-6)
            np.testing.assert_allclose(context[i, q].detach(), attention @ memory[i].numpy(), atol=1e-5)


def test_dot_attention_equals_torch():
    hidden, memory, real = values()
    context, _ = run(DotAttention(H, H), hidden, memory, real)
    theirs = functional.scaled_dot_product_attention(
        hidden, memory, memory, attn_mask=real[:, None].expand(B, Q, K), scale=1.0
    )
    torch.testing.assert_close(context, theirs)


def test_general_attention_is_a_bilinear_form():
    torch.manual_seed(2)
    attend = GeneralAttention(H, 4)
    hidden, memory, real = values(memory_width=4)
    context, kept = run(attend, hidden, memory, real)
    bilinear = torch.nn.Bilinear(4, H, 1, bias=False)
    bilinear.weight.data[0] = attend.to_query.weight.data
    pairs = memory[:, None].expand(B, Q, K, 4), hidden[:, :, None].expand(B, Q, K, H)
    torch.testing.assert_close(kept["score"], bilinear(*pairs)[..., 0].detach())
    query = attend.to_query(hidden)
    theirs = functional.scaled_dot_product_attention(
        query, memory, memory, attn_mask=real[:, None].expand(B, Q, K), scale=1.0
    )
    torch.testing.assert_close(context, theirs)


@pytest.mark.parametrize("kind", ["additive", "dot", "general"])
@given(seed=st.integers(0, 2**31), size=st.floats(0.1, 30))
@settings(max_examples=20, deadline=None)
def test_rows_add_up_to_1_and_padding_gets_exactly_0(kind, seed, size):
    torch.manual_seed(seed % 1000)
    hidden, memory, real = values(seed)
    _, kept = run(ATTENTION[kind](H, H), hidden * size, memory * size, real)
    attention = kept["attention"]
    torch.testing.assert_close(attention.sum(-1), torch.ones(B, Q))
    assert (attention >= 0).all()
    assert (attention.masked_select(~real[:, None].expand_as(attention)) == 0).all()


@pytest.mark.parametrize("kind", ["additive", "dot", "general"])
def test_one_step_equals_its_place_among_all(kind):
    attend = ATTENTION[kind](H, H)
    hidden, memory, real = values()
    keys = attend.keys(memory)
    whole = attend(hidden, memory, keys, real)
    for q in range(Q):
        torch.testing.assert_close(attend(hidden[:, q], memory, keys, real, step=q), whole[:, q])


def test_dot_refuses_different_widths():
    with pytest.raises(ValueError, match="equal widths for dot, got 6 and 4"):
        DotAttention(6, 4)
