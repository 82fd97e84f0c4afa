"""The first page: a trained network to look at, the way to every page, recent runs."""

from tests.pages.conftest import has_board, payload, run_until, texts
from tests.viz.payload import decode


def test_home_shows_a_trained_network_and_links_to_every_page(open_page):
    from pages.ui.contents import SECTIONS, pages_of

    page = run_until(open_page("home"), has_board)
    names = [picture["name"] for picture in decode(payload(page))[0]["pictures"]]
    assert names == ["layers.0.forget_gate", "layers.0.cell_state"]
    links = {link.proto.page for link in page.get("page_link")}
    wanted = {name for section in SECTIONS if section != "Start" for name, _, _ in pages_of(section)}
    assert wanted <= links


def test_home_lists_recent_runs(open_page):
    page = run_until(open_page("home"), has_board)
    assert "Write, keep, clear" in texts(page)
