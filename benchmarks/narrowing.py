"""The nearest ten for a need: the narrowing table against a scan of every place.

On the shared benchmark (24,299 places, 60 practices x 10 topics, ten miles) three ways answer the
same 600 questions in one run and must agree to the place and its order:

- the narrowing table on SQLite, with geo's distances;
- the slow twin: every place, each measured by `geo.distance.straight_line_m`, then sorted;
- a bare scan: the same with nothing but floats and `math.hypot`, as fast as Python can be made.

Here a place serves a topic when its name matches the benchmark's own expression for the truth,
because this measures place and need codes, not the reading of words.

With `--synthetic N` a register of N synthetic assets over England is made, once, in
var/bench-<thousands>k.db, and narrowing and searching are measured in it.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from sqlalchemy import insert

from benchmarks.bench_places import RADIUS_M, Origin, Places, ideal, read_origins, read_places
from benchmarks.big_register import big_register
from benchmarks.register_questions import measure
from geo.distance import straight_line_m
from geo.point import GridPoint
from service.bootstrap import metadata
from service.register.candidates import nearest_assets
from service.register.derived_rows import CandidateRow
from service.register.narrowing import DELIVERY_BITS, Candidate, cell_of
from service.register.packing import Facts
from service.register.vocabulary import Delivery
from service.settings import Settings
from service.store.engine import make_engine
from service.store.work import Store

COUNT = 10
AT_LEAST = 50.0
"""Times faster than the slow twin that the narrowing table must be."""

Answer: TypeAlias = list[int]
Finder: TypeAlias = Callable[[Origin, str], Answer]
Figures: TypeAlias = dict[str, float | int | bool]


def fill(store: Store, places: Places) -> None:
    """Put every place under each topic it serves into the narrowing table, as one venue each."""
    metadata().create_all(store.engine)
    rows = []
    for topic, numbers in places.serving.items():
        for number in numbers:
            east = float(places.eastings[number - 1])
            north = float(places.northings[number - 1])
            facts = Facts(*(0,) * len(Facts._fields))._replace(
                asset_id=number,
                venue_id=number,
                directness=1.0,
                easting_m=east,
                northing_m=north,
                deliveries=DELIVERY_BITS[Delivery.IN_PERSON],
            )
            rows.append(CandidateRow.of(topic, cell_of(east, north), facts)._asdict())
    with store.work() as work:
        work.session.execute(insert(Candidate), sorted(rows, key=lambda row: row["cell"]))


def slow_twin(places: Places) -> Finder:
    """Every place in turn: measured, kept when it is near and serves; then sorted."""
    points = [
        GridPoint(float(east), float(north))
        for east, north in zip(places.eastings, places.northings, strict=True)
    ]
    serving = {topic: frozenset(numbers) for topic, numbers in places.serving.items()}

    def find(origin: Origin, topic: str) -> Answer:
        found = []
        for number, point in enumerate(points, 1):
            metres = straight_line_m(origin.point, point)
            if metres <= RADIUS_M and number in serving[topic]:
                found.append((metres, number))
        return [number for _, number in sorted(found)[:COUNT]]

    return find


def bare_scan(places: Places) -> Finder:
    """The same without a single object of ours, and no distance for what does not serve."""
    floats = list(zip(places.eastings.tolist(), places.northings.tolist(), strict=True))
    topics: list[set[str]] = [set() for _ in floats]
    for topic, numbers in places.serving.items():
        for number in numbers:
            topics[number - 1].add(topic)

    def find(origin: Origin, topic: str) -> Answer:
        east, north = origin.point.easting_m, origin.point.northing_m
        found = []
        for number, serves in enumerate(topics, 1):
            if topic in serves:
                e, n = floats[number - 1]
                metres = math.hypot(east - e, north - n)
                if metres <= RADIUS_M:
                    found.append((metres, number))
        return [number for _, number in sorted(found)[:COUNT]]

    return find


def timed(
    find: Finder, origins: Sequence[Origin], topics: Sequence[str]
) -> tuple[list[float], list[Answer]]:
    """Milliseconds and answer of every question, in order."""
    took, answers = [], []
    for origin in origins:
        for topic in topics:
            start = time.perf_counter()
            answers.append(find(origin, topic))
            took.append((time.perf_counter() - start) * 1000)
    return took, answers


def recall(places: Places, origins: Sequence[Origin], answers: Sequence[Answer]) -> Figures:
    """Share of the ideal list found among the first ten, over the questions that have any."""
    asked = [(origin, topic) for origin in origins for topic in places.serving]
    shares, empty = [], 0
    for (origin, topic), answer in zip(asked, answers, strict=True):
        best = ideal(places, origin, topic, COUNT)
        if best:
            shares.append(len({*best} & {*answer}) / len(best))
            empty += not answer
    return {
        "questions_with_truth": len(shares),
        "empty": empty,
        "recall_of_nearest": round(sum(shares) / len(shares), 4),
    }


def shared_benchmark() -> dict[str, Figures]:
    """Answer the 600 questions three ways; the figures of each."""
    places, origins = read_places(), read_origins()
    topics = list(places.serving)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(make_engine(f"sqlite:///{folder}/bench.db"))
        fill(store, places)
        with store.read() as session:

            def narrowed(origin: Origin, topic: str) -> Answer:
                near = nearest_assets(
                    session, need=topic, centre=origin.point, count=COUNT, within_m=RADIUS_M
                )
                found: Answer = near.asset_id.tolist()
                return found

            timed(narrowed, origins[:10], topics)
            ours_ms, ours = timed(narrowed, origins, topics)
        store.engine.dispose()
    twin_ms, twin = timed(slow_twin(places), origins, topics)
    bare_ms, bare = timed(bare_scan(places), origins, topics)
    # By the middle question, not by the sum: one pause of the machine would decide that.
    middle = float(np.percentile(ours_ms, 50))
    return {
        "narrowing table": {
            **_spread(ours_ms),
            "agrees": True,
            "times_faster": 1.0,
            **recall(places, origins, ours),
        },
        "slow twin": {
            **_spread(twin_ms),
            "agrees": twin == ours,
            "times_faster": round(float(np.percentile(twin_ms, 50)) / middle, 1),
        },
        "bare scan": {
            **_spread(bare_ms),
            "agrees": bare == ours,
            "times_faster": round(float(np.percentile(bare_ms, 50)) / middle, 1),
        },
    }


def _spread(took: Sequence[float]) -> Figures:
    return {
        "p50_ms": round(float(np.percentile(took, 50)), 3),
        "p95_ms": round(float(np.percentile(took, 95)), 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether it holds."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.narrowing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--synthetic", type=int, metavar="N", help="assets, such as 300000")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    asked = parser.parse_args(arguments)
    if asked.synthetic:
        file = Path("var") / f"bench-{asked.synthetic // 1000}k.db"
        store = big_register(Settings(database_url=f"sqlite:///{file}"), asked.synthetic)
        figures: dict[str, Figures] = measure(store)
        holds = True
    else:
        figures = shared_benchmark()
        twin = figures["slow twin"]
        agree = all(each["agrees"] for each in figures.values())
        holds = agree and twin["times_faster"] >= AT_LEAST
    print(json.dumps(figures, indent=2) if asked.json else _table(figures))
    if not holds:
        print(f"Does not hold: the ways differ, or the table is not {AT_LEAST:g} times faster.")
    return 0 if holds else 1


def _table(figures: dict[str, Figures]) -> str:
    lines = [f"{'way':28} {'p50 ms':>9} {'p95 ms':>9}   more"]
    for name, said in figures.items():
        rest = [f"{key}={value}" for key, value in said.items() if not key.endswith("_ms")]
        lines.append(f"{name:28} {said['p50_ms']:9.3f} {said['p95_ms']:9.3f}   {' '.join(rest)}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
