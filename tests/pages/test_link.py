"""Who wrote the link: the page itself, a moment ago or on a slow line, or somebody who wants it followed."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.link import REMEMBERED, begin_with


def small_page():
    """A page of one slider and one switch, all of it in its link."""
    import streamlit as st

    from pages.ui.link import Link

    link = Link(st.session_state.get("page", "small"))
    units = st.slider("Units", 1, 99, key=link.start("units", int(link.asked("units", "8"))))
    layers = st.slider("Layers", 1, 9, key=link.start("layers", int(link.asked("layers", "1"))))
    link.keep("units", str(units), "8")
    link.keep("layers", str(layers), "1")
    st.caption("fresh" if link.fresh else "its own")


@pytest.fixture
def page():
    """Open without any parameters."""
    return AppTest.from_function(small_page).run()


def link_of(page):
    return {name: "".join(page.query_params[name]) for name in page.query_params}


def with_link(page, **query):
    """The page asked for again with this link."""
    page.query_params.clear()
    for name, value in query.items():
        page.query_params[name] = value
    return page


def units(page):
    return page.slider[0].value


def layers(page):
    return page.slider[1].value


def test_a_link_decides_and_a_slider_writes_it(page):
    with_link(page, units="20").run()
    assert (units(page), page.caption[0].value) == (20, "fresh")
    page.slider[0].set_value(21).run()
    assert (link_of(page), page.caption[0].value) == ({"units": "21"}, "its own")


def test_a_slider_moved_before_the_browser_knew_the_last_link_is_kept_and_so_is_the_one_before(page):
    with_link(page, units="20").run()
    page.slider[0].set_value(21).run()
    with_link(page, units="20").slider[1].set_value(3).run()
    assert (units(page), layers(page)) == (21, 3)
    assert link_of(page) == {"units": "21", "layers": "3"}


def test_a_live_page_that_writes_the_same_again_and_again_forgets_nothing(page):
    with_link(page, units="20").run()
    page.slider[0].set_value(21).run()
    for _ in range(REMEMBERED):
        page.run()
    with_link(page, units="20").slider[1].set_value(3).run()
    assert (units(page), layers(page)) == (21, 3)


def test_a_slider_moved_right_after_a_link_was_followed_does_not_undo_it(page):
    page.slider[0].set_value(9).run()
    with_link(page, **begin_with({"units": "40"})).run()
    with_link(page, units="9").slider[1].set_value(3).run()
    assert (units(page), layers(page)) == (40, 3)


def test_a_link_to_begin_with_is_followed_even_where_the_page_wrote_the_same_before(page):
    with_link(page, units="20").run()
    page.slider[0].set_value(21).run()
    with_link(page, **begin_with({"units": "20"})).run()
    assert units(page) == 20
    assert link_of(page) == {"units": "20"}


def test_an_embedded_page_keeps_its_settings_in_the_link_too(page):
    with_link(page, units="20", embed="true").run()
    page.slider[0].set_value(21).run()
    assert not page.exception
    assert (units(page), link_of(page)["units"], page.caption[0].value) == (21, "21", "its own")


def test_who_comes_back_from_another_page_with_a_link_gets_what_it_says(page):
    with_link(page, units="20").run()
    page.slider[0].set_value(21).run()
    page.session_state["page"] = "other"
    with_link(page).run()
    page.session_state["page"] = "small"
    with_link(page, units="20").run()
    assert units(page) == 20


def test_who_comes_back_from_another_page_without_a_link_finds_it_as_it_was_left(page):
    with_link(page, units="20").run()
    page.session_state["page"] = "other"
    with_link(page).run()
    page.session_state["page"] = "small"
    with_link(page).run()
    assert link_of(page) == {"units": "20"}


def test_the_back_button_leads_to_a_link_that_the_page_wrote_before(page, monkeypatch):
    with_link(page, units="20").run()
    page.slider[0].set_value(21).run()
    monkeypatch.setattr("pages.ui.link._gone_back", lambda: True)
    with_link(page, units="20").run()
    assert units(page) == 20


def test_links_written_long_ago_are_somebody_elses_wish_again(page):
    with_link(page, units="20").run()
    for value in range(21, 22 + REMEMBERED):
        page.slider[0].set_value(value).run()
    with_link(page, units="20").run()
    assert units(page) == 20
