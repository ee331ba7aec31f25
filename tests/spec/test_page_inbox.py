"""The inbox and triage as pages: what stands where, what is refused, and that nothing is lost."""

from __future__ import annotations

import re

import pytest
from inbox_people import IVO, NORAH, inbox_of_the_town, received, soon
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)

ASHA, TOM, LEAD = "link-worker-widnes", "link-worker-runcorn", "lead-halton"
CLOSING = {"name": "Dr Lena Marshwick", "role": "GP", "outcome": "Saw him today; safe plan made."}


def names(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*><a[^>]*>([^<]+)</a>", page)


def accepting(web: Web, browser: Browser, **changes: str) -> dict[str, str]:
    hidden = browser.hidden()
    return {
        "seen": hidden["seen"],
        "assign_to": f"staff:{web.staff[ASHA]}",
        "urgency": "soon",
        "next_action": "Ring her",
        **soon(web.town.kith),
        **changes,
    }


def test_danger_comes_first_with_what_to_do_and_whom_to_tell(web: Web) -> None:
    inbox_of_the_town(web.town.kith)
    page = web.browser(ASHA).get("/inbox").text
    assert names(page) == ["Ivo Thistlewood", "Nora Larkrise", "Norah Larkrise", "Oda Fernshaw"]
    first = page[page.index("Ivo Thistlewood") :]
    for told in ("Suicide or self-harm", "thought of ending his life", "Do now:", "Samaritans"):
        assert told in first[: first.index("Nora Larkrise")], told
    assert "Dr Lena Marshwick (GP)" in first
    assert page.count("May be here twice") == 2
    assert "<strong>1</strong> with an open danger sign" in page
    assert "<strong>4</strong> waiting" in page


def test_the_filters_stand_in_the_address(web: Web) -> None:
    ids = inbox_of_the_town(web.town.kith)
    browser = web.browser(LEAD)
    for query, expected in (
        ("", 5),
        ("state=needs_more", 1),
        ("practice=N81011", 4),
        ("practice=N81011&state=received", 2),
        ("signs=open", 1),
        ("whose=mine", 0),
        ("whose=nobody", 5),
        ("state=nonsense&whose=x&from=-4", 5),
    ):
        page = browser.get(f"/inbox?{query}").text
        assert len(names(page)) == expected, query
    assert "Nothing waits that fits what you chose" in browser.get("/inbox?whose=mine").text
    web.run("UPDATE referral SET assigned_to = :who", who=f"staff:{web.staff[LEAD]}")
    assert len(names(browser.get("/inbox?whose=mine").text)) == 5
    assert ids["far"] in browser.page
    kept = browser.get("/inbox?whose=mine&practice=N81011&state=received").text
    assert 'href="/inbox?whose=mine&amp;practice=N81011"><strong>4</strong> waiting' in kept
    assert 'aria-current="true"><strong>2</strong> new' in kept


def test_nothing_waits(web: Web) -> None:
    assert "Nothing waits. New referrals" in web.browser(ASHA).get("/inbox").text


def test_pages_of_the_inbox(quick_web: Web) -> None:
    for number in range(27):
        received(quick_web.town.kith, key=f"many-{number}")
    browser = quick_web.browser(ASHA)
    first = browser.get("/inbox?whose=nobody").text
    assert (len(names(first)), "1 to 25 of 27" in first) == (25, True)
    assert 'href="/inbox?whose=nobody&amp;from=25"' in first
    second = browser.get("/inbox?whose=nobody&from=25").text
    assert (len(names(second)), "26 to 27 of 27" in second) == (2, True)


def test_taken_on_with_the_next_step_and_its_day(web: Web) -> None:
    referral = received(web.town.kith)
    browser = web.browser(ASHA)
    path = f"/referrals/{referral}/triage"
    assert "Lives alone since her husband died" in browser.get(path).text
    done = browser.post(path, accepting(web, browser))
    assert done.status_code == 303, done.text
    row = "SELECT {} FROM referral WHERE referral_id = :id"
    assert web.scalar(row.format("state"), id=referral) == "triaged"
    assert web.scalar(row.format("assigned_to"), id=referral) == f"staff:{web.staff[ASHA]}"
    assert web.scalar(row.format("urgency"), id=referral) == "soon"
    assert web.scalar(row.format("next_action"), id=referral) == "Ring her"
    assert "Accepted. It is in your caseload now." in browser.get("/inbox").text
    assert "Nothing is left to decide" in browser.get(path).text


def test_given_to_a_colleague_who_could_see_it_and_to_no_other(web: Web) -> None:
    referral = received(web.town.kith)
    browser = web.browser(ASHA)
    path = f"/referrals/{referral}/triage"
    page = browser.get(path).text
    assert "Grace Oakhollow</option>" in page
    assert "Tom Fennimore" not in page
    refused = browser.post(
        path, accepting(web, browser, assign_to=f"staff:{web.staff[TOM]}", next_action="My words")
    )
    assert refused.status_code == 422
    assert "could not see the referral" in refused.text
    assert 'value="My words"' in refused.text
    done = browser.post(path, accepting(web, browser, assign_to=f"staff:{web.staff[LEAD]}"))
    assert done.status_code == 303


def test_a_form_with_faults_keeps_what_was_typed(web: Web) -> None:
    referral = received(web.town.kith)
    browser = web.browser(ASHA)
    path = f"/referrals/{referral}/triage"
    browser.get(path)
    wrong = accepting(web, browser, next_action="Ring Tuesday", **{"next_action_on-day": "31x"})
    page = browser.post(path, wrong)
    assert page.status_code == 422
    assert "<title>Error: Triage" in page.text
    assert 'href="#next_action_on"' in page.text
    assert 'value="Ring Tuesday"' in page.text
    assert 'value="31x"' in page.text


def test_the_second_writer_is_told_and_loses_nothing(web: Web) -> None:
    referral = received(web.town.kith)
    path = f"/referrals/{referral}/triage"
    asha, grace = web.browser(ASHA), web.browser(LEAD)
    asha.get(path)
    late = accepting(web, asha, next_action="Visit at the library")
    grace.get(f"{path}/more")
    asked = {"seen": grace.hidden()["seen"], "question": "Which language does she speak?"}
    assert grace.post(f"{path}/more", asked).status_code == 303
    told = asha.post(path, late)
    assert told.status_code == 409
    assert "asked for more by Grace Oakhollow" in told.text
    assert 'value="Visit at the library"' in told.text
    assert web.scalar("SELECT state FROM referral WHERE referral_id = :i", i=referral) == (
        "needs_more"
    )
    # Having been told, the same may be sent again.
    assert asha.post(path, {**late, "seen": asha.hidden()["seen"]}).status_code == 303


def test_a_form_with_faults_does_not_hide_what_a_colleague_did(web: Web) -> None:
    """The version stays the one that was seen, until the change has been told."""
    referral = received(web.town.kith)
    path = f"/referrals/{referral}/triage"
    asha = web.browser(ASHA)
    asha.get(path)
    late = accepting(web, asha)
    web.run("UPDATE referral SET version = 2 WHERE referral_id = :i", i=referral)
    assert asha.post(path, {**late, "urgency": ""}).status_code == 422
    assert asha.post(path, {**late, "seen": asha.hidden()["seen"]}).status_code == 409


def test_sent_back_only_after_the_message_was_read_over(web: Web) -> None:
    referral = received(web.town.kith)
    browser = web.browser(ASHA)
    path = f"/referrals/{referral}/triage/return"
    browser.get(path)
    seen = browser.hidden()["seen"]
    assert "Choose a reason" in browser.post(path, {"seen": seen}).text
    other = {"seen": seen, "reason": "other", "reason_text": ""}
    assert "Say what the other reason is" in browser.post(path, other).text
    why = {"seen": seen, "reason": "other_area", "reason_text": "She moved to Wales in May."}
    letter = browser.post(path, why)
    assert "Lives outside the area" in letter.text
    assert "She moved to Wales in May." in letter.text
    assert web.scalar("SELECT count(*) FROM message_back") == 0
    assert "She moved to Wales" in browser.post(path, {**why, "step": "change"}).text
    assert browser.post(path, {**why, "step": "send"}).status_code == 303
    assert "She moved to Wales" in web.scalar("SELECT body FROM message_back")
    assert web.scalar("SELECT state FROM referral") == "returned"


def test_a_danger_sign_is_closed_by_a_named_person_alone(web: Web) -> None:
    referral = received(web.town.kith, IVO, "He said he has thought of ending his life this week.")
    browser = web.browser(ASHA)
    triage = f"/referrals/{referral}/triage"
    assert "Take it on" not in browser.get(triage).text
    path = re.search(rf'href="({triage}/danger/[^"]+)"', browser.page)
    assert path
    assert "Only a person can close a danger sign" in browser.get(path[1]).text
    missing = browser.post(path[1], {**CLOSING, "name": " ", "outcome": "ok"})
    assert missing.status_code == 422
    assert "Enter the name of the clinician" in missing.text
    assert "in a sentence" in browser.post(path[1], {**CLOSING, "outcome": "ok"}).text
    assert browser.post(path[1], CLOSING).status_code == 303
    assert "Take it on" in browser.get(triage).text
    assert "Dr Lena Marshwick has seen it" in browser.page
    late = web.browser(LEAD)
    late.get(f"{triage}/more")
    told = late.post(path[1], {**CLOSING, "outcome": "I rang the crisis team myself."})
    assert told.status_code == 409
    assert "I rang the crisis team myself." in told.text
    assert "Saw him today" in told.text


def test_what_a_browser_sent_too_late_is_kept(quick_web: Web) -> None:
    referral = received(quick_web.town.kith)
    browser = quick_web.browser(ASHA)
    path = f"/referrals/{referral}/triage/more"
    browser.get(path)
    data = {"seen": "1", "question": "Which language does she speak at home?"}
    quick_web.run("UPDATE staff_session SET expires_at = seen_at, seen_at = '2020-01-01'")
    answer = browser.post(path, data)
    assert answer.status_code == 303
    assert "kept" in answer.headers["Location"]


def test_another_practice_finds_no_page_of_these(web: Web) -> None:
    ids = inbox_of_the_town(web.town.kith)
    tom = web.browser(TOM)
    assert names(tom.get("/inbox").text) == ["Oda Fernshaw"]
    assert ids["nora"] not in tom.page
    for tail in ("triage", "triage/return", "triage/more", "triage/danger/suicide_selfharm"):
        here = tom.get(f"/referrals/{ids['ivo']}/{tail}")
        assert here.status_code == 404, tail
        assert "Ivo" not in here.text
    tom.get(f"/referrals/{ids['far']}/triage/more")
    data = {"seen": "1", "question": "Which language does he speak?", **CLOSING}
    for tail in ("triage/more", "triage/danger/suicide_selfharm"):
        assert tom.post(f"/referrals/{ids['ivo']}/{tail}", data).status_code == 404
    assert web.scalar("SELECT count(*) FROM message_back") == 0
    for subject in ("practice-widnes", "steward-halton", "commissioner-halton"):
        assert web.browser(subject).get("/inbox").status_code == 404


@pytest.mark.parametrize("tail", ["", "/return", "/more"])
def test_looking_is_written_down(quick_web: Web, tail: str) -> None:
    referral = received(quick_web.town.kith, NORAH)
    quick_web.browser(ASHA).get(f"/referrals/{referral}/triage{tail}")
    subject = quick_web.scalar("SELECT subject FROM audit_event WHERE action = 'referral.read'")
    assert subject == f"referral:{referral}"
