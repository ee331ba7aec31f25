"""No page of the link worker's lists takes more than twelve statements, however many are in it."""

from __future__ import annotations

import pytest
from inbox_people import IVO, NORA, NORAH, PersonGiven, received
from page_statements import MOST, counted
from web_world import Web

from service.referrals.actions.triage import accept

pytest_plugins = ("web_fixtures",)

MANY = 12


def filled(web: Web) -> dict[str, str]:
    kith = web.town.kith
    ids = {
        "nora": received(kith),
        "norah": received(kith, NORAH, "Wants company."),
        "ivo": received(kith, IVO, "Says he has thought of ending his life this week."),
    }
    for number in range(MANY):
        other = PersonGiven(None, "Nora", f"Larkrise{number}", NORA.birth_date)
        referral = received(kith, other, key=f"many-{number}")
        if number % 2:
            with web.store.work() as work:
                accept(work, by=web.actor("lead-halton"), referral_id=referral, seen_version=1)
    return ids


def test_twelve_at_most(quick_web: Web) -> None:
    ids = filled(quick_web)
    browser = quick_web.browser("lead-halton")
    browser.get("/start")
    pages = {
        "/inbox": None,
        "/inbox?signs=open&whose=nobody&practice=N81011": None,
        "/caseload": None,
        "/caseload?who=mine&show=overdue": None,
        "/people": None,
        f"/referrals/{ids['nora']}/triage": None,
        f"/referrals/{ids['nora']}/triage/more": None,
        f"/referrals/{ids['nora']}/people": None,
        f"/referrals/{ids['ivo']}/triage/danger/suicide_selfharm": None,
    }
    for path in pages:
        with counted(quick_web) as sent:
            assert browser.get(path).status_code == 200
        assert len(sent) <= MOST, (path, len(sent), sent)
    back = f"/referrals/{ids['nora']}/triage/return"
    for path, data in (
        ("/people", {"text": "Larkrise"}),
        (back, {"seen": "1", "reason": "other_area"}),
    ):
        with counted(quick_web) as sent:
            assert browser.post(path, data).status_code == 200
        assert len(sent) <= MOST, (path, len(sent), sent)


@pytest.mark.parametrize("path", ["/inbox", "/caseload?who=all", "/people"])
def test_pages_about_people_are_not_kept_by_a_browser(quick_web: Web, path: str) -> None:
    received(quick_web.town.kith)
    answer = quick_web.browser("lead-halton").get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_address_in_the_pages_carries_a_name_or_a_number(quick_web: Web) -> None:
    ids = filled(quick_web)
    browser = quick_web.browser("lead-halton")
    for path in ("/inbox", "/caseload", f"/referrals/{ids['nora']}/triage"):
        page = browser.get(path).text
        addresses = " ".join(
            part.split('"')[0] for mark in ('href="', 'action="') for part in page.split(mark)[1:]
        )
        for part in ("Nora", "Larkrise", "9990000018", "1948"):
            assert part not in addresses, (path, part)
