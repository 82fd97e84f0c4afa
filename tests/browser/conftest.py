"""One Chromium and one server of the whole app for all tests that look at pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import ROOT, chromium, server

expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def app_browser():
    """A browser for the whole app."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def app_address(app_browser, tmp_path_factory):
    """A server of the whole app with an empty store of its own."""
    folder: Path = tmp_path_factory.mktemp("app")
    settings = {"UNROLLED_STORE": f"sqlite:///{folder}/store.sqlite", "UNROLLED_PREPARE": "no"}
    with server(ROOT / "app.py", folder / "server.log", **settings) as url:
        yield url


@pytest.fixture
def visit(app_browser, app_address):
    """Open a page of the app in a tab of its own; at the end no page may have met an error."""
    contexts, errors = [], []

    def visit_(path: str, **options):
        chosen = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = app_browser.new_context(**chosen)
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{app_address}/{path}")
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert errors == []
