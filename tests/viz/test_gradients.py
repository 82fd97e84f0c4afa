"""Gradients on a logarithmic scale: what vanishes and what explodes stays on the picture."""

import numpy as np

from viz.gradients import CEILING, FLOOR, bounded, gradient_curves, law_curves


def test_sizes_stay_between_the_ends_and_what_is_no_number_becomes_a_gap():
    sizes = bounded(np.array([0.0, 1e-30, 1e-3, 1e20, np.inf, np.nan]))
    assert np.array_equal(sizes, [FLOOR, FLOOR, 1e-3, CEILING, CEILING, np.nan], equal_nan=True)


def test_the_moment_shown_comes_first_then_before_and_newest():
    now = {"layer 0": np.array([1e-3, 1.0]), "layer 1": np.array([0.1, 0.5])}
    before = {name: sizes / 10 for name, sizes in now.items()}
    figure = gradient_curves(now, before=before, last=now, tokens=["a", "b"], ends=(1e-4, 1.0))
    assert [line.name for line in figure.data][:4] == [
        "layer 0", "layer 1", "layer 0, before training", "layer 1, before training",
    ]  # fmt: skip
    assert np.allclose(figure.data[2].y, [1e-4, 0.1])
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert low < -4 and high > 0


def test_the_law_stands_beside_what_was_computed():
    exact = 0.5 ** np.arange(4, -1, -1)
    figure = law_curves({"gradient": exact}, exact=exact)
    assert list(figure.data[0].x) == [1, 2, 3, 4, 5]
    assert np.allclose(figure.data[1].y, [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1])
