"""How far one gets in so many minutes, as an area to be drawn."""

from __future__ import annotations

import math
from datetime import date, time

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.distance import FloatArray
from geo.errors import GeoError
from geo.journey import BadTravelData
from geo.network.bus import Buses
from geo.network.graph import Variant
from geo.network.snap import Snaps
from geo.network.walks import Walk, Walks, spread
from geo.point import GridPoint
from geo.shape import Area

BUFFER_M = 40.0
"""Metres drawn on either side of a street that is reached: about a house and its garden (project
default)."""

LONGEST_MIN = 120.0
"""The longest time that may be asked for (project default)."""

# Shares of the buffer: how wide streets are drawn, and by how much they may be smoothed before and
# the outline straightened after. Together they stay within it.
_INNER_RATIO = 0.8
_SMOOTHED_RATIO = 0.075
_STRAIGHTENED_RATIO = 0.1
_CORNERS = 3


class NoTimetable(GeoError):
    """Buses were asked for where no timetable says when they go."""

    slug = "timetable-missing"
    title = "No bus times are known for that day"


def walk_isochrone(
    walks: Walks,
    origin: GridPoint,
    minutes: float,
    speed_m_per_s: float,
    *,
    on_wheels: bool = False,
    buffer_m: float = BUFFER_M,
) -> Area:
    """The area round every stretch of street that can be walked to within so many minutes.

    Parameters
    ----------
    walks : Walks
        See `NetworkTravel.walks`.
    origin : GridPoint
    minutes : float
        Above 0, up to `LONGEST_MIN`.
    speed_m_per_s : float
    on_wheels : bool
        Keep off steps and stiles.
    buffer_m : float
        What is drawn on either side of a street.

    Returns
    -------
    Polygon or MultiPolygon in EPSG:27700
        It holds the origin and every point of a street that is reached, part of the way along a
        street included, and nothing farther than `buffer_m` from them.

    Raises
    ------
    OutsideNetwork
        If the origin is too far from every street.
    BadTravelData
        If minutes, speed or buffer cannot be used.
    """
    limit_m = _checked(minutes, speed_m_per_s, buffer_m) * speed_m_per_s
    run = walks.run(origin, on_wheels, limit_m)
    lines = _reached(run.variant, run.node_m, limit_m)
    return _outline([*lines, *_from_door(run, limit_m)], buffer_m)


def bus_isochrone(
    walks: Walks,
    buses: Buses,
    origin: GridPoint,
    minutes: float,
    speed_m_per_s: float,
    *,
    on: date,
    leaves: time,
    window_min: float = 60.0,
    on_wheels: bool = False,
    buffer_m: float = BUFFER_M,
) -> Area:
    """As `walk_isochrone`, on foot and by bus.

    Parameters
    ----------
    walks, buses
        See `NetworkTravel.walks` and `NetworkTravel.buses`.
    on, leaves : date, time
        The day, and the clock time from when one may leave.
    window_min : float
        For how long after `leaves` one may leave; for each place the best moment of it counts.

    Returns
    -------
    Polygon or MultiPolygon in EPSG:27700

    Raises
    ------
    NoTimetable
        If the timetable does not cover the day.
    OutsideNetwork, BadTravelData
        As `walk_isochrone`.

    Notes
    -----
    The way back is not looked at: it depends on the session. Nor is the walk from the last stop
    limited, other than by the minutes.
    """
    within_s = _checked(minutes, speed_m_per_s, buffer_m)
    limit_m = within_s * speed_m_per_s
    if not buses.timetable.covers(on):
        first, last = buses.timetable.valid_from, buses.timetable.valid_to
        raise NoTimetable(
            f"The bus timetable speaks for {first:%d %B %Y} to {last:%d %B %Y} only. Choose a day "
            "in it, or put a newer timetable in its place.",
            valid_from=first.isoformat(),
            valid_to=last.isoformat(),
        )
    run = walks.run(origin, on_wheels, limit_m)
    start_s = leaves.hour * 3600.0 + leaves.minute * 60.0 + leaves.second
    seconds, snaps = buses.fastest_to_stops(
        origin, speed_m_per_s, on_wheels, on, (start_s, start_s + window_min * 60.0), within_s
    )
    return _outline(_reached_by_bus(run, seconds * speed_m_per_s, snaps, limit_m), buffer_m)


def _reached_by_bus(
    run: Walk, stop_m: FloatArray, snaps: Snaps, limit_m: float
) -> list[BaseGeometry]:
    """Every stretch that is reached, time on the way to a stop counted as metres."""
    variant = run.variant
    which = np.flatnonzero(np.isfinite(stop_m) & snaps.inside)
    edge, along = snaps.edge[which], snaps.along_m[which]
    there_m = stop_m[which] + snaps.aside_m[which]
    seeds = np.concatenate((variant.starts[edge], variant.ends[edge])).astype(np.int32)
    seed_m = np.concatenate((there_m + along, there_m + variant.edge_m[edge] - along))
    node_m = np.minimum(run.node_m, spread(variant, seeds, seed_m, limit_m))
    return [
        *_reached(variant, node_m, limit_m),
        *_from_door(run, limit_m),
        *_from_stops(variant, edge, along, limit_m - there_m),
    ]


