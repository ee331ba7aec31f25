"""Asking groups on a page: what each would be told, what the person said, what was heard."""

from __future__ import annotations

import json
import re

import pytest
from case_world import OTHER, TODAY, WORKER, case, state, version, web_day
from web_world import Browser, Web

from service.people.levels import DisclosureLevel
from service.referrals.actions.looking import preview_disclosure

pytest_plugins = ("web_fixtures",)


def shortlisted(web: Web, referral_id: str, count: int = 2) -> tuple[Browser, list[int]]:
    """A browser in which the first groups of the list are on the shortlist."""
    browser = web.browser(WORKER)
    browser.get(f"/referrals/{referral_id}")
    groups = [int(each) for each in re.findall(r'id="group-(\d+)"', browser.page)][:count]
    form = {"shown": groups, "asset": groups, "then": "offers"}
    answer = browser.post(f"/referrals/{referral_id}/shortlist", form)
    assert answer.headers["Location"] == f"/referrals/{referral_id}/ask"
    browser.get(answer.headers["Location"])
    return browser, groups


def asking(web: Web, referral_id: str, groups: list[int], level: str, *said: str) -> dict:
    return {
        "version": version(web, referral_id),
        "level": level,
        "asset": groups,
        "how": "telephone",
        "answer_days": "14",
        **web_day(TODAY, "asked_on"),
        **{f"agreed-{each}": word for each, word in zip(groups, said, strict=False)},
    }


def sent(web: Web, level: str = "introduction") -> tuple[Browser, str, str]:
    """A referral of which one group was asked: browser, referral, offer."""
    referral_id = case(web)
    browser, groups = shortlisted(web, referral_id, 1)
    there = f"/referrals/{referral_id}/ask"
    answer = browser.post(there, asking(web, referral_id, groups, level, "yes"))
    assert answer.status_code == 303, answer.text
    browser.get(f"/referrals/{referral_id}/offers")
    return browser, referral_id, web.scalar("SELECT offer_id FROM offer")


@pytest.mark.parametrize("level", ["introduction", "full"])
def test_what_is_shown_is_what_is_sent_and_only_to_whom_the_person_agreed(
    web: Web, level: str
) -> None:
    referral_id = case(web, facts={"access_needed": ["step_free"], "languages": ["pl", "en"]})
    browser, (yes, no) = shortlisted(web, referral_id)
    page = browser.page
    with web.store.work() as work:
        shown = preview_disclosure(
            work,
            by=web.actor(WORKER),
            referral_id=referral_id,
            asset_id=yes,
            level=DisclosureLevel(level),
        )
    for words in ("Nora Larkrise", "Through the link worker", "Polish", "a way in without steps"):
        assert words in page, words
    there = f"/referrals/{referral_id}/ask"
    answer = browser.post(there, asking(web, referral_id, [yes, no], level, "yes", "no"))
    assert answer.headers["Location"] == f"/referrals/{referral_id}/offers"
    content = web.scalar("SELECT content FROM disclosure")
    assert (json.loads(content) if isinstance(content, str) else content) == shown
    assert web.scalar("SELECT count(*) FROM disclosure") == 1
    assert web.scalar("SELECT recipient FROM disclosure") == f"asset:{yes}"
    given = "SELECT given FROM consent WHERE recipient = :r"
    assert bool(web.scalar(given, r=f"asset:{yes}")) is True
    assert bool(web.scalar(given, r=f"asset:{no}")) is False
    offers = browser.get(f"/referrals/{referral_id}/offers").text
    assert "1 group was asked. The person said no to 1, and that is written down." in offers
    assert "Asked, no answer yet" in offers


def test_a_signpost_tells_nothing_to_anybody(web: Web) -> None:
    referral_id = case(web)
    browser, groups = shortlisted(web, referral_id)
    answer = browser.post(
        f"/referrals/{referral_id}/ask", asking(web, referral_id, groups, "signpost")
    )
    assert answer.status_code == 303
    assert state(web, referral_id) == "signposted"
    for table, count in (("signpost", 2), ("offer", 0), ("disclosure", 0)):
        assert web.scalar(f"SELECT count(*) FROM {table}") == count
    assert "the group was told nothing" in browser.get(f"/referrals/{referral_id}").text


def test_a_missing_word_of_the_person_stops_everything_and_is_named(web: Web) -> None:
    referral_id = case(web)
    browser, groups = shortlisted(web, referral_id)
    form = asking(web, referral_id, groups, "introduction", "yes") | {"how": ""}
    answer = browser.post(f"/referrals/{referral_id}/ask", form)
    assert answer.status_code == 422
    name = web.scalar("SELECT name FROM asset WHERE asset_id = :a", a=groups[1])
    assert f"Say whether the person agrees to {name}." in answer.text
    assert f'href="#agreed-{groups[1]}"' in answer.text
    assert "Choose how the person was asked." in answer.text
    assert web.scalar("SELECT count(*) FROM offer") == 0
    assert web.scalar("SELECT count(*) FROM consent WHERE recipient <> 'link-worker'") == 0


