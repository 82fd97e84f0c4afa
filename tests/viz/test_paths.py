"""Paths of a hidden state: points, tokens and fixed axes, looked at inside the figure."""

import numpy as np
import pytest

from viz.paths import MOST_LABELS, Path, path_plane, path_space

RANGES = np.array([[-1.0, 2.0], [-3.0, 4.0], [-5.0, 6.0]])


def two_paths(axes: int) -> dict[str, Path]:
    first = np.arange(4 * axes, dtype=float).reshape(4, axes)
    second = np.concatenate([first[:2], -first[2:]])
    return {"one": Path(first, ["a", "b", "c"]), "two": Path(second, ["a", "c", "b"])}


def test_the_plane_shows_each_path_and_its_end_between_fixed_axes():
    figure = path_plane(two_paths(2), ranges=RANGES[:2], shares=(0.5, 0.25))
    assert np.array_equal(figure.data[0].x, [0, 2, 4, 6])
    assert np.array_equal(figure.data[2].y, [1, 3, -5, -7])
    assert (figure.data[3].x[0], figure.data[3].y[0]) == (-6, -7)
    assert tuple(figure.layout.xaxis.range) == (-1, 2)
    assert tuple(figure.layout.yaxis.range) == (-3, 4)
    assert "25%" in figure.layout.yaxis.title.text


def test_what_two_paths_share_is_named_once():
    figure = path_plane(two_paths(2), ranges=RANGES[:2], shares=(0.5, 0.25))
    assert figure.data[0].text == ("start", "a", "b", "c")
    assert figure.data[2].text == ("", "", "c", "b")


def test_space_has_three_axes_of_their_own_and_says_markup_as_signs():
    paths = {"one": Path(np.zeros((2, 3)), ["<s>"])}
    figure = path_space(paths, ranges=RANGES, shares=(0.5, 0.25, 0.125))
    assert tuple(figure.layout.scene.zaxis.range) == (-5, 6)
    assert figure.data[0].text == ("start", "‹s>")


def test_long_paths_name_only_some_tokens():
    tokens = ["x"] * 100
    figure = path_plane({"one": Path(np.zeros((101, 2)), tokens)}, ranges=RANGES[:2], shares=(1, 0))
    assert sum(label == "x" for label in figure.data[0].text) <= MOST_LABELS


def test_a_path_needs_its_start_and_a_point_for_each_token():
    with pytest.raises(ValueError, match=r"3 tokens, got shape \(3, 2\)"):
        Path(np.zeros((3, 2)), ["a", "b", "c"])
