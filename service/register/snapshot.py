"""One asset as plain data: what matching judges and what a door presents.

The register's queries build these; nothing here touches a database. `None`, an empty tuple or a
missing key means *not stated*, unless the field says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from geo.point import GridPoint
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
    Weekday,
)


@dataclass(frozen=True, slots=True)
class MeetingTime:
    """When an asset meets, as far as the person's own hours are concerned.

    `weekdays` are those the RFC 5545 rule falls on; `starts_at` and `ends_at` are local British
    clock time; `rule` is the rule itself and `says` is the same in words.
    """

    weekdays: frozenset[Weekday]
    starts_at: time | None
    ends_at: time | None
    rule: str
    says: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset happens: never a head office. `point` is None only when it is not known."""

    venue_id: int
    name: str
    address: str
    postcode: str | None
    point: GridPoint | None
    access: Mapping[AccessFeature, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Area:
    """One area served: `value` is a district (WA8), an authority code, metres, or empty."""

    kind: AreaKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Needed:
    """A need the asset serves and how directly, from 0 (exclusive) to 1 (its main purpose)."""

    need: str
    directness: float


@dataclass(frozen=True, slots=True)
class AssetSnapshot:
    """Everything about one asset that can matter to one person.

    Ages are whole years, both ends included. Money is pence. `areas` empty means not stated.
    `routes` empty means not stated. `checks_valid_until` is the earliest expiry among the group's
    safeguarding papers, None when none are recorded. `group_size` is how many people usually come;
    `welcomes_newcomers` is whether somebody meets a person at their first visit.
    """

    asset_id: int
    name: str
    kind: AssetKind
    group_kind: str
    summary: str
    organisation: str
    invented: bool
    needs: tuple[Needed, ...]
    deliveries: frozenset[Delivery]
    places: tuple[Place, ...]
    meetings: tuple[MeetingTime, ...]
    areas: tuple[Area, ...]
    min_age: int | None
    max_age: int | None
    open_to: OpenTo | None
    conditions: frozenset[str]
    languages: frozenset[str]
    routes: frozenset[ReferralRoute]
    cost_pence: int | None
    cost_note: str
    capacity: Capacity
    opens_on: date | None
    closes_on: date | None
    assured_on: date | None
    source: str
    checks_valid_until: date | None
    is_small: bool
    times_asked: int = 0
    times_accepted: int = 0
    contact: str = ""
    website: str = ""
    group_size: int | None = None
    welcomes_newcomers: bool | None = None
