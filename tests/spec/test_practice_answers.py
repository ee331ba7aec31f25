"""A practice answers what it is asked back: by its page, by the API, and the inbox has it again."""

from __future__ import annotations

import pytest
from api_client import Api, referral_body, told
from case_world import GP, LEAD, WORKER, state
from inbox_people import DANGER, IVO, LONELY, ODA, RUNCORN, VAGUE, received
from town import WIDNES, token_for
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)

QUESTION = "Which language does she speak at home?"
SAID = "Polish. <b>Her son</b> can interpret; she worries about debts."
EVENTS = "SELECT count(*) FROM referral_event WHERE what = 'answered_by_sender'"
FORM = 'name="answer"'


def asked(web: Web, referral_id: str, question: str = QUESTION) -> None:
    worker = web.browser(WORKER)
    path = f"/referrals/{referral_id}/triage/more"
    worker.get(path)
    assert worker.post(path, worker.hidden() | {"question": question}).status_code == 303


def answer(browser: Browser, referral_id: str, said: str = SAID):
    browser.get(f"/refer/{referral_id}")
    return browser.post(f"/refer/{referral_id}", {"answer": said})


def test_the_answer_is_in_the_inbox_and_in_the_note(web: Web) -> None:
    one = received(web.town.kith)
    asked(web, one)
    practice = web.browser(GP)
    page = practice.get(f"/refer/{one}").text
    assert "The link worker asks" in page
    assert f">{QUESTION}</blockquote>" in page
    done = answer(practice, one)
    assert (done.status_code, done.headers["Location"]) == (303, f"/refer/{one}")
    page = practice.get(f"/refer/{one}").text
    assert "Your answer is with the link worker." in page
    assert FORM not in page
    assert "The link worker</dd>" in page, "whose turn it is"
    assert state(web, one) == "received"
    worker = web.browser(WORKER)
    assert "The practice answered on" in worker.get("/inbox?state=received").text
    triage = worker.get(f"/referrals/{one}/triage").text
    assert "Answer of the practice" in triage
    assert "&lt;b&gt;Her son&lt;/b&gt; can interpret" in triage
    assert LONELY[:30] in triage, "what was said first is still there"
    assert "Debt" in triage, "a need that only the answer names"
    assert web.scalar(EVENTS + " AND actor = :who", who=f"staff:{web.staff[GP]}") == 1
    kept = "SELECT count(*) FROM audit_event WHERE action = 'referral.answered_by_sender'"
    assert web.scalar(kept) == 1


def test_a_note_that_said_too_little_is_answered_without_a_question(web: Web) -> None:
    one = received(web.town.kith, ODA, VAGUE)
    assert state(web, one) == "needs_more"
    practice = web.browser(GP)
    assert "Say more" in practice.get(f"/refer/{one}").text
    answer(practice, one, LONELY)
    assert state(web, one) == "received"
    assert web.scalar("SELECT count(*) FROM referral_need WHERE referral_id = :i", i=one) >= 1


def test_a_danger_sign_in_the_answer_stops_the_ordinary_path(web: Web) -> None:
    one = received(web.town.kith)
    asked(web, one)
    practice = web.browser(GP)
    answer(practice, one, DANGER)
    page = practice.get(f"/refer/{one}").text
    assert "It has a danger sign" in page
    assert "Danger sign: Suicide or self-harm" in page
    assert state(web, one) == "triage_first"


def test_a_question_about_one_with_a_danger_sign_is_answered_and_it_stays_where_it_is(
    web: Web,
) -> None:
    one = received(web.town.kith, IVO, DANGER)
    asked(web, one)
    answer(web.browser(GP), one)
    assert state(web, one) == "triage_first"
    assert web.scalar(EVENTS) == 1


