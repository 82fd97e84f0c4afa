"""Every page opens by its address, wide and narrow, light and dark, readable by all, without a fault."""

import pytest
from playwright.sync_api import expect

from pages.ui.contents import SECTIONS
from tests.browser.accessibility import lasting_violations, show_in, violations

pytestmark = pytest.mark.browser

AT_ONCE = ("home", "lstm", "gru")
"""Pages whose pictures come after seconds of training; the others are looked at as they first stand."""
TITLES = {name: title for entries in SECTIONS.values() for name, title, _ in entries}


@pytest.mark.parametrize("name", TITLES)
def test_a_page_opens_by_its_address_with_the_right_menu_and_fits_a_phone(visit, name):
    page = visit(name)
    expect(page.locator("[data-testid='stHeading']").first).to_be_visible()
    expect(page.locator("[data-testid='stApp']")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid='stException']")).to_have_count(0)
    expect(page.get_by_text("Sequence to sequence", exact=True).first).to_be_visible()
    assert "Traceback" not in page.inner_text("body")
    if name in AT_ONCE:
        page.locator(".board-plot .main-svg").first.wait_for(timeout=300_000)
    for scheme in ("light", "dark"):
        show_in(page, scheme)
        assert lasting_violations(page) == [], scheme
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_the_check_sees_what_cannot_be_read_or_named(visit):
    page = visit("home")
    expect(page.locator("[data-testid='stHeading']").first).to_be_visible()
    page.evaluate("""() => {
        const place = document.querySelector('[data-testid=stHeading]');
        const bad = '<p style="color:#bbb;background:#fff">faint</p><button></button>';
        place.insertAdjacentHTML('afterend', bad);
    }""")
    found = {violation.split(":")[0] for violation in violations(page)}
    assert {"color-contrast", "button-name"} <= found
