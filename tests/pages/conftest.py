"""Pages without a browser: Streamlit's own AppTest, a real engine, a real store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from models.tasks import library

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(scope="session", autouse=True)
def engine_of_the_pages():
    """Started by the first page that trains; ended with the tests."""
    yield
    from pages.ui.services import engine, started

    if started():
        engine().close()


@pytest.fixture
def open_page() -> Iterator[Callable[..., AppTest]]:
    """Open a page by its name, as a deep link with query parameters; no traceback may show."""

    from pages.ui.services import store

    library.use(store().text)  # another test's store may have been the last to say so

    def open_(name: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=300)
        page.switch_page(f"pages/{name}.py")
        for key, value in query.items():
            page.query_params[key.replace("__", ".")] = value
        return sound(page.run())

    yield open_
    leave_nothing_going()


def leave_nothing_going() -> None:
    """Pause what a test began and did not wait for: the next one needs the processor."""
    from pages.ui.services import engine, started, store

    if started():
        for run in store().recent(100):
            if run.going:
                engine().pause(run.id)


def sound(page: AppTest) -> AppTest:
    """The page, unless it shows a traceback."""
    assert not page.exception, [error.message for error in page.exception]
    return page


def run_until(page: AppTest, condition: Callable[[AppTest], bool], seconds: float = 90) -> AppTest:
    """Run the page again and again, as its live fragment would, until something holds.

    And once more: what holds may have come about in the store after the page was drawn.
    """
    end = time.monotonic() + seconds
    while not condition(sound(page)):
        if time.monotonic() > end:
            raise AssertionError(f"it never came to that: {texts(page)}")
        time.sleep(0.2)
        page.run()
    return sound(page.run())


def texts(page: AppTest) -> str:
    """All that the page says in words."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "header", "subheader")
    return "\n".join(element.value for kind in kinds for element in page.get(kind))


def payload(page: AppTest) -> bytes:
    """The bytes that the page's board was given; fails where there is no board."""
    boards = [element for element in page.get("bidi_component") if element.proto.bytes]
    assert boards, f"no board on the page; it says: {texts(page)}"
    return boards[0].proto.bytes


def has_board(page: AppTest) -> bool:
    """Whether the page shows moving pictures."""
    return any(element.proto.bytes for element in page.get("bidi_component"))


def asked(page: AppTest) -> dict[str, str]:
    """The parameters of the page's URL."""
    values = {name: page.query_params[name] for name in page.query_params}
    return {name: value if isinstance(value, str) else value[0] for name, value in values.items()}


def settled(page: AppTest) -> bool:
    """Whether the page shows moving pictures and no run of the store is going any more."""
    return has_board(page) and all_done(page)


def all_done(page: AppTest) -> bool:
    """Whether no run of the store is going any more."""
    from pages.ui.services import store

    return not any(run.going for run in store().recent(50))
