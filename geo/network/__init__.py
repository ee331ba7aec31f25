"""Real streets and real buses: journeys measured and not estimated, where there is data for it.

`open_network` reads an OpenStreetMap extract, `open_timetable` a GTFS feed, each once;
`NetworkTravel` is the travel model on both. `walk_isochrone` and `bus_isochrone` draw how far one
gets. `read_barriers` and `read_crossings` state the rivers and bridges of a town without streets.
"""

from __future__ import annotations

from geo.network.faults import (
    BadNetworkFile,
    BadTimetable,
    BadTravelFile,
    CacheUnusable,
    OutsideNetwork,
)
from geo.network.graph import StreetGraph, open_network
from geo.network.isochrone import NoTimetable, bus_isochrone, walk_isochrone
from geo.network.obstacle_files import read_barriers, read_crossings
from geo.network.parameters import NetworkParameters
from geo.network.street_travel import NetworkTravel
from geo.network.timetable import Timetable, open_timetable
from geo.network.walk_area import knows_streets, streets_digest, walked_within

__all__ = [
    "BadNetworkFile",
    "BadTimetable",
    "BadTravelFile",
    "CacheUnusable",
    "NetworkParameters",
    "NetworkTravel",
    "NoTimetable",
    "OutsideNetwork",
    "StreetGraph",
    "Timetable",
    "bus_isochrone",
    "knows_streets",
    "open_network",
    "open_timetable",
    "read_barriers",
    "read_crossings",
    "streets_digest",
    "walk_isochrone",
    "walked_within",
]
