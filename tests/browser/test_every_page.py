"""Every page opens by its own address, at a desk and on a phone, without a fault."""

import pytest
from playwright.sync_api import expect

from pages.ui.contents import SECTIONS

pytestmark = pytest.mark.browser

TITLES = {name: title for entries in SECTIONS.values() for name, title, _ in entries}


@pytest.mark.parametrize("name", TITLES)
def test_a_page_opens_by_its_address_with_the_right_menu_and_fits_a_phone(visit, name):
    page = visit(name)
    expect(page.locator("[data-testid='stHeading']").first).to_be_visible()
    expect(page.locator("[data-testid='stApp']")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid='stException']")).to_have_count(0)
    expect(page.get_by_text("Sequence to sequence", exact=True).first).to_be_visible()
    assert "Traceback" not in page.inner_text("body")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
