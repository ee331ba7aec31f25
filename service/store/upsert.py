"""Insert, or settle with the row that is there: the same words on both databases."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.store.base import Base

Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def upsert(session: Session, table: type[Base]) -> Insert:
    """An INSERT that can be given `on_conflict_do_update` or `on_conflict_do_nothing`.

    The two databases word it alike, and SQLAlchemy offers it for each apart.
    """
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
