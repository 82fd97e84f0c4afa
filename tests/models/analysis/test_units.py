import numpy as np
import pytest

from models.analysis.units import best_unit, correlations, order_units, principal_plane, read_out

rng = np.random.default_rng(3)


def test_correlations_equal_numpys_over_all_steps_and_sequences():
    states = rng.normal(size=(7, 3, 5))
    events = {"write": rng.integers(0, 2, (3, 7)).astype(float), "depth": rng.normal(size=(3, 7))}
    found = correlations(states, events)
    for name, track in events.items():
        for unit in range(5):
            flat = states[:, :, unit].flatten(), track.T.flatten()
            assert found[name][unit] == pytest.approx(np.corrcoef(*flat)[0, 1], abs=1e-12)


def test_a_unit_or_a_track_that_never_changes_has_no_correlation():
    states = rng.normal(size=(6, 2, 3))
    states[:, :, 1] = 0.1
    found = correlations(states, {"same": np.full((2, 6), 0.7), "other": rng.normal(size=(2, 6))})
    assert (found["same"] == 0).all()
    assert found["other"][1] == 0
    assert (found["other"][[0, 2]] != 0).all()


def test_a_track_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"write: wanted a track .batch, time. = .2, 6., got .6, 2."):
        correlations(np.zeros((6, 2, 3)), {"write": np.zeros((6, 2))})


def test_units_are_grouped_by_event_strongest_first_and_unclear_ones_last():
    found = {"write": np.array([0.6, 0.1, -0.9, 0.2, 0.3]), "read": np.array([0.2, 0.8, 0.1, 0.1, -0.4])}
    order = order_units(found)
    assert order.units.tolist() == [2, 0, 1, 4, 3]
    assert order.names == ("write", "write", "read", "", "")
    assert order.strength.tolist() == [-0.9, 0.6, 0.8, -0.4, 0.2]


def test_without_events_units_keep_their_order():
    order = order_units({}, units=3)
    assert order.units.tolist() == [0, 1, 2]
    assert order.names == ("", "", "")


def test_a_planted_counter_is_found_among_noise():
    depth = rng.integers(0, 5, (4, 30)).astype(float)
    states = rng.normal(size=(30, 4, 9))
    states[:, :, 6] = -2 * depth.T + 1
    unit, r = best_unit(correlations(states, {"depth": depth}), "depth")
    assert (unit, r) == (6, pytest.approx(-1))
    with pytest.raises(KeyError, match="no event 'width'"):
        best_unit({"depth": np.zeros(2)}, "width")


def test_principal_axes_are_the_covariances_eigenvectors():
    states = rng.normal(size=(11, 4, 6)) @ rng.normal(size=(6, 6)) + 3
    plane = principal_plane(states, axes=3)
    rows = states.reshape(-1, 6)
    values, vectors = np.linalg.eigh(np.cov(rows.T))
    np.testing.assert_allclose(plane.share, values[::-1][:3] / values.sum())
    agreement = np.abs((plane.directions * vectors[:, ::-1].T[:3]).sum(1))
    np.testing.assert_allclose(agreement, 1)
    np.testing.assert_allclose(plane.mean, rows.mean(0))


def test_projection_keeps_all_axes_but_the_last_and_centres():
    states = rng.normal(size=(11, 4, 6))
    plane = principal_plane(states)
    projected = plane.project(states)
    assert projected.shape == (11, 4, 2)
    np.testing.assert_allclose(projected.reshape(-1, 2).mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)


def test_the_plane_is_fixed_earlier_states_do_not_move_it():
    end, start = rng.normal(size=(9, 2, 5)), rng.normal(size=(9, 2, 5))
    plane = principal_plane(end)
    both = plane.project(np.stack((start, end)))
    np.testing.assert_allclose(both[1], plane.project(end))
    np.testing.assert_allclose(both[0], plane.project(start))


def test_a_mirrored_decomposition_gives_the_same_axes():
    states = rng.normal(size=(12, 5))
    shuffled = states[rng.permutation(12)]
    np.testing.assert_allclose(
        principal_plane(states).directions, principal_plane(shuffled).directions, atol=1e-9
    )


def test_fewer_units_than_axes_leave_the_rest_at_zero():
    plane = principal_plane(rng.normal(size=(8, 1, 2)), axes=3)
    assert (plane.project(rng.normal(size=(4, 2)))[:, 2] == 0).all()
    assert principal_plane(np.ones((5, 3))).share.tolist() == [0, 0]


def test_a_read_out_finds_what_only_all_units_together_tell():
    states = rng.normal(size=(40, 6, 5))
    track = (states @ np.array([1, -1, 2, 0.5, 1])).T + 3
    assert read_out(states, track) > 0.999
    assert abs(read_out(states, rng.normal(size=(6, 40)))) < 0.3


def test_a_read_out_is_judged_on_sequences_it_was_not_fitted_on():
    states = rng.normal(size=(3, 2, 50))
    assert abs(read_out(states, rng.normal(size=(2, 3)))) < 0.999
    with pytest.raises(ValueError, match=r"wanted at least 2 sequences.*got 1"):
        read_out(np.zeros((4, 1, 2)), np.zeros((1, 4)))
