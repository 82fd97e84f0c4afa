"""How much a frozen body saves: seconds of an update, full against frozen, measured in turns."""

from __future__ import annotations

import dataclasses
import statistics
import time

import pytest
import torch

from models.analysis.transfer import PRETRAINING, arm
from models.training.loop import Trainer

pytestmark = pytest.mark.bench
REPEATS = 60


def processor_seconds(trainers):
    """Median processor time of an update of each trainer, taking turns; the first five are left out."""
    torch.set_num_threads(1)
    measured = [[] for _ in trainers]
    for repeat in range(REPEATS + 5):
        for times, trainer in zip(measured, trainers, strict=True):
            start = time.process_time()
            trainer.update()
            if repeat >= 5:
                times.append(time.process_time() - start)
    return [statistics.median(times) for times in measured]


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_frozen_update_is_at_least_three_times_as_fast(kind):
    model = dataclasses.replace(PRETRAINING.model, kind=kind)
    pretraining = dataclasses.replace(PRETRAINING, model=model)
    full, frozen = processor_seconds(
        [Trainer(arm(name, 64, pretraining=pretraining)) for name in ("scratch", "random frozen")]
    )
    print(
        f"\n{kind}: full {full * 1e3:.2f} ms, frozen {frozen * 1e3:.2f} ms an update, {full / frozen:.1f} x"
    )
    assert full / frozen >= 3
