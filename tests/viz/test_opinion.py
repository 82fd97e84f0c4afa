"""Opinions, bars, explanations and blanks: what is drawn is what was measured."""

import numpy as np
import pytest

from viz.attribution import attribution_map
from viz.blanks import fill_bars, sight_map
from viz.opinion import COLOURS, grouped_bars, opinion_curves

TOKENS = ["<s>", "not", "bad"]
CURVES = {"GRU": np.array([0.5, 0.4, 0.9]), "Bag of words": np.array([0.5, 0.5, 0.1])}


def test_the_exact_opinion_is_dotted_and_last():
    exact = np.array([0.5, 0.5, 1.0])
    figure = opinion_curves(CURVES, tokens=TOKENS, quantity="p", exact=exact, guessing=0.5)
    assert [line.name for line in figure.data] == ["GRU", "Bag of words", "exact"]
    assert [line.line.dash for line in figure.data] == [None, None, "dot"]
    assert np.array_equal(figure.data[2].y, exact)
    assert list(figure.layout.xaxis.ticktext) == ["&lt;s>", "not", "bad"]
    assert figure.layout.shapes[0].y0 == 0.5
    assert len(opinion_curves(CURVES, tokens=TOKENS, quantity="p", guessing=0.5).data) == 2


def test_a_network_keeps_its_colour_whoever_else_is_there():
    alone = opinion_curves({"GRU": CURVES["GRU"]}, tokens=TOKENS, quantity="p", guessing=0.5)
    assert alone.data[0].line.color == COLOURS["GRU"]
    assert len(set(COLOURS.values())) == 5


def test_an_opinion_needs_a_value_for_each_token():
    with pytest.raises(ValueError, match=r"GRU: wanted a value for each of 2 tokens"):
        opinion_curves(CURVES, tokens=TOKENS[:2], quantity="p", guessing=0.5)


def test_bars_stand_in_their_groups_under_the_line_of_chance():
    figure = grouped_bars(
        {"RNN": np.array([0.9, 0.2]), "other": np.array([0.5, 1.0])},
        groups=["verb", "noun"], quantity="q", chance=[0.5, 0.125],
    )  # fmt: skip
    assert list(figure.data[0].y) == [0.9, 0.2]
    assert list(figure.data[1].y) == [0.5, 1.0]
    assert [(shape.x0, shape.y0, shape.y1) for shape in figure.layout.shapes] == [
        (-0.45, 0.5, 0.5),
        (0.55, 0.125, 0.125),
    ]
    assert list(figure.layout.xaxis.ticktext) == ["verb", "noun"]
    with pytest.raises(ValueError, match="RNN: wanted a value for each of 1 groups"):
        grouped_bars({"RNN": np.zeros(2)}, groups=["a"], quantity="", chance=[])


def test_each_method_has_its_own_scale_and_keeps_its_sign():
    values = np.array([[0.0, -4.0, 2.0], [0.1, 0.05, 0.0], [0.0, 0.0, 0.0]])
    figure = attribution_map(values, tokens=TOKENS, methods=["a", "b", "c"])
    assert np.allclose(figure.data[0].z, [[0, -1, 0.5], [1, 0.5, 0], [0, 0, 0]])
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)
    assert np.allclose(figure.data[0].customdata, values)
    assert list(figure.layout.yaxis.ticktext) == ["a", "b", "c"]
    with pytest.raises(ValueError, match=r"2 methods and 3 tokens, got values of shape \(3, 3\)"):
        attribution_map(values, tokens=TOKENS, methods=["a", "b"])


def test_the_hidden_word_is_bold_among_those_that_fill_its_place():
    fills = {"GPT's way": np.array([0.5, 0.4]), "BERT's way": np.array([0.0, 1.0])}
    figure = fill_bars(fills, words=["this", "these"], right="these")
    assert list(figure.layout.yaxis.ticktext) == ["this", "<b>these</b>"]
    assert [list(bars.x) for bars in figure.data] == [[0.5, 0.4], [0.0, 1.0]]
    with pytest.raises(ValueError, match="GPT's way: wanted a value for each of 1 words"):
        fill_bars(fills, words=["this"], right="this")


def test_what_may_not_be_seen_is_empty_and_the_guessing_position_framed():
    attention = np.array([[1.0, np.nan], [0.3, 0.7]])
    figure = sight_map(attention, tokens=["<s>", "cat"], marked=1)
    assert np.array_equal(figure.data[0].z, attention, equal_nan=True)
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (0.5, 1.5)
    assert figure.data[0].text[1][0] == "cat → &lt;s>"
    with pytest.raises(ValueError, match=r"wanted \(3, 3\) for 3 tokens"):
        sight_map(attention, tokens=TOKENS, marked=0)
