"""The plan, risks and safeguarding as pages, over HTTP, on both databases."""

from __future__ import annotations

import httpx
import pytest
from case_world import (
    LEAD,
    OTHER,
    TODAY,
    WORKER,
    case,
    spoke,
    state,
    statements,
    version,
    web_day,
)
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)


def send(
    browser: Browser, path: str, form: dict[str, str], at: str | None = None
) -> httpx.Response:
    """Open a page and send its form, with the hidden fields that it has."""
    assert browser.get(at or path).status_code == 200
    return browser.post(path, browser.hidden() | form)


def ended_well(answer: httpx.Response) -> None:
    assert answer.status_code == 303, answer.text


def test_a_plan_from_what_matters_to_the_review(web: Web) -> None:
    one = case(web)
    browser, plan = web.browser(WORKER), f"/referrals/{one}/plan"
    spoke(browser, one)
    empty = browser.get(plan).text
    assert "Not written down yet." in empty
    assert "No goal yet." in empty
    about = {"what_matters": "My garden, and Sundays.", "strengths": "Knits\n\nKnows everybody"}
    ended_well(send(browser, f"{plan}/about", about))
    days = web_day(TODAY, "agreed_on") | web_day(TODAY, "review_on")
    too_early = send(browser, f"{plan}/agreed", {"agreed_with": "Nora", **days})
    assert too_early.status_code == 422
    assert "A plan needs a goal." in too_early.text
    goal = {"hope": "Sing in company", "importance": "9", "confidence": "4"}
    for _ in range(2):
        ended_well(send(browser, f"{plan}/goals/new", goal))
    assert web.scalar("SELECT count(*) FROM goal") == 1
    number = web.scalar("SELECT goal_id FROM goal")
    for _ in range(2):
        ended_well(send(browser, f"{plan}/goals/{number}/actions", {"what": "Ring the choir"}))
    assert web.scalar("SELECT count(*) FROM goal_action") == 1
    ended_well(
        send(browser, f"{plan}/goals/{number}", {**goal, "confidence": "8", "status": "partly_met"})
    )
    action = web.scalar("SELECT action_id FROM goal_action")
    ended_well(send(browser, f"{plan}/actions/{action}/done", {}, at=plan))
    ended_well(send(browser, f"{plan}/agreed", {"agreed_with": "Nora and her son", **days}))
    assert state(web, one) == "plan_agreed"
    shown = browser.get(plan).text
    for told in (
        "My garden, and Sundays.",
        "<li>Knits</li>",
        "<li>Knows everybody</li>",
        "Importance: <strong>9 out of 10",
        "Confidence: <strong>8 out of 10",
        "Met in part",
        "<strong>Done ",
        "with Nora and her son.",
    ):
        assert told in shown, told
    ended_well(send(browser, f"{plan}/review", {}, at=plan))
    assert state(web, one) == "review"


def test_a_number_off_the_scale_is_told_at_its_field(quick_web: Web) -> None:
    one = case(quick_web)
    browser = quick_web.browser(WORKER)
    answer = send(
        browser, f"/referrals/{one}/plan/goals/new", {"hope": "Dance", "importance": "11"}
    )
    assert answer.status_code == 422
    assert 'href="#importance"' in answer.text
    assert "Choose a number from 1 to 10." in answer.text
    assert 'value="Dance"' in answer.text


def test_no_known_risk_is_something_else_than_not_asked(web: Web) -> None:
    one = case(web)
    browser, plan = web.browser(WORKER), f"/referrals/{one}/plan"
    assert "Nobody has asked." in browser.get(plan).text
    unsaid = send(browser, f"{plan}/risks", {})
    assert "There is a risk”" in unsaid.text
    unsaid = send(browser, f"{plan}/risks", {"answer": "risk"})
    assert "Describe the risk." in unsaid.text
    ended_well(send(browser, f"{plan}/risks", {"answer": "none"}))
    shown = browser.get(plan).text
    assert "No known risks. Asked on" in shown
    assert "Nobody has asked." not in shown
    for _ in range(2):
        ended_well(send(browser, f"{plan}/risks", {"answer": "risk", "risk": "A dog that bites"}))
    assert web.scalar("SELECT count(*) FROM risk") == 2
    shown = browser.get(plan).text
    assert "A dog that bites" in shown
    assert "No known risks. Asked on" not in shown
    stands = send(browser, f"{plan}/risks", {"answer": "none"})
    assert "A risk stands in the record. End it first." in stands.text
    risk = web.scalar("SELECT risk_id FROM risk WHERE risk <> ''")
    ended_well(send(browser, f"{plan}/risks/{risk}/end", {}, at=plan))
    shown = browser.get(plan).text
    assert "No known risks. Asked on" in shown
    assert "Ended: A dog that bites" in shown


