"""Words as points and ranks: which word stands where, at every moment."""

import numpy as np
import pytest

from viz.words import WordMap, ranked_bars, strip

WORDS = ("king", "queen", "man", "<x>", "on")
POINTS = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0], [8.0, 9.0]])
MAP = WordMap(WORDS, marked={"word": [0], "near": [1, 0]}, labelled=[0, 4], lines=[(0, 1), (2, 1)])


def drawn():
    return MAP.figure(POINTS, ranges=np.array([[-1, 9], [0, 10]]), titles=("one", "two"))


def test_every_word_is_drawn_once_at_its_place_in_the_colour_of_its_first_group():
    figure = drawn()
    points = {}
    for trace in figure.data:
        if "markers" in trace.mode:
            for text, x, y in zip(trace.text, trace.x, trace.y, strict=True):
                assert text not in points
                points[text] = (trace.name, x, y)
    assert points == {
        "king": ("word", 0, 1),
        "queen": ("near", 2, 3),
        "man": ("other words", 4, 5),
        "&lt;x>": ("other words", 6, 7),
        "on": ("other words", 8, 9),
    }
    assert tuple(figure.layout.xaxis.range) == (-1, 9)
    assert figure.layout.yaxis.title.text == "two"


def test_lines_join_pairs_and_are_parted():
    lines = drawn().data[0]
    assert lines.mode == "lines"
    assert np.array_equal(lines.x, [0, 2, np.nan, 4, 2, np.nan], equal_nan=True)
    assert np.array_equal(lines.y, [1, 3, np.nan, 5, 3, np.nan], equal_nan=True)


def test_frames_move_every_trace_of_the_figure():
    journey = np.stack([POINTS * 0, POINTS])
    frames = MAP.frames(journey)
    figure = drawn()
    assert set(frames) == {f"data.{i}.{axis}" for i in range(len(figure.data)) for axis in "xy"}
    for place, trace in enumerate(figure.data):
        assert np.array_equal(frames[f"data.{place}.x"][1], trace.x, equal_nan=True)
        assert np.array_equal(frames[f"data.{place}.y"][1], trace.y, equal_nan=True)
        assert np.nansum(frames[f"data.{place}.x"][0]) == 0


def test_a_map_without_lines_or_groups_is_points_alone():
    (trace,) = WordMap(WORDS).figure(POINTS, ranges=np.zeros((2, 2)), titles=("", "")).data
    assert trace.mode == "markers"
    assert set(WordMap(WORDS).frames(POINTS[None])) == {"data.0.x", "data.0.y"}


def test_points_that_do_not_fit_the_words_are_refused():
    with pytest.raises(ValueError, match=r"5 words, got shape \(4, 2\)"):
        MAP.figure(POINTS[:4], ranges=np.zeros((2, 2)), titles=("", ""))


def test_ranked_words_stand_best_first_and_marked_ones_have_their_colour():
    figure = ranked_bars(["b", "a"], [0.9, 0.1], quantity="q", within=(0, 1), marked=[False, True])
    (bars,) = figure.data
    assert list(bars.text) == ["b", "a"]
    assert list(bars.x) == [0.9, 0.1]
    assert bars.marker.color[0] != bars.marker.color[1]
    assert figure.layout.yaxis.autorange == "reversed"
    with pytest.raises(ValueError, match="2 words, got 1"):
        ranked_bars(["b", "a"], [1.0], quantity="", within=(0, 1))


def test_a_strip_keeps_each_word_in_its_row_and_group():
    groups = {"rest": [True, False, True], "set": [False, True, False]}
    figure = strip(["a", "b", "c"], [-1.0, 0.0, 1.0], ends=("low", "high"), groups=groups, within=(-2, 2))
    rest, chosen = figure.data
    assert list(rest.x) == [-1, 1]
    assert list(rest.y) == [0, 2]
    assert list(chosen.text) == ["b"]
    assert list(figure.layout.xaxis.ticktext) == ["low", "middle", "high"]
