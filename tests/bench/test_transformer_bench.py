"""Ratios measured in one run, printed: our Transformer against torch's, and looking against not looking."""

import statistics
import time

import pytest
import torch
from torch import nn
from torch.nn import functional

from models.experiment import ModelConfig
from models.networks import build_network
from models.networks.positions import sinusoidal
from models.tasks.order import Order
from models.trace import record

pytestmark = pytest.mark.bench

LENGTH, LAYERS, HEADS, REPEATS = 16, 2, 4, 60


class TorchTransformer(nn.Module):
    """The same network out of torch's own parts."""

    def __init__(self, width, symbols):
        super().__init__()
        self.embed = nn.Embedding(symbols, width)
        layer = nn.TransformerEncoderLayer(
            width, HEADS, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        norm = nn.LayerNorm(width)
        self.encoder = nn.TransformerEncoder(layer, LAYERS, norm, enable_nested_tensor=False)
        self.to_logits = nn.Linear(width, symbols)
        self.register_buffer("positions", torch.from_numpy(sinusoidal(LENGTH, width)).float())
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(LENGTH))

    def forward(self, inputs):
        x = self.embed(inputs) + self.positions
        return self.to_logits(self.encoder(x, mask=self.mask, is_causal=True))


def ours(width, task):
    config = ModelConfig(kind="transformer", hidden=width, heads=HEADS, layers=LAYERS, feed_forward=2 * width)
    return build_network(config, task)


def interleaved(*functions):
    """Median seconds of processor time of each function, taking turns so that all meet the same machine."""
    measured = [[] for _ in functions]
    for repeat in range(REPEATS + 5):
        for function, values in zip(functions, measured, strict=True):
            started = time.process_time()
            function()
            if repeat >= 5:
                values.append(time.process_time() - started)
    return [statistics.median(values) for values in measured]


def updating(network, batch):
    """One update: forward, backward, Adam."""
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)

    def update():
        optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(network(batch.inputs).flatten(0, 1), batch.targets.flatten())
        loss.backward()
        optimizer.step()

    return update


@pytest.mark.parametrize(("width", "wanted"), [(32, 1.2), (64, 1.0)])
@pytest.mark.parametrize("batch_size", [32, 64])
def test_an_update_against_torch(width, wanted, batch_size, capsys):
    task = Order(length=LENGTH)
    batch = task.sample(batch_size, torch.Generator().manual_seed(0))
    mine, theirs = ours(width, task), TorchTransformer(width, len(task.symbols))
    assert sum(p.numel() for p in mine.parameters()) == sum(p.numel() for p in theirs.parameters())
    our_seconds, their_seconds = interleaved(updating(mine, batch), updating(theirs, batch))
    with capsys.disabled():
        print(
            f"\nwidth {width}, batch {batch_size}, length {LENGTH}: ours {our_seconds * 1e3:.2f} ms, "
            f"torch.nn.TransformerEncoder {their_seconds * 1e3:.2f} ms: "
            f"{their_seconds / our_seconds:.2f} times as fast (wanted {wanted})"
        )


@pytest.mark.parametrize("width", [32, 64])
def test_recording_every_head(width, capsys):
    task = Order(length=LENGTH)
    inputs = task.sample(64, torch.Generator().manual_seed(0)).inputs
    network = ours(width, task).eval()
    names = [f"layers.{layer}.attention" for layer in range(LAYERS)]

    def fused():
        with torch.no_grad():
            network(inputs)

    passes, looks = interleaved(fused, lambda: record(network, inputs, names=names))
    with capsys.disabled():
        print(
            f"\nwidth {width}: recording every head's attention takes {looks / passes:.2f} fused forward "
            f"passes (at most 2 wanted): {looks * 1e3:.2f} ms against {passes * 1e3:.2f} ms"
        )
