"""The register as other systems look things up in it: groups, places, and who runs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from geo.distance import checked_radius_m
from geo.point import GridPoint
from service.register.listed import listed_number
from service.register.model import AreaServed, Asset, Organisation, RegisterVersion, Schedule, Venue
from service.register.vocabulary import AccessFeature, AreaKind, AssetKind


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is looked for in a name, whatever its case.

    `how` is `starts` (the beginning of the name, or of a word in it), `contains` or `exact`.
    """

    text: str
    how: str = "starts"

    def found_in(self, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """The condition that `column` has them."""
        if self.how == "exact":
            return column == self.text
        within = func.lower(column)
        sought = _escaped(self.text.lower())
        if self.how == "contains":
            return within.like(f"%{sought}%", escape="\\")
        return or_(within.like(f"{sought}%", escape="\\"), within.like(f"% {sought}%", escape="\\"))


@dataclass(frozen=True, slots=True)
class Listing:
    """One group with all that the directory tells of it."""

    asset: Asset
    organisation_name: str
    is_invented: bool
    venues: tuple[Venue, ...]
    areas: tuple[AreaServed, ...]

    @property
    def access(self) -> tuple[AccessFeature, ...]:
        """What at least one of its places is known to have."""
        return tuple(
            each for each in AccessFeature if any(v.access.get(each.value) for v in self.venues)
        )


@dataclass(frozen=True, slots=True)
class GroupsWanted:
    """Which groups; every condition that is given must hold, any value of it will do."""

    ids: tuple[str, ...] | None = None
    codes: tuple[str, ...] | None = None
    is_active: bool | None = None
    name: tuple[Words, ...] | None = None
    organisation_ids: tuple[int, ...] | None = None
    venue_ids: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    group_kinds: tuple[str, ...] | None = None
    access: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PlacesWanted:
    """Which places. `near` is a middle and a radius in metres."""

    ids: tuple[int, ...] | None = None
    name: tuple[Words, ...] | None = None
    postcodes: tuple[str, ...] | None = None
    organisation_ids: tuple[int, ...] | None = None
    near: tuple[GridPoint, float] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Some of what was found, in order of number, and how much there is in all."""

    rows: list[Any] = field(default_factory=list)
    total: int = 0


def groups(session: Session, wanted: GroupsWanted, *, after: int, limit: int) -> Found:
    """Groups in order of their number, those after `after`. Four statements; retired ones too."""
    conditions = _of_groups(wanted)
    total = session.scalar(select(func.count()).select_from(Asset).where(*conditions)) or 0
    ids = session.scalars(
        select(Asset.asset_id)
        .where(*conditions, Asset.asset_id > after)
        .order_by(Asset.asset_id)
        .limit(limit)
    ).all()
    return Found(listings(session, ids), total)


def listings(session: Session, asset_ids: Sequence[int]) -> list[Listing]:
    """The groups with these numbers, in order; three statements, none for none."""
    if not asset_ids:
        return []
    rows = session.execute(
        select(Asset, Organisation.name, Organisation.invented)
        .join(Organisation, Organisation.organisation_id == Asset.organisation_id)
        .where(Asset.asset_id.in_(asset_ids))
        .order_by(Asset.asset_id)
    ).all()
    venues: defaultdict[int, dict[int, Venue]] = defaultdict(dict)
    for asset_id, venue in session.execute(
        select(Schedule.asset_id, Venue)
        .join(Venue, Venue.venue_id == Schedule.venue_id)
        .where(Schedule.asset_id.in_(asset_ids))
        .order_by(Venue.venue_id)
    ):
        venues[asset_id][venue.venue_id] = venue
    areas: defaultdict[int, list[AreaServed]] = defaultdict(list)
    for area in session.scalars(
        select(AreaServed)
        .where(AreaServed.asset_id.in_(asset_ids))
        .order_by(AreaServed.kind, AreaServed.value)
    ):
        areas[area.asset_id].append(area)
    return [
        Listing(
            asset,
            name,
            asset.invented or invented,
            tuple(venues[asset.asset_id].values()),
            tuple(areas[asset.asset_id]),
        )
        for asset, name, invented in rows
    ]


def listing(session: Session, identity: str) -> Listing | None:
    """The group that stands under this id, retired ones too; None when there is none."""
    asset_id = session.scalar(select(Asset.asset_id).where(_is(identity)))
    found = [] if asset_id is None else listings(session, [asset_id])
    return found[0] if found else None


def organisation_of(session: Session, asset_id: int) -> int | None:
    """The number of who runs a group. One statement."""
    return session.scalar(select(Asset.organisation_id).where(Asset.asset_id == asset_id))


def places(session: Session, wanted: PlacesWanted, *, after: int, limit: int) -> Found:
    """Places in order of their number, those after `after`. Two statements.

    Raises
    ------
    BadRadius
        If the radius is negative, not a number, or over 50 km.
    """
    conditions = _of_places(wanted)
    total = session.scalar(select(func.count()).select_from(Venue).where(*conditions)) or 0
    rows = session.scalars(
        select(Venue)
        .where(*conditions, Venue.venue_id > after)
        .order_by(Venue.venue_id)
        .limit(limit)
    )
    return Found(list(rows), total)


def changed_at(session: Session) -> datetime | None:
    """When anything in the register changed last; None before it ever did."""
    return session.scalar(select(RegisterVersion.changed_at).where(RegisterVersion.version_id == 1))


def _of_groups(wanted: GroupsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        found.append(_any([_is(each) for each in wanted.ids]))
    if wanted.codes is not None:
        found.append(Asset.code.in_(wanted.codes))
    if wanted.is_active is not None:
        found.append(Asset.is_retired.is_not(wanted.is_active))
    if wanted.name is not None:
        found.append(_any([each.found_in(Asset.name) for each in wanted.name]))
    if wanted.organisation_ids is not None:
        found.append(Asset.organisation_id.in_(wanted.organisation_ids))
    if wanted.kinds is not None:
        kinds = [each for each in AssetKind if each.value in wanted.kinds]
        found.append(Asset.kind.in_(kinds))
    if wanted.group_kinds is not None:
        found.append(Asset.group_kind.in_(wanted.group_kinds))
    if wanted.venue_ids is not None:
        found.append(_meets(Schedule.venue_id.in_(wanted.venue_ids)))
    if wanted.access is not None:
        features = [each.value for each in AccessFeature if each.value in wanted.access]
        has = [Venue.access[each].as_boolean().is_(True) for each in features]
        found.append(_meets(_any(has)))
    if wanted.areas is not None:
        found.append(
            exists().where(
                AreaServed.asset_id == Asset.asset_id,
                AreaServed.kind.in_([AreaKind.POSTCODE_DISTRICT, AreaKind.LOCAL_AUTHORITY]),
                AreaServed.value.in_(wanted.areas),
            )
        )
    return found


def _of_places(wanted: PlacesWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        found.append(Venue.venue_id.in_(wanted.ids))
    if wanted.name is not None:
        found.append(_any([each.found_in(Venue.name) for each in wanted.name]))
    if wanted.postcodes is not None:
        found.append(
            _any([Venue.postcode.like(f"{_escaped(e)}%", escape="\\") for e in wanted.postcodes])
        )
    if wanted.organisation_ids is not None:
        found.append(
            exists().where(
                Schedule.venue_id == Venue.venue_id,
                Schedule.asset_id == Asset.asset_id,
                Asset.organisation_id.in_(wanted.organisation_ids),
            )
        )
    if wanted.near is not None:
        middle, radius_m = wanted.near[0], checked_radius_m(wanted.near[1])
        east = Venue.easting_m - middle.easting_m
        north = Venue.northing_m - middle.northing_m
        found.append(
            Venue.easting_m.between(middle.easting_m - radius_m, middle.easting_m + radius_m)
        )
        found.append(east * east + north * north <= radius_m * radius_m)
    return found


def _is(identity: str) -> ColumnElement[bool]:
    number = listed_number(identity)
    return Asset.code == identity if number is None else Asset.asset_id == number


def _meets(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Schedule.asset_id == Asset.asset_id, Schedule.venue_id == Venue.venue_id, condition
    )


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
