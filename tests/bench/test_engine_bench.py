"""Updates a second through the whole engine, next to a bare torch loop on the same batches."""

import os
import statistics
import time

import pytest
import torch
from torch import nn

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.tasks import build_task
from models.training.engine import Engine
from models.training.store import Store
from models.training.warm import warm

MADE = Experiment(model=ModelConfig(kind="lstm", hidden=32), train=TrainConfig(steps=600))
ROUNDS = 5


def bare_loop(experiment: Experiment) -> float:
    """Seconds of training with `nn.LSTM` and nothing around it: what anybody would write first."""
    warm()
    config, model = experiment.train, experiment.model
    task = build_task(experiment.task, **experiment.task_options)
    embedding = nn.Embedding(len(task.symbols), model.embedding)
    lstm = nn.LSTM(model.embedding, model.hidden, model.layers, batch_first=True)
    readout = nn.Linear(model.hidden, len(task.answers))
    parameters = [*embedding.parameters(), *lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, config.learning_rate, fused=True)
    generator = torch.Generator().manual_seed(config.seed + 1)
    began = time.perf_counter()
    for _ in range(config.steps):
        batch = task.sample(config.batch_size, generator)
        optimizer.zero_grad(set_to_none=True)
        loss = task.loss(readout(lstm(embedding(batch.inputs))[0]), batch)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, config.clip)
        optimizer.step()
        loss.item()
    return time.perf_counter() - began


def through_the_engine(engine: Engine, experiment: Experiment) -> float:
    """Seconds from the start of a run to its end, as the store tells them."""
    began = time.perf_counter()
    run_id = engine.start(experiment)
    while engine.store.run(run_id).going:
        time.sleep(0.05)
    assert engine.store.run(run_id).status == "finished", engine.store.run(run_id).reason
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('bench') / 'runs.sqlite'}")
    engine = Engine(store, workers=1)
    while not engine.ready():
        time.sleep(0.05)
    through_the_engine(engine, MADE)
    yield engine
    engine.close()
    store.close()


@pytest.mark.bench
def test_updates_a_second_through_the_engine(engine, benchmark, capsys):
    """Both in the same worker process, by turns, so that the machine's moods meet both alike."""
    client = engine.dispatch.client
    bare, whole = [], []

    def by_turns():
        bare.append(client.submit(bare_loop, MADE, pure=False).result())
        whole.append(through_the_engine(engine, MADE))

    benchmark.pedantic(by_turns, rounds=ROUNDS, warmup_rounds=1)
    ratios = [one / other for one, other in zip(bare, whole, strict=True)]
    steps = MADE.train.steps
    benchmark.extra_info["ratio"] = statistics.median(ratios)
    with capsys.disabled():
        print(
            f"\nupdates a second: bare loop {steps / min(bare):.0f}, whole engine {steps / min(whole):.0f}; "
            f"engine / bare: median {statistics.median(ratios):.2f}, "
            f"best of each {min(bare) / min(whole):.2f}"
        )


@pytest.mark.bench
def test_a_wish_takes_effect(engine, benchmark, capsys):
    """From the call of `pause` to the status in the store; the aim is 0.3 s."""
    run_id = engine.start(Experiment(train=TrainConfig(steps=20_000)))
    seconds = []

    def running():
        engine.resume(run_id)
        reached = engine.store.run(run_id).step
        while engine.store.run(run_id).step < reached + 5:
            time.sleep(0.02)

    def pause():
        began = time.perf_counter()
        engine.pause(run_id)
        while engine.store.run(run_id).status != "paused":
            time.sleep(0.005)
        seconds.append(time.perf_counter() - began)

    benchmark.pedantic(pause, setup=running, rounds=8)
    engine.stop(run_id)
    with capsys.disabled():
        print(f"\npause: median {statistics.median(seconds):.3f} s, slowest {max(seconds):.3f} s")


@pytest.mark.bench
def test_a_run_starts(engine, benchmark, capsys):
    """From the call of `start` to the first snapshot in the store, on a warm engine; the aim is 1 s."""
    seconds = []

    def start():
        began = time.perf_counter()
        run_id = engine.start(MADE)
        while not engine.store.snapshot_steps(run_id):
            time.sleep(0.005)
        seconds.append(time.perf_counter() - began)
        return run_id

    def ended():
        for run in engine.store.recent():
            engine.stop(run.id)
        while any(run.going for run in engine.store.recent()):
            time.sleep(0.02)

    benchmark.pedantic(start, setup=ended, rounds=8)
    with capsys.disabled():
        print(f"\nstart to first snapshot: median {statistics.median(seconds):.3f} s")


@pytest.mark.bench
def test_size_of_a_run(engine, capsys):
    """Bytes that a finished run of 1,000 steps with 32 units adds to the store; the aim is 20 MB."""
    path = engine.store.address[0].removeprefix("sqlite:///")
    files = [path, f"{path}-wal"]
    before = sum(os.path.getsize(file) for file in files)
    through_the_engine(engine, Experiment(train=TrainConfig(steps=1000)))
    after = sum(os.path.getsize(file) for file in files)
    with capsys.disabled():
        print(f"\na finished run of 1,000 steps with 32 units: {(after - before) / 1e6:.1f} MB")
    assert after - before < 20e6
