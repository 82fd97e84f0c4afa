import math
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.browser.chromium import server

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "board_app.py"
PICTURES = 4
INK = """(text) => getComputedStyle(text).fill"""
DISTANCE_FROM_STRIPES = """() => [...document.querySelectorAll('.board-plot')]
  .filter((plot) => plot.data[0].type === 'heatmap')
  .map((plot) => {
    let sum = 0;
    plot.data[0].z.forEach((row) => row.forEach((value, token) => { sum += Math.abs(value - token % 2); }));
    return sum / (32 * 12);
  })"""


@pytest.fixture(scope="module")
def browser(app_browser):
    return app_browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with server(APP, tmp_path_factory.mktemp("board") / "server.log") as url:
        yield url


@pytest.fixture(scope="module")
def context(browser):
    """Shared, so that plotly.js is fetched and read once."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def open_page(browser, context, address):
    """Opens the test app; at the end no page may have seen an error."""
    opened, errors = [], []

    def open_(query="film", draws=PICTURES, **options):
        own = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        chosen = own if options else context
        opened.append(own)
        page = chosen.new_page()
        opened.append(page)
        watch(page, errors)
        page.goto(f"{address}/?{query}")
        if draws:
            page.wait_for_function(f"window.__board?.draws >= {draws}")
        return page

    yield open_
    for thing in reversed(opened):
        thing.close()
    assert errors == []


@pytest.fixture(scope="module")
def standing(context, address):
    page, errors = context.new_page(), []
    watch(page, errors)
    page.goto(f"{address}/?film")
    page.wait_for_function(f"window.__board?.draws >= {PICTURES}")
    yield page
    assert errors == []
    page.close()


@pytest.fixture
def film(standing):
    """One open film for all tests that leave it as it was: at the last step, its tables closed."""
    yield standing
    standing.get_by_role("button", name="Last step").click()
    opened = standing.locator("[aria-expanded=true].board-button")
    while opened.count():
        opened.first.click()
    shown(standing, 99)
    still(standing)


def watch(page, errors):
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.sent, page.received = [], []
    page.on("websocket", lambda socket: _listen(page, socket))


def _listen(page, socket):
    socket.on("framesent", lambda frame: page.sent.append(len(frame)))
    socket.on("framereceived", lambda frame: page.received.append(len(frame)))


def still(page):
    """Wait until the server has nothing more to say."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(300)


def place_of(page, name):
    """Where a picture's map stands in the window, wherever another test has scrolled to."""
    drawing = page.locator(f"[data-name={name}] .board-plot .nsewdrag").first
    drawing.scroll_into_view_if_needed()
    return drawing.bounding_box()


def state(page):
    return page.evaluate("({...window.__board})")


def told(page):
    """What the Python side knows: the JSON that the test app writes."""
    return page.locator("[data-testid=stJson]").inner_text()


def drag(page, slider, share):
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    for part in range(1, 6):
        page.mouse.move(box["x"] + box["width"] * (1 + (share - 1) * part / 5), middle)
        page.wait_for_timeout(60)


def shown(page, index):
    page.wait_for_function(
        "(index) => [...document.querySelectorAll('.board-plot')].every((p) => p.dataset.index == index)",
        arg=index,
    )


def test_the_slider_moves_all_pictures_and_asks_the_server_nothing(film):
    page = film
    still(page)
    asked = len(page.sent), len(page.received)
    drag(page, page.get_by_label("Training step", exact=True), 0.4)
    page.wait_for_timeout(400)
    index = int(page.locator(".board-slider").input_value())
    assert 30 < index < 50
    shown(page, index)
    assert (len(page.sent), len(page.received)) == asked
    distances = page.evaluate(DISTANCE_FROM_STRIPES)
    assert len(distances) == 3
    assert distances == pytest.approx([0.5 * (1 - index / 99)] * 3, abs=0.03)
    assert (
        page.evaluate("document.querySelector('[data-name=loss] .board-plot').layout.shapes[0].x0")
        == index * 10
    )
    page.mouse.up()
    page.wait_for_function(
        "(n) => document.querySelector('[data-testid=stJson]').innerText.includes(n)", arg=str(index * 10)
    )


