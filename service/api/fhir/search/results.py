"""What a search is made with, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.api.fhir.context import Caller
from service.api.fhir.errors import BadSearch
from service.api.fhir.search.asked import Asked, Use
from service.api.fhir.search.values import alternatives, reference, times, token
from service.api.fhir.shown import Shown
from service.referrals.exchange_terms import Filter, Ref, Token, Value
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything a search needs.

    `upto` is the instant up to which changes are seen; `base` the address of the API.
    """

    session: Session
    caller: Caller
    settings: Settings
    wanted: Asked
    base: str
    upto: datetime

    def filters(self) -> tuple[Filter, ...]:
        """The conditions as the rooms take them."""
        return tuple(
            Filter(use.parameter.condition, tuple(self.value(use, each) for each in many(use)))
            for use in self.wanted.used
        )

    def value(self, use: Use, text: str) -> Value:
        """One value, read as its parameter's kind is."""
        name = use.parameter.name
        if use.parameter.kind == "date":
            return times(name, text)
        if use.parameter.kind == "reference":
            return reference(name, text, self.base)
        if name == "_id":
            return Ref("", text.strip())
        return token(name, text)

    def tokens(self, use: Use) -> list[Token]:
        """The values of a token."""
        return [token(use.parameter.name, each) for each in many(use)]

    def references(self, use: Use) -> list[Ref]:
        """The values of a reference."""
        return [reference(use.parameter.name, each, self.base) for each in many(use)]


def many(use: Use) -> list[str]:
    """The alternatives of a value.

    Raises
    ------
    BadSearch
        If there are too many, or none.
    """
    found = alternatives(use.value)
    if not 1 <= len(found) <= _MOST:
        raise BadSearch(f"Give `{use.parameter.name}` from 1 to {_MOST} values.")
    return found


_MOST = 200
"""Values of one parameter; ours."""


@dataclass(frozen=True, slots=True)
class Results:
    """One page.

    `next_after` is where the next page begins; None when there is none.
    """

    found: Sequence[Shown] = ()
    included: Sequence[Shown] = ()
    total: int = 0
    next_after: tuple[str, ...] | None = None
