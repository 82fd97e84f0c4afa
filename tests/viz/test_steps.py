"""Curves over the steps of two sequences: tokens that differ stand beside the second."""

import numpy as np
import pytest

from viz.steps import step_curves


def test_only_tokens_that_differ_are_written_beside_a_curve():
    figure = step_curves(
        {"one": np.array([0.1, 0.2, 0.3]), "two": np.array([0.1, 0.9, 0.8])},
        tokens=(["not", "bad", "."], ["not", "great", "."]),
        quantity="probability",
        within=(0, 1),
        guessing=0.5,
    )
    assert figure.data[0].text == ("", "", "")
    assert figure.data[1].text == ("", "great", "")
    assert figure.layout.shapes[0].y0 == 0.5
    assert tuple(figure.layout.xaxis.ticktext) == ("not", "bad", ".")


def test_a_curve_and_its_tokens_have_one_length():
    with pytest.raises(ValueError, match="two: wanted a value for each of 2 tokens"):
        step_curves(
            {"one": np.zeros(2), "two": np.zeros(3)}, tokens=("ab", "ab"), quantity="p", within=(0, 1)
        )
