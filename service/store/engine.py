"""One engine for SQLite and PostgreSQL, set so that both behave the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import ArgumentError
from sqlalchemy.types import UserDefinedType

from service.store.errors import BadStoreAddress, StoreUnavailable

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another before it is told to try again."""


def make_engine(url: str | URL, *, pool_size: int = 10) -> Engine:
    """An engine for the database at `url`.

    Parameters
    ----------
    url : str or URL
        `sqlite:///path/to/kith.db` or `postgresql+psycopg://...`; `postgresql://` is taken to mean
        the same driver. The folder of a SQLite file is made if it is not there.
    pool_size : int
        Connections kept open for this process; as many again may be opened under load.

    Raises
    ------
    BadStoreAddress
        If `url` cannot be read, or is of another kind of database.
    StoreUnavailable
        If the folder of a SQLite file cannot be made.

    Notes
    -----
    No error of the database repeats the values of a statement: they may be about a person.

    A writer waits for another as long on PostgreSQL as on SQLite.

    SQLite runs with a write-ahead log, foreign keys on, and a busy timeout. A unit of work begins
    IMMEDIATE, because a transaction that reads and only then writes can otherwise fail half-way
    however long it waits.
    """
    target = _address(url)
    if target.get_backend_name() == "sqlite":
        return _sqlite(target, pool_size)
    return _postgresql(target, pool_size)


def _address(url: str | URL) -> URL:
    try:
        target = make_url(url)
    except ArgumentError:
        # Without the cause: it quotes the address, which may hold a password.
        raise BadStoreAddress(_ADDRESSES) from None
    if target.drivername in {"postgresql", "postgres"}:
        return target.set(drivername="postgresql+psycopg")
    if target.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise BadStoreAddress(_ADDRESSES)
    return target


_ADDRESSES = (
    "The address of the database cannot be used. Write sqlite:///file.db or "
    "postgresql://user@host/name."
)


class _Geometry(UserDefinedType[str]):
    """PostGIS's own type: Kith makes a column of it for others, and never reads it."""

    cache_ok = True

    def __init__(self, *_details: str) -> None:
        pass

    def get_col_spec(self, **_options: object) -> str:
        """Its name in SQL."""
        return "geometry"


def _postgresql(target: URL, pool_size: int) -> Engine:
    engine = create_engine(
        target,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"},
    )
    # Or looking at the tables would warn of a type that SQLAlchemy does not know.
    if isinstance(engine.dialect, PGDialect):
        engine.dialect.ischema_names = {**engine.dialect.ischema_names, "geometry": _Geometry}
    return engine


def _sqlite(target: URL, pool_size: int) -> Engine:
    if target.database and target.database != ":memory:":
        try:
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"The folder of the database cannot be made: {error.strerror}. Choose another."
            ) from error
    engine = create_engine(
        target,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own object
        # The driver would begin transactions by itself, and too late: SQLAlchemy does it below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
            "cache_size=-65536",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("kith_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
