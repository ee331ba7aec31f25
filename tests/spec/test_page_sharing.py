"""A person's word against any sharing, on its page: what it stops, and how it is taken back."""

from __future__ import annotations

import pytest
from case_world import GP, OTHER, WORKER, case, statements, version
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)


GROUP = "Lapwing Lunch Club"


def listed(web: Web, worker: Browser, referral_id: str) -> int:
    """Put the group on the shortlist and open the page that asks it; returns its number."""
    asset: int = web.scalar("SELECT asset_id FROM asset WHERE name = :name", name=GROUP)
    worker.get(f"/referrals/{referral_id}")
    ticks = {"shown": str(asset), "asset": str(asset), "then": "offers"}
    assert worker.post(f"/referrals/{referral_id}/shortlist", ticks).status_code == 303
    worker.get(f"/referrals/{referral_id}/ask")
    return asset


def asked(web: Web, referral_id: str) -> None:
    """Ask the group, by introduction."""
    worker = web.browser(WORKER)
    asset = listed(web, worker, referral_id)
    said = {"level": "introduction", f"agreed-{asset}": "yes", "how": "telephone"}
    done = worker.post(f"/referrals/{referral_id}/ask", worker.hidden() | said)
    assert done.status_code == 303


def test_what_it_stops_is_shown_before_and_done_after(web: Web) -> None:
    one = case(web)
    asked(web, one)
    worker = web.browser(WORKER)
    assert f'href="/referrals/{one}/sharing"' in worker.get(f"/referrals/{one}/offers").text
    before = worker.get(f"/referrals/{one}/sharing").text
    assert f"<strong>{GROUP}</strong> (asked, no answer yet): this ends." in before
    assert "ask them to forget it" in before
    unsure = worker.post(f"/referrals/{one}/sharing", {"text": "I want nobody to know."})
    assert unsure.status_code == 422
    assert "Tick that they have said so themselves." in unsure.text
    assert "I want nobody to know." in unsure.text
    assert web.scalar("SELECT count(*) FROM person WHERE objected_at IS NOT NULL") == 0
    done = worker.post(
        f"/referrals/{one}/sharing", {"text": "I want nobody to know.", "said": "yes"}
    )
    assert done.headers["Location"] == f"/referrals/{one}/offers"
    after = worker.get(f"/referrals/{one}/offers").text
    assert "1 group was told something: ask them to forget it." in after
    assert "The person objects to any sharing" in after
    assert "Ask them to forget" in after
    assert web.scalar("SELECT state || ' ' || reason FROM offer") == "withdrawn objected"
    for path in ("", "/plan", "/offers", "/contacts"):
        assert "They object to any." in worker.get(f"/referrals/{one}{path}").text, path
    ask = worker.get(f"/referrals/{one}/ask").text
    assert 'value="introduction"' not in ask


def test_after_it_no_form_however_made_tells_a_group_anything(quick_web: Web) -> None:
    one = case(quick_web)
    worker = quick_web.browser(WORKER)
    worker.get(f"/referrals/{one}/sharing")
    assert worker.post(f"/referrals/{one}/sharing", {"said": "yes"}).status_code == 303
    asset = listed(quick_web, worker, one)
    form = worker.hidden() | {f"agreed-{asset}": "yes", "how": "telephone"}
    answer = worker.post(f"/referrals/{one}/ask", form | {"level": "full"})
    assert answer.status_code == 422
    assert quick_web.scalar("SELECT count(*) FROM disclosure") == 0
    assert worker.post(f"/referrals/{one}/ask", form | {"level": "signpost"}).status_code == 303
    assert quick_web.scalar("SELECT count(*) FROM signpost") == 1


def test_it_is_taken_back_with_a_reason_and_nothing_begins_by_itself(web: Web) -> None:
    one = case(web)
    asked(web, one)
    worker = web.browser(WORKER)
    worker.get(f"/referrals/{one}/sharing")
    worker.post(f"/referrals/{one}/sharing", {"said": "yes", "text": "No."})
    worker.get(f"/referrals/{one}/sharing")
    form = worker.hidden()
    for text in ("", " ", "ok"):
        refused = worker.post(f"/referrals/{one}/sharing/again", form | {"text": text})
        assert refused.status_code == 422, text
        assert 'href="#text"' in refused.text
    stale = worker.post(
        f"/referrals/{one}/sharing/again", {"version": "1", "text": "She thought again."}
    )
    assert stale.status_code == 409
    assert "She thought again." in stale.text
    done = worker.post(f"/referrals/{one}/sharing/again", form | {"text": "She thought again."})
    assert done.status_code == 303
    assert "Nothing that was stopped begins again" in worker.get(f"/referrals/{one}/offers").text
    assert web.scalar("SELECT count(*) FROM person WHERE objected_at IS NOT NULL") == 0
    assert web.scalar("SELECT state FROM offer") == "withdrawn"
    why = "SELECT text FROM referral_event WHERE what = 'objection_lifted'"
    assert web.scalar(why) == "She thought again."
    twice = worker.post(
        f"/referrals/{one}/sharing/again",
        {"version": str(version(web, one)), "text": "She thought again."},
    )
    assert twice.status_code == 422


@pytest.mark.parametrize("subject", [OTHER, GP, "commissioner-halton"])
def test_nobody_else_sees_it_or_says_it(quick_web: Web, subject: str) -> None:
    one = case(quick_web)
    browser = quick_web.browser(subject)
    assert browser.get(f"/referrals/{one}/sharing").status_code == 404
    browser.get("/start")
    for end in ("", "/again"):
        answer = browser.post(
            f"/referrals/{one}/sharing{end}", {"said": "yes", "version": "2", "text": "No more."}
        )
        assert answer.status_code == 404
    assert quick_web.scalar("SELECT count(*) FROM person WHERE objected_at IS NOT NULL") == 0


def test_it_is_said_after_the_end_too_and_its_page_takes_few_statements(quick_web: Web) -> None:
    one = case(quick_web)
    asked(quick_web, one)
    worker = quick_web.browser(WORKER)
    worker.get(f"/referrals/{one}/closing")
    worker.post(
        f"/referrals/{one}/closing",
        worker.hidden() | {"ending": "closed", "outcome": "goals_met"},
    )
    with statements(quick_web) as sent:
        page = worker.get(f"/referrals/{one}/sharing").text
    assert len(sent) <= 12, sent
    assert "unless they were asked before" in page
    done = worker.post(f"/referrals/{one}/sharing", {"said": "yes"})
    assert done.status_code == 303
    assert quick_web.scalar("SELECT count(*) FROM recall") == 1
    assert "In a new referral of theirs" in worker.get(f"/referrals/{one}/sharing").text
