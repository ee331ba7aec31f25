"""How large a map page is, how long it takes to draw, and how soon Chromium shows it.

Run: python -m benchmarks.map_size [features ...]
Compare rows with each other, and with an empty page: milliseconds differ from machine to machine.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
if __package__ in (None, ""):
    # Run as a file, its neighbours would hide modules of the same name in the standard library.
    sys.path.pop(0)
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line for each number of features."""
    told = sys.argv[1:] if arguments is None else arguments
    counts = [int(each) for each in told] or [0, 50, 500, 2000, 10_000]
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
