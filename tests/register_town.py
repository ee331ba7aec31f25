"""Assets for tests of the register, written into its tables and indexed as an action does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select

from geo.point import GridPoint
from service.register.indexing import reindex
from service.register.model import AreaServed, Asset, AssetNeed, Organisation, Schedule, Venue
from service.register.vocabulary import AccessFeature, AreaKind, AssetKind, Delivery
from service.store.work import Store, UnitOfWork

HOME = GridPoint(351_000, 385_000)
"""A place in Widnes; the tests measure from it."""

LONELY = "loneliness_isolation"
ACTIVE = "physical_activity"


@dataclass(frozen=True)
class At:
    """A meeting: where, by metres east and north of `HOME`, and when."""

    east_m: float | None = 0.0
    north_m: float | None = 0.0
    rule: str = ""
    starts: time | None = None
    ends: time | None = None
    access: Mapping[AccessFeature, bool] = field(default_factory=dict)
    name: str = "Hall"
    address: str = ""
    postcode: str | None = None


def east(metres: float, **more) -> At:
    """A place so far due east of `HOME`."""
    return At(metres, 0.0, **more)


NOWHERE = At(None, None)
"""A venue whose position nobody knows."""


def add(
    work: UnitOfWork,
    code: str,
    *at: At | None,
    needs: Mapping[str, float] | Sequence[str] = (LONELY,),
    areas: Sequence[tuple[AreaKind, str]] = (),
    deliveries: Sequence[Delivery] = (Delivery.IN_PERSON,),
    organisation: str = "Example Trust",
    index: bool = True,
    **facts,
) -> int:
    """An asset with its needs, meetings and areas; returns its id. `None` in `at` is no venue."""
    session = work.session
    runs = session.scalar(select(Organisation).where(Organisation.name == organisation))
    if runs is None:
        runs = Organisation(name=organisation)
        session.add(runs)
        session.flush()
    asset = Asset(
        code=code,
        organisation_id=runs.organisation_id,
        name=facts.pop("name", code),
        kind=facts.pop("kind", AssetKind.ASSOCIATION),
        deliveries=[each.value for each in deliveries],
        source="a test",
        **facts,
    )
    session.add(asset)
    session.flush()
    directness = needs if isinstance(needs, Mapping) else dict.fromkeys(needs, 1.0)
    for need, share in directness.items():
        session.add(AssetNeed(asset_id=asset.asset_id, need=need, directness=share))
    for kind, value in areas:
        session.add(AreaServed(asset_id=asset.asset_id, kind=kind, value=value))
    for number, place in enumerate(at):
        session.add(_schedule(work, asset.asset_id, f"{code} {number}", place))
    session.flush()
    if index:
        reindex(work, [asset.asset_id])
    return asset.asset_id


def _schedule(work: UnitOfWork, asset_id: int, key: str, place: At | None) -> Schedule:
    if place is None:
        return Schedule(asset_id=asset_id)
    known = place.east_m is not None and place.north_m is not None
    venue = Venue(
        key=key,
        name=place.name,
        address=place.address,
        postcode=place.postcode,
        easting_m=HOME.easting_m + place.east_m if known else None,
        northing_m=HOME.northing_m + place.north_m if known else None,
        access={feature.value: there for feature, there in place.access.items()},
    )
    work.session.add(venue)
    work.session.flush()
    return Schedule(
        asset_id=asset_id,
        venue_id=venue.venue_id,
        rule=place.rule,
        starts_at=place.starts,
        ends_at=place.ends,
    )


def add_to(store: Store, code: str, *at: At | None, **facts) -> int:
    """The same in a unit of work of its own."""
    with store.work() as work:
        return add(work, code, *at, **facts)


def day(text: str) -> date:
    """A day from ISO text."""
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    """An instant from ISO text with its zone."""
    return datetime.fromisoformat(text)
