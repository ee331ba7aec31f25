"""The map beside a referral's list: the groups and the practice, and nobody's home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from geo.catchment import Catchment
from geo.maps import AreaKind, MapSheet, Tiles
from geo.point import GridPoint
from service.insights.sheets import practice_sheet
from service.register.snapshot import AssetSnapshot

_ROUND_M: Final = 2_000.0
"""How much is seen around a practice when nothing else says how far to look."""


def referral_sheet(
    *,
    practice: str,
    code: str,
    point: GridPoint,
    assets: Sequence[AssetSnapshot],
    venues: Mapping[int, int],
    today: date,
    tiles: Tiles | None,
) -> MapSheet:
    """A sheet with these groups, each at the place that was chosen, and the practice.

    Nothing of the person can be on it, because nothing of them is given.

    Parameters
    ----------
    venues : mapping
        The venue chosen, by asset id; a group without one stands at its place nearest to the
        practice.
    """
    sheet = practice_sheet(
        name=practice,
        code=code,
        point=point,
        list_size=None,
        catchment=Catchment.radius(point, _ROUND_M),
        radius_m=_ROUND_M,
        assets=[(each, 0.0) for each in assets],
        needs=(),
        today=today,
        tiles=tiles,
    )
    places = {
        f"asset-{each.asset_id}": place.point
        for each in assets
        for place in each.places
        if place.venue_id == venues.get(each.asset_id) and place.point is not None
    }
    used = {each.group for each in sheet.features}
    there = {each.freshness for each in sheet.features}
    return replace(
        sheet,
        title=f"Groups, and {practice}",
        subtitle="",
        summary=(),
        groups=tuple(each for each in sheet.groups if each.key in used),
        freshness=tuple(each for each in sheet.freshness if each.key in there),
        features=tuple(
            replace(each, point=places.get(each.id, each.point)) for each in sheet.features
        ),
        areas=tuple(each for each in sheet.areas if each.kind is not AreaKind.CATCHMENT),
    )
