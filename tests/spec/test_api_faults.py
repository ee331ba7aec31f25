"""When something of Kith's own is broken the answer is calm, and names the request and no more."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from api_client import Api, Town, referral_body, served, told
from sqlalchemy import Connection, create_engine, event, text
from structlog.testing import capture_logs
from town import WIDNES, token_for

from service.store.errors import StoreFull

pytest_plugins = ("api_fixtures",)

NAMES_OF_THE_BREAKAGE = ("sqlite", "select", "table", "column", "traceback", "error:", "larkrise")


def run(town: Town, *statements: str) -> None:
    with town.store.work() as work:
        for statement in statements:
            work.session.execute(text(statement))


def quiet(answer: httpx.Response) -> None:
    for word in NAMES_OF_THE_BREAKAGE:
        assert word not in answer.text.lower()


@pytest.fixture
def broken(broken_town: Town) -> Api:
    return Api(broken_town, token_for(broken_town.store, WIDNES))


def test_a_fault_names_the_request_and_nothing_of_the_exception(broken: Api) -> None:
    # A value that no code of Kith writes: reading it raises a plain ValueError.
    taken = broken.post("/v1/referrals", json=referral_body())
    run(broken.town, "UPDATE referral SET state = 'Nora Larkrise'")
    with capture_logs() as logs:
        answer = broken.get(taken.headers["Location"], headers={"X-Request-Id": "abc-123"})
    problem = told(answer, 500, "unforeseen")
    assert "X-Request-Id" in problem["detail"]
    assert answer.headers["X-Request-Id"] == "abc-123"
    quiet(answer)
    written = next(each for each in logs if each["event"] == "unforeseen")
    assert written["kinds"] == ["builtins.ValueError"]
    assert written["request_id"] == "abc-123"
    assert any("base.py" in line for line in written["lines"])
    assert "Larkrise" not in str(logs)


def test_a_fault_leaves_nothing_in_the_servers_own_log(
    broken: Api, caplog: pytest.LogCaptureFixture
) -> None:
    taken = broken.post("/v1/referrals", json=referral_body())
    run(broken.town, "UPDATE referral SET state = 'Nora Larkrise'")
    caplog.set_level(logging.DEBUG)
    with served(broken.town.app) as address, httpx.Client(base_url=address) as client:
        headers = {"Authorization": f"Bearer {broken.token}"}
        answer = client.get(taken.headers["Location"], headers=headers)
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"]
    assert "Larkrise" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("table", ["referral", "person", "referral_need", "machine_token"])
def test_a_table_that_is_gone(broken: Api, table: str) -> None:
    taken = broken.post("/v1/referrals", json=referral_body())
    run(
        broken.town, "PRAGMA defer_foreign_keys = ON", f"ALTER TABLE {table} RENAME TO {table}_away"
    )
    for answer in (
        broken.get(taken.headers["Location"]),
        broken.post("/v1/referrals", json=referral_body(reason="another")),
    ):
        problem = told(answer, 503, "store-out-of-date")
        assert "kith db upgrade" in problem["detail"]
        assert answer.headers["Retry-After"]
        assert "person" not in answer.text
    run(broken.town, f"ALTER TABLE {table}_away RENAME TO {table}")
    assert broken.get(taken.headers["Location"]).status_code == 200


def test_a_file_that_is_no_database_any_more(broken: Api) -> None:
    path = broken.town.store.engine.url.database
    broken.town.store.engine.dispose()
    with Path(str(path)).open("r+b") as file:
        file.write(b"\x00" * 4096)
    for answer in (
        broken.get("/v1/assets"),
        broken.get("/readyz"),
        broken.post("/v1/referrals", json=referral_body()),
    ):
        told(answer, 503, "store-unavailable")
        quiet(answer)
    assert broken.get("/livez").status_code == 200


def test_a_record_that_cannot_be_written_keeps_nothing(broken: Api) -> None:
    run(
        broken.town,
        "CREATE TRIGGER no_record BEFORE INSERT ON audit_event WHEN NEW.action = "
        "'referral.received' BEGIN SELECT RAISE(ABORT, 'Nora Larkrise'); END",
    )
    before = broken.town.counts()
    answer = broken.post("/v1/referrals", json=referral_body())
    told(answer, 500, "unforeseen")
    quiet(answer)
    assert broken.town.counts() == before
    run(broken.town, "DROP TRIGGER no_record")
    assert broken.post("/v1/referrals", json=referral_body()).status_code == 201


def test_reading_that_cannot_be_written_down_shows_nothing(broken: Api) -> None:
    taken = broken.post("/v1/referrals", json=referral_body())
    run(
        broken.town,
        "CREATE TRIGGER no_record BEFORE INSERT ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    for path in (taken.headers["Location"], taken.json()["matches"]):
        answer = broken.get(path)
        assert answer.status_code == 500
        quiet(answer)


def test_a_writer_that_holds_the_database_is_waited_for_and_then_told(broken: Api) -> None:
    # A test need not wait for as long as a person would.
    @event.listens_for(broken.town.store.engine, "checkout")
    def impatient(connection: object, *_rest: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]

    with broken.town.store.work() as holder:
        holder.session.execute(text("UPDATE nhs_org SET name = name"))
        answer = broken.post("/v1/referrals", json=referral_body())
        problem = told(answer, 503, "store-busy")
        assert "Nothing was saved" in problem["detail"]
        assert answer.headers["Retry-After"] == "2"
        # Reading goes on meanwhile.
        assert broken.get("/v1/assets").status_code == 200
    assert broken.post("/v1/referrals", json=referral_body()).status_code == 201
    assert broken.town.counts()["referral"] == 1


def test_a_disk_without_room(broken: Api) -> None:
    engine = broken.town.store.engine
    # Without the pages that migrations left empty, which would be written to first.
    with closing(sqlite3.connect(engine.url.database)) as raw:
        raw.execute("VACUUM")
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @event.listens_for(engine, "begin")
    def no_more_room(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    answer = broken.post("/v1/referrals", json=referral_body(reason="x" * 20_000))
    problem = told(answer, 507, StoreFull.slug)
    assert "make room" in problem["detail"]
    assert broken.town.counts()["referral"] == 0


@pytest.fixture
def on_postgresql(request: pytest.FixtureRequest, postgresql_town: Town) -> Api:
    request.node.user_properties.append(("database", "postgresql"))
    postgresql_town.clear()
    return Api(postgresql_town, token_for(postgresql_town.store, WIDNES))


def test_connections_that_were_cut_are_made_again(on_postgresql: Api, postgresql_server) -> None:
    assert on_postgresql.get("/readyz").status_code == 200
    other = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        cut = connection.exec_driver_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            (on_postgresql.town.store.engine.url.database,),
        ).scalar_one()
    other.dispose()
    assert cut >= 1
    assert on_postgresql.get("/readyz").status_code == 200
    assert on_postgresql.post("/v1/referrals", json=referral_body()).status_code == 201


def test_a_table_that_is_gone_on_postgresql(on_postgresql: Api) -> None:
    run(on_postgresql.town, "ALTER TABLE referral_need RENAME TO referral_need_away")
    try:
        answer = on_postgresql.post("/v1/referrals", json=referral_body())
        told(answer, 503, "store-out-of-date")
        quiet(answer)
    finally:
        run(on_postgresql.town, "ALTER TABLE referral_need_away RENAME TO referral_need")
    assert on_postgresql.town.counts()["referral"] == 0


def test_a_lock_that_is_held_too_long_on_postgresql(on_postgresql: Api) -> None:
    engine = on_postgresql.town.store.engine

    @event.listens_for(engine, "begin")
    def impatient(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")

    try:
        with on_postgresql.town.store.work() as holder:
            holder.session.execute(text("LOCK TABLE person IN ACCESS EXCLUSIVE MODE"))
            answer = on_postgresql.post("/v1/referrals", json=referral_body())
            told(answer, 503, "store-busy")
    finally:
        event.remove(engine, "begin", impatient)
    assert on_postgresql.post("/v1/referrals", json=referral_body()).status_code == 201
