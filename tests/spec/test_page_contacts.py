"""Writing down contacts, over HTTP, on both databases."""

from __future__ import annotations

import pytest
from case_world import OTHER, TODAY, WORKER, case, spoke, state, statements, web_day
from web_world import Web

from service.web.pages.contacts import clock

pytest_plugins = ("web_fixtures",)


def test_a_contact_is_written_down_once_and_shown(web: Web) -> None:
    one = case(web)
    browser = web.browser(WORKER)
    asked = {"note": "She would like to sing again.", "next_action": "Ring the choir"}
    asked |= web_day(TODAY.replace(year=TODAY.year + 1, day=1), "next_action_on")
    for _ in range(2):
        done = spoke(browser, one, **asked, happened_at="00:00")
        assert (done.status_code, done.headers["Location"]) == (303, f"/referrals/{one}/contacts")
    assert web.scalar("SELECT count(*) FROM contact") == 1
    assert state(web, one) == "contacted"
    page = browser.get(f"/referrals/{one}/contacts").text
    assert "The contact is written down." in page
    assert "Telephone, we spoke" in page
    assert "She would like to sing again." in page
    assert "Written down by Asha Brightwater" in page
    assert "Nora Larkrise" in page
    assert "Ring the choir, by 1 " in page


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(web: Web) -> None:
    one = case(web)
    browser = web.browser(WORKER)
    answer = spoke(browser, one, mode="", note="Long talk.", happened_at="27 o'clock")
    assert answer.status_code == 422
    assert "Choose how you were in touch." in answer.text
    assert "Write the time like 14:05 or 2:05pm." in answer.text
    assert 'href="#happened_at"' in answer.text
    assert "Long talk." in answer.text
    assert "<title>Error: Contacts" in answer.text
    later = spoke(browser, one, **web_day(TODAY.replace(year=TODAY.year + 1, day=1), "happened_on"))
    assert later.status_code == 422
    assert "lies in the future" in later.text
    undone = spoke(browser, one, **web_day(TODAY, "next_action_on"))
    assert "Say what is to be done by that day." in undone.text
    assert web.scalar("SELECT count(*) FROM contact") == 0


def test_another_practice_sees_nothing_and_writes_nothing(web: Web) -> None:
    one = case(web)
    before = web.scalar("SELECT count(*) FROM audit_event WHERE action = 'referral.read'")
    other = web.browser(OTHER)
    other.get("/start")
    assert other.get(f"/referrals/{one}/contacts").status_code == 404
    other.get("/start")
    answer = other.post(
        f"/referrals/{one}/contacts",
        {
            "mode": "text",
            "outcome": "spoke",
            "happened_at": "0:00",
            **web_day(TODAY, "happened_on"),
        },
    )
    assert answer.status_code == 404
    assert "Nora" not in answer.text
    assert web.scalar("SELECT count(*) FROM contact") == 0
    after = web.scalar("SELECT count(*) FROM audit_event WHERE action = 'referral.read'")
    assert after == before


def test_looking_is_written_down_and_takes_few_statements(web: Web) -> None:
    one = case(web)
    browser = web.browser(WORKER)
    for number in range(5):
        spoke(browser, one, note=f"Contact {number}", happened_at="00:00")
    browser.get("/start")
    with statements(web) as sent:
        assert browser.get(f"/referrals/{one}/contacts").status_code == 200
    assert len(sent) <= 12, sent
    looked = web.scalar(
        "SELECT count(*) FROM audit_event WHERE action = 'referral.read' AND subject = :who",
        who=f"referral:{one}",
    )
    assert looked >= 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:05", "14:05"),
        ("2.05pm", "14:05"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("0905", "09:05"),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, meant: str) -> None:
    assert clock(typed) == meant


@pytest.mark.parametrize("typed", ["", "9", "24:00", "13pm", "10:60", "noon", "0am"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Write the time"):
        clock(typed)
