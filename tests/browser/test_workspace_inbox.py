"""The inbox, triage, caseload and search in a real browser: axe, keyboard, no JavaScript, phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from api_client import served
from inbox_people import NORA, inbox_of_the_town, received, soon
from web_world import Web

from service.referrals.actions.triage import accept

pytest_plugins = ("web_fixtures",)

ASHA, LEAD = "Asha Brightwater", "Grace Oakhollow"


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


def signed_in(open_page: Callable, address: str, who: str, **options):
    seen = open_page(f"{address}/sign-in", **options)
    seen.page.get_by_role("button", name="Sign in to try Kith out").click()
    seen.page.get_by_role("button", name=f"Be {who}").click()
    seen.page.wait_for_url("**/start")
    return seen


def with_caseload(web: Web) -> dict[str, str]:
    """The inbox, and one person in Asha's caseload who is overdue."""
    ids = inbox_of_the_town(web.town.kith)
    mine = received(web.town.kith, NORA, key="carried")
    with web.store.work() as work:
        accept(work, by=web.actor("link-worker-widnes"), referral_id=mine, seen_version=1)
    web.run("UPDATE referral SET next_action_on = '2020-01-01' WHERE referral_id = :i", i=mine)
    return ids | {"mine": mine}


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_wrong(
    quick_web: Web, address: str, open_page: Callable, width: int
) -> None:
    ids = with_caseload(quick_web)
    seen = signed_in(open_page, address, LEAD, width=width)
    page, wrong = seen.page, {}

    def look(name: str) -> None:
        wrong[name] = seen.axe()
        across = seen.across()
        assert across <= width, (name, across)

    of = f"/referrals/{ids['ivo']}/triage"
    for path in (
        "/inbox",
        "/inbox?whose=mine&state=out_of_scope",
        f"/referrals/{ids['nora']}/triage",
        f"/referrals/{ids['mine']}/triage",
        of,
        f"{of}/more",
        f"{of}/danger/suicide_selfharm",
        f"/referrals/{ids['nora']}/people",
        f"/referrals/{ids['oda']}/people",
        "/caseload",
        "/caseload?who=nobody",
        "/people",
    ):
        page.goto(f"{address}{path}")
        look(path)
    page.fill("#text", "lark")
    page.get_by_role("button", name="Search").click()
    look("found")
    page.goto(f"{address}/caseload")
    page.get_by_role("button", name="Move them").click()
    assert page.title() == "Error: Caseload – Kith"
    look("caseload with faults")
    page.goto(f"{address}/referrals/{ids['nora']}/triage")
    page.get_by_role("button", name="Accept").click()
    look("triage with faults")
    page.get_by_role("link", name="Enter the day by which it is due.").click()
    assert page.evaluate("() => document.activeElement.id") == "next_action_on"
    page.goto(f"{address}/referrals/{ids['nora']}/people")
    page.get_by_role("button", name="They are one person").click()
    look("joining with faults")
    page.goto(f"{address}{of}/return")
    page.get_by_label("Needs clinical care first").check()
    page.get_by_role("button", name="See what the practice is told").click()
    look("the message")
    assert {name: found for name, found in wrong.items() if found} == {}
    assert seen.hosts() == {address.split("//")[1]}


def tab_to(page, text: str) -> None:
    """Press Tab until what has the focus says `text`."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if text in page.evaluate("() => document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"nothing that says “{text}” can be reached with Tab")


def test_taken_on_with_the_keyboard_alone(
    quick_web: Web, address: str, open_page: Callable
) -> None:
    received(quick_web.town.kith)
    page = signed_in(open_page, address, ASHA).page
    page.goto(f"{address}/inbox")
    tab_to(page, "Nora Larkrise")
    page.keyboard.press("Enter")
    page.wait_for_url("**/triage")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "next_action_on":
            break
    for part in soon(quick_web.town.kith).values():
        page.keyboard.type(part)
        page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.innerText").strip() == "Accept"
    page.keyboard.press("Enter")
    page.get_by_text("Accepted. It is in your caseload now.").wait_for()
    assert quick_web.scalar("SELECT state FROM referral") == "triaged"


def test_without_javascript_on_a_phone(quick_web: Web, address: str, open_page: Callable) -> None:
    with_caseload(quick_web)
    page = signed_in(open_page, address, LEAD, width=320, java_script_enabled=False).page
    page.goto(f"{address}/inbox")
    page.get_by_label("Stage").select_option("More is needed")
    page.get_by_role("button", name="Show").click()
    assert "state=needs_more" in page.url
    page.get_by_role("link", name="Oda Fernshaw").click()
    page.get_by_role("link", name="Ask the practice for more").click()
    page.get_by_label("What do you need to know?").fill("What would she like to do?")
    page.get_by_role("button", name="Ask the practice").click()
    assert "The practice has been asked." in page.inner_text("main")
    page.goto(f"{address}/caseload")
    page.get_by_label("Choose Nora Larkrise").check()
    page.get_by_label("To whom").select_option(LEAD)
    page.get_by_label("Why").fill("Asha is on leave.")
    page.get_by_role("button", name="Move them").click()
    assert "One person was moved." in page.inner_text("main")
    page.goto(f"{address}/people")
    page.get_by_label("Name, NHS number or birth date").fill("Larkrise")
    page.get_by_role("button", name="Search").click()
    assert "Larkrise" not in page.url
    assert "referrals found" in page.inner_text("main")
