"""A referral's pages in a real browser: the whole way, without JavaScript, and checked by axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from api_client import served
from case_world import WORKER, case
from playwright.sync_api import Page
from sqlalchemy import text
from web_world import Web

pytest_plugins = ("web_fixtures",)

NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."
DANGER = "He says he cannot go on and thinks of ending his life."


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


def signed_in(web: Web, address: str, open_page: Callable, path: str, **options: object):
    """A page that a link worker has open."""
    secret = web.session(WORKER)

    def give(context) -> None:
        context.add_cookies([{"name": "kith", "value": secret, "url": address}])

    return open_page(f"{address}{path}", before=give, **options)


def ask_two(page: Page, start: str) -> None:
    """Tick two groups, ask one, and write down the person's no to the other."""
    ticks = page.get_by_role("checkbox", name=re.compile("^Shortlist"))
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare**")
    page.goto(f"{start}/ask")
    page.get_by_label("Introduction", exact=True).check()
    page.get_by_label("Yes, ask them").nth(0).check()
    page.get_by_label("No, do not").nth(1).check()
    page.get_by_label("By telephone").check()
    page.get_by_role("button", name="Write this down and ask the groups").click()
    page.wait_for_url("**/offers")


@pytest.mark.parametrize("script", [True, False])
def test_from_the_list_to_an_answer(
    quick_web: Web, address: str, open_page: Callable, script: bool
) -> None:
    path = f"/referrals/{case(quick_web, note=NOTE, needs=())}"
    seen = signed_in(quick_web, address, open_page, path, java_script_enabled=script)
    page, start = seen.page, f"{address}{path}"
    page.get_by_role("button", name=re.compile("^Right.*Grief")).click()
    page.wait_for_url("**#needs")
    page.get_by_role("group", name="Cost").get_by_role("checkbox").check()
    page.get_by_role("button", name="Show these").click()
    page.wait_for_url("**?free=yes#groups")
    ask_two(page, start)
    assert "1 group was asked. The person said no to 1" in page.inner_text("main")
    page.get_by_role("link", name=re.compile("Write down what you heard")).click()
    page.get_by_label("Yes, they can come").check()
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_url("**/offers")
    assert "Said yes" in page.inner_text("main")
    assert {address.split("//")[1]} == seen.hosts()
    assert seen.errors == []


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_wrong(
    quick_web: Web, address: str, open_page: Callable, width: int
) -> None:
    start = f"/referrals/{case(quick_web, note=NOTE + ' No letters home please.', needs=())}"
    danger = f"/referrals/{case(quick_web, triaged=False, note=DANGER)}"
    seen = signed_in(quick_web, address, open_page, start, width=width)
    page = seen.page
    # It waits until it is looked at.
    page.locator("iframe").scroll_into_view_if_needed()
    page.frame_locator("iframe").locator(".leaflet-container").wait_for()
    wrong = {"page": seen.axe()}
    ask_two(page, f"{address}{start}")
    offer = quick_web.scalar("SELECT offer_id FROM offer")
    ends = ("", "/compare", "/what-if", "/print", "/offers", f"/offers/{offer}", "/circumstances")
    for path in (*(start + end for end in ends), f"{start}?free=yes&day=MO", danger):
        page.goto(f"{address}{path}")
        wrong[path] = seen.axe()
        across = seen.across()
        assert across <= width, (path, across)
    page.goto(f"{address}{start}/offers/{offer}")
    page.get_by_role("button", name="Write it down").click()
    assert page.title().startswith("Error: ")
    wrong["errors"] = seen.axe()
    assert {name: found for name, found in wrong.items() if found} == {}


def test_what_is_next_stays_in_sight_and_never_hides_the_focus(
    quick_web: Web, address: str, open_page: Callable
) -> None:
    start = f"/referrals/{case(quick_web, note=NOTE, needs=())}"
    page = signed_in(quick_web, address, open_page, start).page
    page.evaluate("() => document.querySelector('.kith-match:nth-child(6)').scrollIntoView()")
    bar = page.locator(".kith-next").bounding_box()
    assert bar is not None
    assert 0 <= bar["y"] < 5
    page.get_by_role("checkbox", name=re.compile("^Shortlist")).nth(5).focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            "() => { const at = document.activeElement, box = at.getBoundingClientRect();"
            "const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
            "return at !== document.body && !at.closest('iframe') && top && !at.contains(top)"
            "&& !top.contains(at) ? at.outerHTML.slice(0, 120) : '' }"
        )
        assert hidden == ""


def test_printed_for_the_person_there_is_nothing_but_the_groups(
    quick_web: Web, address: str, open_page: Callable
) -> None:
    start = f"/referrals/{case(quick_web, note=NOTE, needs=())}"
    page = signed_in(quick_web, address, open_page, start).page
    page.get_by_role("checkbox", name=re.compile("^Shortlist")).nth(0).check()
    page.get_by_role("button", name="For the person").click()
    page.wait_for_url("**/print")
    page.emulate_media(media="print")
    said = page.inner_text("body")
    assert said.startswith("Groups for you, Nora")
    assert "Larkrise" not in said
    assert "Sign out" not in said
    size = page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('dd')).fontSize)"
    )
    assert size >= 20


@pytest.mark.parametrize("protected", [False, True])
def test_who_has_no_home_or_a_protected_one_is_told_what_is_measured(
    quick_web: Web, address: str, open_page: Callable, protected: bool
) -> None:
    path = f"/referrals/{case(quick_web, postcode=None, note=NOTE, needs=())}"
    with quick_web.store.work() as work:
        work.session.execute(text(f"UPDATE person SET address_protected = {protected}"))
    seen = signed_in(quick_web, address, open_page, path)
    said = seen.page.locator(".kith-groups").inner_text()
    assert ("Groups for Nora" if protected else "Groups near Bevan Group Practice") in said
    assert ("This address is protected" in said) == protected
    assert ("Measured from the practice, because no home address is known." in said) != protected
    assert seen.axe() == []
