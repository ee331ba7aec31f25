"""The five pages on which somebody asks for help for themselves, filled in one after the other."""

from __future__ import annotations

import re
from html import unescape

import httpx
from web_world import Browser

WHAT = {"needs": "loneliness_isolation", "words": "I used to sing in a choir."}
REACH = {
    "name": "Nora Larkrise", "reach_by": "telephone", "telephone": "01632 960123",
    "care": "no_message", "good_time": "Mornings",
}  # fmt: skip
PLACE = {"postcode": "WA8 6TR"}
SURGERY = {"surgery": "N81011"}
CHECK = {"agreed": "true"}


def carried(page: str) -> dict[str, list[str]]:
    """What travels in the page's form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if name != "csrf":
            found.setdefault(name, []).append(unescape(value))
    return found


def turn(browser: Browser, form: dict, go: str = "on") -> httpx.Response:
    """Fill in the page that is open and press a button."""
    return browser.post("/help", carried(browser.page) | form | {"go": go})


def through(browser: Browser, *pages: dict) -> httpx.Response:
    """Begin, and fill in one page after the other."""
    answer = browser.get("/help")
    for form in pages:
        answer = turn(browser, form)
    return answer
