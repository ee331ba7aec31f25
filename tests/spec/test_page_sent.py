"""The practice's own pages: what it sent, what became of each, and a danger sign dealt with."""

from __future__ import annotations

import re

import pytest
from case_world import GP, WIDNES, WORKER, case, state, statements
from inbox_people import IVO, NORA, ODA, RUNCORN, VAGUE, received
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)

DANGER = "Low since losing his job. Says he has thought of ending his life this week."
FLAG = "suicide_selfharm"
CLOSING = {"name": "Dr Lena Marshwick", "role": "GP", "outcome": "Saw him today; safe plan made."}


def names(page: str) -> list[str]:
    return re.findall(r'<a class="kith-target" href="/refer/[0-9a-f-]+">([^<]+)</a>', page)


def row_of(page: str, name: str) -> str:
    return next(part for part in page.split("<tr ") if f">{name}</a>" in part)


def close(web: Web, referral_id: str) -> None:
    worker = web.browser(WORKER)
    worker.get(f"/referrals/{referral_id}/closing")
    form = worker.hidden() | {"ending": "closed", "outcome": "goals_met"}
    draft = worker.post(f"/referrals/{referral_id}/closing", form).headers["Location"]
    worker.get(f"{draft}/preview")
    worker.post(f"{draft}/send", worker.hidden())


def test_each_with_how_it_stands_whose_turn_it_is_and_what_came_back(web: Web) -> None:
    kith = web.town.kith
    done = case(web)
    received(kith, ODA, VAGUE)
    flagged = received(kith, IVO, DANGER)
    close(web, done)
    page = web.browser(GP).get("/sent").text
    # The danger sign first although the closed one is not the oldest, then the newest.
    assert names(page) == ["Ivo Thistlewood", "Oda Fernshaw", "Nora Larkrise"]
    danger = row_of(page, "Ivo Thistlewood")
    assert "A clinician must look first" in danger
    assert "You: a clinician must see the danger sign" in danger
    assert f'href="/refer/{flagged}/danger/{FLAG}"' in danger
    asked = row_of(page, "Oda Fernshaw")
    assert "You are asked for more" in asked
    assert "You: more is needed before it can go on" in asked
    ended = row_of(page, "Nora Larkrise")
    assert "Closed" in ended
    assert "goals met" in ended
    assert "Nobody: it has ended" in ended
    assert f'href="/refer/{done}#back"' in ended
    assert "<strong>2</strong> waiting for you" in page
    assert "<strong>1</strong> ended" in page
    assert "<strong>3</strong> sent in all" in page


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", 3),
        ("show=yours", 2),
        ("show=under_way", 2),
        ("show=ended", 1),
        ("show=nonsense&from=-3", 3),
        ("from=999999", 0),
    ],
)
def test_parts_of_the_list_stand_in_the_address(quick_web: Web, query: str, there: int) -> None:
    close(quick_web, case(quick_web))
    received(quick_web.town.kith, ODA, VAGUE)
    received(quick_web.town.kith, IVO, DANGER)
    assert len(names(quick_web.browser(GP).get(f"/sent?{query}").text)) == there


def test_an_empty_list_says_so_and_many_go_on_further_pages(quick_web: Web) -> None:
    browser = quick_web.browser(GP)
    assert "Your practice has not sent anybody yet." in browser.get("/sent").text
    for number in range(27):
        received(quick_web.town.kith, key=f"many-{number}")
    first = browser.get("/sent").text
    assert (len(names(first)), "1 to 25 of 27" in first) == (25, True)
    assert len(names(browser.get("/sent?show=all&from=25").text)) == 2
    assert "Nothing here now." in browser.get("/sent?show=ended").text


def test_another_practice_sees_nothing_of_it(web: Web) -> None:
    mine = received(web.town.kith, IVO, DANGER)
    received(web.town.kith, ODA, VAGUE, RUNCORN)
    web.run("UPDATE staff_role SET place_code = :code WHERE role = 'practice_user'", code=RUNCORN)
    browser = web.browser(GP)
    page = browser.get("/sent").text
    assert names(page) == ["Oda Fernshaw"]
    assert "<strong>1</strong> sent in all" in page
    for path in (f"/refer/{mine}", f"/refer/{mine}/danger/{FLAG}"):
        assert browser.get(path).status_code == 404
    browser.get("/start")
    assert browser.post(f"/refer/{mine}/danger/{FLAG}", CLOSING).status_code == 404
    assert web.scalar("SELECT count(*) FROM raised_flag WHERE closed_at IS NOT NULL") == 0


