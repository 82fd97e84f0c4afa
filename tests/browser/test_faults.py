"""What a visitor sees of a killed worker, a damaged store and a server that was killed and came back."""

import re
import signal
from contextlib import contextmanager

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import ROOT, server
from tests.browser.test_whole_path import button, drawn, run_in_url

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "lstm?steps=2000&hidden=64&batch_size=256&seed=3"
UPDATES = re.compile(r"update ([1-9][\d,]*) of 2,000")


@contextmanager
def app(folder):
    settings = {"UNROLLED_STORE": f"sqlite:///{folder}/store.sqlite", "UNROLLED_PREPARE": "no"}
    with server(ROOT / "app.py", folder / "server.log", **settings) as address:
        yield address


def process_at(address):
    """The server that answers at an address."""
    port = address.rsplit(":", 1)[1]
    found = [p for p in psutil.Process().children() if f"--server.port={port}" in p.cmdline()]
    return found[0]


def workers(address):
    """The processes that train: the embedded cluster's own children."""
    return [p for p in process_at(address).children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]


def moments(page):
    """How many moments of training the timeline holds."""
    return int(page.locator(".board-slider").first.get_attribute("max") or 0)


@pytest.fixture
def page(app_browser):
    context = app_browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


def test_a_killed_worker_a_killed_server_and_a_damaged_store(page, tmp_path):
    with app(tmp_path) as address:
        page.goto(f"{address}/{LONG}")
        button(page, "Train").click()
        expect(page.get_by_text(UPDATES).first).to_be_visible()
        drawn(page)
        run = run_in_url(page)
        before = moments(page)
        for worker in workers(address):
            worker.send_signal(signal.SIGKILL)
        expect(page.get_by_text(re.compile("was ended from outside"))).to_be_visible()
        expect(page.get_by_text(re.compile("Press Resume"))).to_be_visible()
        drawn(page)
        assert moments(page) >= before
        kept = moments(page)
        button(page, "Resume").click()
        expect(button(page, "Pause")).to_be_enabled()
        page.wait_for_function(f"Number(document.querySelector('.board-slider').max) > {kept}")
        process_at(address).kill()
    with app(tmp_path) as address:
        page.goto(f"{address}/{LONG}&run={run}")
        drawn(page)
        assert moments(page) > kept
        expect(page.get_by_text(UPDATES).first).to_be_visible()
        damage(tmp_path / "store.sqlite")
        button(page, "Reset").click()
        expect(page.get_by_text(re.compile("store file is damaged")).first).to_be_visible()
        expect(page.locator("[data-testid='stException']")).to_have_count(0)
        assert "Traceback" not in page.inner_text("body")
        page.reload()
        expect(page.get_by_text(re.compile("store file is damaged")).first).to_be_visible()


def damage(path):
    """Write rubbish over all of a SQLite file but its first page, as a failing disk might."""
    path.with_name(path.name + "-wal").write_bytes(b"")
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(100)
        file.write(b"\xa5" * (size - 100))
