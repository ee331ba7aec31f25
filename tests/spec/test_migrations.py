"""The database comes into shape by migrations alone, whole or not at all, on both engines."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from shared import ROOT
from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, text

from service import bootstrap
from service.register.model import Venue
from service.store import schema
from service.store.engine import make_engine
from service.store.errors import StoreOutOfDate, StoreUnavailable
from service.store.work import Store

TABLES = set(bootstrap.metadata().tables)


@pytest.fixture
def empty(empty_database_url: URL) -> Iterator[Engine]:
    engine = make_engine(empty_database_url)
    yield engine
    engine.dispose()


def upgrade(engine: Engine) -> str:
    return schema.upgrade(engine, bootstrap.metadata())


def downgrade(engine: Engine, to: str) -> None:
    schema.migrate(
        engine,
        bootstrap.metadata(),
        lambda config: command.downgrade(config, to),
    )


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def shape(engine: Engine) -> dict[str, Any]:
    """All that the database says of each table, in an order of its own."""
    found = {}
    look = inspect(engine)
    for table in sorted(TABLES):
        found[table] = {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"], each["default"])
                for each in look.get_columns(table)
                if each["name"] != "geom"
            ],
            "primary": look.get_pk_constraint(table),
            "foreign": sorted(look.get_foreign_keys(table), key=str),
            "unique": sorted(look.get_unique_constraints(table), key=str),
            "checks": sorted(look.get_check_constraints(table), key=str),
            "indexes": sorted(
                (each for each in look.get_indexes(table) if each["name"] != "ix_venue_geom"),
                key=str,
            ),
        }
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")
            )
            found["without rowid"] = sorted(row[0] for row in rows)
    return found


def test_from_nothing_to_the_tables_as_they_are_declared(empty: Engine) -> None:
    assert schema.current(empty) is None
    assert upgrade(empty) == schema.head()
    assert schema.current(empty) == schema.head()
    schema.require_current(empty)
    assert schema.differences(empty, bootstrap.metadata()) == []
    assert names(empty) - {"alembic_version", "spatial_ref_sys"} == TABLES


def test_to_the_last_constraint_what_is_declared(empty: Engine) -> None:
    """Alembic's comparison passes over keys, checks and the kind of table: this does not."""
    upgrade(empty)
    migrated = shape(empty)
    downgrade(empty, "base")
    bootstrap.metadata().create_all(empty)
    assert shape(empty) == migrated


def test_twice_changes_nothing(empty: Engine) -> None:
    upgrade(empty)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(empty, "before_cursor_execute", note)
    upgrade(empty)
    changing = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")
    assert [each for each in sent if each.lstrip().upper().startswith(changing)] == []


def test_back_to_nothing_and_again(empty: Engine) -> None:
    upgrade(empty)
    downgrade(empty, "base")
    assert names(empty) - {"spatial_ref_sys"} == {"alembic_version"}
    assert schema.current(empty) is None
    upgrade(empty)
    assert schema.differences(empty, bootstrap.metadata()) == []


def test_each_step_back_and_forth(empty: Engine) -> None:
    script = ScriptDirectory(str(schema._HERE))
    steps = [each.revision for each in reversed(list(script.walk_revisions()))]
    assert len(script.get_heads()) == 1
    for revision in steps:
        downgrade_to = script.get_revision(revision).down_revision
        schema.migrate(
            empty,
            bootstrap.metadata(),
            lambda config, to=revision: command.upgrade(config, to),
        )
        assert schema.current(empty) == revision
        downgrade(empty, str(downgrade_to or "base"))
        assert schema.current(empty) == downgrade_to
        schema.migrate(
            empty,
            bootstrap.metadata(),
            lambda config, to=revision: command.upgrade(config, to),
        )
    assert schema.differences(empty, bootstrap.metadata()) == []


def test_rows_come_through(empty: Engine) -> None:
    script = ScriptDirectory(str(schema._HERE))
    first = next(each for each in script.walk_revisions() if each.down_revision is None)
    schema.migrate(
        empty,
        bootstrap.metadata(),
        lambda config: command.upgrade(config, first.revision),
    )
    with Store(empty).work() as work:
        work.session.add(
            Venue(key="hall", name="Hall", easting_m=351_000, northing_m=385_000, access={})
        )
    upgrade(empty)
    with Store(empty).read() as session:
        kept = session.execute(text("SELECT key, easting_m, northing_m FROM venue")).one()
    assert tuple(kept) == ("hall", 351_000, 385_000)


