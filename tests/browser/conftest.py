"""A real browser for pages: Debian's Chromium, driven by Playwright, watched for every request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from shared import ROOT

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PATIENCE_MS = 30_000  # a loaded machine is slow, not wrong
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Watched:
    """A page with all that went on behind it."""

    page: Page
    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        """Every host that was asked for anything; data: and file: addresses have none."""
        return {urlsplit(address).netloc for address in self.requests} - {""}

    def across(self) -> int:
        """How many px wide the page is, with its styles, whatever the window shows of it."""
        self.page.wait_for_load_state("load")
        return self.page.evaluate("() => document.documentElement.scrollWidth")

    def axe(self, *, but: str = "") -> list[str]:
        """What axe-core finds wrong with the page as it is now, one line for each.

        Findings of the rule `but` are left out; say why where you use it.
        """
        assert AXE.is_file(), "axe-core is not installed: run `make`"
        # A click answers as soon as the next page begins: without its styles nothing has a size.
        self.page.wait_for_load_state("load")
        if not self.page.evaluate("() => 'axe' in window"):
            # Evaluated by the browser's debugger, so the page's own policy stays in force.
            self.page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
        found = self.page.evaluate(
            "tags => axe.run(document, { runOnly: tags })"
            ".then(result => result.violations.map(v => [v.id, v.nodes.map(n => n.html)]))",
            AXE_TAGS,
        )
        return [f"{rule}: {html}" for rule, nodes in found for html in nodes if rule != but]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without one these tests are skipped, and in CI they fail."""
    path = shutil.which("chromium")
    if path is None:
        said = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Open an address in a fresh context: open_page(url, width=1280, height=900, **options)."""
    contexts: list[BrowserContext] = []

    def open_it(
        url: str,
        *,
        width: int = 1280,
        height: int = 900,
        before: Callable[[BrowserContext], None] | None = None,
        **options: object,
    ) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        if before is not None:
            before(context)
        watched = Watched(context.new_page(), context)
        page = watched.page
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and watched.errors.append(said.text))
        page.on("dialog", lambda box: (watched.dialogs.append(box.message), box.dismiss()))
        page.goto(url)
        return watched

    yield open_it
    for context in contexts:
        context.close()
