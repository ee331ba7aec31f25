"""Questions that go straight to the driver: what SQLAlchemy does for each row would cost as much as
the database needs to find them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Asked: TypeAlias = tuple[str, tuple[Any, ...]]
"""A statement in the driver's own writing, with its parameters."""


def fetched(session: Session, by_dialect: Mapping[str, Asked]) -> list[tuple[Any, ...]]:
    """Every row of the statement for this session's database, in its transaction.

    Raises
    ------
    DBAPIError
        As SQLAlchemy would, when the database refuses it.
    """
    connection = session.connection()
    dialect = connection.dialect
    statement, parameters = by_dialect[dialect.name]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
    except dialect.loaded_dbapi.Error as error:
        base = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(statement, parameters, error, base, dialect=dialect) from error
    finally:
        cursor.close()
