"""What was refused is written down, without what was tried, and not without end."""

from __future__ import annotations

import pytest
from api_client import Api, referral_body
from case_world import GP, OTHER, WORKER, case
from inbox_people import received
from sqlalchemy import select
from town import RUNCORN, WIDNES, token_for
from web_world import Browser, Web

from service.identity import audit, refusals
from service.identity.actors import visitor
from service.identity.audit_queries import who_saw
from service.identity.model import AuditEvent
from service.referrals.records import open_record
from service.store.errors import StoreBusy

pytest_plugins = ("web_fixtures",)


def events(web: Web, action: str) -> list[AuditEvent]:
    with web.store.read() as session:
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.event_id)
        rows = list(session.scalars(found))
        session.expunge_all()
        return rows


def test_a_token_that_is_not_accepted_is_written_down_without_it(web: Web) -> None:
    secret = "kith_" + "A" * 43
    for token in ("x", secret):
        answer = Api(web.town, token).get("/v1/referrals/one")
        assert answer.status_code == 401
    found = events(web, "token.failed")
    assert [(each.actor, each.subject) for each in found] == [("visitor", "token")] * 2
    assert found[0].details == {"route": "/v1/referrals/{referral_id}"}
    assert secret not in str([each.details for each in found])


def test_no_token_at_all_is_no_attempt(quick_web: Web) -> None:
    assert Api(quick_web.town).get("/v1/referrals/one").status_code == 401
    assert events(quick_web, "token.failed") == []


def test_a_system_that_refers_for_another_practice_is_written_down(web: Web) -> None:
    api = Api(web.town, token_for(web.store, WIDNES))
    assert api.post("/v1/referrals", json=referral_body(practice=RUNCORN)).status_code == 403
    (one,) = events(web, "refused")
    assert one.actor.startswith("token:")
    assert one.subject == "route:/v1/referrals"
    assert one.details == {"slug": "not-allowed", "permission": "refer"}
    assert events(web, "referral.received") == []


def test_a_change_that_was_not_allowed_is_written_down_although_the_page_tells_it(
    web: Web,
) -> None:
    """Somebody who opened a record in an emergency may read it, and tries to change it."""
    one = case(web)
    with web.store.work() as work:
        open_record(work, by=web.actor(OTHER), referral_id=one, reason="Rang in distress today.")
    browser = web.browser(OTHER)
    assert browser.get(f"/referrals/{one}").status_code == 200
    answer = browser.post(
        f"/referrals/{one}/next", {"version": "2", "next_action": "Ring her sister"}
    )
    assert answer.status_code in (422, 403, 404)
    found = events(web, "refused")
    assert [each.subject for each in found] == ["route:/referrals/{referral_id}/next"]
    assert "sister" not in str(found[0].details)


def test_whoever_opened_a_record_in_an_emergency_sees_its_groups_and_that_is_kept(
    web: Web,
) -> None:
    one = case(web, note="Lonely since spring.")
    with web.store.work() as work:
        open_record(work, by=web.actor(OTHER), referral_id=one, reason="Rang in distress today.")
    page = web.browser(OTHER).get(f"/referrals/{one}").text
    assert "Groups near Nora" in page
    assert "Why it is here" in page
    seen = [each.actor for each in events(web, "referral.matched")]
    assert seen == [f"staff:{web.staff[OTHER]}"]
    assert web.browser("link-worker-runcorn").get(f"/referrals/{case(web)}").status_code == 404


