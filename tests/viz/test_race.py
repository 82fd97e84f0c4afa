"""The race's curves: mean, band from worst to best seed, guessing, cursor."""

import numpy as np

from viz.race import Spread, lag_curves, race_curves

TWO = {"RNN": Spread([0, 10, 30], np.array([[0.1, 0.2, 0.4], [0.3, 0.6, 0.4]]))}


def test_the_line_is_the_mean_and_the_band_goes_from_worst_to_best():
    figure = race_curves(TWO, quantity="share right", steps=50, guessing=0.125, cursor=10, within=(0, 1))
    band, line = figure.data
    assert np.allclose(line.y, [0.2, 0.4, 0.4])
    assert np.allclose(band.y, [0.3, 0.6, 0.4, 0.4, 0.2, 0.1])
    assert list(band.x) == [0, 10, 30, 30, 10, 0]
    assert figure.layout.shapes[0].x0 == 10
    assert figure.layout.shapes[1].y0 == 0.125
    assert tuple(figure.layout.xaxis.range) == (0, 50)


def test_one_seed_has_no_band_and_a_network_keeps_its_colour():
    alone = {"GRU": Spread([0], np.array([[0.5]]))}
    both = {"LSTM": Spread([0], np.array([[0.5]])), **alone}
    first, second = (race_curves(s, quantity="loss", steps=1, cursor=0) for s in (alone, both))
    assert len(first.data) == 1
    assert first.data[0].line.color == second.data[1].line.color


def test_accuracy_against_lag_has_its_chance_and_the_longest_lag_trained():
    figure = lag_curves(TWO, chance=[0.125, 0.125, 0.5], trained=10, unit="steps")
    assert figure.data[-1].name == "guessing"
    assert list(figure.data[-1].y) == [0.125, 0.125, 0.5]
    assert figure.layout.shapes[0].x0 == 10
