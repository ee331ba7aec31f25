"""One engine for SQLite and PostgreSQL, set so that both behave the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

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

    Notes
    -----
    SQLite runs with a write-ahead log, foreign keys on, and a busy timeout. A unit of work begins
    IMMEDIATE, because a transaction that reads and only then writes can otherwise fail half-way
    however long it waits.
    """
    target = make_url(url)
    if target.drivername in {"postgresql", "postgres"}:
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() == "sqlite":
        return _sqlite(target, pool_size)
    return create_engine(
        target, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, pool_timeout=10
    )


def _sqlite(target: URL, pool_size: int) -> Engine:
    if target.database and target.database != ":memory:":
        Path(target.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        target, pool_size=pool_size, max_overflow=pool_size, connect_args={"timeout": 5.0}
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
