"""How much a frozen body saves: seconds of an update, full against frozen, measured in turns."""

from __future__ import annotations

import dataclasses
import time

import pytest
import torch

from models.analysis.transfer import PRETRAINING, arm
from models.training.loop import Trainer

pytestmark = pytest.mark.bench
BLOCKS, UPDATES = 8, 20


def processor_seconds(trainers):
    """Processor time of an update of each trainer: the quietest of several blocks, taking turns."""
    torch.set_num_threads(1)
    measured = [[] for _ in trainers]
    for block in range(BLOCKS + 1):
        for times, trainer in zip(measured, trainers, strict=True):
            start = time.process_time()
            for _ in range(UPDATES):
                trainer.update()
            if block:  # the first one computes the features and warms everything up
                times.append((time.process_time() - start) / UPDATES)
    return [min(times) for times in measured]


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
