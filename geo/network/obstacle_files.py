"""Rivers, railways and the ways across them, from files that a town writes for itself.

Barriers are one GeoJSON file, which any map program writes: a FeatureCollection of Polygons or
MultiPolygons, each the whole width of a river, motorway or railway, with a `name` and, if wanted,
an `id` among its properties. Positions are longitude and latitude, as GeoJSON has it, or National
Grid metres if the file's `crs` names EPSG:27700.

Crossings are one TOML file, written by hand::

    [[crossing]]
    id = "old-bridge"
    name = "Old Bridge"
    ends = [[351000, 383385], [351000, 383731]]   # easting and northing on either side
    length_m = 346
    modes = ["walk", "wheel", "bus", "car"]       # a footbridge with steps is for "walk" only
    toll_modes = ["car"]                          # who pays; may be left out, as may all below
    hours = [{ opens = 06:00:00, closes = 22:00:00, days = ["mon", "sat"] }]
    valid_from = 2021-02-26
    valid_to = 2030-12-31
    verified_on = 2026-01-05

A town with both puts them into one folder as `barriers.geojson` and `crossings.toml`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo import projection
from geo.barriers import Barrier
from geo.crossing import Crossing, OpenHours
from geo.distance import FloatArray
from geo.errors import GeoError
from geo.journey import Mode
from geo.network.faults import BadTravelFile
from geo.point import GridPoint

BARRIERS_FILE: Final = "barriers.geojson"
CROSSINGS_FILE: Final = "crossings.toml"

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEEDED: Final = frozenset({"id", "name", "ends", "length_m", "modes"})
_OPTIONAL: Final = frozenset({"toll_modes", "hours", "valid_from", "valid_to", "verified_on"})
_LARGEST_BYTES: Final = 50_000_000


def read_barriers(path: Path) -> list[Barrier]:
    """The barriers of a GeoJSON file, in the file's order.

    Parameters
    ----------
    path : Path
        The file, or a folder that holds `barriers.geojson`; a folder without it has no barriers.

    Raises
    ------
    BadTravelFile
        If the file cannot be read or a feature cannot be used: the message names the feature.
    """
    if path.is_dir():
        path = path / BARRIERS_FILE
        if not path.exists():
            return []
    text = _text(path)
    try:
        document = json.loads(text)
    except ValueError as fault:
        raise _fault(path, f"is not JSON: {fault}") from fault
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _fault(path, "is not a GeoJSON FeatureCollection")
    in_metres = _is_grid(path, document)
    barriers: list[Barrier] = []
    for number, feature in enumerate(document["features"], 1):
        barriers.append(_barrier(path, number, feature, in_metres))
    _refuse_twice(path, "barrier", [barrier.id for barrier in barriers])
    return barriers


def read_crossings(path: Path) -> list[Crossing]:
    """The crossings of a TOML file, in the file's order.

    Parameters
    ----------
    path : Path
        The file, or a folder that holds `crossings.toml`; a folder without it has no crossings.

    Raises
    ------
    BadTravelFile
        If the file cannot be read or a crossing contradicts itself: the message names it. A word
        that is not one of the file's own is refused, so that a slip of the pen is not passed over.
    """
    if path.is_dir():
        path = path / CROSSINGS_FILE
        if not path.exists():
            return []
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as fault:
        raise _fault(path, f"is not TOML: {fault}") from fault
    rows = document.pop("crossing", [])
    if document or not isinstance(rows, list):
        raise _fault(path, "may hold [[crossing]] tables and nothing else")
    crossings: list[Crossing] = []
    for number, row in enumerate(rows, 1):
        try:
            crossings.append(_crossing(row))
        except GeoError as fault:
            raise _fault(path, f"has a crossing (number {number}): {fault.message}") from fault
        except (ValueError, TypeError, KeyError) as fault:
            raise _fault(path, f"has a crossing (number {number}): {fault.args[0]}") from fault
    _refuse_twice(path, "crossing", [crossing.id for crossing in crossings])
    return crossings


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _fault(path, "is larger than 50 MB; simplify it")
        return path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise _fault(path, f"cannot be opened: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise _fault(path, "is not UTF-8 text") from fault


def _fault(path: Path, what: str) -> BadTravelFile:
    return BadTravelFile(f"The file {path.name} {what.rstrip('.')}. Correct it.", file=path.name)


def _refuse_twice(path: Path, what: str, ids: list[str]) -> None:
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise _fault(path, f"has the {what} id '{twice[0]}' more than once")


def _is_grid(path: Path, document: Mapping[str, Any]) -> bool:
    crs = document.get("crs")
    if crs is None:
        return False
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name.endswith((":27700", "::27700")):
        return True
    if name.endswith(("CRS84", ":4326")):
        return False
    raise _fault(path, f"is in '{name[:60]}', and only EPSG:27700 and longitude, latitude are read")


def _barrier(path: Path, number: int, feature: object, in_metres: bool) -> Barrier:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise _fault(path, f"has a feature (number {number}) without a geometry")
    properties = feature.get("properties") or {}
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise _fault(path, f"has a feature (number {number}) without a name among its properties")
    try:
        area: BaseGeometry = shape(feature["geometry"])
        if not in_metres:
            area = shapely.transform(area, _to_grid)
        return Barrier(str(properties.get("id", f"barrier-{number}")), name.strip(), area)
    except GeoError as fault:
        raise _fault(path, f"has a feature (number {number}): {fault.message}") from fault
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as fault:
        raise _fault(
            path, f"has a feature (number {number}, '{name}') whose shape is broken"
        ) from (fault)


def _to_grid(lonlats: FloatArray) -> FloatArray:
    return np.column_stack(projection.to_grid(lonlats[:, 0], lonlats[:, 1]))


def _crossing(row: object) -> Crossing:
    if not isinstance(row, dict):
        raise ValueError("write it as a [[crossing]] table")
    missing, unknown = _NEEDED - row.keys(), row.keys() - _NEEDED - _OPTIONAL
    if missing:
        raise ValueError(f"{sorted(missing)[0]} is missing")
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]} is not a word known here")
    return Crossing(
        _words(row, "id"),
        _words(row, "name"),
        _ends(row["ends"]),
        _number(row["length_m"], "length_m"),
        _modes(row, "modes"),
        _modes(row, "toll_modes"),
        tuple(_hours(each) for each in row.get("hours", [])),
        _day(row, "valid_from"),
        _day(row, "valid_to"),
        _day(row, "verified_on"),
    )


def _words(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be words between quotation marks")
    return value.strip()


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{key} must be a number")
    return float(value)


def _ends(value: object) -> tuple[GridPoint, GridPoint]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("ends must be two places, [[easting, northing], [easting, northing]]")
    points = []
    for place in value:
        if not isinstance(place, list) or len(place) != 2:
            raise ValueError("ends must be two places, [[easting, northing], [easting, northing]]")
        points.append(GridPoint(*(_number(each, "ends") for each in place)))
    return points[0], points[1]


def _modes(row: Mapping[str, Any], key: str) -> frozenset[Mode]:
    ways = [mode.value for mode in Mode if not mode.is_remote]
    value = row.get(key, [])
    wrong = [each for each in value if each not in ways] if isinstance(value, list) else [value]
    if wrong:
        raise ValueError(f"{key} may hold {', '.join(ways)}, and not {str(wrong[0])[:40]!r}")
    return frozenset(Mode(each) for each in value)


def _hours(value: object) -> OpenHours:
    if not isinstance(value, dict) or value.keys() - {"opens", "closes", "days"}:
        raise ValueError("hours are written { opens = 06:00:00, closes = 22:00:00 }")
    opens, closes = value.get("opens"), value.get("closes")
    if not isinstance(opens, time) or not isinstance(closes, time):
        raise ValueError("opens and closes must be times like 06:00:00, without quotation marks")
    days = value.get("days", list(_DAYS))
    wrong = [each for each in days if each not in _DAYS] if isinstance(days, list) else [days]
    if wrong or not days:
        raise ValueError(f"days may hold {', '.join(_DAYS)}, at least one")
    return OpenHours(opens, closes, frozenset(_DAYS.index(each) for each in days))


def _day(row: Mapping[str, Any], key: str) -> date | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{key} must be a day like 2026-01-31, without quotation marks")
    return value
