"""What goes wrong around a page: too much, a strange character, a day that has passed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from case_world import GP, LEAD, TODAY, WORKER, case, spoke, version, web_day
from inbox_people import received
from web_world import Web, app_like

from service.referrals.actions.triage import plan_next
from service.settings import BadSettings, Settings
from service.store.errors import EditConflict

pytest_plugins = ("web_fixtures",)

YESTERDAY = TODAY - timedelta(days=1)


def test_a_form_that_is_too_large_is_told_on_a_page(quick_web: Web) -> None:
    browser = quick_web.browser(GP)
    browser.get("/refer")
    answer = browser.post("/refer", browser.hidden() | {"note": "a" * 1_100_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "That is too much at once" in answer.text
    assert "1,000,000 bytes" in answer.text
    assert "Dr Lena Marshwick" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert quick_web.scalar("SELECT count(*) FROM referral") == 0


def test_a_machine_is_still_told_as_a_machine(quick_web: Web) -> None:
    body = {"content": "a" * 1_100_000, "headers": {"Content-Type": "application/json"}}
    answer = quick_web.town.caller.request("POST", "/v1/referrals", **body)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"


@pytest.mark.parametrize("given", ["", "practice-call-17"])
def test_the_page_of_a_fault_says_the_number_that_the_log_has(
    quick_web: Web, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.web.pages import start

    def broken(*_args: object) -> None:
        raise RuntimeError("Nora Larkrise")

    monkeypatch.setattr(start, "places_for", broken)
    headers = {"X-Request-Id": given} if given else {}
    answer = quick_web.browser(WORKER).get("/start", headers=headers)
    assert answer.status_code == 500
    number = answer.headers["x-request-id"]
    assert number
    assert given in ("", number)
    assert number in answer.text
    assert "Nora" not in answer.text


def test_a_character_that_no_database_takes_is_left_out_of_what_was_typed(web: Web) -> None:
    one = case(web)
    worker = web.browser(WORKER)
    worker.get(f"/referrals/{one}")
    done = worker.post(
        f"/referrals/{one}/next",
        {"version": str(version(web, one)), "next_action": "Ring\x00 her"},
    )
    assert done.status_code == 303
    assert web.scalar("SELECT next_action FROM referral") == "Ring her"
    worker.get("/people")
    assert worker.post("/people", {"text": "Lark\x00rise"}).status_code == 200
    assert "Nora Larkrise" in worker.page


@pytest.mark.parametrize(
    "path",
    [
        "/referrals/%00",
        "/inbox?practice=N81011%00",
        "/caseload?who=%00",
        "/refer/a%00b",
        "/sent?%00",
    ],
)
def test_an_address_with_it_is_nowhere(web: Web, path: str) -> None:
    assert web.browser(LEAD).get(path).status_code == 404


def test_an_edit_conflict_names_the_colleague(web: Web) -> None:
    one = case(web)
    with web.store.work() as work:
        plan_next(work, by=web.actor(LEAD), referral_id=one, seen_version=2, action="Ring", on=None)
    with web.store.work() as work, pytest.raises(EditConflict) as told:
        plan_next(
            work, by=web.actor(WORKER), referral_id=one, seen_version=2, action="Meet", on=None
        )
    assert "next action set by Grace Oakhollow" in told.value.message
    assert "staff:" not in told.value.message


def test_work_is_not_planned_for_a_day_that_has_passed(web: Web) -> None:
    new = received(web.town.kith)
    worker = web.browser(WORKER)
    worker.get(f"/referrals/{new}/triage")
    form = worker.hidden() | {
        "assign_to": f"staff:{web.staff[WORKER]}",
        "urgency": "soon",
        "next_action": "Ring her",
        **web_day(YESTERDAY, "next_action_on"),
    }
    refused = worker.post(f"/referrals/{new}/triage", form)
    assert refused.status_code == 422
    assert "That day has passed." in refused.text
    assert 'href="#next_action_on"' in refused.text
    assert (
        worker.post(f"/referrals/{new}/triage", form | web_day(TODAY, "next_action_on")).status_code
        == 303
    )
    page = f"/referrals/{new}"
    worker.get(page)
    step = {"version": str(version(web, new)), "next_action": "Meet her"}
    late = worker.post(f"{page}/next", step | web_day(YESTERDAY, "next_action_on"))
    assert late.status_code == 422
    assert "That day has passed." in late.text
    assert "Meet her" in late.text
    contact = spoke(worker, new, next_action="Meet", **web_day(YESTERDAY, "next_action_on"))
    assert contact.status_code == 422
    assert "That day has passed." in contact.text
    assert web.scalar("SELECT count(*) FROM contact") == 0


def test_a_day_that_stood_there_may_stay_when_only_the_words_change(quick_web: Web) -> None:
    one = case(quick_web)
    quick_web.run(
        "UPDATE referral SET next_action = 'Ring', next_action_on = :on", on=str(YESTERDAY)
    )
    worker = quick_web.browser(WORKER)
    worker.get(f"/referrals/{one}")
    step = {"version": str(version(quick_web, one)), "next_action": "Ring her sister"}
    done = worker.post(f"/referrals/{one}/next", step | web_day(YESTERDAY, "next_action_on"))
    assert done.status_code == 303
    assert quick_web.scalar("SELECT next_action FROM referral") == "Ring her sister"


def test_a_review_and_a_step_of_a_goal_lie_ahead(quick_web: Web) -> None:
    one = case(quick_web)
    worker = quick_web.browser(WORKER)
    spoke(worker, one)
    worker.get(f"/referrals/{one}/plan/goals/new")
    worker.post(f"/referrals/{one}/plan/goals/new", worker.hidden() | {"hope": "Sing again"})
    goal = quick_web.scalar("SELECT goal_id FROM goal")
    path = f"/referrals/{one}/plan/goals/{goal}/actions"
    worker.get(path)
    late = worker.post(path, {"what": "Visit the choir", **web_day(YESTERDAY, "by_on")})
    assert late.status_code == 422
    assert "That day has passed." in late.text
    assert "Visit the choir" in late.text
    assert quick_web.scalar("SELECT count(*) FROM goal_action") == 0
    worker.get(f"/referrals/{one}/plan/agreed")
    agreed = worker.hidden() | {
        "agreed_with": "Nora",
        **web_day(TODAY - timedelta(days=30), "agreed_on"),
        **web_day(YESTERDAY, "review_on"),
    }
    refused = worker.post(f"/referrals/{one}/plan/agreed", agreed)
    assert refused.status_code == 422
    assert "That day has passed." in refused.text


def test_how_long_a_group_has_to_answer_is_a_setting(quick_web: Web) -> None:
    one = case(quick_web)
    asset = quick_web.scalar("SELECT min(asset_id) FROM asset")
    with app_like(quick_web.town, answer_days=21) as caller:
        worker = quick_web.browser(WORKER, caller)
        worker.get(f"/referrals/{one}")
        ticks = {"shown": str(asset), "asset": str(asset), "then": "offers"}
        worker.post(f"/referrals/{one}/shortlist", ticks)
        assert re.search(
            r'id="answer_days"[^>]*value="21"', worker.get(f"/referrals/{one}/ask").text
        )
        said = {"level": "introduction", f"agreed-{asset}": "yes", "how": "telephone"}
        done = worker.post(f"/referrals/{one}/ask", worker.hidden() | said | {"answer_days": ""})
        assert done.status_code == 303
    due = quick_web.scalar("SELECT answer_by FROM offer")
    assert str(due) == str(quick_web.town.kith.today() + timedelta(days=21))
    for wrong in (0, 91):
        with pytest.raises(BadSettings, match="KITH_ANSWER_DAYS"):
            Settings(answer_days=wrong)
