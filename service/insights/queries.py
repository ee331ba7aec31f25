"""Reads shaped for a map or a page about a place. Nothing here is about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, aliased

from geo.catchment import Catchment
from geo.errors import BadPostcode
from geo.gazetteer import Gazetteer
from geo.maps import Link, MapSheet, Tiles
from geo.point import GridPoint
from geo.travel import NullTravel, TravelModel
from service.identity.codes import OdsCode
from service.identity.errors import UnknownPractice
from service.identity.model import NhsOrg, NhsOrgKind
from service.insights.errors import PracticeWithoutPlace
from service.insights.sheets import practice_sheet
from service.insights.walk_layer import with_walks
from service.register.areas import Whereabouts
from service.register.candidates import (
    by_distance,
    candidates_of_each,
    joined,
    remote_candidates_of_each,
)
from service.register.documents import judged_assets
from service.register.model import Asset
from service.register.narrowing import ANY_NEED
from service.register.needs import check_needs
from service.register.search_near import without_place_elsewhere
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import AssetRecord, records
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class PracticeView:
    """A practice as the register has it. `parents` runs from the PCN or ICB upwards."""

    ods_code: str
    name: str
    address: str
    postcode: str | None
    point: GridPoint | None
    is_active: bool
    list_size: int | None
    parents: tuple[tuple[str, str, str], ...]
    source: str
    source_on: date | None

    @property
    def has_point(self) -> bool:
        """Whether it can have a map."""
        return self.point is not None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page says: the practices, and how many assets there are."""

    practices: tuple[PracticeView, ...]
    assets: int
    invented: int


@dataclass(frozen=True, slots=True)
class AssetNear:
    """An asset near a practice. `straight_m` is None for what needs no going to."""

    record: AssetRecord
    straight_m: float | None

    @property
    def asset(self) -> AssetSnapshot:
        """The asset itself."""
        return self.record.snapshot


MOST_LISTED = 200
"""Practices on the first page; a nation has thousands, and nobody scrolls through those."""


def practices_with_maps(session: Session) -> Overview:
    """The active practices by name, at most `MOST_LISTED`, and counts of assets. Two statements."""
    rows = active_practices(session)
    assets, invented = session.execute(
        select(func.count(), func.count().filter(Asset.invented)).where(~Asset.is_retired)
    ).one()
    return Overview(rows, assets, invented)


def active_practices(session: Session) -> tuple[PracticeView, ...]:
    """The active practices by name, at most `MOST_LISTED`. One statement."""
    rows = session.scalars(
        select(NhsOrg)
        .where(NhsOrg.kind == NhsOrgKind.PRACTICE, NhsOrg.is_active)
        .order_by(NhsOrg.name, NhsOrg.ods_code)
        .limit(MOST_LISTED)
    )
    return tuple(view_of(row) for row in rows)


def practice(session: Session, code: OdsCode) -> PracticeView:
    """One practice with the organisations above it. One statement.

    Raises
    ------
    UnknownPractice
        If the register has no practice with this code.
    """
    rows = _upwards(session, code)
    if not rows or rows[0].kind is not NhsOrgKind.PRACTICE:
        raise UnknownPractice(f"There is no practice {code} in the register.", practice=str(code))
    return _view(rows[0], tuple((row.kind.value, row.ods_code, row.name) for row in rows[1:]))


def position(view: PracticeView) -> GridPoint:
    """Where the practice is.

    Raises
    ------
    PracticeWithoutPlace
        If nobody has said.
    """
    if view.point is None:
        raise PracticeWithoutPlace(
            f"It is not known where practice {view.ods_code} is, so there is nothing near it. "
            "Import its postcode with `kith import practices`.",
            practice=view.ods_code,
        )
    return view.point


def whereabouts(view: PracticeView, gazetteer: Gazetteer) -> Whereabouts:
    """Where a practice is, and the areas it lies in as far as its postcode tells them."""
    try:
        located = None if view.postcode is None else gazetteer.locate(view.postcode)
    except BadPostcode:
        located = None
    return replace(Whereabouts.of(located), point=view.point, blur_m=0.0)


