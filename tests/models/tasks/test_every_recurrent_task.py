"""What all tasks of recurrence promise, checked for each, at its defaults and at odd sizes."""

import pytest
import torch

from models.tasks import build_task

CASES = [
    ("write_keep_clear", {}),
    ("write_keep_clear", {"length": 7, "values": 3, "write_rate": 0.3, "clear_rate": 0.2}),
    ("remember_first", {}),
    ("remember_first", {"lag": 7, "lags": "mixed", "choices": 3}),
    ("remember_first", {"lag": 5, "fillers": "same", "choices": 5}),
    ("characters", {}),
    ("characters", {"length": 19}),
    ("equal_numbers", {}),
    ("equal_numbers", {"most": 3}),
    ("brackets", {}),
    ("brackets", {"length": 11, "depth": 2}),
    ("copy_memory", {}),
    ("copy_memory", {"delay": 1, "copied": 3}),
    ("temporal_order", {}),
    ("temporal_order", {"length": 27}),
    ("adding", {}),
    ("adding", {"length": 9}),
]
SYMBOLIC = [case for case in CASES if case[0] != "adding"]


def generator(seed=3):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("key", "settings"), CASES)
def test_a_batch_has_the_shapes_it_promises(key, settings):
    task = build_task(key, **settings)
    batch = task.sample(5, generator())
    values = (task.input_values,) if task.input_values else ()
    assert batch.inputs.shape == (5, batch.inputs.shape[1], *values)
    assert batch.counts.shape == batch.inputs.shape[:2]
    assert batch.counts.dtype == torch.bool
    assert batch.targets.shape[:2] == batch.inputs.shape[:2]
    assert batch.counts.any()
    if not task.input_values:
        assert 0 <= batch.inputs.min() <= batch.inputs.max() < len(task.symbols)
        scored = batch.targets[batch.counts]
        assert 0 <= scored.min() <= scored.max() < len(task.answers) == task.answer_width
        assert len(set(task.symbols)) == len(task.symbols)


@pytest.mark.parametrize(("key", "settings"), CASES)
def test_the_generator_alone_decides_the_batch(key, settings):
    task = build_task(key, **settings)
    one, same, other = (task.sample(6, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(one.inputs, same.inputs)
    assert torch.equal(one.targets, same.targets)
    assert not torch.equal(one.inputs, other.inputs)
    assert torch.equal(task.held_out(5).inputs, task.held_out(5).inputs)


@pytest.mark.parametrize(("key", "settings"), SYMBOLIC)
def test_chance_and_guessing_loss_are_what_guessing_gets(key, settings):
    """The most frequent answer's share, and the entropy of the answers' frequencies."""
    task = build_task(key, **settings)
    batch = task.sample(3000, generator())
    if key == "copy_memory":
        batch.counts[:] = batch.targets < 8
    shares = torch.bincount(batch.targets[batch.counts], minlength=len(task.answers)).double()
    shares = shares / shares.sum()
    entropy = -(shares[shares > 0] * shares[shares > 0].log()).sum().item()
    assert task.chance == pytest.approx(shares.max().item(), abs=0.02)
    if key != "copy_memory":
        assert task.guessing_loss == pytest.approx(entropy, abs=0.03)


@pytest.mark.parametrize(("key", "settings"), CASES)
def test_the_right_answers_have_accuracy_one(key, settings):
    task = build_task(key, **settings)
    batch = task.sample(9, generator())
    if task.input_values:
        assert task.metrics(batch.targets, batch) == {"loss": 0.0, "accuracy": 1.0}
        return
    right = 50.0 * torch.nn.functional.one_hot(batch.targets, task.answer_width)
    metrics = task.metrics(right, batch)
    assert metrics["accuracy"] == 1.0
    assert metrics["loss"] < 1e-6


@pytest.mark.parametrize(("key", "settings"), CASES)
def test_the_example_can_be_read_back(key, settings):
    task = build_task(key, **settings)
    ids = task.encode(task.example())
    assert 1 <= len(ids) <= task.longest_probe
    if key != "characters":
        assert " ".join(task.decode(ids)) == task.example()


@pytest.mark.parametrize(("key", "settings"), CASES)
def test_events_are_tracks_over_all_steps(key, settings):
    task = build_task(key, **settings)
    batch = task.sample(4, generator())
    events = task.events(batch.inputs)
    assert events
    for name, track in events.items():
        assert track.shape == batch.inputs.shape[:2], name
        assert torch.isfinite(track).all(), name
        assert track.dtype == torch.float32, name


@pytest.mark.parametrize("key", sorted({key for key, _ in SYMBOLIC} - {"characters"}))
def test_an_unknown_token_is_refused_by_name(key):
    with pytest.raises(ValueError, match=r"wanted tokens out of.*got 'nonsense'|got 'n'"):
        build_task(key).encode("nonsense")


@pytest.mark.parametrize("key", sorted({key for key, _ in CASES}))
def test_empty_and_over_long_texts_are_refused(key):
    task = build_task(key)
    for text in ("", task.example() + " " + task.example() * 200):
        with pytest.raises(ValueError, match=r"wanted .*got"):
            task.encode(text)


@pytest.mark.parametrize("key", sorted({key for key, _ in CASES}))
def test_the_summary_is_plain_and_says_what_guessing_gets(key):
    task = build_task(key)
    assert task.title
    assert any(word in task.summary.lower() for word in ("guessing", "always answering"))


@pytest.mark.parametrize(
    ("key", "settings", "steps"),
    [
        ("adding", {"length": 37}, 37),
        ("adding", {"length": 333}, 200),
        ("copy_memory", {"delay": 41, "copied": 3}, 47),
        ("copy_memory", {"delay": 300}, 200),
        ("temporal_order", {"length": 83}, 83),
        ("temporal_order", {"length": 400}, 200),
        ("remember_first", {"lag": 23}, 25),
    ],
)
def test_the_first_probe_is_as_long_as_what_was_trained(key, settings, steps):
    """A network that answers after 50 steps need not know the answer after 12."""
    task = build_task(key, **settings)
    assert len(task.encode(task.example())) == steps


def test_the_signals_of_the_first_probe_stand_where_they_do_in_training():
    for length in (20, 60, 145):
        task = build_task("temporal_order", length=length)
        tokens, tenth = task.example().split(), length // 10
        assert tenth <= tokens.index("X") <= 2 * tenth
        assert 5 * tenth <= tokens.index("Y") <= 6 * tenth
        assert tokens.count("X") == tokens.count("Y") == 1
