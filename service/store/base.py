"""How every table of Kith is declared: names, types, and how sensitive each column is."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

E = TypeVar("E", bound=StrEnum)


class Sensitivity(StrEnum):
    """What a column may reveal; every column declares one, or a test fails."""

    PERSONAL = "personal"
    ORGANISATIONAL = "organisational"
    PUBLIC = "public"


LONGEST_WORD = 40
"""Characters of a closed list's longest value."""

LONG_AGO = "2000-01-01 00:00:00.000000"
"""An instant for rows from before a column came, as both databases read it: UTC."""

PERSONAL = Sensitivity.PERSONAL
ORGANISATIONAL = Sensitivity.ORGANISATIONAL
PUBLIC = Sensitivity.PUBLIC


class Base(DeclarativeBase):
    """The one declarative base; names are settled so that migrations are the same everywhere."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def column(sensitivity: Sensitivity, *args: Any, **options: Any) -> MappedColumn[Any]:  # noqa: ANN401 - passes SQLAlchemy's own options through
    """A mapped column that says how sensitive it is.

    Takes what `sqlalchemy.orm.mapped_column` takes, after the sensitivity.
    """
    options.setdefault("info", {})["sensitivity"] = sensitivity
    return mapped_column(*args, **options)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored as UTC and always given back aware; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant: a quiet guess would be an hour wrong half the year."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark what SQLite gives back without a zone as the UTC it is."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonDocument(TypeDecorator[Any]):
    """A JSON value: JSONB on PostgreSQL, text on SQLite.

    A decorator rather than `JSON().with_variant(...)`, which Alembic renders with a name that the
    migration does not import.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """JSONB where there is JSONB."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


class EnumText(TypeDecorator[E]):
    """A closed list stored as its values, so that adding one needs no change of type."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__(LONGEST_WORD)
        self.enum = enum

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """Refuse a value outside the list before it reaches the database."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Give the member back."""
        return None if value is None else self.enum(value)


def utc_now() -> datetime:
    """The present instant in UTC: the one place the clock is read."""
    return datetime.now(UTC)
