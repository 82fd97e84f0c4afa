import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.viz.payload import decode, past
from viz.picture import Picture, encode


def heat(values, **heatmap):
    return go.Figure(go.Heatmap(z=values, **heatmap))


def line(values):
    return go.Figure(go.Scatter(x=np.arange(len(values)), y=values))


shapes = st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))


@settings(max_examples=30, deadline=None)
@given(shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=st.floats(-1, 1))))
def test_fixed_scale_survives_far_below_a_visible_step(values):
    picture = Picture("m", heat(values[-1], zmin=-1, zmax=1), "map", {"data.0.z": values})
    back = past(encode([picture], range(len(values))), "m", "data.0.z")
    assert back.shape == values.shape
    assert np.abs(back - values).max() <= 2 / 131068 + 1e-12


@settings(max_examples=30, deadline=None)
@given(shapes.flatmap(lambda shape: arrays(np.float32, shape, elements=st.floats(-1e6, 1e6, width=32))))
def test_values_without_a_fixed_scale_come_back_as_float32(values):
    picture = Picture("m", heat(values[-1]), "map", {"data.0.z": values})
    np.testing.assert_array_equal(past(encode([picture], range(len(values))), "m", "data.0.z"), values)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=6))
def test_text_comes_back_word_for_word(samples):
    picture = Picture("t", go.Figure(), "text", {"layout.title.text": np.array(samples, dtype=object)})
    assert past(encode([picture], range(len(samples))), "t", "layout.title.text") == samples


def test_ends_of_the_scale_and_gaps_are_exact():
    values = np.array([[[0.0, 1.0, np.nan]]])
    picture = Picture("m", heat(values[0], zmin=0, zmax=1), "map", {"data.0.z": values})
    np.testing.assert_array_equal(past(encode([picture], [0]), "m", "data.0.z"), values)


@pytest.mark.parametrize("stray", [1.5, -0.1, np.inf])
def test_a_value_off_its_scale_is_not_bent_onto_it(stray):
    values = np.array([[[0.25, stray]]])
    picture = Picture("m", heat(values[0], zmin=0, zmax=1), "map", {"data.0.z": values})
    np.testing.assert_array_equal(past(encode([picture], [0]), "m", "data.0.z"), values.astype(np.float32))


def test_a_shared_colour_axis_counts_as_a_scale():
    values = np.full((3, 2, 5), 0.25)
    figure = heat(values[-1], coloraxis="coloraxis").update_layout(coloraxis={"cmin": 0, "cmax": 1})
    header, _ = decode(encode([Picture("m", figure, "map", {"data.0.z": values})], [0, 1, 2]))
    assert [array["type"] for array in header["arrays"]] == ["u2"]


def test_whole_numbers_too_large_for_float32_stay_whole():
    values = np.array([2**24 + 1, 2**40 + 1])
    header, arrays_ = decode(encode([Picture("l", line(values), "line")], []))
    entry = header["pictures"][0]["figure"]["data"][0]
    np.testing.assert_array_equal(arrays_[entry["y"]["$array"]], values)


def test_what_moves_is_not_sent_twice():
    values = np.random.default_rng(0).random((3, 4, 5))
    payload = encode(
        [Picture("m", heat(values[-1], x=list("abcde")), "map", {"data.0.z": values})], [0, 5, 7]
    )
    header, arrays_ = decode(payload)
    (trace,) = header["pictures"][0]["figure"]["data"]
    assert "z" not in trace
    assert trace["x"] == list("abcde")
    assert [array.shape for array in arrays_] == [(3, 4, 5)]


def test_the_figure_of_the_page_is_left_as_it_was():
    values = np.random.default_rng(0).random((2, 3, 4))
    figure = heat(values[-1])
    encode([Picture("m", figure, "map", {"data.0.z": values})], [0, 1])
    np.testing.assert_array_equal(figure.data[0].z, values[-1])


def test_equal_templates_and_arrays_travel_once():
    values = np.random.default_rng(0).random((2, 3, 4))
    pictures = [Picture(name, heat(values[-1]), "map", {"data.0.z": values}) for name in "ab"]
    header, arrays_ = decode(encode(pictures, [0, 1]))
    assert (len(header["templates"]), len(arrays_)) == (1, 1)


def test_the_digest_says_which_picture_changed():
    def digests(second):
        pictures = [Picture("a", line(np.arange(3)), "a"), Picture("b", line(np.array(second)), "b")]
        return [entry["digest"] for entry in decode(encode(pictures, []))[0]["pictures"]]

    before, after = digests([5.0, 6, 8]), digests([5.0, 6, 9])
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_figure_may_hold_whatever_a_figure_may_hold():
    figure = go.Figure(go.Scatter(x=["a", None], y=[np.float64(1.5), float("nan")], marker={"size": (3, 4)}))
    header, _ = decode(encode([Picture("s", figure, "s")], [], columns=2))
    (trace,) = header["pictures"][0]["figure"]["data"]
    assert (trace["x"], trace["y"], trace["marker"]["size"]) == (["a", None], [1.5, None], [3, 4])
    assert header["columns"] == 2


def test_six_maps_of_a_hundred_moments_are_half_a_megabyte():
    values = np.random.default_rng(0).random((6, 100, 32, 12))
    pictures = [
        Picture(f"m{i}", heat(v[-1], zmin=0, zmax=1), "map", {"data.0.z": v}) for i, v in enumerate(values)
    ]
    assert len(encode(pictures, range(100))) < 490_000


@pytest.mark.parametrize("path", ["data.1.z", "data.z", "z", "layout", "data.x.z", "data.0", "frames.0"])
def test_a_path_that_leads_nowhere_is_refused(path):
    with pytest.raises(ValueError, match=r"'m'.*data\.0\.z"):
        Picture("m", heat(np.eye(2)), "map", {path: np.zeros(1)})


def test_frames_must_fit_the_moments():
    picture = Picture("m", heat(np.eye(2)), "map", {"data.0.z": np.zeros((3, 2, 2))})
    with pytest.raises(ValueError, match=r"one entry per moment \(2\), got 3"):
        encode([picture], [0, 1])


def test_moments_must_ascend():
    with pytest.raises(ValueError, match="ascend"):
        encode([], [0, 2, 2])


def test_names_must_differ():
    with pytest.raises(ValueError, match="'m'"):
        encode([Picture("m", heat(np.eye(2)), "map")] * 2, [])


def test_a_picture_spans_at_least_one_column():
    with pytest.raises(ValueError, match="at least 1 column, got 0"):
        Picture("m", heat(np.eye(2)), "map", columns=0)
