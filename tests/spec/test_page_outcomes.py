"""Measures, the end of a referral and the message back as pages, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_world import (
    GP,
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
from web_world import Web, app_like

from service.referrals.actions.looking import read_messages

pytest_plugins = ("web_fixtures",)


def days_ago(days: int) -> dict[str, str]:
    return web_day(TODAY - timedelta(days), "taken_on")


def test_measures_are_kept_in_pairs_with_what_is_missing(web: Web) -> None:
    one = case(web)
    browser, outcomes = web.browser(WORKER), f"/referrals/{one}/outcomes"
    assert browser.get(outcomes).text.count("Not taken yet.") == 5
    browser.get(f"{outcomes}/ons4")
    first = {"satisfied": "4", "happy": "3", "anxious": "8", **days_ago(90)}
    for _ in range(2):
        assert browser.post(f"{outcomes}/ons4", first).status_code == 303
    assert web.scalar("SELECT count(*) FROM measurement") == 1
    second = {"satisfied": "7", "happy": "3", "anxious": "5", **days_ago(0)}
    assert browser.post(f"{outcomes}/ons4", second).status_code == 303
    lonely = {"companionship": "often", "left_out": "often", "direct": "often/always"}
    assert browser.post(f"{outcomes}/loneliness", lonely | days_ago(1)).status_code == 303
    shown = browser.get(outcomes).text
    for told in (
        "up 3, better",
        "down 3, better",
        "the same",
        "an answer is missing: Life is worthwhile.",
        "Not repeated yet. Repeat it between",
        "loneliness, three questions (3 to 9) <strong>no answer",
        "(higher is worse)",
    ):
        assert told in shown, told
    assert "Answer at least one question." in browser.post(f"{outcomes}/ons4", days_ago(0)).text
    future = browser.post(f"{outcomes}/ons4", {"happy": "3", **days_ago(-2)})
    assert "The day lies in the future." in future.text
    assert browser.get(f"{outcomes}/nonsense").status_code == 404


def test_a_licensed_measure_is_kept_as_a_score_alone_until_the_licence_is_confirmed(
    web: Web,
) -> None:
    one = case(web)
    browser, swemwbs = web.browser(WORKER), f"/referrals/{one}/outcomes/swemwbs"
    page = browser.get(swemwbs).text
    assert "Statement 1" not in page
    assert "© NHS Health Scotland" in page
    assert (
        "Tick this if somebody licensed"
        in browser.post(swemwbs, {"metric": "21.54", **days_ago(0)}).text
    )
    answers = {"by_licensee": "true", "item_1": "3", **days_ago(0)}
    assert "Answer at least one question." in browser.post(swemwbs, answers).text
    given = {"by_licensee": "true", "metric": "21.54", **days_ago(0)}
    assert browser.post(swemwbs, given).status_code == 303
    pam = {"by_licensee": "true", "score": "55.6", "level": "2", **days_ago(0)}
    assert browser.post(f"/referrals/{one}/outcomes/pam", pam).status_code == 303
    assert "21.54" in browser.get(f"/referrals/{one}/outcomes").text
    with app_like(web.town, licensed_measures=("swemwbs",)) as caller:
        licensed = web.browser(WORKER, caller=caller)
        assert "Statement 7" in licensed.get(swemwbs).text
        seven = {f"item_{number}": "3" for number in range(1, 8)}
        assert licensed.post(swemwbs, seven | days_ago(1)).status_code == 303
        assert "19.25" in licensed.get(f"/referrals/{one}/outcomes").text


def test_what_blocks_closing_is_said_and_then_it_closes_with_a_letter(web: Web) -> None:
    new = case(web, triaged=False)
    one = case(web, reason="Once more")
    browser = web.browser(WORKER)
    waiting = browser.get(f"/referrals/{new}/closing").text
    assert "It cannot be closed yet." in waiting
    assert "They may still leave" in waiting
    plan, closing = f"/referrals/{one}/plan", f"/referrals/{one}/closing"
    spoke(browser, one, note="Never to be told")
    browser.get(f"{plan}/concerns/new")
    browser.post(f"{plan}/concerns/new", {"concern": "Frightened of a neighbour"})
    held = browser.get(closing).text
    assert "nobody has been told of" in held
    assert '<form method="post" action="' + closing not in held
    number = web.scalar("SELECT concern_id FROM safeguarding_concern")
    browser.post(f"{plan}/concerns/{number}/told", {"told": "Duty desk"})
    browser.get(plan)
    browser.post(f"{plan}/hold/end", {"seen": str(version(web, one))})
    browser.get(closing)
    seen = {"seen": str(version(web, one))}
    assert "Choose how it ends." in browser.post(closing, seen).text
    assert "Choose what came of it." in browser.post(closing, seen | {"ending": "closed"}).text
    other = seen | {"ending": "closed", "outcome": "other"}
    assert "Say what the other reason is." in browser.post(closing, other).text
    good = seen | {"ending": "closed", "outcome": "connected", "reason_text": "Sings on Mondays"}
    done = browser.post(closing, good)
    assert done.status_code == 303
    assert state(web, one) == "closed"
    letter = done.headers["Location"]
    draft = browser.get(letter).text
    assert "Connected to a group" in draft
    assert "Sings on Mondays" in draft
    assert "Never to be told" not in draft
    assert "neighbour" not in draft.split("<main")[1].split("<textarea")[1]
    again = browser.get(closing).text
    assert "It is not opened again" in again
    assert "Connected to a group" in again
    assert browser.post(closing, good).status_code == 409


def test_leaving_is_written_down_with_its_reason(web: Web) -> None:
    one = case(web)
    browser = web.browser(WORKER)
    browser.get(f"/referrals/{one}/closing")
    form = browser.hidden() | {"ending": "left", "reason": "moved_away"}
    assert browser.post(f"/referrals/{one}/closing", form).status_code == 303
    assert state(web, one) == "withdrawn"
    assert "Moved away" in browser.get(f"/referrals/{one}/closing").text


def test_a_letter_is_composed_changed_read_over_and_sent_once(web: Web) -> None:
    one = case(web)
    browser, letter = web.browser(WORKER), f"/referrals/{one}/letter"
    assert "Nothing has been sent yet." in browser.get(letter).text
    made = browser.post(letter)
    draft = made.headers["Location"]
    assert "Social prescribing: progress" in browser.get(draft).text
    assert "Write the message." in browser.post(draft, {"seen": "1", "body": " "}).text
    preview = browser.post(draft, {"seen": "1", "body": "Dear Dr,\r\nNora <sings>."})
    assert preview.headers["Location"] == f"{draft}/preview"
    shown = browser.get(f"{draft}/preview").text
    assert "Dear Dr,\nNora &lt;sings&gt;." in shown
    late = web.browser(LEAD)
    late.get(draft)
    assert late.post(draft, {"seen": "1", "body": "Mine"}).status_code == 409
    assert "A draft waits" in browser.get(letter).text
    browser.get(f"{draft}/preview")
    sending = browser.hidden()
    assert browser.post(f"{draft}/send", sending).status_code == 303
    again = browser.post(f"{draft}/send", sending)
    assert again.status_code == 303
    assert "It was sent already." in browser.get(letter).text
    assert web.scalar("SELECT count(*) FROM outbox_message WHERE topic = 'message_back.sent'") == 1
    body = web.scalar("SELECT body FROM outbox_message WHERE topic = 'message_back.sent'")
    assert "Nora" not in str(body)
    assert "Nora &lt;sings&gt;." in browser.get(draft).text
    with web.store.work() as work:
        (read,) = read_messages(work, by=web.actor(GP), referral_id=one)
    assert read.body == "Dear Dr,\nNora <sings>."
    sent = browser.get(letter).text
    assert "Asha Brightwater" in sent


@pytest.mark.parametrize("path", ["outcomes", "outcomes/ons4", "closing", "letter", "letter/1"])
def test_another_practice_finds_nothing_and_no_page_takes_many_statements(
    quick_web: Web, path: str
) -> None:
    one = case(quick_web)
    browser = quick_web.browser(WORKER)
    browser.get(f"/referrals/{one}/letter")
    browser.post(f"/referrals/{one}/letter")
    number = quick_web.scalar("SELECT message_id FROM message_back")
    path = path.replace("letter/1", f"letter/{number}")
    browser.get("/start")
    with statements(quick_web) as sent:
        assert browser.get(f"/referrals/{one}/{path}").status_code == 200
    assert len(sent) <= 12, sent
    found = quick_web.browser(OTHER).get(f"/referrals/{one}/{path}")
    assert found.status_code == 404
    assert "Nora" not in found.text
