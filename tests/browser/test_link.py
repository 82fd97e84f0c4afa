"""The link is the screen: links to start from, the back button, keys, two tabs on one run, strange links."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_whole_path import TRACEBACK, button, drawn, run_in_url

pytestmark = pytest.mark.browser

SLOW = "lstm?steps=20000&hidden=64&batch_size=256"
PAUSED = re.compile("· paused")


def task(page):
    """The field of the sidebar that says the task."""
    return page.get_by_role("combobox", name="Task", exact=True)


def hidden_units(page):
    return page.get_by_role("slider", name=re.compile("^Hidden units"))


def update_of(page):
    """The update that the panel says a paused run is at."""
    expect(page.get_by_text(PAUSED)).to_be_visible()
    return int(re.search(r"update ([\d,]+) of .* paused", page.inner_text("body")).group(1).replace(",", ""))


def test_a_start_from_link_moves_address_and_page_and_the_back_button_leads_back(visit):
    page = drawn(visit("lstm"))
    page.get_by_role("link", name="a cell that counts").click()
    page.wait_for_url(re.compile(r"task=equal_numbers"))
    expect(task(page)).to_have_value("As many b as a")
    expect(hidden_units(page)).to_have_value("2")
    assert "hidden=2" in page.url and "forget_bias=4" in page.url
    page.get_by_role("link", name="lag 20, forget bias 0").click()
    page.wait_for_url(re.compile(r"task=remember_first"))
    expect(hidden_units(page)).to_have_value("64")
    assert "most=" not in page.url and "forget_bias=0" in page.url
    page.go_back()
    expect(hidden_units(page)).to_have_value("2")
    expect(task(page)).to_have_value("As many b as a")
    page.wait_for_url(re.compile(r"task=equal_numbers"))
    page.get_by_role("link", name="this page's own").click()
    expect(hidden_units(page)).to_have_value("8")
    drawn(page)
    assert "hidden=" not in page.url and "forget_bias=" not in page.url


def test_on_a_slow_line_no_setting_is_lost_and_back_leads_back(visit):
    page = drawn(visit("lstm", late=500))
    for name in ("Hidden units", "Layers", "Hidden units"):
        page.get_by_role("slider", name=re.compile(f"^{name}")).press("ArrowRight")
        page.wait_for_timeout(300)  # longer than a slider waits before it tells, shorter than the line
    page.wait_for_url(re.compile("hidden=10&layers=2"))
    expect(hidden_units(page)).to_have_value("10")
    page.get_by_role("link", name="a cell that counts").click()
    page.wait_for_url(re.compile("task=equal_numbers"))
    page.go_back()
    expect(hidden_units(page)).to_have_value("10")
    page.wait_for_url(re.compile("hidden=10&layers=2"))


def test_the_back_button_leads_from_page_to_page_and_settings_stay(visit):
    page = drawn(visit("lstm?hidden=12"))
    page.get_by_role("button", name="Memory").click()
    page.get_by_role("menuitem", name=re.compile("GRU: the lighter gates")).click()
    page.wait_for_url(re.compile("/gru"))
    expect(page.get_by_role("heading", name="GRU: the lighter gates")).to_be_visible()
    run_in_url(page)
    page.go_back()
    page.wait_for_url(re.compile("/lstm"))
    expect(page.get_by_role("heading", name="LSTM: gates that remember")).to_be_visible()
    expect(hidden_units(page)).to_have_value("12")


def test_keys_train_pause_step_and_resume(visit):
    page = drawn(visit(f"{SLOW}&seed=31"))
    expect(button(page, "Train")).to_be_enabled()
    page.keyboard.press("t")
    expect(button(page, "Pause")).to_be_enabled()
    page.wait_for_url(re.compile("run="))
    page.keyboard.press("p")
    at = update_of(page)
    page.keyboard.press("s")
    expect(page.get_by_text(f"update {at + 1:,} of 20,000 · paused")).to_be_visible()
    page.keyboard.press("p")
    expect(button(page, "Pause")).to_be_enabled()
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile("· stopped"))).to_be_visible()


def test_two_tabs_on_one_run_see_what_the_other_does(visit):
    first = drawn(visit(f"{SLOW}&seed=32"))
    button(first, "Train").click()
    expect(button(first, "Pause")).to_be_enabled()
    run_in_url(first)
    drawn(first)
    second = drawn(visit(first.url.split("/", 3)[3]))
    button(second, "Pause").click()
    assert update_of(first) == update_of(second)
    button(second, "Resume").click()
    expect(button(first, "Pause")).to_be_enabled()
    button(first, "Stop").click()
    expect(second.get_by_text(re.compile("· stopped"))).to_be_visible()


def test_a_strange_link_is_explained_and_the_page_works(visit):
    page = drawn(
        visit("lstm?hidden=abc&task=nope&layers=99&layer=seven&sort=%00&probe=zebra&run=%3Cscript%3E&x=y")
    )
    for told in (
        "hidden: wanted a whole number",
        "task: wanted one of",
        "layers: wanted",
        "zebra",
        "not kept here",
    ):
        expect(page.get_by_text(re.compile(told)).first).to_be_visible()
    expect(hidden_units(page)).to_have_value("8")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert TRACEBACK not in page.inner_text("body")
    hidden_units(page).press("ArrowRight")
    page.wait_for_url(re.compile("hidden=9"))
    expect(page.get_by_text(re.compile("The link asked for"))).to_have_count(0)
