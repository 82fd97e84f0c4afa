"""Circuits: stripes over a head's map, pairs of curves, sums, waves."""

import numpy as np
import pytest

from viz.circuits import next_curves, paired_curves, score_curves, stripe_map, sum_map, wave_bars

TOKENS = ["5", "<", "5", "<"]


def test_a_head_with_both_stripes_drawn_over_it():
    attention = np.tril(np.full((4, 4), 0.25))
    figure = stripe_map(attention, tokens=TOKENS, stripe=np.array([[2, 1], [3, 2]]))
    heat, before, earlier = figure.data
    assert np.array_equal(heat.z, attention)
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert list(zip(before.y, before.x, strict=True)) == [(1, 0), (2, 1), (3, 2)]
    assert list(zip(earlier.y, earlier.x, strict=True)) == [(2, 1), (3, 2)]
    low, high = figure.layout.yaxis.range
    assert low > high  # the first query stands at the top
    assert "&lt;" in figure.layout.xaxis.ticktext


def test_attention_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"of 4 tokens, got shape \(3, 4\)"):
        stripe_map(np.zeros((3, 4)), tokens=TOKENS, stripe=np.zeros((0, 2), int))


def test_the_next_symbol_of_each_network_and_guessing():
    figure = next_curves({"two": np.array([0.1, 0.2, 0.9]), "one": np.zeros(3)}, tokens=TOKENS, chance=0.25)
    assert [list(line.y) for line in figure.data] == [[0.1, 0.2, 0.9], [0, 0, 0]]
    assert figure.layout.shapes[0].y0 == 0.25
    assert tuple(figure.layout.xaxis.range) == (-0.5, 3.5)


def test_scores_of_the_second_network_are_dotted_and_the_cursor_stands():
    figure = score_curves(
        {"a": ([0, 5], [0.1, 0.8])}, {"b": ([0, 5], [0.1, 0.2])}, quantity="attention", steps=9, cursor=5
    )
    assert [(line.name, line.line.dash) for line in figure.data] == [("a", "solid"), ("b", "dot")]
    assert figure.layout.shapes[0].x0 == 5
    assert tuple(figure.layout.xaxis.range) == (0, 9)


def test_a_run_has_one_colour_and_training_is_dotted():
    held_out, training = ([0, 9], [0.0, 0.4]), ([0, 9], [0.1, 1.0])
    figure = paired_curves(
        {"decay": (held_out, training), "none": (held_out, training)}, steps=9, cursor=2, chance=1 / 47
    )
    first, second, third, fourth = figure.data
    assert list(first.y) == [0.0, 0.4] and list(second.y) == [0.1, 1.0]
    assert first.line.color == second.line.color != third.line.color == fourth.line.color
    assert [line.line.dash for line in figure.data] == ["solid", "dot"] * 2
    assert figure.layout.shapes[0].x0 == 2
    assert figure.layout.shapes[1].y0 == 1 / 47


def test_sums_have_the_first_number_downwards():
    right = np.array([[0.0, 1.0, 0.5], [0.2, 0.3, 0.4], [1.0, 0.0, 0.0]])
    figure = sum_map(right)
    assert np.array_equal(figure.data[0].z, right)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert figure.layout.yaxis.title.text == "first number"


def test_waves_count_from_one_turn_and_the_axis_stays():
    figure = wave_bars(np.array([0.5, 0.3, 0.2]), highest=0.6)
    assert list(figure.data[0].x) == [1, 2, 3]
    assert tuple(figure.layout.yaxis.range) == (0, 0.6)
    assert np.isclose(figure.layout.shapes[0].y0, 1 / 3)
