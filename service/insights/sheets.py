"""From assets near a practice to a sheet that can be drawn: rules on plain data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geo.catchment import Catchment
from geo.maps import (
    Area,
    AreaKind,
    Centre,
    Freshness,
    Group,
    Link,
    MapFeature,
    MapSheet,
    PlaceName,
    Ring,
    Tiles,
)
from geo.point import GridPoint
from seed_data import halton
from seed_data import needs as need_list
from service.register.snapshot import AssetSnapshot, Place
from service.register.vocabulary import Capacity, Delivery

FRESH_DAYS = 180
"""Facts younger than this are fresh: the half-life of trust in matching, so both say the same."""

STALE_DAYS = 365
"""Facts older than this are stale: a group that nobody has heard of for a year may be gone."""

_FRESHNESS = (
    Freshness("fresh", "In the last 6 months", Ring.SOLID),
    Freshness("ageing", "6 to 12 months ago", Ring.DASHED),
    Freshness("stale", "Over a year ago, or never", Ring.DOTTED),
)
_OTHER = Group("other", "Other")

_DELIVERY = {
    Delivery.IN_PERSON: "in person",
    Delivery.ONLINE: "online",
    Delivery.PHONE: "by phone",
    Delivery.HOME_VISIT: "at your home",
}
_CAPACITY = {
    Capacity.OPEN: "Has room",
    Capacity.WAITING_LIST: "Waiting list",
    Capacity.FULL: "Full",
    Capacity.UNKNOWN: "Not stated",
}


def practice_sheet(
    *,
    name: str,
    code: str,
    point: GridPoint,
    list_size: int | None,
    catchment: Catchment,
    radius_m: float,
    assets: Sequence[tuple[AssetSnapshot, float | None]],
    needs: tuple[str, ...],
    today: date,
    tiles: Tiles | None,
    back: Link | None = None,
) -> MapSheet:
    """The sheet of one practice.

    `assets` come with the straight-line metres to their nearest place, None for those that need no
    going to: they are listed and counted, and are not on the map. `back` is where the page's own
    way back leads; a file on a disk has none.
    """
    taxonomy = need_list.load()
    labels = [taxonomy.need(need).label for need in needs]
    # Shown in kilometres from the practice, never as a walk: a straight line is not one.
    where = f"within {radius_m / 1000:g} km of the practice in a straight line"
    people = () if list_size is None else (("People registered", f"{list_size:,}"),)
    invented = sum(asset.invented for asset, _ in assets)
    summary = [f"{len(assets)} groups and places {where}, or that come to people at home."]
    if labels:
        summary.append(f"Only those that can help with: {', '.join(labels)}.")
    if invented:
        summary.append(f"{invented} of them are invented examples. They do not exist.")
    groups = [Group(group.id, group.label) for group in taxonomy.groups.values()]
    features = [_feature(asset, point, metres, today) for asset, metres in assets]
    if any(feature.group == _OTHER.key for feature in features):
        groups.append(_OTHER)
    return MapSheet(
        title=f"What there is near {name}",
        subtitle=f"Practice {code}",
        summary=tuple(summary),
        groups=tuple(groups),
        freshness=_FRESHNESS,
        features=tuple(features),
        centres=(Centre(name=name, point=point, rows=(("ODS code", code), *people)),),
        areas=_areas(catchment, radius_m, point),
        places=_places(point),
        attribution=_attribution(assets),
        tiles=tiles,
        back=back,
    )


def _feature(
    asset: AssetSnapshot, practice: GridPoint, metres: float | None, today: date
) -> MapFeature:
    place = None if metres is None else nearest_place(asset, practice)
    return MapFeature(
        id=f"asset-{asset.asset_id}",
        name=asset.name,
        point=None if place is None else place.point,
        group=_group(asset),
        freshness=freshness(asset.assured_on, today),
        checked_on=asset.assured_on,
        rows=_rows(asset, place),
        about=asset.summary,
        labels=("Invented example",) if asset.invented else (),
    )


def freshness(assured_on: date | None, today: date) -> str:
    """`fresh`, `ageing` or `stale`; facts that were never checked are stale."""
    if assured_on is None:
        return "stale"
    days = (today - assured_on).days
    if days <= FRESH_DAYS:
        return "fresh"
    return "ageing" if days <= STALE_DAYS else "stale"


def _group(asset: AssetSnapshot) -> str:
    """The group of the need it serves most directly; of equals the first in the taxonomy."""
    known = need_list.load().needs
    served = [each for each in asset.needs if each.need in known]
    if not served:
        return _OTHER.key
    order = list(known)
    best = min(served, key=lambda each: (-each.directness, order.index(each.need)))
    return known[best.need].group


def nearest_place(asset: AssetSnapshot, practice: GridPoint) -> Place | None:
    """The place of an asset that is nearest to a practice; of equals that of the lower id."""
    placed = [place for place in asset.places if place.point is not None]
    return min(
        placed,
        key=lambda place: (_square(place.point, practice), place.venue_id),
        default=None,
    )


def _square(point: GridPoint | None, practice: GridPoint) -> float:
    if point is None:
        return float("inf")
    east, north = point.easting_m - practice.easting_m, point.northing_m - practice.northing_m
    return east * east + north * north


def _rows(asset: AssetSnapshot, place: Place | None) -> tuple[tuple[str, str], ...]:
    when = "; ".join(meeting.says for meeting in asset.meetings if meeting.says)
    how = ", ".join(_DELIVERY[each] for each in Delivery if each in asset.deliveries)
    where = how.capitalize() if place is None else _address(place)
    return (
        ("When", when or "Not stated"),
        ("Where", where or "Not stated"),
        ("Who for", _who(asset)),
        ("Cost", _cost(asset)),
        ("Room", _CAPACITY[asset.capacity]),
        ("Contact", asset.contact or "Not stated"),
    )


def _address(place: Place) -> str:
    return ", ".join(part for part in (place.name, place.address, place.postcode) if part)


def _who(asset: AssetSnapshot) -> str:
    parts = []
    if asset.open_to is not None and asset.open_to.value != "everyone":
        parts.append(asset.open_to.value.capitalize())
    if asset.min_age is not None and asset.max_age is not None:
        parts.append(f"aged {asset.min_age} to {asset.max_age}")
    elif asset.min_age is not None:
        parts.append(f"aged {asset.min_age} and over")
    elif asset.max_age is not None:
        parts.append(f"aged up to {asset.max_age}")
    said = ", ".join(parts)
    if said:
        return said[0].upper() + said[1:]
    return "Everyone" if asset.open_to is not None else "Not stated"


def _cost(asset: AssetSnapshot) -> str:
    if asset.cost_pence is None:
        return asset.cost_note or "Not stated"
    amount = "Free" if asset.cost_pence == 0 else f"£{asset.cost_pence / 100:.2f}"
    return f"{amount}. {asset.cost_note}" if asset.cost_note else amount


def _areas(catchment: Catchment, radius_m: float, point: GridPoint) -> tuple[Area, ...]:
    circle = Area(
        AreaKind.CATCHMENT, f"{radius_m / 1000:g} km in a straight line", catchment.outline()
    )
    if not _in_example_town(point):
        return (circle,)
    return (
        Area(AreaKind.LAND, "Halton", halton.boundary()),
        Area(AreaKind.WATER, "River Mersey", halton.water()),
        circle,
    )


def _places(point: GridPoint) -> tuple[PlaceName, ...]:
    if not _in_example_town(point):
        return ()
    # Town centres to the nearest 100 m, from general knowledge.
    return (
        PlaceName("Widnes", GridPoint(351_300, 385_400)),
        PlaceName("Runcorn", GridPoint(351_300, 382_900)),
    )


def _in_example_town(point: GridPoint) -> bool:
    return Catchment.polygon(halton.boundary()).contains(point)


def _attribution(assets: Sequence[tuple[AssetSnapshot, float | None]]) -> tuple[str, ...]:
    sources = sorted({asset.source for asset, _ in assets if asset.source})
    return (
        "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data "
        "© Royal Mail copyright and database right 2025.",
        "Contains information from NHS England, licensed under the Open Government Licence v3.0.",
        "Outline and river drawn for Kith.",
        *(f"Groups: {source}." for source in sources),
    )
