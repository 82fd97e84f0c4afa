"""Pictures of positional encodings."""

import numpy as np

from viz.positions import (
    distance_curve,
    encoding_curves,
    length_curves,
    noticed_bars,
    position_curves,
    position_map,
    rotation_plane,
    score_map,
)

TABLE = np.array([[0.0, -3.0], [1.0, 2.0], [0.5, 0.0]])


def test_the_map_has_positions_across_and_a_scale_about_0():
    figure = position_map(TABLE, rows="position", columns="dimension")
    assert np.array_equal(figure.data[0].z, TABLE.T)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-3, 3)
    nothing = position_map(np.zeros((4, 2)), rows="position", columns="dimension")
    assert nothing.data[0].zmin < 0 < nothing.data[0].zmax


def test_chosen_dimensions_are_curves_of_their_own():
    figure = position_curves(TABLE, [1], rows="position", columns="dimension")
    assert [line.name for line in figure.data] == ["dimension 1"]
    assert list(figure.data[0].y) == [-3, 2, 0]


def test_scores_as_a_map_and_against_distance():
    assert score_map(np.eye(3)).layout.yaxis.autorange == "reversed"
    figure = distance_curve(np.array([3.0, 1.0]), marked=1)
    assert list(figure.data[0].y) == [3, 1]
    assert figure.layout.shapes[0].x0 == 1


def test_arrows_start_in_the_middle_and_the_circle_is_round():
    figure = rotation_plane({"x": 1.0, "y": 0.0}, {"x": 0.0, "y": -1.0})
    assert list(figure.data[1].x) == [0, 1] and list(figure.data[2].y) == [0, -1]
    assert figure.layout.yaxis.scaleanchor == "x"


def test_training_length_and_guessing_are_drawn_in():
    figure = length_curves({"ALiBi": [3, 3.1]}, lengths=(48, 96), trained=48, guessing=4.7)
    assert list(figure.data[0].x) == [48, 96]
    assert figure.layout.shapes[0].x0 == 48
    assert figure.layout.shapes[1].y0 == 4.7


def test_the_best_without_order_is_a_line_of_its_own():
    shared = {"steps": 50, "cursor": 10, "guessing": 1 / 12}
    curves = {"none": ([0, 10], [0.1, 0.2]), "learned": ([], [])}
    figure = encoding_curves(curves, without_order=0.22, **shared)
    assert [line.name for line in figure.data] == ["none", "knows which, not where: 0.22"]
    assert list(figure.data[1].y) == [0.22, 0.22]
    assert figure.layout.shapes[1].y0 == 1 / 12
    assert figure.layout.shapes[0].x0 == 10
    assert len(encoding_curves(curves, without_order=None, **shared).data) == 1


def test_shares_are_said_in_per_cent():
    figure = noticed_bars({"none": 0.0, "sinusoidal": 0.62})
    assert list(figure.data[0].y) == [0, 62]
    assert list(figure.data[0].text) == ["0%", "62%"]