def test_so_many_are_written_down_and_no_more(web: Web) -> None:
    with web.store.work() as work:
        kept = [
            refusals.refused(work, by=visitor(), route="/x", slug="s", whose="192.0.2.1")
            for _ in range(refusals.OF_ONE.at_once + 5)
        ]
    assert kept == [True] * refusals.OF_ONE.at_once + [False] * 5
    with web.store.work() as work:
        # Another address is heard although the first was too loud, until all together are too many.
        others = [
            refusals.refused(work, by=visitor(), route="/x", slug="s", whose=f"192.0.2.{n}")
            for n in range(2, 300)
        ]
    assert sum(others) == refusals.OF_ALL.at_once - refusals.OF_ONE.at_once
    assert others[0] is True
    assert others[-1] is False
    assert len(events(web, "refused")) == refusals.OF_ALL.at_once
    # No bucket was made for an address of which nothing was written down.
    assert web.scalar("SELECT count(*) FROM rate_bucket") == 2 + sum(others)
    with web.store.read() as session:
        assert audit.first_break(session) is None


def test_failed_sign_ins_are_counted_too(quick_web: Web) -> None:
    for _ in range(refusals.OF_ONE.at_once + 3):
        assert Browser(quick_web.town.caller).get("/sign-in/return?state=x").status_code == 403
    assert len(events(quick_web, "sign_in.failed")) == refusals.OF_ONE.at_once


def test_a_refusal_that_cannot_be_written_down_is_still_a_refusal(
    quick_web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_more: object) -> None:
        raise StoreBusy("The database is busy. Nothing was saved; try again in a moment.")

    monkeypatch.setattr(audit, "record", busy)
    answer = Api(quick_web.town, "x").get("/v1/referrals/one")
    assert answer.status_code == 503
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize("path", ["/inbox", "/caseload?who=all", "/sent"])
def test_every_list_says_who_was_on_it_and_a_person_can_ask(web: Web, path: str) -> None:
    one = case(web, triaged=path.startswith("/caseload"))
    other = received(web.town.kith, key="another")
    subject = GP if path == "/sent" else WORKER
    assert web.browser(subject).get(path).status_code == 200
    (look,) = events(web, "people.listed")
    assert one in look.details["referrals"]
    with web.store.read() as session:
        seen = [each for each in who_saw(session, f"referral:{one}") if "listed" in each.action]
    assert [each.actor for each in seen] == [f"staff:{web.staff[subject]}"]
    # Whoever asks about one person is not told of another who stood beside them.
    assert other not in str(seen[0].details)
    assert seen[0].details["total"] == look.details["total"]


def test_an_empty_list_is_a_look_too_and_what_was_typed_into_the_address_is_not_kept(
    quick_web: Web,
) -> None:
    browser = quick_web.browser(WORKER)
    browser.get("/inbox?practice=Larkrise&whose=Nora&from=zzz&state=9990000018")
    browser.get("/caseload?who=Larkrise&show=Nora")
    kept = str([each.details for each in events(quick_web, "people.listed")])
    assert "Larkrise" not in kept
    assert "Nora" not in kept
    assert "9990000018" not in kept
    assert len(events(quick_web, "people.listed")) == 2


def test_a_search_is_found_by_whoever_asks_about_a_person(web: Web) -> None:
    one = case(web)
    browser = web.browser(WORKER)
    browser.get("/people")
    browser.post("/people", {"text": "Larkrise"})
    person = web.scalar("SELECT person_id FROM referral WHERE referral_id = :id", id=one)
    with web.store.read() as session:
        actions = [each.action for each in who_saw(session, f"person:{person}")]
    assert "person.searched" in actions


@pytest.mark.parametrize("path", ["/inbox", "/caseload?who=all", "/sent", "/people"])
def test_nobody_is_shown_when_the_look_cannot_be_written_down(
    quick_web: Web, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(quick_web, triaged=path.startswith("/caseload"))
    browser = quick_web.browser(GP if path == "/sent" else WORKER)
    browser.get("/people" if path == "/people" else "/start")

    def busy(*_args: object, **_more: object) -> None:
        raise StoreBusy("The database is busy. Nothing was saved; try again in a moment.")

    monkeypatch.setattr(audit, "record", busy)
    answer = browser.post(path, {"text": "Larkrise"}) if path == "/people" else browser.get(path)
    assert answer.status_code == 503
    assert "Larkrise" not in answer.text
