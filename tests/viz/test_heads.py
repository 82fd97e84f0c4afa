"""Pictures of attention heads: fixed scales, the right head in its place, lines where attention is."""

import numpy as np
import pytest

from viz.heads import (
    head_grid,
    head_lines,
    head_map,
    lens_map,
    line_frames,
    loss_grid,
    product_bars,
    share_curve,
)
from viz.theme import ORANGE

TOKENS = ["a", "b", " "]


def some(*shape):
    values = np.random.default_rng(1).random((*shape, 3, 3))
    return values / values.sum(-1, keepdims=True)


def test_every_head_has_its_own_map_on_the_scale_from_0_to_1():
    attention = some(2, 5)
    figure = head_grid(attention, chosen=(1, 3))
    assert len(figure.data) == 10
    assert np.array_equal(figure.data[8].z, attention[1, 3])
    assert {(heat.zmin, heat.zmax) for heat in figure.data} == {(0, 1)}
    framed = [axis for axis in figure.select_xaxes() if axis.linecolor == ORANGE]
    assert [axis.anchor for axis in framed] == [figure.data[8].yaxis]
    assert all(axis.autorange == "reversed" for axis in figure.select_yaxes())


def test_one_head_stands_with_its_tokens_on_both_axes():
    figure = head_map(some()[...], tokens=TOKENS)
    assert list(figure.layout.xaxis.ticktext) == ["a", "b", "␣"] == list(figure.layout.yaxis.ticktext)
    assert figure.layout.yaxis.autorange == "reversed"
    with pytest.raises(ValueError, match="between 2 tokens"):
        head_map(some(), tokens=["a", "b"])


def test_lines_go_from_each_query_to_the_keys_by_strength():
    attention = np.array([[[0.05, 0.95, 0.0], [1.0, 0.0, 0.0], [0.3, 0.3, 0.4]], np.eye(3)])
    frames = line_frames(attention)
    drawn = {name: [tuple(pair) for pair in x[0].reshape(-1, 3)[:, :2] if not np.isnan(pair[0])]
             for name, x in frames.items()}  # fmt: skip
    assert drawn["data.0.x"] == []
    assert sorted(drawn["data.1.x"]) == [(2, 0), (2, 1), (2, 2)]
    assert drawn["data.2.x"] == []
    assert sorted(drawn["data.3.x"]) == [(0, 1), (1, 0)]
    assert np.isnan(frames["data.3.x"][0].reshape(-1, 3)[:, 2]).all()
    figure = head_lines(attention, tokens=TOKENS)
    assert np.array_equal(figure.data[3].x, frames["data.3.x"][-1], equal_nan=True)
    assert len(figure.data[3].y) == len(figure.data[3].x)
    assert list(figure.data[5].text) == ["a", "b", "␣"]
    for axis in (figure.layout.xaxis, figure.layout.xaxis2):
        assert list(axis.ticktext) == ["a", "b", "␣"], "axes turn labels that would overlap; texts do not"


def test_of_a_long_text_only_some_tokens_are_written():
    figure = head_lines(np.eye(100)[None], tokens=[str(place) for place in range(100)])
    assert list(figure.layout.xaxis2.ticktext) == [str(place) for place in range(0, 100, 5)]


def test_losses_stand_in_their_cells_between_unchanged_and_guessing():
    figure = loss_grid(np.array([[0.1, 2.0, 9.0]]), whole=0.1, guessing=2.5)
    assert [note.text for note in figure.layout.annotations] == ["0.10", "2.00", "9.00"]
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0.1, 2.5)


def test_losses_of_an_untrained_network_have_no_colours_of_their_own_and_many_heads_small_figures():
    figure = loss_grid(np.full((2, 8), 2.49), whole=2.485, guessing=2.48)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (2.485, 2.585)
    assert {note.font.size for note in figure.layout.annotations} == {9}
    few = loss_grid(np.full((2, 4), 2.49), whole=2.485, guessing=2.48)
    assert {note.font.size for note in few.layout.annotations} == {13}


def test_the_chosen_share_and_guessing_are_marked():
    figure = share_curve([0.1, 1.0], [0.5, 0.1], chosen=0.25, guessing=2.0)
    assert list(figure.data[0].x) == [10, 100]
    assert figure.layout.shapes[0].x0 == 25
    assert figure.layout.shapes[1].y0 == 2.0


def test_products_and_the_lens():
    figure = product_bars(np.array([1.0, -2.0]), np.array([3.0, 4.0]))
    assert list(figure.data[2].y) == [3.0, -8.0]
    figure = lens_map(np.full((3, 3), 0.5), np.full((3, 3), "x"), tokens=TOKENS)
    assert list(figure.layout.yaxis.ticktext) == ["embedding", "layer 0", "layer 1"]
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
