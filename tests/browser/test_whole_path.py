"""The whole path in a real browser: open, train, pause, resume, scrub, reload, link."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TRACEBACK = "Traceback"
FORGET_GATE = """[...document.querySelectorAll('.js-plotly-plot')[1].data[0].z]
  .reduce((sum, row) => sum + [...row].reduce((a, b) => a + b, 0), 0)"""


def drawn(page, least=6):
    page.wait_for_function(f"document.querySelectorAll('.js-plotly-plot').length >= {least}")
    return page


def button(page, name):
    """A button of the training panel."""
    return page.locator(".st-key-lstm-buttons").get_by_role("button", name=name)


def run_in_url(page):
    page.wait_for_url(re.compile("run="))
    return re.search(r"run=([\w-]+)", page.url).group(1)


def test_a_deep_link_on_a_fresh_server_has_the_right_menu_and_shows_a_trained_network(fresh_server, visit):
    lines = fresh_server[1].splitlines()
    assert "LSTM: gates that remember" in lines
    assert "Memory" in lines and "app" not in lines
    page = drawn(visit("lstm"))
    expect(page.get_by_text(re.compile("Solved: "))).to_be_visible()
    assert TRACEBACK not in page.inner_text("body")


def places(page):
    """Where the buttons of the training panel stand, whatever they say now."""
    shown = page.locator(".st-key-lstm-buttons button:visible").all()[:6]
    return [{name: round(value) for name, value in one.bounding_box().items()} for one in shown]


def test_no_button_moves_when_the_run_changes(visit):
    page = visit("lstm?steps=20000&hidden=64&batch_size=256&seed=9")
    expect(button(page, "Train")).to_be_visible()
    before = places(page)
    assert len(before) == 6
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_enabled()
    drawn(page)
    assert places(page) == before
    button(page, "Pause").click()
    expect(button(page, "Resume")).to_be_enabled()
    assert places(page) == before
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile("· stopped"))).to_be_visible()
    assert places(page) == before


def test_train_pause_resume_reload_and_open_the_link_elsewhere(visit):
    page = visit("lstm?steps=20000&hidden=64&batch_size=256&seed=5")
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_enabled()
    expect(page.get_by_text(re.compile(r"update [1-9]\d* of 20,000")).first).to_be_visible()
    drawn(page)
    run = run_in_url(page)
    expect(page.get_by_text(re.compile(r"update \d+ of 20,000")).first).to_be_visible()
    button(page, "Pause").click()
    expect(page.get_by_text(re.compile("· paused"))).to_be_visible()
    paused_at = re.search(r"update ([\d,]+) of", page.inner_text("body")).group(1)
    page.reload()
    drawn(page)
    assert run_in_url(page) == run
    expect(page.get_by_text(f"update {paused_at} of 20,000 · paused")).to_be_visible()
    other = drawn(visit(page.url.split("/", 3)[3]))
    expect(other.get_by_text(f"update {paused_at} of 20,000 · paused")).to_be_visible()
    button(page, "Resume").click()
    expect(button(page, "Pause")).to_be_enabled()
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile("· stopped"))).to_be_visible()


def test_scrubbing_moves_the_maps_and_asks_the_server_nothing(visit):
    page = drawn(visit("lstm"))
    expect(page.get_by_text(re.compile("Solved: "))).to_be_visible()
    slider = page.get_by_label("Training step").first
    expect(slider).to_be_visible()
    trained = page.evaluate(FORGET_GATE)
    sent = []
    page.context.on("request", lambda request: sent.append(request.url))
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"Math.abs(({FORGET_GATE}) - ({trained})) > 0.5")
    assert sent == []


def test_a_click_on_a_cell_shows_its_equation(visit):
    page = drawn(visit("lstm"))
    expect(page.get_by_text(re.compile("Solved: "))).to_be_visible()
    plot = page.locator(".js-plotly-plot").nth(1)
    plot.scroll_into_view_if_needed()
    box = plot.locator(".nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3)
    expect(page.get_by_text(re.compile("pushes most through"))).to_be_visible()
    page.wait_for_function("!document.body.innerText.includes('f0[0]')")


@pytest.mark.parametrize("page_name", ["home", "lstm"])
def test_a_phone_shows_the_page_without_sideways_scrolling(visit, page_name):
    page = drawn(visit(page_name, viewport={"width": 390, "height": 844}), 2)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
