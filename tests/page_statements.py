"""How many statements a page takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from web_world import Web

ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")
MOST = 12


@contextmanager
def counted(web: Web) -> Iterator[list[str]]:
    """The statements that SQLite is sent while the block runs."""
    sent: list[str] = []

    def note(statement: str) -> None:
        if not statement.lstrip().upper().startswith(ENDS):
            sent.append(" ".join(statement.split()))

    def watch(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(note)

    def leave(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(None)

    engine = web.store.engine
    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", leave)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", leave)
