"""What the transfer page trains, and when it speaks of a surprise."""

import pytest

from models.analysis.transfer import ARMS
from models.transfer_plan import LABELS, PRETRAININGS, Setup, surprises


@pytest.mark.parametrize("kind", PRETRAININGS)
def test_arms_begin_where_the_first_task_ended_or_at_random(kind):
    setup = Setup(kind=kind, seed=4, labelled=32, ask="noun_group")
    arms = setup.arms()
    assert list(arms) == list(ARMS)
    begins = {name: experiment.start_from for name, experiment in arms.items()}
    assert begins["scratch"] is begins["random frozen"] is None
    assert begins["full"] == begins["frozen"] == begins["gradual"] == setup.pretraining
    assert setup.pretraining.train.seed == 4
    assert all(e.task_options["labelled"] == 32 for e in arms.values())
    assert all(e.task_options["ask"] == "noun_group" for e in arms.values())


def test_by_hand_freezes_what_is_switched_off():
    setup = Setup()
    assert setup.hand([True, False]).train.frozen == setup.parts[1]
    assert setup.hand([True, True]) == setup.arm("full")
    assert setup.hand([False, False]) == setup.arm("frozen")
    with pytest.raises(ValueError, match="one choice for each of"):
        setup.hand([True])


def test_the_sweep_has_every_arm_with_every_number_and_draw_and_keeps_only_the_ends():
    runs = Setup(draw=5).sweep(2)
    assert len(runs) == len(ARMS) * len(LABELS) * 2 == len(set(runs.values()))
    experiment = runs["gradual", 64, 1]
    assert experiment.task_options["labelled"] == 64
    assert experiment.task_options["draw"] == 6
    assert {experiment.train.kept for experiment in runs.values()} == {1}


@pytest.mark.parametrize(
    ("scratch", "full", "gradual", "frozen", "said"),
    [
        (0.50, 0.74, 0.87, 0.99, ["frozen_beats_full"]),
        (0.99, 1.00, 1.00, 0.52, ["frozen_guesses", "no_gain"]),
        (0.50, 0.95, 0.80, 0.96, ["gradual_loses"]),
        (0.51, 0.55, 0.56, 0.60, ["nothing_helps"]),
        (0.50, 0.97, 0.98, 0.98, []),
    ],
)
def test_surprises(scratch, full, gradual, frozen, said):
    found = dict(zip(ARMS, (scratch, full, gradual, frozen, 0.5), strict=True))
    assert surprises(found, 0.5) == said
