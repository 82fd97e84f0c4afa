import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.ui.assets import BROWSER, address, routes
from pages.ui.board import _moment_shown, _point
from tests.viz.payload import decode, past
from viz.picture import Picture


def page():
    import numpy as np
    import plotly.graph_objects as go
    import streamlit as st

    from pages.ui.board import board
    from viz.picture import Picture

    maps = np.linspace(0, 1, 30).reshape(2, 3, 5)
    figure = go.Figure(go.Heatmap(z=maps[-1], zmin=0, zmax=1))
    state = board(
        [Picture("m", figure, "a map", {"data.0.z": maps})], key="b", moments=[0, 50], columns=3, follow=True
    )
    st.text(f"{state.moment} {state.clicked}")


def test_without_a_browser_the_python_side_works():
    app = AppTest.from_function(page).run(timeout=20)
    assert not app.exception
    assert app.text[0].value == "50 None"
    payload = app.get("bidi_component")[0].proto.bytes
    header, _ = decode(payload)
    assert (header["moments"], header["columns"], header["follow"]) == ([0, 50], 3, True)
    np.testing.assert_allclose(
        past(payload, "m", "data.0.z"), np.linspace(0, 1, 30).reshape(2, 3, 5), atol=1e-5
    )


def test_equal_pictures_are_equal_bytes():
    app = AppTest.from_function(page).run(timeout=20)
    first = app.get("bidi_component")[0].proto.bytes
    assert app.run().get("bidi_component")[0].proto.bytes == first


@pytest.mark.parametrize(("told", "moments", "shown"), [
    (None, [0, 10, 20], 20),
    (10, [0, 10, 20], 10),
    (15, [0, 10, 20], 20),  # a step of a run that is no longer shown
    (None, [], None),
    (10, [], None),
    (10, np.array([0, 10]), 10),
])  # fmt: skip
def test_the_moment_shown(told, moments, shown):
    assert _moment_shown(told, moments) == shown


def test_a_click_on_a_picture_that_left_is_forgotten():
    import plotly.graph_objects as go

    here = [Picture("here", go.Figure(), "here")]
    assert _point({"picture": "gone", "x": 1}, here) is None
    assert _point({"picture": "here", "x": 1}, here) == {"picture": "here", "x": 1}
    assert _point(None, here) is None


def test_a_board_has_columns():
    from pages.ui.board import board

    with pytest.raises(ValueError, match="at least 1 column, got 0"):
        board([], key="b", columns=0)


def test_all_files_of_the_board_have_an_address():
    (route,) = routes()
    for path in BROWSER.iterdir():
        match, scope = route.matches({"type": "http", "method": "GET", "path": address(path.name)})
        assert match.name == "FULL"
        assert scope["path_params"]["name"] == path.name


def test_only_what_the_board_needs_is_served():
    client = TestClient(Starlette(routes=routes()))
    script = client.get(address("board.js"))
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert script.text == (BROWSER / "board.js").read_text()
    assert client.get(address("board.js"), headers={"accept-encoding": "identity"}).text == script.text
    assert client.get("/_board/old/board.js").headers["cache-control"] == "no-cache"
    assert [client.get(address(name)).status_code for name in ("icon.png", "board.py", "")] == [404] * 3


def test_user_text_never_becomes_markup():
    for path in BROWSER.glob("*.js"):
        assert "innerHTML" not in path.read_text(), path
        assert "insertAdjacentHTML" not in path.read_text(), path
