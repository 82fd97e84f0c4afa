"""Maps and curves: looked at inside the figure, not at pixels."""

import numpy as np
import pytest

from viz.curves import learning_curves
from viz.maps import MOST_TICKS, answer_map, unit_map


def test_unit_map_runs_time_across_and_units_down_on_a_fixed_scale():
    values = np.arange(15).reshape(5, 3) / 100
    figure = unit_map(values, tokens=list("abcde"), name="forget gate")
    heat = figure.data[0]
    assert np.array_equal(heat.z, values.T)
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert list(figure.layout.xaxis.ticktext) == list("abcde")


def test_states_are_drawn_on_a_scale_symmetric_about_zero():
    heat = unit_map(np.zeros((2, 3)), tokens=["a", "b"], name="cell", signed=True, limit=2.5).data[0]
    assert (heat.zmin, heat.zmax) == (-2.5, 2.5)


def test_long_sequences_get_fewer_ticks():
    figure = unit_map(np.zeros((200, 2)), tokens=["x"] * 200, name="gate")
    assert len(figure.layout.xaxis.tickvals) <= MOST_TICKS


def test_tokens_that_look_like_markup_are_harmless():
    figure = unit_map(np.zeros((1, 1)), tokens=["<b>"], name="gate")
    assert figure.layout.xaxis.ticktext == ("&lt;b>",)


def test_a_map_refuses_tokens_of_another_length():
    with pytest.raises(ValueError, match=r"shape \(3, 2\) and 2 tokens"):
        unit_map(np.zeros((3, 2)), tokens=["a", "b"], name="gate")


def test_answer_map_names_its_rows():
    figure = answer_map(np.zeros((2, 3)), tokens=["a", "b"], answers=["x", "y", "z"])
    assert list(figure.layout.yaxis.ticktext) == ["x", "y", "z"]


def test_curves_have_a_cursor_a_guessing_line_and_a_fixed_axis():
    figure = learning_curves(
        {"held-out loss": ([0, 10], [2.0, 1.0])}, guessing=1.5, quantity="loss", steps=40, cursor=10
    )
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 10
    assert figure.layout.shapes[1].y0 == 1.5
    assert tuple(figure.layout.xaxis.range) == (0, 40)