def assets_near(
    session: Session,
    point: GridPoint,
    *,
    radius_m: float,
    needs: Sequence[str] = (),
    at: Whereabouts | None = None,
) -> list[AssetNear]:
    """Assets with a place within `radius_m`, nearest first, then those that need no going to.

    Ties are by asset id; an asset at several places counts by its nearest. With `needs`, only
    assets that serve at least one of them. What needs no going to and takes people from other
    areas alone is left out, as far as `at` tells the areas the point lies in. At most six
    statements, and two more for each further need.

    Raises
    ------
    BadRadius
        If the radius is negative, not a number, or over 50 km.
    UnknownNeed
        If a need is not in the taxonomy.
    """
    found = _found_near(session, point, radius_m, needs, at)
    read = records(session, found.keys())
    return [AssetNear(read[key], metres) for key, metres in found.items()]


def _found_near(
    session: Session,
    point: GridPoint,
    radius_m: float,
    needs: Sequence[str],
    at: Whereabouts | None,
) -> dict[int, float | None]:
    """Which assets, in order, and how far each is; None for what needs no going to."""
    wanted = check_needs(needs) if needs else (ANY_NEED,)
    found = joined(candidates_of_each(session, needs=wanted, centre=point, outer_m=radius_m))
    near = by_distance(found, point, radius_m)
    at = at or Whereabouts(point=point)
    remote = joined(remote_candidates_of_each(session, needs=wanted, at=at))
    remote = remote.where(~without_place_elsewhere(session, remote, at))
    placed = dict(zip(near.asset_id.tolist(), near.distance_m.tolist(), strict=True))
    elsewhere = sorted(set(remote.asset_id.tolist()) - placed.keys())
    return {**placed, **dict.fromkeys(elsewhere)}


def asset_map(
    session: Session,
    *,
    view: PracticeView,
    radius_m: float,
    needs: Sequence[str],
    today: date,
    settings: Settings,
    at: Whereabouts | None = None,
    back: Link | None = None,
    travel: TravelModel | None = None,
    walk_min: Sequence[int] = (),
) -> MapSheet:
    """The map of what there is near a practice, by group of needs, with gaps left as gaps.

    With `walk_min` it shows as well how far one walks in so many minutes, where `travel` knows the
    streets; where it does not, the map says so.

    Raises
    ------
    PracticeWithoutPlace
        If it is not known where the practice is.
    BadRadius, UnknownNeed
        As `assets_near`.
    """
    point = position(view)
    near = _found_near(session, point, radius_m, needs, at)
    assets = judged_assets(session, near.keys())
    tiles = (
        Tiles(settings.tile_url, settings.tile_attribution or "Base map")
        if settings.tile_url
        else None
    )
    sheet = practice_sheet(
        name=view.name,
        code=view.ods_code,
        point=point,
        list_size=view.list_size,
        catchment=Catchment.radius(point, radius_m),
        radius_m=radius_m,
        assets=[(assets[key], metres) for key, metres in near.items()],
        needs=tuple(needs),
        today=today,
        tiles=tiles,
        back=back,
    )
    return with_walks(sheet, travel or NullTravel(), point, walk_min)


def view_of(row: NhsOrg) -> PracticeView:
    """A practice's row as a view, without the organisations above it."""
    return _view(row, ())


def _view(row: NhsOrg, parents: tuple[tuple[str, str, str], ...]) -> PracticeView:
    point = None
    if row.easting_m is not None and row.northing_m is not None:
        point = GridPoint(row.easting_m, row.northing_m)
    return PracticeView(
        ods_code=row.ods_code,
        name=row.name,
        address=row.address,
        postcode=row.postcode,
        point=point,
        is_active=row.is_active,
        list_size=row.list_size,
        parents=parents,
        source=row.source,
        source_on=row.source_on,
    )


_HIGHEST = 6
"""Levels above a practice at most: PCN, sub-ICB, ICB, region, nation. Ends a ring in the data."""


def _upwards(session: Session, code: OdsCode) -> list[NhsOrg]:
    """The organisation with this code and those above it, nearest first; none if it is unknown."""
    first = select(NhsOrg.ods_code, NhsOrg.parent_code, literal(0).label("level"))
    up = first.where(NhsOrg.ods_code == code).cte("up", recursive=True)
    above = aliased(NhsOrg)
    up = up.union_all(
        select(above.ods_code, above.parent_code, up.c.level + 1)
        .join(up, above.ods_code == up.c.parent_code)
        .where(up.c.level < _HIGHEST)
    )
    statement = select(NhsOrg).join(up, NhsOrg.ods_code == up.c.ods_code).order_by(up.c.level)
    return list(session.scalars(statement))
