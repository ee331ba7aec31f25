"""The pictures of `docs/images/`, taken of a real server on the example town.

`python -m docs.screenshots` makes the town in a folder of its own, serves it, and lets Debian's
Chromium look at it. Nothing is read from the network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from seed_data import halton

IMAGES = Path(__file__).parent / "images"
MAX_BYTES = 300_000
"""No picture may be larger: a reader of the first page waits for it."""

KITH = Path(sys.executable).with_name("kith")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of which page, in what window, on screen or on paper.

    `top` is a selector: the picture begins at what it finds, and at the top of the page without.
    `staff` takes it as an invented link worker; `{referral}` in the path is the demo's own.
    """

    name: str
    path: str
    width: int
    height: int
    media: Literal["screen", "print"] = "screen"
    top: str = ""
    touch: bool = False
    staff: bool = False


def shots(practice: str) -> list[Shot]:
    """The pictures, for the map of one practice."""
    where = f"/v1/practices/{practice}/map"
    return [
        Shot("home.png", "/", 1100, 800),
        Shot("map-desktop.png", where, 1280, 900, top="#map-heading"),
        Shot("map-phone.png", where, 390, 844, top="#map-heading", touch=True),
        Shot("map-print.png", where, 794, 1123, media="print"),
        Shot("sign-in.png", "/sign-in", 1100, 700),
        Shot("register.png", "/register?need=loneliness_isolation&near=WA8", 1200, 1000),
        Shot("register-phone.png", "/register?need=loneliness_isolation", 390, 844, touch=True),
        Shot("group.png", "/register/1", 1200, 1000),
        Shot("correct.png", "/register/1/correct", 1100, 900),
        *(
            Shot(f"{name}.png", path, 1200, 900, staff=True)
            for name, path in (
                ("inbox", "/inbox"),
                ("triage", "/referrals/{referral}/triage"),
                ("referral", "/referrals/{referral}"),
                ("offers", "/referrals/{referral}/offers"),
                ("contacts", "/referrals/{referral}/contacts"),
                ("plan", "/referrals/{referral}/plan"),
                ("caseload", "/caseload"),
                ("people", "/people"),
                ("refer", "/refer"),
            )
        ),
        Shot("inbox-phone.png", "/inbox", 390, 844, touch=True, staff=True),
        Shot("for-the-person.png", "/referrals/{referral}/print", 794, 1123, "print", staff=True),
    ]


def sign_in(browser: Browser, address: str) -> tuple[StorageState, str]:
    """The cookies of the invented link worker, and the number of the demo's referral."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in/begin")
    page.get_by_role("button", name="Be ").first.click()
    page.goto(f"{address}/inbox")
    link = page.locator("a[href^='/referrals/']").first.get_attribute("href") or ""
    kept = context.storage_state()
    context.close()
    return kept, link.split("/")[2]


@contextlib.contextmanager
def example_town() -> Iterator[str]:
    """The address of a server on a fresh example town."""
    with tempfile.TemporaryDirectory(prefix="kith-pictures-") as folder:
        environment = {**os.environ, "KITH_VAR_DIR": folder, "KITH_LOG_LEVEL": "ERROR"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([str(KITH), "demo"], env=environment, check=True, **quiet)  # noqa: S603
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(KITH), "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, **quiet)  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _until_ready(address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _until_ready(address: str) -> None:
    for _ in range(300):
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()  # noqa: S310 - our own
            return
        time.sleep(0.1)
    raise SystemExit("The server was not ready within half a minute.")


def browser_path() -> str:
    """Debian's Chromium, or whatever KITH_CHROMIUM names."""
    found = os.environ.get("KITH_CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise SystemExit("Chromium was not found. On Debian: apt-get install chromium.")
    return found


def take(
    browser: Browser, address: str, shot: Shot, folder: Path, staff: tuple[StorageState, str]
) -> Path:
    """One picture, written to `folder`."""
    kept, referral = staff
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        locale="en-GB",
        has_touch=shot.touch,
        is_mobile=shot.touch,
        storage_state=kept if shot.staff else None,
    )
    page: Page = context.new_page()
    page.goto(address + shot.path.replace("{referral}", referral), wait_until="networkidle")
    page.emulate_media(media=shot.media, reduced_motion="reduce")
    # The map lays itself out once more for paper.
    page.wait_for_timeout(500)
    if shot.top:
        page.locator(shot.top).evaluate("found => found.scrollIntoView()")
    target = folder / shot.name
    page.screenshot(path=str(target))
    context.close()
    return target


def main() -> int:
    """Take every picture; 1 when one is too large to be read on a slow line."""
    IMAGES.mkdir(exist_ok=True)
    practice = str(halton.referral()["practice"])
    too_large = 0
    with example_town() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        staff = sign_in(browser, address)
        for shot in shots(practice):
            size = take(browser, address, shot, IMAGES, staff).stat().st_size
            too_large += size > MAX_BYTES
            sys.stdout.write(f"{shot.name}: {size:,} bytes\n")
        browser.close()
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
