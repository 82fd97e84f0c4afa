"""Costs against length, and the maps of waiting."""

import numpy as np

from viz.timing import cost_curves, waiting_map


def test_every_way_is_a_line_over_both_logarithmic_axes():
    figure = cost_curves(
        {
            "Transformer": ([16, 32], [0.5, 0.7]),
            "token by token": ([16, 32], [4.0, 8.0]),
            "GRU": ([16, 32], [1, 2]),
        },
        quantity="milliseconds",
    )
    at_once, by_token, gru = figure.data
    assert list(by_token.y) == [4.0, 8.0] and list(gru.x) == [16, 32]
    assert at_once.line.color == by_token.line.color != gru.line.color
    assert (at_once.line.dash, by_token.line.dash) == (None, "dot")
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert list(figure.layout.xaxis.tickvals) == [16, 32]
    assert figure.layout.yaxis.title.text == "milliseconds"


def test_one_column_a_position_one_row_a_layer_on_a_fixed_scale():
    finished = np.array([[1, 2, 3], [2, 3, np.nan]])
    figure = waiting_map(finished, latest=6)
    (heat,) = figure.data
    assert np.array_equal(heat.z, finished, equal_nan=True)
    assert (heat.zmin, heat.zmax) == (1, 6)
    assert list(figure.layout.xaxis.tickvals) == [0, 1, 2]
    assert list(figure.layout.yaxis.tickvals) == [0, 1]
