"""The map beside a search of the register: the groups of the list, and the place asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from geo.maps import AreaKind, Centre, MapSheet, Tiles
from geo.point import GridPoint
from service.insights.referral_sheet import referral_sheet
from service.register.snapshot import AssetSnapshot


def register_sheet(
    *,
    assets: Sequence[AssetSnapshot],
    venues: Mapping[int, int],
    centre: Centre | None,
    title: str,
    today: date,
    tiles: Tiles | None,
    linked: bool = False,
) -> MapSheet | None:
    """A sheet with these groups, each at the place that was chosen; None when none has a place.

    Parameters
    ----------
    venues : mapping
        The venue chosen, by asset id; a group without one stands at the first of its places.
    centre : Centre or None
        The place that was asked about; it is never a person's.
    linked : bool
        Whether names lead to the groups' own pages: not from inside a frame.
    """
    placed = [each for each in assets if _first(each) is not None]
    points = [point for point in map(_first, placed) if point is not None]
    if not points and centre is None:
        return None
    middle = centre.point if centre is not None else points[0]
    sheet = referral_sheet(
        practice=title,
        code="",
        point=middle,
        assets=placed,
        venues=venues,
        today=today,
        tiles=tiles,
    )
    return replace(
        sheet,
        title=title,
        centres=() if centre is None else (centre,),
        areas=tuple(each for each in sheet.areas if each.kind is not AreaKind.CATCHMENT),
        features=tuple(
            replace(each, link=f"/register/{each.id.removeprefix('asset-')}" if linked else None)
            for each in sheet.features
        ),
    )


def _first(asset: AssetSnapshot) -> GridPoint | None:
    return next((place.point for place in asset.places if place.point is not None), None)
