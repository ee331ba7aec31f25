"""Fixtures of a running Kith: the example town on both databases, and callers of its API.

A plugin: a test module that names it in `pytest_plugins` has them. The town is loaded once for a
session on each database; people, tokens and records are taken away before each test.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_client import VAR, Api, Town, served, town_on
from sqlalchemy import URL, create_engine, make_url
from town import RUNCORN, WIDNES, token_for

from geo.gazetteer import Gazetteer, open_gazetteer

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The postcodes of Great Britain, packed once below the repository's own var/."""
    return open_gazetteer(VAR / "gazetteer")


def on_server(server: URL, statement: str) -> None:
    """Run what must be outside a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_town(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> Iterator[Town]:
    """The example town in a SQLite file."""
    path = tmp_path_factory.mktemp("town") / "kith.db"
    with town_on(make_url(f"sqlite:///{path}"), gazetteer) as town:
        yield town


@pytest.fixture(scope="session")
def postgresql_town(
    postgresql_server: URL, worker_database: str, gazetteer: Gazetteer
) -> Iterator[Town]:
    """The example town on PostgreSQL."""
    name = f"{worker_database}_town"
    on_server(postgresql_server, f"CREATE DATABASE {name}")
    with town_on(postgresql_server.set(database=name), gazetteer) as town:
        yield town
    on_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def town(request: pytest.FixtureRequest) -> Town:
    """The example town with nobody referred yet, once on each database."""
    request.node.user_properties.append(("database", request.param))
    found: Town = request.getfixturevalue(f"{request.param}_town")
    found.clear()
    return found


@pytest.fixture
def quick_town(request: pytest.FixtureRequest, sqlite_town: Town) -> Town:
    """The same on SQLite alone, for what does not touch the database in any way of its own."""
    request.node.user_properties.append(("database", "sqlite"))
    sqlite_town.clear()
    return sqlite_town


@pytest.fixture
def broken_town(
    request: pytest.FixtureRequest, sqlite_town: Town, tmp_path: Path, gazetteer: Gazetteer
) -> Iterator[Town]:
    """A copy of the town in a file of this test's own, to be broken."""
    request.node.user_properties.append(("database", "sqlite"))
    sqlite_town.clear()
    with sqlite_town.store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "broken.db"
    shutil.copyfile(str(sqlite_town.store.engine.url.database), path)
    with town_on(make_url(f"sqlite:///{path}"), gazetteer, load=False) as town:
        yield town


@pytest.fixture(params=ENGINES)
def own_town(
    request: pytest.FixtureRequest, worker_database: str, gazetteer: Gazetteer
) -> Iterator[Town]:
    """A copy of the town of this test's own, whose register may be changed, on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("broken_town")
        return
    request.node.user_properties.append(("database", "postgresql"))
    server: URL = request.getfixturevalue("postgresql_server")
    town: Town = request.getfixturevalue("postgresql_town")
    town.clear()
    # Nobody may be connected to what is copied.
    town.store.engine.dispose()
    name = f"{worker_database}_own"
    on_server(server, f"CREATE DATABASE {name} TEMPLATE {town.store.engine.url.database}")
    with town_on(server.set(database=name), gazetteer, load=False) as copy:
        yield copy
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def api(town: Town) -> Api:
    """The API as the practice in Widnes calls it, once on each database."""
    return Api(town, token_for(town.store, WIDNES))


@pytest.fixture
def neighbour(town: Town) -> Api:
    """The same API as the practice in Runcorn calls it."""
    return Api(town, token_for(town.store, RUNCORN))


@pytest.fixture
def visitor(town: Town) -> Api:
    """The same API as anybody calls it."""
    return Api(town)


@pytest.fixture
def quick(quick_town: Town) -> Api:
    """The API on SQLite alone, as the practice in Widnes calls it."""
    return Api(quick_town, token_for(quick_town.store, WIDNES))


@pytest.fixture
def live(town: Town) -> Iterator[httpx.Client]:
    """A client of a real server, with the token of the practice in Widnes."""
    headers = {"Authorization": f"Bearer {token_for(town.store, WIDNES)}"}
    with (
        served(town.app) as address,
        httpx.Client(base_url=address, headers=headers, timeout=60) as client,
    ):
        yield client