def test_what_changed_since_the_preview_stops_the_sending(web: Web) -> None:
    referral_id = case(web)
    browser, groups = shortlisted(web, referral_id, 1)
    form = asking(web, referral_id, groups, "full", "yes")
    browser.post(f"/referrals/{referral_id}/needs", {"need": "debt_money"})
    answer = browser.post(f"/referrals/{referral_id}/ask", form)
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.text
    assert "need confirmed by Asha Brightwater" in answer.text
    assert web.scalar("SELECT count(*) FROM offer") == 0


def test_the_whole_way_of_a_group_as_it_is_heard_by_telephone(web: Web) -> None:
    browser, referral_id, offer_id = sent(web)
    there = f"/referrals/{referral_id}/offers/{offer_id}"

    def heard(to: str, **more: str) -> int:
        browser.get(there)
        form = {"version": version(web, referral_id), "to": to, "heard": "telephone"}
        return browser.post(there, {**form, **web_day(TODAY, "on"), **more}).status_code

    assert heard("waitlisted", place_in_list="3") == 303
    assert "Number 3 in the list" in browser.get(f"/referrals/{referral_id}/offers").text
    assert heard("accepted") == 422
    assert heard("first_attended") == 303
    assert heard("attending", sessions="4") == 303
    assert heard("attending", sessions="5") == 303
    assert heard("ended") == 422
    assert 'href="#reason_ended"' in browser.page
    assert heard("ended", reason_ended="goal_met", sessions="9") == 303
    page = browser.get(f"/referrals/{referral_id}/offers").text
    for words in ("Ended", "Goal met", "9 sessions", "First went"):
        assert words in page, words
    history = browser.get(there).text
    assert "waiting list" in history
    assert "What did you hear?" not in history


def test_a_no_needs_its_reason_and_keeps_what_was_typed(web: Web) -> None:
    browser, referral_id, offer_id = sent(web)
    there = f"/referrals/{referral_id}/offers/{offer_id}"
    form = {"version": version(web, referral_id), "to": "declined", **web_day(TODAY, "on")}
    browser.get(there)
    answer = browser.post(there, {**form, "reason_text": "Full until spring"})
    assert answer.status_code == 422
    assert 'href="#reason_declined"' in answer.text
    assert "Full until spring" in answer.text
    assert browser.post(there, {**form, "reason_declined": "22"}).status_code == 303
    assert web.scalar("SELECT reason FROM offer") == "22"


def test_a_word_taken_back_stops_the_offer_and_asks_the_group_to_forget(web: Web) -> None:
    browser, referral_id, offer_id = sent(web)
    there = f"/referrals/{referral_id}/offers/{offer_id}"
    browser.get(there)
    assert browser.post(f"{there}/take-back").status_code == 303
    assert web.scalar("SELECT state FROM offer") == "withdrawn"
    page = browser.get(there).text
    assert "Ask this group to forget what it was told" in page
    assert browser.post(f"{there}/forgotten").status_code == 303
    assert "Ask this group to forget" not in browser.get(there).text


@pytest.mark.parametrize("end", ["", "/take-back", "/forgotten"])
def test_another_practice_sees_and_changes_nothing(web: Web, end: str) -> None:
    _, referral_id, offer_id = sent(web)
    other = web.browser(OTHER)
    other.get("/me")
    there = f"/referrals/{referral_id}/offers/{offer_id}"
    assert other.get(there).status_code == 404
    other.get("/me")
    form = {"version": 1, "to": "accepted", **web_day(TODAY, "on")}
    assert other.post(there + end, form).status_code == 404
    assert web.scalar("SELECT state FROM offer") == "sent"


def test_before_triage_and_with_a_danger_sign_no_group_can_be_asked(web: Web) -> None:
    note = "He says he cannot go on and thinks of ending his life."
    referral_id = case(web, triaged=False, note=note)
    browser = web.browser(WORKER)
    page = browser.get(f"/referrals/{referral_id}/ask").text
    assert "A clinician must see the danger sign" in page
    form = asking(web, referral_id, [1], "introduction", "yes")
    answer = browser.post(f"/referrals/{referral_id}/ask", form)
    assert answer.status_code == 422
    assert web.scalar("SELECT count(*) FROM disclosure") == 0
