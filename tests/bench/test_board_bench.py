"""How fast the board is, side by side with st.plotly_chart. Prints; asserts no time."""

from pathlib import Path

import pytest

from tests.browser.chromium import chromium, server

pytestmark = [pytest.mark.bench, pytest.mark.browser]

APP = Path(__file__).parents[1] / "browser" / "apps" / "board_app.py"
SECONDS = 8

SCRUB = """async (seconds) => {
    const slider = document.querySelector('.board-slider'), board = window.__board;
    const before = board.frames, start = performance.now();
    for (let at = 0; performance.now() - start < seconds * 1000; at += 1) {
        slider.value = at % 100;
        slider.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
    }
    return (board.frames - before) / seconds;
}"""

BARE = """async (seconds) => {
    const plot = document.querySelector('.board-plot'), start = performance.now();
    const random = () => Array.from({ length: 32 }, () => Float32Array.from({ length: 12 }, Math.random));
    let frames = 0;
    for (; performance.now() - start < seconds * 1000; frames += 1) {
        await Plotly.restyle(plot, { z: [random()] }, [0]);
        await new Promise(requestAnimationFrame);
    }
    return frames / seconds;
}"""

WATCH = """async (seconds) => {
    const lengths = new Set();
    let looked = 0, blank = 0;
    const start = performance.now();
    while (performance.now() - start < seconds * 1000) {
        await new Promise(requestAnimationFrame);
        const plots = [...document.querySelectorAll('.js-plotly-plot')];
        const drawn = plots.filter((plot) => plot.querySelector('.trace, .hm image'));
        looked += 1;
        if (drawn.length < 4) blank += 1;
        const loss = plots.map((plot) => plot._fullData?.[0]).find((trace) => trace?.type === 'scatter');
        if (loss) lengths.add(loss._length);
    }
    return { rate: (lengths.size - 1) / seconds, blank: blank / looked };
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with server(APP, tmp_path_factory.mktemp("bench") / "server.log") as url:
        yield url


def opened(browser, url, ready):
    page = browser.new_page(viewport={"width": 1280, "height": 1300})
    page.received = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda got: page.received.append(len(got)))
    )
    page.goto(url)
    page.wait_for_function(ready, timeout=60_000)
    return page


def test_scrubbing_one_map(browser, address, capsys):
    page = opened(browser, f"{address}/?one", "window.__board?.draws >= 1")
    drawn, bare = page.evaluate(SCRUB, SECONDS), page.evaluate(BARE, SECONDS)
    page.close()
    with capsys.disabled():
        print(
            f"\nscrubbing one 32 x 12 map: {drawn:.1f} frames a second; bare Plotly.restyle {bare:.1f}; ",
            end="",
        )
        print(f"ratio {drawn / bare:.2f}")


@pytest.mark.parametrize("every", [0.25, 0.1])
def test_live_updates(browser, address, capsys, every):
    said = []
    for name, query in (("board", "live"), ("st.plotly_chart", "rival")):
        page = opened(
            browser,
            f"{address}/?{query}&every={every}",
            "document.querySelectorAll('.js-plotly-plot').length === 4",
        )
        page.wait_for_timeout(500)
        page.received.clear()
        seen = page.evaluate(WATCH, SECONDS)
        kilobytes = sum(page.received) / 1000 / max(seen["rate"] * SECONDS, 1)
        said.append(
            f"  {name}: {seen['rate']:.1f} a second, {seen['blank']:.0%} blank, {kilobytes:.0f} KB each"
        )
        page.close()
    with capsys.disabled():
        print(f"\nlive updates of 3 maps and a curve, {1 / every:.0f} asked a second:", *said, sep="\n")
