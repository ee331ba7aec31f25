"""`kith staff` and `kith audit` as an operator uses them."""

from __future__ import annotations

import pytest
from api_client import VAR
from sqlalchemy import event
from typer.testing import CliRunner
from web_world import Web

from service.cli import audit, staff

pytest_plugins = ("web_fixtures",)


@pytest.fixture
def shell(web: Web, monkeypatch: pytest.MonkeyPatch):
    url = web.store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("KITH_DATABASE_URL", url)
    monkeypatch.setenv("KITH_VAR_DIR", str(VAR))
    monkeypatch.setenv("COLUMNS", "200")

    def run(app, *words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_somebody_is_listed_granted_listed_and_sent_off(web: Web, shell) -> None:
    said = shell(staff.app, "add", "--subject", "x1", "--name", "Jo Marsh", "--issuer", "https://i")
    number = said.split()[1].rstrip(".")
    shell(staff.app, "grant", number, "--role", "link-worker", "--place", "u79408")
    listed = shell(staff.app, "list")
    assert "Jo Marsh" in listed
    assert "link_worker U79408" in listed
    assert "Nothing was changed" in shell(staff.app, "revoke", number, "--role", "commissioner")
    assert "no longer" in shell(
        staff.app, "revoke", number, "--role", "link_worker", "--place", "U79408"
    )
    shell(staff.app, "end", number)
    assert "has left" in shell(staff.app, "list")
    assert web.scalar("SELECT count(*) FROM audit_event WHERE actor = 'operator'") >= 4


def test_a_mistake_is_told_with_what_there_is(web: Web, shell) -> None:
    lead = str(web.staff["lead-halton"])
    assert "link_worker" in shell(staff.app, "grant", lead, "--role", "boss", code=64)
    assert "PCN" in shell(
        staff.app, "grant", lead, "--role", "link_worker", "--place", "N99999", code=64
    )
    assert "kith staff list" in shell(
        staff.app, "grant", "99999", "--role", "register_steward", code=66
    )
    assert "Team" in shell(staff.app, "roles") or "team" in shell(staff.app, "roles")


def test_a_chain_that_holds_is_said_to_and_a_broken_one_ends_with_1(web: Web, shell) -> None:
    assert "The chain holds" in shell(audit.app, "verify")
    web.run("UPDATE audit_event SET actor = 'somebody-else' WHERE event_id = 3")
    assert "from event 3 on" in shell(audit.app, "verify", code=1)


def test_who_saw_a_person_is_told_by_name_and_asking_is_written_down(web: Web, shell) -> None:
    from town import RUNCORN, token_for

    from service.identity.audit import record
    from service.identity.audit_queries import who_saw

    token_for(web.store, RUNCORN)
    with web.store.work() as work:
        for subject in ("person:p1", "person:p2", "person:p1"):
            record(work, by=web.actor("lead-halton"), action="person.read", subject=subject)
    said = shell(audit.app, "person", "p1")
    assert said.count("Grace Oakhollow") == 2
    assert "person:p2" not in said
    with web.store.read() as session:
        seen = who_saw(session, "person:p1")
        assert [each.action for each in seen] == ["audit.read", "person.read", "person.read"]
        assert who_saw(session) == ()
    assert "Nothing is written down" in shell(audit.app, "person", "unknown")


def test_a_page_costs_few_statements(quick_web: Web) -> None:
    browser = quick_web.browser("lead-halton")
    browser.get("/start")
    asked: list[str] = []
    engine = quick_web.store.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get("/start").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    questions = [each for each in asked if each.startswith(("SELECT", "WITH"))]
    assert 1 <= len(questions) <= 4, questions