def _checked(minutes: float, speed_m_per_s: float, buffer_m: float) -> float:
    if not 0.0 < minutes <= LONGEST_MIN:
        raise BadTravelData(
            f"Ask for more than 0 and at most {LONGEST_MIN:g} minutes.", longest_min=LONGEST_MIN
        )
    for value in (speed_m_per_s, buffer_m):
        if not (math.isfinite(value) and value > 0.0):
            raise BadTravelData("A speed and a width must be numbers above 0.")
    return minutes * 60.0


def _reached(variant: Variant, node_m: FloatArray, limit_m: float) -> list[BaseGeometry]:
    """Every stretch of street that is no farther than the limit, from either of its ends."""
    ends = np.column_stack((variant.starts, variant.ends))
    left = limit_m - node_m[ends]
    near = np.flatnonzero((left >= 0.0).any(axis=1))
    ends, left = ends[near], left[near]
    length = variant.edge_m[near]
    where = np.column_stack((variant.eastings_m, variant.northings_m))
    start, end = where[ends[:, 0]], where[ends[:, 1]]
    shares = np.clip(left / np.maximum(length, 1e-9)[:, np.newaxis], 0.0, 1.0)
    whole = shares.sum(axis=1) >= 1.0
    lines = [np.stack((start[whole], end[whole]), axis=1)]
    for share, here, there in ((shares[:, 0], start, end), (shares[:, 1], end, start)):
        some = ~whole & (share > 0.0)
        tip = here[some] + share[some, np.newaxis] * (there[some] - here[some])
        lines.append(np.stack((here[some], tip), axis=1))
    # A node reached with nothing to spare has no stretch of street, and still belongs.
    exact = np.unique(ends[left == 0.0])
    points: list[BaseGeometry] = list(shapely.points(where[exact]))
    streets = np.asarray(shapely.linestrings(np.concatenate(lines)), dtype=object)
    return [*streets.tolist(), *points]


def _from_door(run: Walk, limit_m: float) -> list[BaseGeometry]:
    """The walk from the origin to its street, and along that in both directions."""
    home = np.array([run.origin.easting_m, run.origin.northing_m])
    edge, along = int(run.snap.edge[0]), float(run.snap.along_m[0])
    met = _point_on(run.variant, edge, along)
    aside_m = float(run.snap.aside_m[0])
    if aside_m > limit_m:
        home_to = home + (met - home) * (limit_m / aside_m)
        return [shapely.LineString((home, home_to))]
    return [
        shapely.LineString((home, met)),
        *_from_stops(
            run.variant, np.array([edge]), np.array([along]), np.array([limit_m - aside_m])
        ),
    ]


def _from_stops(
    variant: Variant, edges: NDArray[np.intp], along: FloatArray, left_m: FloatArray
) -> list[BaseGeometry]:
    """Along each street in both directions from a point on it, as far as what is left allows."""
    lines: list[BaseGeometry] = []
    for edge, at_m, spare_m in zip(edges.tolist(), along.tolist(), left_m.tolist(), strict=True):
        if spare_m < 0.0:
            continue
        length = float(variant.edge_m[edge])
        low, high = max(at_m - spare_m, 0.0), min(at_m + spare_m, length)
        lines.append(
            shapely.LineString((_point_on(variant, edge, low), _point_on(variant, edge, high)))
        )
    return lines


def _point_on(variant: Variant, edge: int, along_m: float) -> FloatArray:
    start, end = variant.starts[edge], variant.ends[edge]
    share = along_m / max(float(variant.edge_m[edge]), 1e-9)
    here = np.array([variant.eastings_m[start], variant.northings_m[start]])
    there = np.array([variant.eastings_m[end], variant.northings_m[end]])
    between: FloatArray = here + min(share, 1.0) * (there - here)
    return between


def _outline(lines: list[BaseGeometry], buffer_m: float) -> Area:
    inner_m = _INNER_RATIO * buffer_m
    points = [shapely.Point(line.coords[0]) for line in lines if line.length == 0.0]
    streets = shapely.multilinestrings([line for line in lines if line.length > 0.0])
    # Joined end to end, then each made wide by itself: thirty times quicker than all in one.
    merged = shapely.get_parts(shapely.line_merge(streets))
    plain = shapely.simplify(merged, _SMOOTHED_RATIO * buffer_m)
    wide = shapely.buffer([*plain, *points], inner_m, quad_segs=_CORNERS)
    area = shapely.union_all(wide)
    straight = area.simplify(_STRAIGHTENED_RATIO * buffer_m, preserve_topology=True)
    for outline in (straight, area):
        if outline.is_valid and isinstance(outline, shapely.Polygon | shapely.MultiPolygon):
            return outline
    raise GeoError("The area that is reached could not be drawn. Try other minutes.")
