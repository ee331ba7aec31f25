"""Streets and buses in a real town: how many times faster than plain Python, and what they weigh.

On the shared extract and timetable of Newport, in one run:

- shortest walks from one corner to all others: ours against textbook Dijkstra with a heap and
  dictionaries, which must give the same metres;
- the same with a walk of fifteen minutes as the limit;
- sixty journeys by bus from one home, there and back;
- the time to read the extract and to open what was read, and the memory that the whole takes.

    python -m benchmarks.network [--shared ../shared] [--json]
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from pathlib import Path
from typing import TypeAlias

import numpy as np
import psutil

from geo.network import NetworkTravel, StreetGraph, open_network, open_timetable, walk_isochrone
from geo.network.walks import Walks
from geo.point import GridPoint
from geo.travel import DetourTravel, Mode, Traveller

PBF = "data/geo/network/newport-2023-06-13.osm.pbf"
GTFS = "data/geo/gtfs/newport-20230613_gtfs.zip"
AT_LEAST = 5.0
"""Times faster than plain Python that a run to all corners must be."""

QUARTER_HOUR_M = 15 * 60 * 1.33
DAY, TWO = date(2023, 6, 14), clock(14)

Ways: TypeAlias = dict[int, list[tuple[int, float]]]
Figures: TypeAlias = dict[str, float | int | bool]


def textbook(ways: Ways, start: int, limit_m: float) -> dict[int, float]:
    """Metres from one corner to every other within the limit."""
    metres = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        gone, here = heapq.heappop(queue)
        if gone > metres[here]:
            continue
        for there, length in ways[here]:
            total = gone + length
            if total <= limit_m and total < metres.get(there, math.inf):
                metres[there] = total
                heapq.heappush(queue, (total, there))
    return metres


def ways_of(graph: StreetGraph) -> Ways:
    """The graph as dictionaries."""
    foot = graph.on_foot
    ways: Ways = {int(node): [] for node in np.flatnonzero(foot.in_largest)}
    for start, end, length in zip(
        foot.starts.tolist(), foot.ends.tolist(), foot.edge_m.tolist(), strict=True
    ):
        ways[start].append((end, length))
        ways[end].append((start, length))
    return ways


def median_ms(work: Callable[[int], object], corners: list[int]) -> float:
    """The median over the corners, after one that does not count."""
    work(corners[0])
    taken = []
    for corner in corners:
        began = time.perf_counter()
        work(corner)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e3


def walking(graph: StreetGraph) -> Figures:
    """Ours against the textbook, to all corners and within a quarter of an hour."""
    walks, ways, foot = Walks(graph), ways_of(graph), graph.on_foot
    corners = random.Random(1).sample(sorted(ways), 9)

    def ours(corner: int, limit_m: float = math.inf) -> np.ndarray:
        place = GridPoint(float(foot.eastings_m[corner]), float(foot.northings_m[corner]))
        return walks.fresh(place, False, limit_m).node_m

    equal = True
    for corner in corners[:3]:
        expected, found = textbook(ways, corner, math.inf), ours(corner)
        equal &= all(abs(found[node] - metres) < 1e-6 for node, metres in expected.items())
    plain_ms = median_ms(lambda corner: textbook(ways, corner, math.inf), corners)
    ours_ms = median_ms(ours, corners)
    near_plain_ms = median_ms(lambda corner: textbook(ways, corner, QUARTER_HOUR_M), corners)
    near_ms = median_ms(lambda corner: ours(corner, QUARTER_HOUR_M), corners)
    return {
        "equal": equal,
        "corners": len(ways),
        "to_all_ms": ours_ms,
        "to_all_times_faster": plain_ms / ours_ms,
        "quarter_hour_ms": near_ms,
        "quarter_hour_times_faster": near_plain_ms / near_ms,
    }


def going(graph: StreetGraph, shared: Path, directory: Path) -> Figures:
    """Sixty bus journeys from homes not asked about before, and one drawn area."""
    began = time.perf_counter()
    timetable = open_timetable(shared / GTFS, directory)
    read_s = time.perf_counter() - began
    travel = NetworkTravel(graph, DetourTravel(), timetable, directory=directory)
    foot = graph.on_foot
    draw = random.Random(2)
    places = [
        GridPoint(float(foot.eastings_m[node]), float(foot.northings_m[node]))
        for node in draw.sample(np.flatnonzero(foot.in_largest).tolist(), 69)
    ]
    homes, venues = places[:9], places[9:]
    person = Traveller(0.8, frozenset({Mode.BUS}))
    # The first person of the day pays for the venues' walks to their stops.
    began = time.perf_counter()
    travel.journeys(homes[0], venues, person, on=DAY, at=TWO)
    first_ms = (time.perf_counter() - began) * 1e3
    bus_ms = median_ms(
        lambda at: travel.journeys(homes[at], venues, person, on=DAY, at=TWO), [*range(1, 9)]
    )
    area_ms = median_ms(
        lambda at: walk_isochrone(travel.walks, homes[at], 15.0, 1.33), [*range(1, 6)]
    )
    return {
        "timetable_read_s": read_s,
        "first_sixty_bus_journeys_ms": first_ms,
        "sixty_bus_journeys_ms": bus_ms,
        "isochrone_quarter_hour_ms": area_ms,
    }


def measure(shared: Path) -> Figures:
    """Everything, with what it weighs."""
    process = psutil.Process(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        before = process.memory_info().rss
        began = time.perf_counter()
        open_network(shared / PBF, directory)
        build_s = time.perf_counter() - began
        began = time.perf_counter()
        graph = open_network(shared / PBF, directory)
        open_ms = (time.perf_counter() - began) * 1e3
        kept = sum(file.stat().st_size for file in directory.rglob("*.npy"))
        figures: Figures = {
            "build_s": build_s,
            "open_ms": open_ms,
            "kept_mb": kept / 1e6,
            **walking(graph),
            **going(graph, shared, directory),
        }
        figures["grown_mb"] = (process.memory_info().rss - before) / 1e6
    return figures


def main() -> int:
    """Print the figures; 1 when an answer differs or the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("KITH_SHARED", "../shared"))
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not (asked.shared / PBF).exists():
        print(f"shared file not present: {PBF}")
        return 0
    figures = measure(asked.shared)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value:.2f}" if isinstance(value, float) else f"{name:28} {value}")
    return 0 if figures["equal"] and figures["to_all_times_faster"] >= AT_LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main())
