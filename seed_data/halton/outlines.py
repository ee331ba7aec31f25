"""Where Halton ends, where its river runs, and where the river can be crossed.

The outlines were drawn by hand for Kith, to 50 or 100 m: good enough to say which bank a place is
on and to draw a map without tiles, not to settle which side of a boundary a house stands.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from shapely.geometry import Polygon, shape

from geo.point import GridPoint
from geo.travel import Barrier, Crossing, Mode
from seed_data.errors import SeedDataBroken
from seed_data.halton import files


@cache
def boundary() -> Polygon:
    """Halton's outline in EPSG:27700, the river included."""
    return _polygon("boundary.geojson")


@cache
def water() -> Polygon:
    """The Mersey in EPSG:27700, from the estuary to Fiddlers Ferry: wider than Halton itself."""
    return _polygon("water.geojson")


def barriers() -> tuple[Barrier, ...]:
    """What a walk cannot go straight through."""
    return (Barrier("river-mersey", "River Mersey", water()),)


@cache
def crossings() -> tuple[Crossing, ...]:
    """The bridges, and two places to go round a bend of the river by.

    A place to go round by is a crossing of no length with both ends on one bank: a way may touch it
    and crosses nothing there.
    """
    raw = tomllib.loads(files.text("crossings.toml"))
    return (
        *(_crossing(row) for row in raw["crossing"]),
        *(_waypoint(row) for row in raw["waypoint"]),
    )


def _polygon(name: str) -> Polygon:
    feature = json.loads(files.text(name))["features"][0]
    polygon = shape(feature["geometry"])
    if not isinstance(polygon, Polygon) or not polygon.is_valid:
        raise SeedDataBroken(
            f"The outline in {name} is not one simple polygon. "
            "Put it right, or install Kith again.",
            file=name,
        )
    return polygon


def _crossing(row: Mapping[str, Any]) -> Crossing:
    near, far = row["ends"]
    return Crossing(
        id=row["id"],
        name=row["name"],
        ends=(_point(near), _point(far)),
        length_m=float(row["length_m"]),
        modes=_modes(row["modes"]),
        toll_modes=_modes(row["toll_modes"]),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        verified_on=row.get("verified_on"),
    )


def _waypoint(row: Mapping[str, Any]) -> Crossing:
    at = _point(row["at"])
    return Crossing(row["id"], row["name"], (at, at), 0.0, _modes(row["modes"]))


def _point(pair: list[float]) -> GridPoint:
    return GridPoint(float(pair[0]), float(pair[1]))


def _modes(words: list[str]) -> frozenset[Mode]:
    return frozenset(Mode(word) for word in words)