@pytest.mark.parametrize(
    ("revision", "says"),
    [("9999", "newer version"), (None, "kith db upgrade"), ("0001", "db upgrade")],
)
def test_another_shape_is_refused_with_what_to_do(
    empty: Engine, revision: str | None, says: str
) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        if revision is None:
            connection.execute(text("DELETE FROM alembic_version"))
        else:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )
    with pytest.raises(StoreOutOfDate, match=says):
        schema.require_current(empty)


def test_a_newer_database_is_not_touched(empty: Engine) -> None:
    upgrade(empty)
    before = shape(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreOutOfDate, match="newer version"):
        upgrade(empty)
    assert schema.current(empty) == "9999"
    assert shape(empty) == before


@pytest.mark.parametrize("after", [1, 7, 20])
def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine, after: int) -> None:
    done = 0

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal done
        done += statement.lstrip().upper().startswith("CREATE")
        if done > after:
            raise RuntimeError("the power went")

    event.listen(empty, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="power"):
        upgrade(empty)
    event.remove(empty, "before_cursor_execute", fail)
    assert names(empty) == set()
    assert upgrade(empty) == schema.head()
    assert schema.differences(empty, bootstrap.metadata()) == []


def test_several_processes_may_upgrade_at_once(empty: Engine) -> None:
    code = "from service.cli.app import run; import sys; sys.argv[1:] = ['db', 'upgrade']; run()"
    address = empty.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "KITH_DATABASE_URL": address},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    told = [each.communicate(timeout=60)[0] for each in running]
    assert [each.returncode for each in running] == [0, 0, 0], told
    assert schema.differences(empty, bootstrap.metadata()) == []


def test_a_database_that_is_something_elses_is_left_alone(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE asset (mine INTEGER)"))
        connection.execute(text("INSERT INTO asset VALUES (1)"))
    with pytest.raises(StoreUnavailable):
        upgrade(empty)
    assert names(empty) == {"asset"}
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT mine FROM asset")) == 1


def test_a_difference_is_seen(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE venue ADD COLUMN extra INTEGER"))
        connection.execute(text("DROP INDEX ix_schedule_asset_id"))
    found = " ".join(schema.differences(empty, bootstrap.metadata()))
    assert "extra" in found
    assert "ix_schedule_asset_id" in found


@pytest.fixture
def postgis_database() -> Iterator[URL]:
    """A database of this test's own on a server with PostGIS, named by KITH_TEST_POSTGIS_URL."""
    given = os.environ.get("KITH_TEST_POSTGIS_URL")
    if not given:
        pytest.skip("KITH_TEST_POSTGIS_URL is not set: no PostgreSQL with PostGIS to try")
    server = make_url(given).set(drivername="postgresql+psycopg")
    name = f"kith_postgis_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_with_postgis_each_venue_has_its_point(postgis_database: URL) -> None:
    engine = make_engine(postgis_database)
    try:
        upgrade(engine)
        assert schema.differences(engine, bootstrap.metadata()) == []
        with Store(engine).work() as work:
            work.session.add_all(
                [
                    Venue(
                        key="hall", name="Hall", easting_m=351_000, northing_m=385_000, access={}
                    ),
                    Venue(key="nowhere", name="Nobody knows", access={}),
                ]
            )
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT key, ST_X(geom), ST_Y(geom), ST_SRID(geom) FROM venue ORDER BY key")
            ).all()
            near = connection.scalar(
                text(
                    "SELECT key FROM venue WHERE ST_DWithin(geom, "
                    "ST_SetSRID(ST_MakePoint(351003, 385004), 27700), 5)"
                )
            )
        assert [tuple(row) for row in rows] == [
            ("hall", 351_000, 385_000, 27_700),
            ("nowhere", None, None, None),
        ]
        assert near == "hall"
        assert "ix_venue_geom" in {each["name"] for each in inspect(engine).get_indexes("venue")}
        downgrade(engine, "base")
        assert names(engine) - {"spatial_ref_sys"} == {"alembic_version"}
    finally:
        engine.dispose()
