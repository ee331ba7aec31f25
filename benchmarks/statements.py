"""Counting what a database itself is sent, so that what goes past SQLAlchemy counts too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that a database is sent while the block runs, whoever sends them.

    Beginnings and ends of transactions are left out. One statement with many sets of values counts
    as many times: SQLite is told of each by itself.
    """
    sent: list[str] = []

    def note(statement: object) -> None:
        text = str(statement)
        if not text.lstrip().upper().startswith(ENDS):
            sent.append(" ".join(text.split()))

    class Noting(psycopg.Cursor[Any]):
        """A cursor of PostgreSQL's driver that tells what it is given."""

        def execute(self, query: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as it is
            note(query)
            return super().execute(query, *rest, **more)

        def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:  # noqa: ANN401
            values: Sequence[Any] = list(params_seq)
            for _ in values:
                note(query)
            super().executemany(query, values, **more)

    def watch(connection: sqlite3.Connection | psycopg.Connection[Any], *_rest: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(note)
        else:
            connection.cursor_factory = Noting

    def leave(connection: sqlite3.Connection | psycopg.Connection[Any], *_rest: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(None)
        elif connection is not None:
            connection.cursor_factory = psycopg.Cursor

    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", leave)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", leave)