def test_what_somebody_asked_for_themselves_was_not_sent_by_the_practice(quick_web: Web) -> None:
    received(quick_web.town.kith)
    quick_web.run("UPDATE referral SET received_from = 'visitor'")
    assert "has not sent anybody" in quick_web.browser(GP).get("/sent").text


def test_whoever_triages_has_the_inbox_in_its_place(quick_web: Web) -> None:
    assert 'href="/sent"' in quick_web.browser(GP).get("/start").text
    assert 'href="/sent"' not in quick_web.browser(WORKER).get("/start").text
    for subject in ("steward-halton", "commissioner-halton"):
        assert quick_web.browser(subject).get("/sent").status_code == 404


def test_a_named_clinician_closes_a_danger_sign_and_the_referral_goes_on(web: Web) -> None:
    one = received(web.town.kith, IVO, DANGER)
    browser = web.browser(GP)
    path = f"/refer/{one}/danger/{FLAG}"
    assert "Suicide or self-harm" in browser.get(path).text
    done = browser.post(path, CLOSING)
    assert done.headers["Location"] == f"/refer/{one}"
    shown = browser.get(f"/refer/{one}").text
    assert "Written down." in shown
    assert "Dr Lena Marshwick has seen it" in shown
    assert "safe plan made" in shown
    assert state(web, one) == "received"
    said = "SELECT closed_by || '|' || closed_role FROM raised_flag"
    assert web.scalar(said) == "Dr Lena Marshwick|GP"
    assert web.scalar("SELECT actor FROM referral_event WHERE what = 'flag_closed'") == (
        f"staff:{web.staff[GP]}"
    )
    again = browser.post(path, CLOSING | {"name": "Somebody Else"})
    assert again.status_code == 409
    assert "Somebody closed this sign before you" in again.text
    assert "Somebody Else" in again.text
    assert web.scalar(said) == "Dr Lena Marshwick|GP"


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("name", "Enter the name of the clinician"),
        ("role", "Enter their role"),
        ("outcome", "Enter what was done"),
    ],
)
def test_nobody_closes_a_sign_without_saying_who_and_what(
    quick_web: Web, left_out: str, says: str
) -> None:
    one = received(quick_web.town.kith, IVO, DANGER)
    browser = quick_web.browser(GP)
    path = f"/refer/{one}/danger/{FLAG}"
    browser.get(path)
    answer = browser.post(path, CLOSING | {left_out: " "})
    assert answer.status_code == 422
    assert says in answer.text
    for name in set(CLOSING) - {left_out}:
        assert CLOSING[name] in answer.text
    assert state(quick_web, one) == "triage_first"
    assert browser.get(f"/refer/{one}/danger/nonsense").status_code == 404


def test_on_hold_is_said_without_the_reason(quick_web: Web) -> None:
    one = case(quick_web)
    quick_web.run("UPDATE referral SET state = 'safeguarding_hold', held_from = 'triaged'")
    browser = quick_web.browser(GP)
    for path in ("/sent", f"/refer/{one}"):
        page = browser.get(path).text
        assert "On hold" in page
        assert "safe" not in page.split("<main")[1].lower()


def test_the_pages_take_few_statements_however_many_were_sent(quick_web: Web) -> None:
    for number in range(30):
        received(quick_web.town.kith, NORA if number % 3 else IVO, DANGER, key=f"many-{number}")
    browser: Browser = quick_web.browser(GP)
    one = names_first(browser)
    for path in ("/sent", "/sent?show=yours", f"/refer/{one}", f"/refer/{one}/danger/{FLAG}"):
        with statements(quick_web) as sent:
            assert browser.get(path).status_code == 200
        assert len(sent) <= 12, (path, len(sent), sent)


def names_first(browser: Browser) -> str:
    found = re.search(r'href="/refer/([0-9a-f-]{36})"', browser.get("/sent").text)
    assert found
    return found[1]


def test_the_look_at_the_list_is_written_down_with_who_was_on_it(web: Web) -> None:
    one = received(web.town.kith)
    web.browser(GP).get("/sent?show=nonsense")
    details = str(web.scalar("SELECT details FROM audit_event WHERE subject = 'list:sent'"))
    assert one in details
    assert "nonsense" not in details
    assert "Nora" not in details
    assert str(WIDNES) not in details
