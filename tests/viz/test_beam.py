"""The tree of a beam search, the curves of shares, and an opened step: inside the figures."""

import numpy as np
import pytest

from viz.beam import Branch, beam_tree
from viz.opened_step import number_strips, opened_step
from viz.shares import Share, share_curves

TREE = [
    Branch("start", -1, 1.0, 0.0, -1, True, True),
    Branch("a", 0, 0.3, -1.2, 0, True),
    Branch("b", 0, 0.6, -0.5, 0, True, True),
    Branch("c", 0, 0.1, -2.3, 0, False),
    Branch("<end>", 1, 0.9, -0.6, 2, True, True),
    Branch("d", 1, 0.5, -1.9, 1, True),
]


def symbols(figure, name):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    places = zip(trace.y, trace.x, strict=True)
    return dict(zip([text.strip() for text in trace.text], places, strict=True))


def test_every_symbol_stands_at_its_step_the_more_probable_the_further_left():
    figure = beam_tree(TREE)
    assert symbols(figure, "best answer") == {"start": (-1, 0), "b": (0, 0), "&lt;end>": (1, 0)}
    assert symbols(figure, "in the beam") == {"a": (0, 1), "d": (1, 1)}
    assert symbols(figure, "dropped") == {"c": (0, 2)}
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_edges_join_parents_and_children():
    edges = [trace for trace in beam_tree(TREE).data if trace.mode == "lines"]
    joined = set()
    for trace in edges:
        points = np.stack([np.array(trace.y, float), np.array(trace.x, float)], -1).reshape(-1, 3, 2)
        joined |= {tuple(map(tuple, pair[:2])) for pair in points}
    assert ((0.0, 1.0), (1.0, 1.0)) in joined
    assert len(joined) == len(TREE) - 1


def test_where_the_beam_is_wide_only_what_was_kept_is_named():
    wide = [TREE[0], *[Branch(str(i), 0, 0.05, -3.0 - i, 0, i < 2) for i in range(12)]]
    modes = {trace.name: trace.mode for trace in beam_tree(wide).data if trace.name}
    assert modes == {"dropped": "markers", "in the beam": "markers+text", "best answer": "markers+text"}


def test_a_child_before_its_parent_is_refused():
    with pytest.raises(ValueError, match="branch 1: wanted its parent before it, got parent 2"):
        beam_tree([TREE[0], Branch("x", 1, 0.5, -1.0, 2, True), TREE[1]])


def test_shares_keep_one_colour_a_network_and_one_scale():
    values = np.array([1.0, 0.5, np.nan])
    figure = share_curves(
        {"one": Share(values, 1), "one, forced": Share(values, 1, dashed=True)},
        x=[4, 9.5, 20], labels=["3-5", "8-11", "20"], across="length", quantity="right", guessing=0.1,
    )  # fmt: skip
    assert figure.data[0].line.color == figure.data[1].line.color
    assert (figure.data[0].line.dash, figure.data[1].line.dash) == ("solid", "dot")
    assert list(figure.layout.xaxis.ticktext) == ["3-5", "8-11", "20"]
    assert figure.layout.yaxis.range[0] <= 0 < 1 <= figure.layout.yaxis.range[1]
    assert figure.layout.shapes[0].y0 == 0.1


def test_shares_of_another_length_are_refused():
    with pytest.raises(ValueError, match="one: wanted a value for each of 2 places, got 3"):
        share_curves({"one": Share(np.zeros(3), 0)}, x=[1, 2], across="x", quantity="y")


def test_an_opened_step_shows_parts_scores_and_weights_over_the_source():
    parts = np.arange(15.0).reshape(5, 3) - 7
    figure = opened_step(parts, parts.sum(1), np.full(5, 0.2), source=list("abcde"))
    heat, scores, weights = figure.data
    assert np.array_equal(heat.z, parts.T)
    assert heat.zmin == -heat.zmax == -7
    assert np.array_equal(scores.y, parts.sum(1))
    assert np.array_equal(weights.y, np.full(5, 0.2))
    assert list(figure.layout.xaxis3.ticktext) == list("abcde")


def test_an_opened_step_refuses_parts_of_another_source():
    with pytest.raises(ValueError, match="each of 4 source symbols, got 5, 5 and 5"):
        opened_step(np.zeros((5, 2)), np.zeros(5), np.zeros(5), source=list("abcd"))


def test_strips_share_a_scale_symmetric_about_zero():
    heat = number_strips({"q": np.array([0.5, -3.0]), "c": np.array([1.0, 0.0])}).data[0]
    assert (heat.zmin, heat.zmax) == (-3, 3)
    assert list(heat.y) == ["q", "c"]
