"""Counting what SQLite itself is sent, so that what goes past SQLAlchemy counts too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from api_client import Town
from sqlalchemy import event

ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    """The statements that SQLite is sent while the block runs, whoever sends them.

    Beginnings and ends of transactions are left out.
    """
    sent: list[str] = []

    def note(statement: str) -> None:
        if not statement.lstrip().upper().startswith(ENDS):
            sent.append(" ".join(statement.split()))

    def watch(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(note)

    def leave(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(None)

    engine = town.store.engine
    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", leave)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", leave)