def test_sent_twice_it_is_one_answer_and_a_new_question_takes_a_new_one(web: Web) -> None:
    one = received(web.town.kith)
    asked(web, one)
    practice = web.browser(GP)
    practice.get(f"/refer/{one}")
    for _ in range(2):
        assert practice.post(f"/refer/{one}", {"answer": SAID}).status_code == 303
    assert web.scalar(EVENTS) == 1
    asked(web, one)
    answer(practice, one)
    assert web.scalar(EVENTS) == 2


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("", "Enter your answer."),
        (" \n ", "Enter your answer."),
        ("x" * 5_001, "Your answer must have 5000 characters or fewer."),
    ],
)
def test_what_cannot_be_taken_keeps_what_was_typed(quick_web: Web, said: str, says: str) -> None:
    one = received(quick_web.town.kith)
    asked(quick_web, one)
    page = answer(quick_web.browser(GP), one, said)
    assert page.status_code == 422
    assert says in page.text
    assert 'href="#answer"' in page.text
    assert said.strip() in page.text
    assert state(quick_web, one) == "needs_more"


def test_one_that_has_ended_meanwhile_takes_no_answer_and_loses_none(quick_web: Web) -> None:
    one = received(quick_web.town.kith)
    asked(quick_web, one)
    practice, worker = quick_web.browser(GP), quick_web.browser(WORKER)
    practice.get(f"/refer/{one}")
    path = f"/referrals/{one}/triage/return"
    worker.get(path)
    why = {"reason": "other_area", "reason_text": "", "step": "send"}
    assert worker.post(path, worker.hidden() | why).status_code == 303
    page = practice.post(f"/refer/{one}", {"answer": SAID})
    assert page.status_code == 422
    assert "make a new referral" in page.text
    assert "can interpret" in page.text
    assert quick_web.scalar(EVENTS) == 0


def test_another_practice_sees_no_question_and_answers_none(web: Web) -> None:
    one = received(web.town.kith)
    asked(web, one)
    web.run("UPDATE staff_role SET place_code = :code WHERE role = 'practice_user'", code=RUNCORN)
    theirs = web.browser(GP)
    assert theirs.get(f"/refer/{one}").status_code == 404
    theirs.get("/start")
    assert theirs.post(f"/refer/{one}", {"answer": SAID}).status_code == 404
    assert (web.scalar(EVENTS), state(web, one)) == (0, "needs_more")


def test_whoever_works_with_it_does_not_answer_for_the_practice(quick_web: Web) -> None:
    one = received(quick_web.town.kith)
    asked(quick_web, one)
    for subject in (WORKER, LEAD):
        browser = quick_web.browser(subject)
        assert FORM not in browser.get(f"/refer/{one}").text
        browser.get("/start")
        assert browser.post(f"/refer/{one}", {"answer": SAID}).status_code in (403, 404)
    assert quick_web.scalar(EVENTS) == 0


def test_the_api_answers_by_the_same_action(web: Web) -> None:
    api = Api(web.town, token_for(web.store, WIDNES))
    one = api.post("/v1/referrals", json=referral_body(needs=[], reason=VAGUE)).json()["id"]
    assert state(web, one) == "needs_more"
    path = f"/v1/referrals/{one}/answers"
    first = api.post(path, json={"text": LONELY})
    assert (first.status_code, first.json()["state"]) == (200, "received")
    assert "loneliness_isolation" in [each["need"] for each in first.json()["needs_found"]]
    assert api.post(path, json={"text": LONELY}).json() == first.json()
    assert web.scalar(EVENTS) == 1
    told(api.post(path, json={"text": " "}), 422, "entry-invalid")
    told(api.post(path, json={"text": "x" * 5_001}), 422, "request-invalid")
    assert api.post(path, json={"text": DANGER}).json()["state"] == "triage_first"
    neighbour = Api(web.town, token_for(web.store, RUNCORN))
    theirs = neighbour.post(path, json={"text": SAID})
    told(theirs, 404, "not-found")
    nothing = neighbour.post("/v1/referrals/nothing/answers", json={"text": SAID})
    assert theirs.json() == nothing.json()
