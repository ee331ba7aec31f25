"""What can go wrong below the rooms, said so that a person can act on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geo.errors import DomainError


class StoreError(DomainError):
    """The database could not do what was asked; nothing was changed."""

    slug = "store-error"
    title = "Nothing was saved"


class StoreBusy(StoreError):
    """Somebody else is writing and did not finish in time."""

    slug = "store-busy"
    title = "Busy, try again"


class StoreFull(StoreError):
    """There is no room left on the disk."""

    slug = "store-full"
    title = "No room left to save"


class StoreUnavailable(StoreError):
    """The database cannot be reached."""

    slug = "store-unavailable"
    title = "The database cannot be reached"


class BadStoreAddress(StoreError):
    """The address of the database cannot be read, or is of a kind that Kith does not use."""

    slug = "store-address-invalid"
    title = "That is no database"


class StoreOutOfDate(StoreError):
    """The database has an older or newer shape than this version of Kith."""

    slug = "store-out-of-date"
    title = "The database needs upgrading"


class EditConflict(StoreError):
    """Somebody changed the same thing first."""

    slug = "edit-conflict"
    title = "Somebody changed this first"


# PostgreSQL SQLSTATE codes (appendix A of its manual): serialization, deadlock, lock not available.
_BUSY_STATES = {"40001", "40P01", "55P03"}
_FULL_STATES = {"53100"}


@contextmanager
def translated() -> Iterator[None]:
    """Turn a driver's refusal into one of ours; constraint violations are left to the action.

    The driver's own text is kept only as the cause, because it may quote a row.
    """
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise StoreBusy("Too many requests at once. Nothing was saved; try again.") from error
    except (OperationalError, DBAPIError) as error:
        raise _ours(_first(error)) from error


def _first(error: DBAPIError) -> DBAPIError:
    """The error that began it.

    SQLite ends the whole transaction when the disk is full, so undoing a part of it fails next,
    and that failure would hide the reason.
    """
    while "no such savepoint" in str(error.orig) and isinstance(error.__context__, DBAPIError):
        error = error.__context__
    return error


def _ours(error: DBAPIError) -> StoreError:
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig).lower()
    if state in _BUSY_STATES or "database is locked" in text or "database table is locked" in text:
        return StoreBusy("The database is busy. Nothing was saved; try again in a moment.")
    if state in _FULL_STATES or "disk is full" in text or "disk i/o error" in text:
        return StoreFull("The disk is full. Nothing was saved; make room and try again.")
    if "no such table" in text or "no such column" in text or state in {"42P01", "42703"}:
        return StoreOutOfDate(
            "The database does not match this version. Run `kith db upgrade`, then try again."
        )
    return StoreUnavailable("The database could not be used. Nothing was saved; try again.")
