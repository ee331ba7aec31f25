"""The one gate: the only code that decides which rows an actor sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import InstrumentedAttribute

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission


@dataclass(frozen=True, slots=True)
class Readable:
    """The places whose people an actor may read about."""

    practices: frozenset[OdsCode]

    def rows(self, practice_column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that keeps the rows of these places: to be in every gated SELECT.

        No place gives no row.
        """
        if not self.practices:
            return false()
        return practice_column.in_(sorted(self.practices))


def readable(actor: Actor) -> Readable:
    """What `actor` may read about people. Whatever is outside is not found, not forbidden."""
    if actor.may(Permission.READ_REFERRALS):
        return Readable(actor.practices)
    return Readable(frozenset())
