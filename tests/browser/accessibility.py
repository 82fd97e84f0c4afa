"""axe-core, run on a page as it stands: what keeps people from reading or using it."""

from __future__ import annotations

import time

from axe_playwright_python.base import AXE_SCRIPT

STREAMLITS_OWN = {
    # A displayed equation that is wider than its column scrolls sideways and takes no focus. Streamlit makes
    # that element out of `st.latex`, with no way to add a tabindex; the equation's MathML is read out whole.
    ("scrollable-region-focusable", "katex-display"),
}
"""(rule, part of the element's HTML) that a page cannot mend, because the element is Streamlit's."""
RUN = "axe.run({exclude: [['[data-stale=true]']]}, {resultTypes: ['violations']})"
SHOWN = {"light": "rgb(252, 251, 248)", "dark": "rgb(15, 23, 32)"}


def show_in(page, scheme: str) -> None:
    """Light or dark, as the visitor's system asks for it."""
    page.emulate_media(color_scheme=scheme)
    app = "getComputedStyle(document.querySelector('[data-testid=stApp]'))"
    page.wait_for_function(f"(colour) => {app}.backgroundColor === colour", arg=SHOWN[scheme])


def violations(page) -> list[str]:
    """Every serious or critical finding on an element that is ours to mend: rule, element, reason."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {node['html'][:160]} | {node.get('failureSummary', '')[:300]}"
        for found in page.evaluate(RUN)["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
        if not any(found["id"] == rule and part in node["html"] for rule, part in STREAMLITS_OWN)
    ]


def lasting_violations(page, seconds: float = 60) -> list[str]:
    """What is found again and again: while a script runs, Streamlit fades what it has not reached yet."""
    end = time.monotonic() + seconds
    while (found := violations(page)) and time.monotonic() < end:
        page.wait_for_timeout(500)
    return found
