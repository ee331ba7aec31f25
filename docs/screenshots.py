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
from typing import Final, Literal

from playwright.sync_api import Page, sync_playwright

from docs.example_case import Case, play
from seed_data import halton

IMAGES = Path(__file__).parent / "images"
MAX_BYTES = 300_000
"""No picture may be larger: a reader of the first page waits for it."""

KITH = Path(sys.executable).with_name("kith")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of which page, in what window, on screen or on paper.

    `top` is a selector: the picture begins at what it finds, and at the top of the page without.
    `who` takes it, as named in `example_case.STAFF`; in the path stands `{nora}` and the like for
    what the example made.
    """

    name: str
    path: str
    width: int = 1000
    height: int = 900
    media: Literal["screen", "print"] = "screen"
    top: str = ""
    touch: bool = False
    who: str = ""


NORA = "/referrals/{nora}"
PAGES: Final = {
    "": {
        "help": "/help",
        "problem": "/no-such-page",
        "correct": "/register/1/correct",
        "problems": "/problems",
    },
    "practice": {
        "refer": "/refer",
        "practice-sent": "/sent",
        "practice-question": "/refer/{oda}",
        "practice-danger": "/refer/{ivo}",
        "practice-danger-closing": "/refer/{ivo}/danger/suicide_selfharm",
    },
    "worker": {
        "start": "/start",
        "what-i-may-do": "/me",
        "inbox": "/inbox",
        "triage": "/referrals/{ivo}/triage",
        "triage-danger": "/referrals/{ivo}/triage/danger/suicide_selfharm",
        "triage-return": "/referrals/{oda}/triage/return",
        "triage-question": "/referrals/{oda}/triage/more",
        "same-person": "/referrals/{norah}/people",
        "referral": NORA,
        "circumstances": f"{NORA}/circumstances",
        "compare": f"{NORA}/compare",
        "what-if": f"{NORA}/what-if",
        "ask": f"{NORA}/ask",
        "offers": f"{NORA}/offers",
        "offer": f"{NORA}/offers/{{offer}}",
        "objection": f"{NORA}/sharing",
        "contacts": f"{NORA}/contacts",
        "plan": f"{NORA}/plan",
        "plan-about": f"{NORA}/plan/about",
        "plan-goal": f"{NORA}/plan/goals/{{goal}}",
        "plan-step": f"{NORA}/plan/goals/{{goal}}/actions",
        "plan-agreed": f"{NORA}/plan/agreed",
        "risks": f"{NORA}/plan/risks",
        "concern": f"{NORA}/plan/concerns/new",
        "outcomes": f"{NORA}/outcomes",
        "outcomes-form": f"{NORA}/outcomes/loneliness",
        "letters": f"{NORA}/letter",
        "letter": f"{NORA}/letter/{{letter}}",
        "letter-preview": f"{NORA}/letter/{{letter}}/preview",
        "closing": f"{NORA}/closing",
        "caseload": "/caseload",
        "people": "/people",
    },
    "lead": {
        "caseload-reassign": "/caseload?who=all",
        "emergency-access": "/break-glass",
        "audit": "/audit/referral/{nora}",
    },
    "steward": {
        "steward": "/steward",
        "steward-correction": "/steward/corrections/{correction}",
        "steward-group": "/steward/assets/2",
        "steward-new-group": "/steward/assets/new",
        "steward-twice": "/steward/duplicates",
    },
    "commissioner": {"maps": "/maps", "maps-practice": "/maps/N81064"},
}
"""Pages on a desk: by whose they are, the picture's name and the address."""

ON_A_PHONE: Final = (
    ("help-phone", "/help", ""),
    ("practice-question-phone", "/refer/{oda}", "practice"),
    ("inbox-phone", "/inbox", "worker"),
    ("referral-phone", NORA, "worker"),
    ("plan-phone", f"{NORA}/plan", "worker"),
)


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
        *(
            Shot(f"{name}.png", path, who=who)
            for who, pages in PAGES.items()
            for name, path in pages.items()
        ),
        *(
            Shot(f"{name}.png", path, 390, 844, touch=True, who=who)
            for name, path, who in ON_A_PHONE
        ),
        Shot("for-the-person.png", f"{NORA}/print", 794, 1123, "print", who="worker"),
    ]


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


def take(case: Case, shot: Shot, folder: Path) -> Path:
    """One picture, written to `folder`."""
    context = case.context(
        shot.who,
        viewport={"width": shot.width, "height": shot.height},
        has_touch=shot.touch,
        is_mobile=shot.touch,
    )
    page: Page = context.new_page()
    page.goto(case.address + shot.path.format(**case.made), wait_until="networkidle")
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
        case = Case(browser, address)
        play(case)
        for shot in shots(practice):
            size = take(case, shot, IMAGES).stat().st_size
            too_large += size > MAX_BYTES
            sys.stdout.write(f"{shot.name}: {size:,} bytes\n")
        browser.close()
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
