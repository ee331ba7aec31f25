"""The one gate: the only code that decides which rows an actor sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, inspect, or_
from sqlalchemy.orm import InstrumentedAttribute

from service.identity.actors import Actor, Opened
from service.identity.codes import OdsCode
from service.identity.roles import Permission


@dataclass(frozen=True, slots=True)
class Readable:
    """The places whose people an actor may read about, and single records opened beside them."""

    practices: frozenset[OdsCode]
    opened: frozenset[Opened] = frozenset()

    def rows(self, practice_column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that keeps the rows of these places: to be in every gated SELECT.

        No place gives no row. A row that was opened by breaking the glass is kept too: it is known
        by its table and primary key, so that nobody has to remember to ask for it.
        """
        inside = practice_column.in_(sorted(self.practices)) if self.practices else false()
        mapper = inspect(practice_column.class_)
        keys = sorted(each.key for each in self.opened if each.kind == mapper.local_table.name)
        return or_(inside, mapper.primary_key[0].in_(keys)) if keys else inside


def readable(actor: Actor) -> Readable:
    """What `actor` may read about people. Whatever is outside is not found, not forbidden."""
    return Readable(actor.places(Permission.READ_REFERRALS), actor.opened)


def may_read(actor: Actor, *, practice: OdsCode, kind: str, key: str) -> bool:
    """Whether one record that is at hand is in what `actor` may read: the gate for a single row.

    `kind` and `key` are its table and primary key, as `Opened` names them.
    """
    seen = readable(actor)
    return practice in seen.practices or Opened(kind, key) in seen.opened
