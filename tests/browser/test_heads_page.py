"""A click on a small map chooses its head; a click on a cell of its map fills in that score's arithmetic."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SMALL = "attention_heads?steps=50&hidden=12&heads=3&batch_size=16&task.length=5&probe=a+b+c+d+e"


def click_on(page, picture, place, across, down):
    """Click a point of a drawing, given as shares of its width and height."""
    drawing = page.locator(f"[data-name={picture}] .board-plot .nsewdrag").nth(place)
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    x, y = box["x"] + across * box["width"], box["y"] + down * box["height"]
    page.mouse.move(x + 2, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def test_clicks_choose_the_head_and_the_score(visit):
    page = visit(SMALL)
    page.locator(".st-key-attention_heads-buttons").get_by_role("button", name="Train").click()
    expect(page.get_by_text(re.compile("finished in"))).to_be_visible()
    expect(page.locator("[data-name=heads] .board-plot .nsewdrag")).to_have_count(6)
    click_on(page, "heads", 4, 0.5, 0.5)
    expect(page.get_by_text("Layer 1, head 1", exact=True)).to_be_visible()
    page.wait_for_url(re.compile("layer=1.*head=1"))
    click_on(page, "map", 0, 1.5 / 5, 3.5 / 5)
    score = page.locator(".st-key-attention_heads-score_query, .st-key-attention_heads\\.score_query")
    expect(score.locator("input")).to_have_value("3: d")
