"""Rows of what comes to anybody anywhere, kept by a process for as long as the register stays.

They are the same for every question about a need, and the most of what is read for one. What is
kept belongs to one version of the register, and the statement that asks the rest of a question
compares it (`first_ring.py`), so a process is never behind another; it is bytes, and may be
forgotten at any time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

MOST: Final = 128
"""Needs kept for one database: every need of the taxonomy, and room for it to grow."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one need, packed, as they are in one version of the register."""

    version: str
    packed: bytes


_Rows: TypeAlias = "OrderedDict[str, Kept]"

_KEPT: Final[WeakKeyDictionary[Engine, _Rows]] = WeakKeyDictionary()
_LOCK: Final = Lock()


def kept_rows(session: Session, needs: Iterable[str]) -> dict[str, Kept]:
    """What is kept of these needs, of whichever version; a need of which nothing is is left out."""
    with _LOCK:
        rows = _KEPT.setdefault(_engine(session), OrderedDict())
        found = {need: rows[need] for need in needs if need in rows}
        for need in found:
            rows.move_to_end(need)
    return found


def keep_rows(session: Session, found: Mapping[str, Kept]) -> None:
    """Keep these in place of what was kept of the same needs; the longest unused are forgotten."""
    with _LOCK:
        rows = _KEPT.setdefault(_engine(session), OrderedDict())
        for need, kept in found.items():
            rows[need] = kept
            rows.move_to_end(need)
        while len(rows) > MOST:
            rows.popitem(last=False)


def _engine(session: Session) -> Engine:
    bound = session.get_bind()
    return bound.engine if isinstance(bound, Connection) else bound
