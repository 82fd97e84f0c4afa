"""Pictures of recommenders."""

import numpy as np
import pytest

from viz.ranking import click_bars, named_map, next_item_bars, ranking_curve, visitor_cloud


def test_rules_are_level_lines_beside_the_networks_curve():
    figure = ranking_curve(
        ([0, 10, 30], [0.1, 0.3, 0.5]), name="GRU", rules={"guessing": 0.12, "popularity": 0.3},
        quantity="recall at 5", steps=40, cursor=10,
    )  # fmt: skip
    network, guessing, popularity = figure.data
    assert list(network.y) == [0.1, 0.3, 0.5]
    assert list(guessing.x) == [0, 40] and list(guessing.y) == [0.12, 0.12]
    assert list(popularity.y) == [0.3, 0.3]
    assert figure.layout.shapes[0].x0 == 10
    low, high = figure.layout.yaxis.range
    assert low == 0 and 0.5 < high <= 1.02


def test_items_stand_from_top_to_bottom_with_one_bar_for_each_recommender():
    expected = {"network": np.array([0.5, 0.2, 0.1]), "popularity": np.array([0.1, 0.1, 0.2])}
    figure = next_item_bars(expected, items=["tent", "a < b", "wok"])
    assert [list(bar.x) for bar in figure.data] == [[0.5, 0.2, 0.1], [0.1, 0.1, 0.2]]
    assert list(figure.data[0].y) == ["tent", "a &lt; b", "wok"]
    assert figure.layout.yaxis.autorange == "reversed"
    with pytest.raises(ValueError, match="network: wanted a value for each of 2 items, got 3"):
        next_item_bars(expected, items=["tent", "wok"])


def test_equal_clicks_keep_bars_of_their_own():
    figure = click_bars(np.array([0.1, 0.2, 0.3]), tokens=["socks", "tent", "socks"], quantity="q", limit=0.5)
    assert list(figure.data[0].x) == [0, 1, 2]
    assert list(figure.layout.xaxis.ticktext) == ["socks", "tent", "socks"]
    with pytest.raises(ValueError, match="each of 1 clicks, got 2"):
        click_bars(np.zeros(2), tokens=["socks"], quantity="q", limit=1)


def test_every_visitor_is_in_the_cloud_once_under_its_group():
    points = np.arange(10.0).reshape(5, 2)
    groups = ["b", "a", "b", "c", "a"]
    figure, places = visitor_cloud(
        points, groups=groups, ranges=np.array([[0, 9], [0, 9]]), shares=(0.6, 0.3)
    )
    assert [trace.name for trace in figure.data] == ["a", "b", "c"]
    assert [place.tolist() for place in places] == [[1, 4], [0, 2], [3]]
    assert list(figure.data[1].x) == [0, 4] and list(figure.data[1].y) == [1, 5]


def test_a_named_map_has_its_fixed_scale_and_its_names():
    figure = named_map(np.full((2, 3), 0.25), columns=["x", "y", "z"], rows=["camping", "music"], name="n")
    assert np.shape(figure.data[0].z) == (2, 3)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert list(figure.layout.yaxis.ticktext) == ["camping", "music"]
    with pytest.raises(ValueError, match=r"wanted shape \(2, 2\), got \(2, 3\)"):
        named_map(np.zeros((2, 3)), columns=["x", "y"], rows=["camping", "music"], name="n")
