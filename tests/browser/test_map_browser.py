"""A map page in a real browser: seen, heard, typed at, printed, and never phoning anybody."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from map_sheets import PRACTICE, empty_town, feature, town
from playwright.sync_api import expect

from geo.maps.draw import draw
from geo.maps.files import Assets, static_directory
from geo.maps.policy import content_security_policy
from geo.maps.sheet import Centre, Tiles

NONCE = "dGVzdC1ub25jZQ"
PHONE = {"width": 320, "height": 640}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


class _Handler(SimpleHTTPRequestHandler):
    """Serves map files under /static/maps and pages under /, as Kith would, with its policy."""

    pages: dict[str, tuple[str, str]]

    def do_GET(self):
        page = self.pages.get(self.path)
        if page is None:
            self.path = self.path.removeprefix("/static/maps")
            super().do_GET()
            return
        body, policy = page[0].encode(), page[1]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """serve(sheet) -> the address of its page, on a server of its own with the real policy."""
    pages: dict[str, tuple[str, str]] = {}
    handler = type("Handler", (_Handler,), {"pages": pages})
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(handler, directory=str(static_directory()))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve_it(sheet):
        path = f"/map/{len(pages)}"
        origin = sheet.tiles.origin if sheet.tiles else None
        pages[path] = (
            draw(sheet, assets=Assets.served("/static/maps"), nonce=NONCE),
            content_security_policy(NONCE, origin),
        )
        return f"http://127.0.0.1:{server.server_port}{path}"

    yield serve_it
    server.shutdown()
    server.server_close()


@pytest.fixture
def on_disk(tmp_path):
    """on_disk(sheet) -> the address of its page as one file."""

    def write(sheet):
        path: Path = tmp_path / "map.html"
        path.write_text(draw(sheet, assets=Assets.inline()), encoding="utf-8")
        return path.as_uri()

    return write


def _marks(page):
    return page.locator(".kith-mark, .kith-cluster")


@pytest.mark.parametrize("way", ["serve", "on_disk"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_the_map_is_drawn_under_its_policy_without_a_fault(way, size, request, open_page):
    seen = open_page(request.getfixturevalue(way)(town()), **size)
    expect(_marks(seen.page).first).to_be_visible()
    expect(seen.page.locator("path.kith-water")).to_have_count(1)
    assert seen.errors == []
    assert seen.axe() == []


@pytest.mark.parametrize("way", ["serve", "on_disk"])
def test_ten_thousand_assets_open_without_asking_another_host(way, request, open_page, capsys):
    address = request.getfixturevalue(way)(town(10_000))
    start = time.perf_counter()
    seen = open_page(address)
    expect(_marks(seen.page).first).to_be_visible()
    with capsys.disabled():
        print(f"\n10,000 assets, {way}: on the map after {time.perf_counter() - start:.1f} s")  # noqa: T201
    assert seen.hosts() <= {address.split("/")[2]}
    assert seen.page.locator("#features tbody tr").count() == 10_000
    assert seen.errors == []


def test_a_long_list_is_still_a_table_to_a_screen_reader(on_disk, open_page):
    seen = open_page(on_disk(town(400)))
    page = seen.page
    # Hundreds of marks in one town touch; see the keyboard test for why that is allowed.
    assert seen.axe(but="target-size") == []
    expect(
        page.get_by_role("row", name="Walk and natter 1 Invented example").first
    ).to_be_attached()
    expect(page.get_by_role("columnheader", name="When")).to_be_visible()
    expect(page.get_by_role("rowheader").first).to_be_visible()


def test_an_empty_map_says_so_and_has_no_fault(on_disk, open_page):
    seen = open_page(on_disk(empty_town()))
    expect(seen.page.locator(".map-empty")).to_be_visible()
    expect(seen.page.locator(".map .kith-centre")).to_have_text("Rowan Street Surgery")
    assert seen.errors == []
    assert seen.axe() == []


def test_tiles_come_from_the_configured_origin_alone(serve, open_page):
    tiles = Tiles("https://tiles.example/{z}/{x}/{y}.png", "© the makers of tiles")

    def answer(context):
        context.route(
            "https://tiles.example/**",
            lambda route: route.fulfill(content_type="image/png", body=PIXEL),
        )

    address = serve(town(tiles=tiles))
    seen = open_page(address, before=answer)
    expect(seen.page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    assert seen.hosts() == {address.split("/")[2], "tiles.example"}
    expect(seen.page.locator(".leaflet-control-attribution")).to_have_text("© the makers of tiles")
    assert seen.errors == []
    assert seen.axe() == []


def test_without_script_the_list_is_whole_and_nothing_dead_is_shown(serve, open_page):
    seen = open_page(serve(town()), java_script_enabled=False)
    assert seen.page.locator("#features tbody tr").count() == 42
    expect(seen.page.get_by_text("The map needs JavaScript")).to_be_visible()
    expect(seen.page.locator("#search")).to_be_hidden()
    expect(seen.page.locator("#print")).to_be_hidden()
    expect(seen.page.get_by_text("42 assets in 6 of 8 kinds of need.")).to_be_visible()


def test_searching_and_unticking_change_the_map_and_the_list_alike(on_disk, open_page):
    page = open_page(on_disk(town())).page
    rows = page.locator("#features tbody tr:visible")
    page.get_by_label("Search the map and the list").fill("lunch monday")
    expect(page.get_by_role("status")).to_contain_text(" of 42")
    texts = rows.all_inner_texts()
    assert texts
    assert all("lunch" in text.lower() and "monday" in text.lower() for text in texts)
    _expect_on_the_map(page, len(texts))
    page.get_by_label("Search the map and the list").fill("nothing like this")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    _expect_on_the_map(page, 0)
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("status")).to_have_text("Showing all 42")
    page.get_by_role("checkbox", name="Food and warmth").uncheck()
    expect(page.get_by_role("status")).to_have_text("Showing 34 of 42")
    assert not any("Food and warmth" in text for text in rows.all_inner_texts())
    page.get_by_role("checkbox", name="In the last 3 months").uncheck()
    _expect_on_the_map(page, rows.count())
    page.get_by_role("button", name="Show everything").click()
    _expect_on_the_map(page, 41)  # one of the 42 has no place


def _expect_on_the_map(page, count: int) -> None:
    """Marks on the map, those inside clusters included, once it has come to rest."""
    for _ in range(150):
        inside = page.locator(".kith-cluster > span:first-child").all_inner_texts()
        found = page.locator(".kith-mark:visible").count() + sum(int(text) for text in inside)
        if found == count:
            return
        page.wait_for_timeout(100)
    assert found == count


def test_sorting_tells_its_direction_and_keeps_the_empty_last(on_disk, open_page):
    page = open_page(on_disk(town(12))).page
    names = page.locator("#features tbody th")
    page.get_by_role("button", name="Who it is for").click()
    header = page.locator("#features thead th", has_text="Who it is for")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#features [aria-sort]")).to_have_count(1)
    column = page.locator("#features tbody td:nth-child(6)").all_inner_texts()
    filled = [text.strip() for text in column if text.strip()]
    assert [text.strip() for text in column] == [*sorted(filled), ""]
    page.get_by_role("button", name="Last checked").click()
    days = page.locator("#features tbody td:last-child").evaluate_all(
        "cells => cells.map(cell => cell.dataset.sort)"
    )
    assert days == sorted(days)
    page.get_by_role("button", name="No.").click()
    expect(names.first).to_contain_text("Walk and natter 1")


def test_from_the_list_to_the_map_and_back_by_keyboard_alone(on_disk, open_page):
    seen = open_page(on_disk(town()))
    page = seen.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.get_by_role("link", name="Skip past the map to the list").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_be_focused()
    find = page.get_by_role("link", name="4, show on the map: Singing for fun 4")
    while not find.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Singing for fun 4")
    expect(popup).to_be_visible()
    for word in ("Kind of need", "When", "Where", "Who it is for", "Last checked"):
        expect(popup.get_by_text(word, exact=True)).to_be_visible()
    assert popup.evaluate("box => box.contains(document.activeElement)")
    # Marks lie where places lie, so zoomed in two may touch; WCAG 2.5.8 allows it because each
    # has an equivalent of full size in the list.
    assert seen.axe(but="target-size") == []
    page.keyboard.press("Escape")
    expect(popup).to_be_hidden()
    marker = page.get_by_role("button", name="4. Singing for fun 4 Invented example.")
    expect(marker).to_be_focused()
    page.keyboard.press("Space")
    expect(popup).to_be_visible()


def test_a_popup_is_called_by_its_name_and_says_what_it_is_about(on_disk, open_page):
    said = feature(
        1, random.Random(2), name="Tea and talk", about="Tea, and talk. Come as you are."
    )
    page = open_page(on_disk(town(1, features=(said,)))).page
    page.get_by_role("button", name="1. Tea and talk Invented example. ").click()
    popup = page.get_by_role("dialog", name="Tea and talk Invented example", exact=True)
    expect(popup.get_by_text("Tea, and talk. Come as you are.")).to_be_visible()


def test_marks_and_clusters_are_buttons_that_say_what_they_are(on_disk, open_page):
    page = open_page(on_disk(town())).page
    for button in page.locator(".kith-mark, .kith-cluster").all():
        assert button.get_attribute("role") == "button"
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24
    expect(page.get_by_role("button", name="assets here: zoom in").first).to_be_visible()
    assert page.locator(".kith-mark:not([aria-label])").count() == 0


def test_nothing_spills_over_at_320_pixels(on_disk, open_page):
    assert open_page(on_disk(town()), **PHONE).across() <= 320


def test_the_key_is_there_in_full_screen_and_comes_back(on_disk, open_page):
    page = open_page(on_disk(town())).page
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator(".map #key")).to_be_visible()
    page.get_by_role("button", name="Leave full screen").click()
    expect(page.locator(".map-and-key > #key")).to_be_visible()
    expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()


def test_paper_shows_every_mark_with_the_number_of_its_row(on_disk, open_page):
    page = open_page(on_disk(town())).page
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    texts = page.locator(".kith-paper b").all_inner_texts()
    runs = [run.split("–") for text in texts for run in text.split(", ")]
    numbers = [number for run in runs for number in range(int(run[0]), int(run[-1]) + 1)]
    assert sorted(numbers) == [number for number in range(1, 43) if number != 5]
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.locator(".leaflet-control-zoom")).to_be_hidden()
    assert page.locator("#features tbody tr:visible").count() == 42
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator(".kith-paper").count() == 0


def test_names_that_try_to_be_programs_are_shown_as_they_are(serve, open_page):
    names = [
        "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>",
        "${alert(1)}`'\"\\", "{{ 7 * 7 }}",
    ]  # fmt: skip
    rng = random.Random(3)
    sheet = town(
        4,
        features=tuple(
            feature(at, rng, name=name, rows=(("When", name),), labels=(name,))
            for at, name in enumerate(names)
        ),
        centres=(Centre(names[0], PRACTICE, rows=(("x", names[1]),)),),
    )
    seen = open_page(serve(sheet))
    for at, name in enumerate(names):
        seen.page.locator("a.find").nth(at).click()
        popup = seen.page.locator(".leaflet-popup .details-name")
        expect(popup).to_have_text(f"{name} {name}")
        seen.page.keyboard.press("Escape")
        expect(popup).to_be_hidden()
    expect(seen.page.locator(".map .kith-centre")).to_have_text(names[0])
    assert seen.dialogs == []
    assert seen.errors == []