def test_keys_move_the_slider_and_the_step_is_told(film):
    page = film
    slider = page.get_by_role("slider", name="Training step")
    slider.focus()
    slider.press("Home")
    shown(page, 0)
    slider.press("ArrowRight")
    shown(page, 1)
    assert slider.get_attribute("aria-valuetext") == "Training step 10 / 990"
    assert page.locator(".board-step").inner_text() == "Training step 10 / 990"
    page.wait_for_function(
        "document.querySelector('[data-testid=stJson]').innerText.match(/moment\\S*\\s*:\\s*10\\b/)"
    )
    page.get_by_role("button", name="Last step").click()
    page.wait_for_function(
        "document.querySelector('[data-testid=stJson]').innerText.match(/moment\\S*\\s*:\\s*990\\b/)"
    )


def test_play_runs_to_the_end_and_stops(film):
    page = film
    page.get_by_label("Speed").select_option("4")
    page.evaluate("""() => {
        window.seen = [];
        const look = () => { window.seen.push(Number(document.querySelector('.board-slider').value));
                             requestAnimationFrame(look); };
        look();
    }""")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    shown(page, 99)
    seen = page.evaluate("window.seen")
    seen = seen[seen.index(0) :]
    assert seen == sorted(seen)
    assert len(set(seen)) > 5


def test_pausing_tells_the_step(film):
    page = film
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(document.querySelector('.board-slider').value) > 2")
    page.get_by_role("button", name="Pause").click()
    step = 10 * int(page.locator(".board-slider").input_value())
    page.wait_for_function(
        "(n) => document.querySelector('[data-testid=stJson]').innerText.includes(n)", arg=str(step)
    )


