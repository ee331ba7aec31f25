"""How large a map page is, how long it takes to draw, and how soon Chromium shows it.

Run: python benchmarks/map_size.py [features ...]
Compare rows with each other, and with an empty page: milliseconds differ from machine to machine.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import time
from pathlib import Path

for folder in (Path(__file__).parents[1] / "tests", Path(__file__).parents[1]):
    sys.path.insert(0, str(folder))

from map_sheets import empty_town, town  # noqa: E402  found by the path above
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from geo.maps.draw import draw  # noqa: E402
from geo.maps.files import Assets  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def opened_ms(browser: Browser, path: Path, count: int) -> float:
    """Milliseconds from asking for the page until every mark is on the map or in a cluster."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    start = time.perf_counter()
    page.goto(path.as_uri())
    if count:
        page.wait_for_selector(".kith-cluster, .kith-mark")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    taken = time.perf_counter() - start
    page.close()
    return taken * 1000


def main(counts: list[int]) -> None:
    """Print one line for each number of features."""
    draw(empty_town(), assets=Assets.inline())
    print("features   draw ms   html kB   gzip kB   open ms   x empty")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        floor = 0.0
        for count in counts:
            sheet = town(count) if count else empty_town()
            start = time.perf_counter()
            html = draw(sheet, assets=Assets.inline())
            drawn_ms = (time.perf_counter() - start) * 1000
            path = Path(folder) / f"{count}.html"
            path.write_text(html, encoding="utf-8")
            opened_ms(browser, path, count)
            open_ms = min(opened_ms(browser, path, count) for _ in range(3))
            floor = floor or open_ms
            raw = html.encode()
            print(
                f"{count:8,} {drawn_ms:9.0f} {len(raw) / 1000:9.0f} "
                f"{len(gzip.compress(raw, 6)) / 1000:9.0f} {open_ms:9.0f} {open_ms / floor:9.1f}"
            )
        browser.close()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [0, 50, 500, 2000, 10000])