def test_a_concern_stops_everything_and_shows_on_every_page(web: Web) -> None:
    one = case(web)
    browser, plan = web.browser(WORKER), f"/referrals/{one}/plan"
    spoke(browser, one)
    for _ in range(2):
        ended_well(send(browser, f"{plan}/concerns/new", {"concern": "Bruises on both arms"}))
    assert web.scalar("SELECT count(*) FROM safeguarding_concern") == 1
    assert state(web, one) == "safeguarding_hold"
    for page in ("contacts", "plan", "plan/about"):
        shown = browser.get(f"/referrals/{one}/{page}").text
        assert "Safeguarding: a concern is live" in shown, page
        assert "Nobody has been told of it yet." in shown, page
    assert "End the hold and go on" not in browser.get(plan).text
    early = browser.post(f"{plan}/hold/end", {"seen": str(version(web, one))})
    assert early.status_code == 422
    assert "nobody has been told of" in early.text
    number = web.scalar("SELECT concern_id FROM safeguarding_concern")
    mine = f"{plan}/concerns/{number}"
    assert "Enter whom you told" in send(browser, f"{mine}/told", {}, at=mine).text
    ended_well(send(browser, f"{mine}/told", {"told": "Duty desk, adult social care"}, at=mine))
    assert "Nobody has been told" not in browser.get(plan).text
    ended_well(send(browser, f"{plan}/hold/end", {}, at=plan))
    assert state(web, one) == "contacted"
    assert "a concern is live" in browser.get(plan).text
    ended_well(send(browser, f"{mine}/settled", {"how": "Visited; a safety plan is made"}, at=mine))
    settled = browser.get(plan).text
    assert "a concern is live" not in settled
    assert "a safety plan is made" in settled


def test_a_colleague_who_was_first_is_named_and_nothing_typed_is_lost(web: Web) -> None:
    one = case(web)
    mine, theirs = web.browser(WORKER), web.browser(LEAD)
    about = f"/referrals/{one}/plan/about"
    mine.get(about)
    ended_well(send(theirs, about, {"what_matters": "Her sister"}))
    refused = mine.post(about, mine.hidden() | {"what_matters": "Her garden"})
    assert refused.status_code == 409
    assert "Somebody changed this while you were writing." in refused.text
    assert "about changed by Grace Oakhollow" in refused.text
    assert "Her garden" in refused.text
    ended_well(mine.post(about, mine.hidden() | {"what_matters": "Her garden"}))
    assert web.scalar("SELECT what_matters FROM plan") == "Her garden"


@pytest.mark.parametrize(
    "path",
    [
        "plan", "plan/about", "plan/agreed", "plan/goals/new", "plan/risks", "plan/concerns/new",
    ],
)  # fmt: skip
def test_another_practice_finds_nothing_and_no_page_takes_many_statements(
    quick_web: Web, path: str
) -> None:
    one = case(quick_web)
    browser = quick_web.browser(WORKER)
    spoke(browser, one)
    for number in range(4):
        send(browser, f"/referrals/{one}/plan/goals/new", {"hope": f"Hope {number}"})
    browser.get("/start")
    with statements(quick_web) as sent:
        assert browser.get(f"/referrals/{one}/{path}").status_code == 200
    assert len(sent) <= 12, sent
    other = quick_web.browser(OTHER)
    found = other.get(f"/referrals/{one}/{path}")
    nothing = other.get(f"/referrals/0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d/{path}")
    assert found.status_code == nothing.status_code == 404
    assert "Nora" not in found.text


def test_goals_and_concerns_of_another_referral_are_not_found(quick_web: Web) -> None:
    one, two = case(quick_web), case(quick_web, reason="Another")
    browser = quick_web.browser(WORKER)
    send(browser, f"/referrals/{one}/plan/goals/new", {"hope": "Sing"})
    goal = quick_web.scalar("SELECT goal_id FROM goal")
    assert browser.get(f"/referrals/{two}/plan/goals/{goal}").status_code == 404
    assert browser.get(f"/referrals/{two}/plan/goals/{goal}/actions").status_code == 404
    assert browser.get(f"/referrals/{two}/plan/concerns/1").status_code == 404
