import math
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.tasks import library
from models.tasks.characters import REPLACEMENT, NextCharacter, corpus

OWN = 'He said "(yes) [no]" and left.\nShe did not.\n' * 20


@pytest.fixture(autouse=True)
def texts():
    many = "".join(chr(0x4E00 + i % 300) for i in range(3000)) + "aaaa" * 100
    before = list(library._resolvers)
    library.use({"own": OWN, "many": many, "short": "ab" * 40}.__getitem__)
    yield
    library._resolvers[:] = before
    corpus.cache_clear()


def test_targets_are_the_inputs_one_character_on():
    task = NextCharacter(text="own", length=17)
    batch = task.sample(30, torch.Generator().manual_seed(1))
    assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])
    for ids, target in zip(batch.inputs, batch.targets[:, -1:], strict=True):
        assert task.text_from(ids) + task.text_from(target) in OWN


def test_the_last_tenth_is_held_out_and_no_training_window_reaches_into_it():
    numbered = "".join(chr(0x4E00 + i) for i in range(100))
    library.use({"numbered": numbered}.__getitem__)
    task = NextCharacter(text="numbered", length=8)
    seen = task.sample(3000, torch.Generator().manual_seed(1))
    unseen = task.sample(3000, torch.Generator().manual_seed(1), held_out=True)
    assert set(torch.cat((seen.inputs, seen.targets)).unique().tolist()) == set(range(90))
    assert set(torch.cat((unseen.inputs, unseen.targets)).unique().tolist()) == set(range(90, 100))


def test_chance_and_guessing_loss_come_from_the_frequencies():
    task = NextCharacter(text="own", length=8)
    counts = Counter(OWN)
    shares = [count / len(OWN) for count in counts.values()]
    assert task.chance == pytest.approx(max(shares), rel=1e-5)
    assert task.guessing_loss == pytest.approx(-sum(p * math.log(p) for p in shares), rel=1e-5)


def test_bits_are_nats_over_ln_2():
    task = NextCharacter(text="own", length=8)
    batch = task.sample(4, torch.Generator().manual_seed(1))
    metrics = task.metrics(torch.zeros(4, 8, len(task.symbols)), batch)
    assert metrics["bits_per_character"] == pytest.approx(math.log2(len(task.symbols)), rel=1e-5)


def test_rare_characters_share_one_symbol():
    task = NextCharacter(text="many", length=8)
    assert len(task.symbols) == 121
    assert task.symbols[-1] == REPLACEMENT
    assert task.encode("a\u0001").tolist()[1] == 120


def test_any_text_can_be_typed_as_long_as_its_characters_are_known():
    task = NextCharacter(text="own")
    assert task.text_from(task.encode('She "said".\n')) == 'She "said".\n'
    assert task.decode(task.encode("a \n")) == ["a", "␣", "↵"]
    with pytest.raises(ValueError, match="wanted characters that the training text has; it lacks 'xz'"):
        task.encode("zx")


def test_a_text_too_short_for_the_window_is_refused():
    with pytest.raises(ValueError, match=r"length: wanted windows of at most 19 characters .* got 20"):
        NextCharacter(text="short", length=20)
    with pytest.raises(ValueError, match="got 'nowhere'"):
        NextCharacter(text="nowhere")


def events_one_by_one(text):
    """The same tracks, character by character."""
    line, depth, quoted, word, tracks = 0, 0, 0, 0, []
    for character in text:
        line = 0 if character == "\n" else line + 1
        word = word + 1 if character.isalpha() else 0
        quoted = 0 if character == "\n" else quoted ^ (character == '"')
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        tracks.append((line, depth, quoted, character.isupper(), word))
    return torch.tensor(tracks, dtype=torch.float32)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet='Hes "()[]\n.', min_size=1, max_size=60))
def test_events_equal_a_scan_character_by_character(text):
    task = NextCharacter(text="own")
    events = task.events(task.encode(text).unsqueeze(0))
    names = ("line position", "bracket depth", "inside quotes", "upper case", "word position")
    torch.testing.assert_close(torch.stack([events[name][0] for name in names], 1), events_one_by_one(text))


class Successor(nn.Module):
    """Says with certainty that the next symbol is the next number; keeps no state."""

    def __init__(self, symbols):
        super().__init__()
        self.symbols = symbols

    def forward(self, inputs):
        return 100.0 * nn.functional.one_hot((inputs + 1) % self.symbols, self.symbols)


def test_a_network_writes_what_it_predicts():
    task = NextCharacter(text="own")
    symbols = "".join(task.symbols)
    written = task.write(Successor(len(symbols)), prompt=symbols[2], length=5)
    assert written == symbols[3:8]


def test_the_same_network_writes_the_same_text_again():
    from models.experiment import ModelConfig
    from models.networks import build_network

    task = NextCharacter(text="own")
    network = build_network(ModelConfig("gru", hidden=5), task)
    assert task.write(network) == task.write(network)
    assert len(task.write(network)) == 120
    other = task.write(network, generator=torch.Generator().manual_seed(8))
    assert other != task.write(network)
