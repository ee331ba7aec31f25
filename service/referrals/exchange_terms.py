"""What another system asks for when it searches, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A code or a number. `system` is None when any will do, and empty for one without any."""

    code: str
    system: str | None = None

    def means(self, system: str, code: str) -> bool:
        """Whether it stands for this code of this system."""
        return self.code == code and (self.system is None or self.system == system)


@dataclass(frozen=True, slots=True)
class Ref:
    """A resource that is referred to; `kind` is empty where only its id was given."""

    kind: str
    identity: str

    def of(self, *kinds: str) -> bool:
        """Whether it can be of one of these types."""
        return not self.kind or self.kind in kinds


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a time: `relation` is one of > >= < <=."""

    relation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Times:
    """A stretch of time: all of its ends hold."""

    bounds: tuple[Bound, ...]


Value = Token | Ref | Times


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: any of its values will do. Several filters hold together."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after this instant and id."""

    at: datetime
    identity: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, and the referral that it is of."""

    identity: str
    at: datetime
    referral_id: str


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of them in order, whether there are more, and how many there are in all."""

    hits: tuple[Hit, ...]
    more: bool
    total: int
