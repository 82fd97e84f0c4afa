"""A text coloured by a number: each value under its own token."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from viz.coloured_text import SIGNS_IN_ROW, coloured_text, in_rows, row_width, step_at


@given(some.lists(some.text("ab<", min_size=1, max_size=9), min_size=1, max_size=200))
def test_every_value_stands_in_the_cell_of_its_token(tokens):
    values = np.linspace(-1, 1, len(tokens))
    heat = coloured_text(values, tokens=tokens, name="unit").data[0]
    shown = np.array(heat.text)
    for row, column in np.argwhere(shown != ""):
        step = step_at(float(column), float(row), tokens)
        assert heat.z[row, column] == values[step]
        assert shown[row, column] == tokens[step].replace("<", "&lt;")
    assert (shown != "").sum() == len(tokens)
    assert np.isnan(heat.z[shown == ""]).all()


def test_rows_keep_all_moments_and_fill_the_last_row_with_nothing():
    rows = in_rows(np.arange(10.0).reshape(2, 5), 3)
    assert rows.shape == (2, 2, 3)
    assert np.array_equal(rows[1], [[5, 6, 7], [8, 9, np.nan]], equal_nan=True)


def test_single_letters_fill_a_row_and_words_take_their_room():
    assert row_width(["x"] * 500) == SIGNS_IN_ROW // 2
    assert row_width(["remember"] * 500) == SIGNS_IN_ROW // 9


def test_dependence_is_drawn_from_nothing_to_most_and_the_answer_is_framed():
    figure = coloured_text(np.array([0.0, 1.0, 0.5]), tokens=list("abc"), name="d", signed=False, marked=2)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].y1) == (1.5, 0.5)


def test_a_click_beside_the_text_is_no_step():
    assert step_at(2, 1, ["word"] * 14) is None


def test_a_value_is_wanted_for_every_token():
    with pytest.raises(ValueError, match=r"2 tokens, got shape \(3,\)"):
        coloured_text(np.zeros(3), tokens=["a", "b"], name="unit")
