"""Makes a process ready to train: `dask worker --preload models.training.warm` for distant workers."""

from __future__ import annotations

import os
import warnings
from functools import cache

NICE = 10


@cache
def warm() -> None:
    """One torch thread, low priority, and everything imported that the first run would wait for.

    The first optimizer of a process imports `torch._dynamo`: 1.6 s that nobody should see.
    """
    import torch

    torch.set_num_threads(1)
    import models.training.worker  # noqa: F401
    from models.experiment import Experiment, ModelConfig, TrainConfig
    from models.training.loop import Trainer
    from models.training.records import packed

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = Experiment(model=ModelConfig(hidden=2), train=TrainConfig(steps=1, batch_size=2))
        trainer = Trainer(small)
        trainer.update()
        packed(trainer.snapshot().weights)
    os.nice(max(0, NICE - os.nice(0)))  # last: on a busy machine the imports would take ten times as long


def dask_setup(worker: object) -> None:
    """What Dask calls in each new worker process."""
    warm()
