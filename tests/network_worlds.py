"""Small streets and timetables by hand, for the tests of the street network."""

import csv
import io
import zipfile
from datetime import date
from itertools import pairwise

import numpy as np

from geo.network import StreetGraph
from geo.network.timetable import Timetable
from geo.point import GridPoint

WEST, SOUTH = 350_000.0, 380_000.0
MONDAY = date(2024, 1, 8)


def at(east_m, north_m=0.0):
    """A place so many metres from the corner of the small worlds."""
    return GridPoint(WEST + east_m, SOUTH + north_m)


def streets(places, ways, steps=()):
    """A graph: `places` as (east, north), `ways` as pairs of their numbers; `steps` among these."""
    east = np.array([WEST + place[0] for place in places], dtype=float)
    north = np.array([SOUTH + place[1] for place in places], dtype=float)
    pairs = sorted({tuple(sorted(way)) for way in ways})
    start = np.array([pair[0] for pair in pairs], dtype=np.int32)
    end = np.array([pair[1] for pair in pairs], dtype=np.int32)
    return StreetGraph.of(
        {
            "osm_node": np.arange(len(places)),
            "easting_m": east,
            "northing_m": north,
            "start": start,
            "end": end,
            "length_m": np.hypot(east[start] - east[end], north[start] - north[end]),
            "wheels": np.array([pair not in steps for pair in pairs], dtype=np.bool_),
        }
    )


def long_street(length_m=6_000, every_m=100):
    """One straight street from west to east, with a node every 100 m."""
    count = length_m // every_m + 1
    places = [(number * every_m, 0.0) for number in range(count)]
    return streets(places, [(number, number + 1) for number in range(count - 1)])


def timetable(stops, trips, days=7, first=MONDAY, no_wheels=(), stops_no_wheels=()):
    """A timetable: `stops` as (east, north); `trips` as lists of (stop, arrives, departs).

    Stops are called Stop 0, Stop 1 ..., and trip n is line 10 + n.
    """
    rides = []
    for number, calls in enumerate(trips):
        for (here, _, dep), (there, arr, _) in pairwise(calls):
            rides.append((here, there, number, dep, arr))
    rides.sort(key=lambda ride: ride[3])
    columns = np.array(rides, dtype=np.int32).reshape(-1, 5)
    names = ("from", "to", "trip", "dep", "arr")
    return Timetable(
        {
            "stop_e": np.array([WEST + stop[0] for stop in stops], dtype=float),
            "stop_n": np.array([SOUTH + stop[1] for stop in stops], dtype=float),
            **{name: columns[:, which] for which, name in enumerate(names)},
            "board": np.ones(len(rides), dtype=np.bool_),
            "alight": np.ones(len(rides), dtype=np.bool_),
            "service": np.zeros(len(trips), dtype=np.int32),
            "no_wheels": np.array(
                [each in no_wheels for each in range(len(trips))], dtype=np.bool_
            ),
            "stop_no_wheels": np.array(
                [each in stops_no_wheels for each in range(len(stops))], dtype=np.bool_
            ),
            "stop_name": np.array([f"Stop {each}" for each in range(len(stops))]),
            "line": np.array([str(10 + each) for each in range(len(trips))], dtype=np.str_),
            "publisher": np.array(["Example Buses"]),
            "runs": np.ones((1, days), dtype=np.bool_),
            "first_day": np.array([first.toordinal()]),
        }
    )


def clock(hours, minutes=0, seconds=0):
    return hours * 3600 + minutes * 60 + seconds


def write_feed(path, **tables):
    """A GTFS zip; each table is a list of rows as dictionaries, or text as it stands."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            if isinstance(rows, list):
                text = io.StringIO()
                writer = csv.DictWriter(text, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
                rows = text.getvalue()
            archive.writestr(f"{name}.txt", rows)
    return path
