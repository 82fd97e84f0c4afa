"""Pictures of transfer: what stands where, on which scale, and what is refused."""

import numpy as np
import pytest

from viz.transfer import (
    LabelCurve,
    accuracy_bars,
    arm_curves,
    coloured,
    correlation_bars,
    drift_bars,
    gap_curves,
    label_curves,
)

NAN = np.nan
LABELS = (8, 16, 64)


def one_curve():
    held_out = np.array([[0.5, 0.7, NAN], [0.6, NAN, NAN]])
    training = np.array([[1.0, 0.9, NAN], [0.8, NAN, NAN]])
    return LabelCurve(held_out, training)


def test_a_curve_is_the_mean_of_the_draws_that_are_known_and_its_bars_go_to_worst_and_best():
    line = label_curves({"frozen": one_curve()}, labels=LABELS, chance=0.5).data[0]
    np.testing.assert_allclose(line.y, [0.55, 0.7, NAN])
    np.testing.assert_allclose(line.error_y.array, [0.05, 0, NAN], atol=1e-12)
    np.testing.assert_allclose(line.error_y.arrayminus, [0.05, 0, NAN], atol=1e-12)
    assert tuple(line.x) == LABELS


def test_labels_double_along_the_axis_and_guessing_is_drawn_in():
    figure = label_curves({"frozen": one_curve()}, labels=LABELS, chance=0.5)
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == ["8", "16", "64"]
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0.5


def test_the_gap_is_training_minus_held_out():
    line = gap_curves({"frozen": one_curve()}, labels=LABELS).data[0]
    np.testing.assert_allclose(line.y, [0.35, 0.2, NAN])


@pytest.mark.parametrize("draw", [label_curves, gap_curves])
def test_a_curve_of_other_numbers_of_labels_is_refused(draw):
    more = {"chance": 0.5} if draw is label_curves else {}
    with pytest.raises(ValueError, match=r"frozen: wanted \(draw, 2 labels\), got shape \(2, 3\)"):
        draw({"frozen": one_curve()}, labels=(8, 16), **more)


def test_training_and_held_out_stand_beside_each_other():
    figure = accuracy_bars(np.array([1.0, 0.9]), np.array([0.5, 0.8]), arms=["a", "b"], chance=0.5)
    assert [bar.name for bar in figure.data] == ["training", "held out"]
    assert list(figure.data[1].y) == [0.5, 0.8]
    assert tuple(figure.layout.yaxis.range) == (0, 1.04)


def test_drift_has_a_bar_for_each_part_of_each_arm():
    moved = {"full": np.array([0.1, 0.2, 0.3]), "frozen": np.zeros(3)}
    figure = drift_bars(moved, parts=["embeddings", "layer 1", "layer 2"], limit=0.4)
    assert [list(bar.y) for bar in figure.data] == [[0.1, 0.2, 0.3], [0, 0, 0]]
    assert tuple(figure.layout.yaxis.range) == (0, 0.4)
    with pytest.raises(ValueError, match="frozen: wanted a value for each of 2 parts, got 3"):
        drift_bars({"frozen": np.zeros(3)}, parts=["embeddings", "layer 1"], limit=1)


def test_correlations_stand_on_the_scale_from_minus_one_to_one():
    figure = correlation_bars(np.array([0.2, -0.9, 0.1]), what="the feeling")
    assert list(figure.data[0].y) == [0.2, -0.9, 0.1]
    low, high = figure.layout.yaxis.range
    assert low == -high and 1 <= high < 1.2


def test_an_arm_keeps_its_colour_where_others_are_missing():
    arms = ["scratch", "full", "frozen"]
    curve = ([0, 10], [0.5, 0.9])
    every = coloured(arm_curves(dict.fromkeys(arms, curve), quantity="share", steps=10), arms)
    some = coloured(arm_curves({"frozen": curve}, quantity="share", steps=10), arms)
    bars = coloured(drift_bars({"frozen": np.ones(1)}, parts=["a"], limit=1), arms)
    colours = {trace.name: trace.line.color for trace in every.data}
    assert len({colours[name] for name in arms}) == 3
    assert next(trace.line.color for trace in some.data if trace.name == "frozen") == colours["frozen"]
    assert bars.data[0].marker.color == colours["frozen"]
