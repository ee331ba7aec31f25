"""From an OpenStreetMap extract (.osm.pbf) to the streets one can walk on."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo import projection
from geo.network.faults import BadNetworkFile
from geo.network.rules import access, stops_wheels
from geo.progress import Progress

if TYPE_CHECKING:
    import osmium

_REPORT_EVERY = 2_000


class _Ways:
    """What one pass over a file collects: a row for each piece of street between two nodes."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.ends = array("q")
        self.wheels = array("b")
        self.lons: dict[int, float] = {}
        self.lats: dict[int, float] = {}
        self.stops: set[int] = set()

    def take(self, way: osmium.osm.Way) -> None:
        allowed = access(dict(way.tags))
        if not allowed.on_foot:
            return
        before: int | None = None
        for node in way.nodes:
            # Ways run on beyond the edge of an extract, where their nodes have no position.
            if not node.location.valid():
                before = None
                continue
            here = node.ref
            self.lons[here], self.lats[here] = node.location.lon, node.location.lat
            if before is not None and before != here:
                self.starts.append(before)
                self.ends.append(here)
                self.wheels.append(allowed.on_wheels)
            before = here


def read_streets(path: Path, progress: Progress) -> dict[str, NDArray[Any]]:
    """The nodes and pieces of street in an extract that people may walk on.

    Parameters
    ----------
    path : Path
        An .osm.pbf file (any OpenStreetMap format that pyosmium reads).
    progress : Progress

    Returns
    -------
    dict of ndarray
        `osm_node` (n,) int64, in rising order; `easting_m`, `northing_m` (n,) float64; `start`,
        `end` (m,) int32, positions in the former; `length_m` (m,) float64; `wheels` (m,) bool.
        One row for each pair of neighbouring nodes: of several ways between them the shortest is
        kept, open to wheels if any is.

    Raises
    ------
    BadNetworkFile
        If pyosmium is not installed, the file cannot be read, or nothing in it can be walked on.

    Notes
    -----
    Lengths are metres of the National Grid, like every straight line of `geo.distance`, so that no
    walk is ever shorter than its straight line. They differ from true metres by at most 0.05 % on
    the mainland of England.
    """
    ways = _collect(path, progress)
    if not ways.starts:
        raise BadNetworkFile(
            f"There is no street or path in {path.name} that people may walk on. Give an "
            "OpenStreetMap extract that includes highways.",
            file=path.name,
        )
    ids = np.array(sorted(ways.lons), dtype=np.int64)
    lons = np.array([ways.lons[node] for node in ids.tolist()])
    lats = np.array([ways.lats[node] for node in ids.tolist()])
    eastings, northings = projection.to_grid(lons, lats)
    starts = np.searchsorted(ids, np.frombuffer(ways.starts, dtype=np.int64))
    ends = np.searchsorted(ids, np.frombuffer(ways.ends, dtype=np.int64))
    wheels = np.frombuffer(ways.wheels, dtype=np.int8).astype(np.bool_)
    stopped = np.isin(ids, np.fromiter(ways.stops, dtype=np.int64, count=len(ways.stops)))
    wheels &= ~(stopped[starts] | stopped[ends])
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    # Between the same two nodes the piece open to wheels comes first, and the first is kept.
    order = np.lexsort((~wheels, high, low))
    low, high, wheels = low[order], high[order], wheels[order]
    first = np.ones(len(low), dtype=np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high = low[first], high[first]
    return {
        "osm_node": ids,
        "easting_m": eastings,
        "northing_m": northings,
        "start": low.astype(np.int32),
        "end": high.astype(np.int32),
        "length_m": np.hypot(eastings[low] - eastings[high], northings[low] - northings[high]),
        "wheels": wheels[first],
    }


def _collect(path: Path, progress: Progress) -> _Ways:
    try:
        import osmium
    except ImportError as fault:
        raise BadNetworkFile(
            "Reading streets needs the package osmium. Install it, or leave the setting for the "
            "street file empty.",
            file=path.name,
        ) from fault
    ways = _Ways()
    waiting = 0
    progress.begin("Reading streets", None)
    try:
        # Both filters work before Python sees an object, which is where the time would go.
        barriers = osmium.filter.KeyFilter("barrier")
        barriers.enable_for(osmium.osm.NODE)
        streets = osmium.filter.KeyFilter("highway")
        streets.enable_for(osmium.osm.WAY)
        reader = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
        for thing in reader.with_locations().with_filter(barriers).with_filter(streets):
            if isinstance(thing, osmium.osm.Way):
                ways.take(thing)
                waiting += 1
            elif isinstance(thing, osmium.osm.Node) and stops_wheels(dict(thing.tags)):
                ways.stops.add(thing.id)
            if waiting == _REPORT_EVERY:
                progress.advance(waiting)
                waiting = 0
    except RuntimeError as fault:
        raise BadNetworkFile(
            f"{path.name} cannot be read as OpenStreetMap data. Give a whole .osm.pbf file.",
            file=path.name,
        ) from fault
    progress.advance(waiting)
    progress.end()
    return ways
