"""One Chromium and one server of the whole app for all tests that look at pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import ROOT, chromium, server

expect.set_options(timeout=60_000)

LATE = """
    const later = (handle) => (event) => setTimeout(() => handle(event), DELAY);
    const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
    const onmessage = { get, set(handle) { set.call(this, handle && later(handle)); } };
    Object.defineProperty(WebSocket.prototype, "onmessage", onmessage);
    const listen = WebSocket.prototype.addEventListener;
    WebSocket.prototype.addEventListener = function (kind, handle, ...rest) {
      return listen.call(this, kind, kind === "message" ? later(handle) : handle, ...rest);
    };
"""


@pytest.fixture(scope="session")
def app_browser():
    """A browser for the whole app."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def fresh_server(app_browser, tmp_path_factory):
    """A server of the whole app with a store of its own: its address, and the words of the first page shown.

    That page is the LSTM's, and it is trained: a link with other settings shows that run until its own is
    trained, so no test may need another one to have run.
    """
    folder: Path = tmp_path_factory.mktemp("app")
    settings = {"UNROLLED_STORE": f"sqlite:///{folder}/store.sqlite", "UNROLLED_PREPARE": "no"}
    with server(ROOT / "app.py", folder / "server.log", **settings) as url:
        page = app_browser.new_page()
        page.goto(f"{url}/lstm")
        expect(page.get_by_text(re.compile("Solved: "))).to_be_visible(timeout=180_000)
        words = page.inner_text("body")
        page.close()
        yield url, words


@pytest.fixture(scope="session")
def app_address(fresh_server):
    """Where the app is served."""
    return fresh_server[0]


@pytest.fixture
def visit(app_browser, app_address):
    """Open a page of the app in a tab of its own; at the end no page may have met an error."""
    contexts, errors = [], []

    def visit_(path: str, *, late: int = 0, **options):
        """late: milliseconds that all the server says takes longer to arrive, as on a slow line"""
        chosen = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = app_browser.new_context(**chosen)
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        if late:
            page.add_init_script(LATE.replace("DELAY", str(late)))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{app_address}/{path}")
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert errors == []
