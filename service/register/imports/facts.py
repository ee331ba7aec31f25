"""What an asset file says, as plain data, before anything of it is in the register."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from geo.point import GridPoint
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table
from service.register.snapshot import Area, Needed
from service.register.vocabulary import (
    AccessFeature,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
)


@dataclass(frozen=True, slots=True)
class VenueFacts:
    """A place as one row states it, or as all rows of a file do together.

    `accuracy_m` is None when coordinates were given. What is in neither `has` nor `lacks` is not
    stated. Without a name of its own (`is_named`) it is called by its address.
    """

    name: str
    is_named: bool
    address: str
    postcode: str | None
    point: GridPoint | None
    accuracy_m: float | None
    has: frozenset[AccessFeature]
    lacks: frozenset[AccessFeature]

    def key(self, source: str) -> str:
        """What makes it the same venue: one source, one name, one postcode (or one point).

        An address alone names a street rather than a place, so there the given point counts too.
        Two sources never share a venue, so that the facts and the licence of one do not mix with
        those of the other.
        """
        at = self.point and (self.point.easting_m, self.point.northing_m)
        is_exact = at is not None and self.accuracy_m is None and not self.is_named
        place = (self.postcode, at) if is_exact else self.postcode or at
        name = re.sub(r"\W+", " ", self.name).strip().casefold()
        return hashlib.sha256(repr((source, name, place)).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """When and where, as one row states it; `rule` is empty when the days are not stated.

    Two rows that say the same are equal, whichever `line` they stand in.
    """

    line: int = field(compare=False)
    venue: VenueFacts | None
    rule: str
    starts_at: time | None
    ends_at: time | None


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """One asset as its rows state it. None or empty is not stated."""

    line: int
    code: str
    name: str
    kind: AssetKind
    group_kind: str
    needs: tuple[Needed, ...]
    summary: str
    organisation: str
    deliveries: tuple[Delivery, ...]
    min_age: int | None
    max_age: int | None
    open_to: OpenTo | None
    conditions: tuple[str, ...]
    languages: tuple[str, ...]
    routes: tuple[ReferralRoute, ...]
    areas: tuple[Area, ...]
    cost_pence: int | None
    cost_note: str
    capacity: Capacity | None
    places_per_week: int | None
    group_size: int | None
    welcomes_newcomers: bool | None
    opens_on: date | None
    closes_on: date | None
    assured_on: date | None
    assured_by: str
    checks_valid_until: date | None
    is_small: bool | None
    contact: str
    website: str
    source: str
    licence: str
    invented: bool
    meetings: tuple[MeetingFacts, ...]


@dataclass(frozen=True, slots=True)
class RejectedAsset:
    """An asset that is not taken: all its rows, and everything wrong with them."""

    code: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """Who runs assets, as all rows of a file state it together."""

    name: str
    is_small: bool | None
    invented: bool


@dataclass(frozen=True, slots=True)
class AssetFile:
    """A whole asset file, read and checked.

    `venues` (by key) and `organisations` (by name) are what the rows of all assets that are taken
    say of them together. `warnings` are about assets that are taken; somebody should look at them.
    """

    table: Table
    assets: tuple[AssetFacts, ...]
    venues: Mapping[str, VenueFacts]
    organisations: Mapping[str, OrganisationFacts]
    rejected: tuple[RejectedAsset, ...]
    warnings: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the rejected assets, in the order of rows and columns."""
        places = {column: place for place, column in enumerate(self.table.layout.columns)}
        found = [problem for asset in self.rejected for problem in asset.problems]
        return tuple(sorted(found, key=lambda each: (each.line, places.get(each.column, -1))))

    @property
    def sources(self) -> frozenset[str]:
        """The sources that the assets taken name."""
        return frozenset(asset.source for asset in self.assets)

    def rows_of(self, codes: Collection[str]) -> dict[str, tuple[Row, ...]]:
        """The rows of the assets with these ids."""
        found: dict[str, list[Row]] = {code: [] for code in codes}
        for row in self.table.rows:
            code = row.cells["asset_id"]
            if code in found:
                found[code].append(row)
        return {code: tuple(rows) for code, rows in found.items()}
