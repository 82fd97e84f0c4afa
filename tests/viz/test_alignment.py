"""Maps and bands of attention: looked at inside the figure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from viz.alignment import STRONGEST, alignment_bands, alignment_map, band_frames

SOURCE, TARGET = ["the", "cat", "<b>", "saw", "it"], ["x", "y", "<end>"]
ATTENTION = np.array([[0.7, 0.1, 0.1, 0.1, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [0.2, 0.2, 0.2, 0.2, 0.2]])
KNOWN = np.array([[0, 0, 0, 1, 0], [1, 0, 0, 0, 1], [0, 0, 0, 0, 0]])
SHARED = {"source": SOURCE, "target": TARGET, "known": KNOWN, "outlined": "true alignment"}


def test_the_map_has_a_row_for_each_target_symbol_on_a_fixed_scale():
    heat = alignment_map(ATTENTION, **SHARED).data[0]
    assert np.array_equal(heat.z, ATTENTION)
    assert (heat.zmin, heat.zmax) == (0, 1)


def test_the_first_target_symbol_stands_on_top_and_markup_is_harmless():
    figure = alignment_map(ATTENTION, **SHARED)
    low, high = figure.layout.yaxis.range
    assert low > high
    assert list(figure.layout.xaxis.ticktext) == ["the", "cat", "&lt;b>", "saw", "it"]
    assert figure.layout.yaxis.ticktext[-1] == "&lt;end>"


def test_known_pairs_are_outlined_around_their_own_cells():
    outline = alignment_map(ATTENTION, **SHARED).data[1]
    squares = np.stack([outline.x, outline.y], -1).reshape(-1, 6, 2)
    centres = {tuple(np.nanmean(square[:4], 0)) for square in squares}
    assert centres == {(3.0, 0.0), (0.0, 1.0), (4.0, 1.0)}
    assert outline.name == "true alignment"


@pytest.mark.parametrize("draw", [alignment_map, alignment_bands])
def test_nothing_is_drawn_over_where_no_alignment_is_known(draw):
    with_none = draw(ATTENTION, source=SOURCE, target=TARGET, known=np.zeros_like(KNOWN))
    assert len(with_none.data) == len(draw(ATTENTION, **SHARED).data) - 1


@pytest.mark.parametrize("draw", [alignment_map, alignment_bands])
def test_attention_of_another_shape_is_refused(draw):
    with pytest.raises(ValueError, match=r"3 target and .* 5 source symbols, got shape \(5, 3\)"):
        draw(ATTENTION.T, source=SOURCE, target=TARGET)


def thickness(frames, moment, rows, kept):
    """(target, band): height of each band at the source's side."""
    corners = frames[moment].reshape(rows, kept, 6)
    return corners[..., 3] - corners[..., 0], corners


def test_a_band_is_as_thick_as_its_weight_and_runs_from_word_to_word():
    thick, corners = thickness(band_frames(ATTENTION[None]), 0, 3, STRONGEST)
    assert thick[1, 0] == pytest.approx(0.7 * 1.0 / 5)
    assert thick[0, 0] == pytest.approx(0.7 * 0.7 / 5)
    middle = (corners[..., 0] + corners[..., 3]) / 2, (corners[..., 1] + corners[..., 2]) / 2
    assert middle[0][1, 0] == pytest.approx(2.5 / 5)
    assert middle[1][1, 0] == pytest.approx(1.5 / 3)
    assert np.isnan(thick[1, 1:]).all()


@settings(max_examples=30, deadline=None)
@given(arrays(float, (4, 3, 7), elements=st.floats(0, 1)))
def test_every_moment_has_as_many_points_as_the_figure(attention):
    frames = band_frames(attention)
    figure = alignment_bands(attention[0], source=list("abcdefg"), target=list("xyz"))
    assert frames.shape == (4, len(figure.data[0].x))
    assert np.array_equal(frames[0], figure.data[0].y, equal_nan=True)
    drawn = frames[~np.isnan(frames)]
    assert drawn.size == 0 or (drawn.min() > -0.1 and drawn.max() < 1.1)


def test_words_stand_on_both_sides_top_to_bottom():
    figure = alignment_bands(ATTENTION, **SHARED)
    left, right = figure.data[-2:]
    assert list(left.text) == ["the", "cat", "&lt;b>", "saw", "it"]
    assert list(right.x) == [1, 1, 1]
    assert np.all(np.diff(left.y) > 0)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
