"""Counting the statements a query sends, so that none of them grows with what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The texts of the statements sent while the block runs; BEGIN and settings are not counted."""
    sent: list[str] = []
    connection = session.connection()

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)
