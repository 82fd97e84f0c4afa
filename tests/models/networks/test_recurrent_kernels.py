"""The recurrences with hand-derived gradients against torch.nn, gradcheck, and misuse of their memory."""

from __future__ import annotations

import gc

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.networks.kernels import faster_than_torch, gru, products, rnn, tanh_
from models.networks.kernels.workspace import Pool

torch.set_num_threads(1)
OURS = {
    "gru": gru,
    "tanh": lambda *given: rnn(*given, "tanh"),
    "relu": lambda *given: rnn(*given, "relu"),
    "linear": lambda *given: rnn(*given, "linear"),
}


def theirs_of(name, width, units):
    return nn.GRU(width, units) if name == "gru" else nn.RNN(width, units, nonlinearity=name)


def values_for(theirs, steps, batch, width, units):
    inputs = torch.randn(steps, batch, width, requires_grad=True)
    start = torch.randn(batch, units, requires_grad=True)
    return inputs, start, list(theirs.parameters())


@pytest.mark.parametrize("name", ["gru", "tanh", "relu"])
@settings(max_examples=25, deadline=None)
@given(
    steps=st.integers(1, 9),
    batch=st.integers(1, 6),
    width=st.integers(1, 7),
    units=st.integers(1, 9),
    seed=st.integers(0, 999),
)
def test_values_and_gradients_equal_torch_nn(name, steps, batch, width, units, seed):
    torch.manual_seed(seed)
    theirs = theirs_of(name, width, units)
    inputs, start, weights = values_for(theirs, steps, batch, width, units)
    wanted = torch.randn(steps, batch, units)
    expected = theirs(inputs, start[None])[0]
    outputs = OURS[name](inputs, start, weights)
    torch.testing.assert_close(outputs, expected, atol=1e-5, rtol=1e-5)
    gradients = torch.autograd.grad((outputs * wanted).sum(), [inputs, start, *weights])
    reference = torch.autograd.grad((expected * wanted).sum(), [inputs, start, *weights])
    for gradient, right in zip(gradients, reference, strict=True):
        torch.testing.assert_close(gradient, right, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", OURS)
def test_gradients_pass_gradcheck_in_double(name):
    torch.manual_seed(5)
    steps, batch, width, units = 4, 3, 2, 5
    blocks = 3 if name == "gru" else 1
    shapes = [(steps, batch, width), (batch, units), (blocks * units, width), (blocks * units, units)]
    values = [torch.randn(*shape, dtype=torch.double) for shape in [*shapes, (blocks * units,)] * 1]
    values.append(torch.randn(blocks * units, dtype=torch.double))
    for value in values:
        value.requires_grad_()
    assert torch.autograd.gradcheck(lambda x, h, *weights: OURS[name](x, h, list(weights)), values)


@pytest.mark.parametrize("name", ["gru", "tanh"])
def test_two_forward_passes_before_a_backward_pass_do_not_share_memory(name):
    torch.manual_seed(6)
    models = [theirs_of(name, 4, 6) for _ in range(2)]
    given = [values_for(model, 5, 3, 4, 6) for model in models]
    outputs = [OURS[name](*values) for values in given]
    for model, (inputs, start, weights), output in zip(models, given, outputs, strict=True):
        gradients = torch.autograd.grad(output.square().sum(), weights)
        reference = torch.autograd.grad(model(inputs, start[None])[0].square().sum(), weights)
        for gradient, right in zip(gradients, reference, strict=True):
            torch.testing.assert_close(gradient, right, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["gru", "tanh"])
def test_two_networks_of_equal_size_train_side_by_side_as_alone(name):
    def trained(models):
        optimizers = [torch.optim.SGD(model.parameters(), 0.3) for model in models]
        generator = torch.Generator().manual_seed(2)
        for _ in range(5):
            inputs = torch.randn(6, 3, 4, generator=generator)
            outputs = [OURS[name](inputs, torch.zeros(3, 5), list(model.parameters())) for model in models]
            for output, optimizer in zip(outputs, optimizers, strict=True):
                optimizer.zero_grad()
                (output[-1] - 0.5).square().mean().backward()
                optimizer.step()
        return [torch.cat([p.detach().flatten() for p in model.parameters()]) for model in models]

    def fresh(seed):
        torch.manual_seed(seed)
        return theirs_of(name, 4, 5)

    together = trained([fresh(1), fresh(2)])
    assert torch.equal(together[0], trained([fresh(1)])[0])
    assert torch.equal(together[1], trained([fresh(2)])[0])
    assert not torch.equal(together[0], together[1])


@pytest.mark.parametrize("name", ["gru", "tanh"])
def test_a_graph_may_be_walked_twice(name):
    torch.manual_seed(7)
    inputs, start, weights = values_for(theirs_of(name, 4, 6), 5, 3, 4, 6)
    loss = OURS[name](inputs, start, weights).square().sum()
    once = torch.autograd.grad(loss, weights, retain_graph=True)
    OURS[name](inputs * 2, start, weights).sum().backward()
    twice = torch.autograd.grad(loss, weights)
    for first, second in zip(once, twice, strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize(("batch", "units"), [(2, 5), (1, 5), (2, 1)])
@pytest.mark.parametrize("name", OURS)
def test_outputs_outlive_their_graph(name, batch, units):
    torch.manual_seed(8)
    rows = 3 * units if name == "gru" else units
    weights = [torch.randn(rows, 4), torch.randn(rows, units), *torch.randn(2, rows)]
    weights = [weight.mul(0.3).requires_grad_() for weight in weights]
    inputs, start = torch.randn(6, batch, 4), torch.zeros(batch, units)
    kept = OURS[name](inputs, start, weights).detach()
    before = kept.clone()
    gc.collect()
    for _ in range(3):
        OURS[name](inputs + 1, start, weights).sum().backward()
    assert torch.equal(kept, before)


def test_gates_that_are_quite_shut_leave_finite_gradients():
    torch.manual_seed(9)
    theirs = nn.GRU(4, 6)
    inputs, start, weights = values_for(theirs, 5, 3, 4, 6)
    with torch.no_grad():
        weights[2][:12] = -200.0  # sigmoid(-200) is exactly 0 in single precision
    gradients = torch.autograd.grad(gru(inputs, start, weights).square().sum(), weights)
    reference = torch.autograd.grad(theirs(inputs, start[None])[0].square().sum(), weights)
    for gradient, right in zip(gradients, reference, strict=True):
        assert gradient.isfinite().all()
        torch.testing.assert_close(gradient, right, atol=1e-5, rtol=1e-5)


def test_frozen_weights_get_no_gradient_and_real_inputs_need_none():
    inputs, start, weights = values_for(theirs_of("gru", 4, 6), 5, 3, 4, 6)
    weights[1].requires_grad_(False)
    gru(inputs.detach(), start.detach(), weights).sum().backward()
    assert weights[1].grad is None and weights[0].grad is not None


class Room:
    def __init__(self, *size):
        self.bytes = 10


def test_a_pool_lends_each_workspace_once_and_keeps_few():
    pool = Pool(Room, kept_bytes=25)
    size = (1, 2, 3, torch.float32)
    loans = [pool.lend(size) for _ in range(4)]
    assert len({id(loan.workspace) for loan in loans}) == 4
    rooms = [loan.workspace for loan in loans]
    del loans
    gc.collect()
    assert len(pool.free) == 2
    assert pool.take(size) in rooms
    assert pool.take((9, 2, 3, torch.float32)) not in rooms


def test_tanh_in_place():
    values = torch.linspace(-30, 30, 4001)
    wanted = values.double().tanh()
    assert tanh_(values) is values
    torch.testing.assert_close(values.double(), wanted, atol=2e-7, rtol=0)


def test_a_wide_rnn_with_a_batch_that_leaves_gaps_goes_to_torch():
    assert faster_than_torch(batch=7, units=64, blocks=1)
    assert faster_than_torch(batch=32, units=128, blocks=1)
    assert not faster_than_torch(batch=7, units=128, blocks=1)
    assert faster_than_torch(batch=7, units=128, blocks=3) == (products.ONEDNN is not None)


@pytest.mark.parametrize("without", [False, True])
@pytest.mark.parametrize("name", ["gru", "tanh", "relu"])
@pytest.mark.parametrize(("steps", "batch", "units"), [(3, 33, 130), (70, 33, 40), (2, 7, 100)])
def test_large_sizes_equal_torch_nn_with_and_without_onednn(name, steps, batch, units, without, monkeypatch):
    if without:
        monkeypatch.setattr(products, "ONEDNN", None)
    torch.manual_seed(4)
    theirs = theirs_of(name, 65, units)
    inputs, start, weights = values_for(theirs, steps, batch, 65, units)
    wanted = torch.randn(steps, batch, units) / batch
    expected = theirs(inputs, start[None])[0]
    outputs = OURS[name](inputs, start, weights)
    torch.testing.assert_close(outputs, expected, atol=1e-5, rtol=1e-5)
    gradients = torch.autograd.grad((outputs * wanted).sum(), [inputs, start, *weights])
    reference = torch.autograd.grad((expected * wanted).sum(), [inputs, start, *weights])
    for gradient, right in zip(gradients, reference, strict=True):
        torch.testing.assert_close(gradient, right, atol=1e-5, rtol=1e-5)


def test_products_equal_torch_mm_at_every_way_of_doing_them(monkeypatch):
    torch.manual_seed(3)
    left, right = torch.randn(301, 211), torch.randn(90, 211).t()
    torch.testing.assert_close(products.product(left, right), left @ right, atol=1e-4, rtol=1e-5)
    assert torch.equal(products.product(left.double(), right.double()), left.double() @ right.double())
    for weight, batch in ((torch.randn(9, 5), 3), (torch.randn(301, 130), 33), (torch.randn(301, 100), 7)):
        sums, values = torch.randn(len(weight), batch), torch.randn(weight.shape[1], batch)
        expected = sums + weight @ values
        products.adder(weight, batch)(sums, values)
        torch.testing.assert_close(sums, expected, atol=1e-4, rtol=1e-5)
