"""Rows of what comes to anybody anywhere, kept by a process for as long as the register stays.

They are the same for every question about a need, and the most of what is read for one. What is
kept belongs to one version of the register, read in the same transaction as the question, so a
process is never behind another; it is bytes, and may be forgotten at any time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from service.register.model import RegisterVersion

MOST: Final = 128
"""Needs kept for one database: every need of the taxonomy, of more than one version."""

Version: TypeAlias = tuple[int, datetime]
_Rows: TypeAlias = "OrderedDict[tuple[Version, str], bytes]"

_KEPT: Final[WeakKeyDictionary[Engine, _Rows]] = WeakKeyDictionary()
_LOCK: Final = Lock()
_VERSION: Final = select(RegisterVersion.version, RegisterVersion.changed_at).where(
    RegisterVersion.version_id == 1
)


def version_of(session: Session) -> Version | None:
    """The version of the register that this transaction sees; None if it never changed.

    The instant of the change is part of it: a register that was emptied and filled again may count
    the same numbers. One statement.
    """
    found = session.execute(_VERSION).one_or_none()
    return None if found is None else (found.version, found.changed_at)


def kept_rows(session: Session, version: Version, need: str, read: Callable[[], bytes]) -> bytes:
    """What `read` gives for a need, or what it gave before in this version of the register.

    The version is to be read before, in the same transaction: a change in between then makes the
    rows newer than their name, and never older.
    """
    key = (version, need)
    with _LOCK:
        rows = _KEPT.setdefault(_engine(session), OrderedDict())
        if key in rows:
            rows.move_to_end(key)
            return rows[key]
    found = read()
    with _LOCK:
        rows[key] = found
        while len(rows) > MOST:
            rows.popitem(last=False)
    return found


def _engine(session: Session) -> Engine:
    bound = session.get_bind()
    return bound.engine if isinstance(bound, Connection) else bound
