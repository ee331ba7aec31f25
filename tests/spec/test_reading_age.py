"""What the public reads is written for somebody of about nine, errors included."""

from __future__ import annotations

import re
from html import escape

import pytest
from help_pages import CHECK, PLACE, REACH, SURGERY, WHAT, through, turn
from reading_age import age, sentences
from sqlalchemy import text
from web_world import Web

from service.web.problems_table import ADVICE

pytest_plugins = ("web_fixtures",)

OLDEST = 10.0
"""Years: about nine, and a year for what a formula of letters cannot know."""
LONGEST = 25
"""Words of a sentence: GOV.UK's content design guidance tells writers to split longer ones."""


def hard(told: list[list[str]]) -> dict[str, float]:
    """What is too hard: the whole, or a sentence."""
    found = {"all of it": round(age(told), 1)} if age(told) > OLDEST else {}
    return found | {" ".join(each): len(each) for each in told if len(each) > LONGEST}


def of(web: Web) -> dict[str, list[list[str]]]:
    """Each public page by name, as sentences; a surgery's name and address are nobody's wording."""
    browser = web.browser()
    with web.store.read() as session:
        surgeries = session.scalars(text("SELECT name FROM nhs_org")).all()
    pages = {}
    for path in (
        "/", "/register", "/register?text=zzzz", "/register?need=debt_money&near=practice-N81011",
        "/register/1", "/register/1/correct", "/sign-in", "/sign-in?next=%2Fstart&why=form",
        "/signed-out", "/sign-in/return", "/no-such-page", "/help",
    ):  # fmt: skip
        pages[path] = browser.get(path).text
    said = {"field": "contact", "proposed": "Ask for the host", "how_known": "I run it"}
    browser.get("/register/1/correct")
    pages["correct, empty"] = browser.post("/register/1/correct", {}).text
    pages["correct, sent"] = browser.post("/register/1/correct", said).text
    browser.get("/register")
    pages["register, wrong postcode"] = browser.post("/register", {"postcode": "nowhere"}).text
    steps = (WHAT, REACH, PLACE, SURGERY, CHECK)
    for number in range(len(steps) + 1):
        pages[f"help, {number} pages on"] = through(browser, *steps[:number]).text
        if number < len(steps):
            pages[f"help, page {number + 1}, empty"] = turn(browser, {}).text
    danger = {"needs": "loneliness_isolation", "words": "I want to end my life."}
    pages["help, danger"] = through(browser, danger).text
    browser.get("/help")
    pages["help, wrong form"] = browser.post("/help", {}, csrf="0" * 64).text
    wrong = {"reach_by": "email", "email": "x", "telephone": "1"}
    pages["help, wrong answers"] = through(browser, WHAT, wrong).text
    pages["help, nowhere"] = through(browser, WHAT, REACH, {"postcode": "ZZ1 1ZZ"}).text
    names = "|".join(re.escape(escape(each)) for each in surgeries)
    called = re.compile(rf"(?:{names})(?:, [^<]*(?=</label>))?")
    return {name: sentences(called.sub("", page)) for name, page in pages.items()}


def test_every_public_page_can_be_read(quick_web: Web) -> None:
    pages = of(quick_web)
    assert min(len(each) for each in pages.values()) >= 2
    assert {name: hard(told) for name, told in pages.items() if hard(told)} == {}


def test_every_error_can_be_read() -> None:
    told = {
        status: sentences(f"<h1>{escape(each.heading)}</h1><p>{escape(each.advice)}</p>")
        for status, each in ADVICE.items()
    }
    together = [each for some in told.values() for each in some]
    assert hard(together) == {}


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("The cat sat. The dog ran.", -0.8),
        ("Social prescribing connects individuals with appropriate community organisations.", 30.5),
    ],
)
def test_the_measure(said: str, years: float) -> None:
    assert age(sentences(f"<p>{said}</p>")) == pytest.approx(years, abs=0.1)