def test_live_updates_leave_no_blank_frame_and_keep_the_zoom(open_page):
    page = open_page("live&every=0.3", viewport={"width": 1280, "height": 1900})
    page.evaluate("""() => {
        window.blank = 0; window.looked = 0;
        window.kept = [...document.querySelectorAll('.board-plot')];
        const look = () => {
            window.looked += 1;
            const here = [...document.querySelectorAll('.board-plot')];
            const drawn = (plot) => plot.isConnected && plot.querySelector('.trace, .hm image');
            const same = window.kept.every((plot, at) => plot === here[at] && drawn(plot));
            if (here.length !== 4 || !same) window.blank += 1;
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }""")
    box = page.locator("[data-name=forget] .board-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6, steps=4)
    page.mouse.up()
    ranges = """() => {
        const { xaxis, yaxis } = document.querySelector('[data-name=forget] .board-plot')._fullLayout;
        return [...xaxis.range, ...yaxis.range];
    }"""
    page.wait_for_function(f"({ranges})()[0] > 0")
    zoomed = page.evaluate(ranges)
    before = state(page)["updates"]
    page.wait_for_function(f"window.__board.updates >= {before + 30}", timeout=60_000)
    assert page.evaluate(ranges) == zoomed
    assert page.evaluate("window.looked") > 30
    assert page.evaluate("window.blank") == 0
    page.wait_for_function("window.__board.index === window.__board.moments.length - 1")


def test_a_slow_update_does_not_fade_the_pictures(open_page):
    page = open_page("live&every=2&slow=1.5")
    page.locator("[data-stale=true]").first.wait_for()
    faintest = page.evaluate("""async () => {
        let least = 1;
        for (const start = performance.now(); performance.now() - start < 2500;) {
            await new Promise(requestAnimationFrame);
            for (let at = document.querySelector('.board'); at; at = at.parentElement)
                least = Math.min(least, getComputedStyle(at).opacity);
        }
        return least;
    }""")
    assert faintest == 1


def test_a_chosen_step_stays_while_new_ones_arrive(open_page):
    page = open_page("live&every=0.4")
    page.get_by_role("button", name="First step").click()
    before = state(page)["updates"]
    page.wait_for_function(f"window.__board.updates >= {before + 4}")
    assert state(page)["index"] == 0
    assert "live" not in page.locator(".board-step").inner_text()
    page.get_by_role("button", name="Last step").click()
    page.wait_for_function("document.querySelector('.board-step').textContent.includes('live')")
    page.wait_for_function(f"window.__board.updates >= {before + 8}")
    page.wait_for_function("window.__board.index === window.__board.moments.length - 1")


def test_a_click_comes_back_and_redraws_nothing(film):
    page = film
    still(page)
    draws = state(page)["draws"]
    drawing = place_of(page, "input")
    page.mouse.click(drawing["x"] + drawing["width"] * 5.5 / 12, drawing["y"] + drawing["height"] * 29.5 / 32)
    page.wait_for_function("document.querySelector('[data-testid=stJson]').innerText.includes('input')")
    still(page)
    text = told(page)
    assert re.search(r'"x"\s*:\s*"5"', text)
    assert re.search(r'"y"\s*:\s*2\b', text)
    assert re.search(r'"curve"\s*:\s*0', text)
    assert state(page)["draws"] == draws


def test_hovering_one_map_points_into_the_others(film):
    page = film
    drawing = place_of(page, "forget")
    page.mouse.move(drawing["x"] + drawing["width"] * 2.5 / 12, drawing["y"] + 60)
    page.mouse.move(drawing["x"] + drawing["width"] * 2.5 / 12 + 2, drawing["y"] + 62)
    cursor = page.locator("[data-name=input] .board-cursor")
    cursor.wait_for(state="visible")
    other = page.locator("[data-name=input] .board-plot .nsewdrag").first.bounding_box()
    middle = other["x"] + other["width"] * 2.5 / 12
    assert cursor.bounding_box()["x"] == pytest.approx(middle, abs=3)
    assert page.locator("[data-name=loss] .board-cursor").is_hidden()
    page.mouse.move(5, 5)
    cursor.wait_for(state="hidden")


def test_numbers_are_a_table_of_the_step_shown(film):
    page = film
    page.get_by_role("button", name="Numbers: forget gate").click()
    rows = page.locator("[data-name=forget] tbody tr")
    assert rows.count() == 32
    assert rows.nth(3).inner_text().split() == ["3", *"010101010101"]
    page.get_by_role("button", name="First step").click()
    page.wait_for_function(
        "document.querySelector('[data-name=forget] tbody td').textContent.startsWith('0.')"
    )
    page.get_by_role("button", name="Numbers: Loss").click()
    heads = page.locator("[data-name=loss] thead th")
    assert heads.all_inner_texts() == ["x", "loss", "guessing"]
    assert page.locator("[data-name=loss] tbody tr").count() == 100


def test_text_stays_text(film):
    page = film
    assert page.locator("[data-name=loss] .board-title").inner_text() == "Loss <script>"
    assert page.locator(".board script").count() == 0


@pytest.mark.parametrize(("button", "start"), [("CSV", b"row,0,1,2"), ("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_saving(film, button, start):
    page = film
    with page.expect_download() as download:
        page.locator("[data-name=forget]").get_by_text(button, exact=True).click()
    assert download.value.suggested_filename == f"forget-step-990.{button.lower()}"
    assert Path(download.value.path()).read_bytes().startswith(start)


def test_full_screen_shows_one_picture_with_the_slider(film):
    page = film
    page.locator("[data-name=output]").get_by_label("Full screen").click()
    page.wait_for_function("document.querySelector('.board').dataset.solo === 'output'")
    assert page.locator(".board-card:visible").count() == 1
    assert page.get_by_role("slider", name="Training step").is_visible()
    page.wait_for_function("document.querySelector('[data-name=output] .board-plot').layout.height > 500")
    page.locator("[data-name=output]").get_by_label("Full screen").click()
    page.wait_for_function(
        "document.querySelectorAll('.board-card').length === 4 && !document.fullscreenElement"
    )
    assert page.locator(".board-card:visible").count() == PICTURES


def test_every_picture_says_what_it_is(film):
    page = film
    labels = page.locator(".board-plot").evaluate_all("(all) => all.map((p) => [p.role, p.ariaLabel])")
    assert labels[0] == ["img", "forget gate"]
    assert len(labels) == PICTURES
    nameless = "(all) => all.filter((b) => !b.ariaLabel).length"
    assert page.locator(".board button").evaluate_all(nameless) == 0


def test_a_single_moment_needs_no_slider(open_page):
    page = open_page("single", draws=1)
    assert page.locator(".board-plot").is_visible()
    assert page.locator(".board-bar").is_hidden()


@pytest.mark.parametrize("width", [390, 600])
def test_a_narrow_screen_has_one_column_and_no_overflow(open_page, width):
    page = open_page(viewport={"width": width, "height": 844}, has_touch=True)
    edges = page.locator(".board-card, .board-bar, .board-plot .main-svg").evaluate_all(
        "(all) => all.map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.right]; })"
    )
    assert min(left for left, _ in edges) >= 0
    assert max(right for _, right in edges) <= width
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    lefts = page.locator(".board-card").evaluate_all(
        "(all) => all.map((c) => c.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 1


def test_a_board_leaves_nothing_behind(open_page):
    page = open_page("hide")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("Hide the board").click()
    page.locator(".board").wait_for(state="detached")
    drawn = state(page)["draws"]
    page.wait_for_timeout(500)
    assert state(page)["draws"] == drawn
    page.get_by_text("Hide the board").click()
    page.wait_for_function(
        f"window.__board.draws >= {PICTURES} && document.querySelectorAll('.board').length === 1"
    )


def test_figures_follow_the_width_of_the_window(open_page):
    page = open_page()
    page.set_viewport_size({"width": 900, "height": 900})
    page.wait_for_function("""() => [...document.querySelectorAll('.board-plot')]
        .every((p) => p.clientWidth < 500 || p.closest('[data-name=loss]'))""")
    page.wait_for_function("""() => [...document.querySelectorAll('.board-plot')]
        .every((p) => p.layout.width === p.clientWidth)""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(open_page, scheme):
    page = open_page(color_scheme=scheme)
    background = page.locator("[data-testid=stApp]").evaluate(
        "(app) => getComputedStyle(app).backgroundColor"
    )
    inks = page.locator(".board-plot text").evaluate_all(f"(all) => all.map({INK})")
    title = page.locator(".board-title").first.evaluate("(e) => getComputedStyle(e).color")
    assert (luminance(background) < 0.2) == (scheme == "dark")
    assert len(inks) > 20
    assert min(contrast(ink, background) for ink in inks) >= 4.5
    assert contrast(title, background) >= 4.5


def test_a_change_of_theme_reaches_the_figures(open_page):
    page = open_page(color_scheme="light")
    tick = page.locator("[data-name=forget] .xtick text").first
    before = tick.evaluate(INK)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "(ink) => getComputedStyle(document.querySelector('[data-name=forget] .xtick text')).fill !== ink",
        arg=before,
    )
    background = page.locator("[data-testid=stApp]").evaluate(
        "(app) => getComputedStyle(app).backgroundColor"
    )
    assert contrast(tick.evaluate(INK), background) >= 4.5


@pytest.mark.parametrize(
    ("missing", "said"), [("plotly.min.js", "plotly.js could not be loaded"), ("board.js", "board.js")]
)
def test_what_cannot_be_loaded_is_said(browser, address, missing, said):
    page = browser.new_context().new_page()
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(f"{address}/?film")
    page.get_by_text(said).wait_for()
    page.context.close()


def test_nothing_comes_from_afar(open_page, address):
    page = open_page(draws=0)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_function("window.__board?.ready")
    ours = [url for url in asked if "/_board/" in url]
    assert sum("plotly.min.js" in url for url in ours) == 1
    assert all(url.startswith(address) for url in ours)
    assert not [url for url in asked if "cdn" in url]


def test_files_are_kept_for_a_year_and_packed(open_page, address):
    page = open_page(draws=0)
    with page.expect_response("**/plotly.min.js") as answer:
        page.reload()
    headers = answer.value.headers
    assert "max-age=31536000" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) < 2_000_000
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/_board/any/board.py")


def luminance(colour):
    parts = [int(float(part)) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
