"""How fast postcodes are found, against pandas on the same data in the same run; and memory.

Read the ratios: microseconds differ from machine to machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import psutil

from geo.gazetteer import open_gazetteer
from geo.gazetteer_default import default_files
from geo.gazetteer_packed import PackedGazetteer

if TYPE_CHECKING:
    import pandas as pd

TARGETS = {"ratio": 20.0, "resident_mb": 250.0, "open_s": 3.0}
"""At least this many times faster than pandas `.loc`; at most this much memory and time."""

LOOP = "pandas .loc[p], one by one"
MANY = "locate_many"
SLOW_LOOKUPS = 3_000
"""The slowest ways with pandas are timed over fewer look-ups."""


@dataclass(frozen=True)
class Timing:
    """One way to look postcodes up."""

    how: str
    each_us: float
    ratio: float | None
    against: str


def best_us(work: Callable[[], object], lookups: int, rounds: int) -> float:
    """Microseconds of processor time a look-up in the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) / lookups * 1e6


def pandas_frame() -> pd.DataFrame:
    """The same postcodes as a frame whose index is the postcode: the usual way with pandas."""
    import pandas as pd

    names = ["postcode", "quality", "easting", "northing"]
    parts = [pd.read_csv(path, header=None, names=names) for path in default_files()]
    return pd.concat(parts).set_index("postcode")


def check_answers(gazetteer: PackedGazetteer, frame: pd.DataFrame, texts: list[str]) -> None:
    """Stop if the two do not say the same: a fast wrong answer is worth nothing."""
    found = gazetteer.locate_many(texts)
    rows = frame.loc[texts]
    for ours, theirs in (
        (found.eastings_m, rows["easting"].to_numpy()),
        (found.northings_m, rows["northing"].to_numpy()),
    ):
        if not np.array_equal(np.nan_to_num(ours), theirs):
            raise SystemExit("The gazetteer and pandas disagree on a position.")


def time_all(
    gazetteer: PackedGazetteer, frame: pd.DataFrame, texts: list[str], rounds: int
) -> list[Timing]:
    """Every way, ours and theirs."""
    few = texts[:SLOW_LOOKUPS]
    columns = ["easting", "northing"]
    untidy = [text.replace(" ", "").lower() for text in texts]

    def each(look_up: Callable[[str], object], asked: list[str]) -> float:
        # Answers are let go at once, as a web request would, or their number slows the next.
        return best_us(lambda: deque(map(look_up, asked), maxlen=0), len(asked), rounds)

    def both_cells(text: str) -> object:
        return frame.loc[text, "easting"], frame.loc[text, "northing"]

    row = each(lambda text: frame.loc[text], texts)
    cells = each(both_cells, few)
    pair = each(lambda text: frame.loc[text, columns], few)
    bulk = best_us(lambda: frame.loc[texts], len(texts), rounds)
    one = each(gazetteer.locate, texts)
    one_untidy = each(gazetteer.locate, untidy)
    many = best_us(lambda: gazetteer.locate_many(texts), len(texts), rounds)
    many_untidy = best_us(lambda: gazetteer.locate_many(untidy), len(texts), rounds)

    return [
        Timing(LOOP, row, None, ""),
        Timing("pandas .loc[p, 'easting'] and .loc[p, 'northing']", cells, None, ""),
        Timing("pandas .loc[p, ['easting', 'northing']]", pair, None, ""),
        Timing("pandas .loc[list of p]", bulk, None, ""),
        Timing("locate, one by one", one, row / one, LOOP),
        Timing("locate, one by one", one, cells / one, "two .loc, one by one"),
        Timing("locate, one by one", one, pair / one, ".loc of two columns, one by one"),
        Timing("locate, lower case without space", one_untidy, row / one_untidy, LOOP),
        Timing(MANY, many, row / many, LOOP),
        Timing(MANY, many, bulk / many, "pandas .loc[list of p]"),
        Timing("locate_many, lower case without space", many_untidy, row / many_untidy, LOOP),
    ]


def measure_in_a_fresh_process(directory: Path) -> dict[str, float]:
    """Opening time and memory where nothing but the gazetteer has been loaded."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--resident", str(directory)],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def resident(directory: Path) -> dict[str, float]:
    """Open the gazetteer and touch every page of it."""
    process = psutil.Process()
    before_mb = process.memory_info().rss / 1e6
    start = time.perf_counter()
    gazetteer = open_gazetteer(directory)
    gazetteer.locate("WA8 6TR")
    open_s = time.perf_counter() - start
    opened_mb = process.memory_info().rss / 1e6
    if not isinstance(gazetteer, PackedGazetteer):
        raise SystemExit("That is not a packed gazetteer.")
    touched = gazetteer.touch()
    return {
        "postcodes": float(len(gazetteer)),
        "open_s": open_s,
        "before_mb": before_mb,
        "opened_mb": opened_mb,
        "resident_mb": process.memory_info().rss / 1e6,
        "mapped_mb": touched / 1e6,
    }


def run(directory: Path, lookups: int, rounds: int, seed: int) -> dict[str, Any]:
    """All figures."""
    import pandas as pd

    start = time.perf_counter()
    gazetteer = open_gazetteer(directory)
    ready_s = time.perf_counter() - start
    if not isinstance(gazetteer, PackedGazetteer):
        raise SystemExit("That is not a packed gazetteer.")
    memory = measure_in_a_fresh_process(directory)
    frame = pandas_frame()
    chosen = np.random.default_rng(seed).choice(len(frame), size=lookups, replace=False)
    texts = frame.index[chosen].tolist()
    check_answers(gazetteer, frame, texts)
    timings = time_all(gazetteer, frame, texts, rounds)
    many = next(timing for timing in timings if (timing.how, timing.against) == (MANY, LOOP))
    return {
        "lookups": lookups,
        "first_open_s": ready_s,
        "memory": memory,
        "pandas": pd.__version__,
        "pandas_frame_mb": float(frame.memory_usage(deep=True).sum() / 1e6),
        "timings": [asdict(timing) for timing in timings],
        "targets": TARGETS,
        "met": {
            "ratio": (many.ratio or 0.0) >= TARGETS["ratio"],
            "resident_mb": memory["resident_mb"] <= TARGETS["resident_mb"],
            "open_s": memory["open_s"] <= TARGETS["open_s"],
        },
    }


def show(figures: dict[str, Any]) -> None:
    """Print the figures for a person."""
    memory = figures["memory"]
    print(f"{figures['lookups']:,} postcodes of {memory['postcodes']:,.0f}, best of some rounds")
    print(f"{'way':52} {'us each':>9} {'times':>7}  against")
    for timing in figures["timings"]:
        ratio = f"{timing['ratio']:6.1f}x" if timing["ratio"] else ""
        print(f"{timing['how']:52} {timing['each_us']:9.2f} {ratio:>7}  {timing['against']}")
    print(
        f"opened in {memory['open_s']:.2f} s; resident {memory['resident_mb']:.0f} MB with every "
        f"page touched ({memory['before_mb']:.0f} MB before opening; {memory['mapped_mb']:.0f} MB "
        f"mapped); pandas frame {figures['pandas_frame_mb']:.0f} MB"
    )
    for name, met in figures["met"].items():
        print(f"target {name} {figures['targets'][name]:g}: {'met' if met else 'MISSED'}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 1 with --check if a target is missed."""
    parser = argparse.ArgumentParser(prog="geocoding", description=__doc__)
    parser.add_argument("--lookups", type=int, default=100_000, help="postcodes looked up")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the fastest counts")
    parser.add_argument("--seed", type=int, default=1, help="which postcodes are drawn")
    parser.add_argument("--directory", type=Path, help="a gazetteer's folder; else a new one")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="fail if a target is missed")
    parser.add_argument("--resident", type=Path, metavar="DIRECTORY", help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    if told.resident:
        print(json.dumps(resident(told.resident)))
        return 0
    with tempfile.TemporaryDirectory() as new:
        figures = run(told.directory or Path(new), told.lookups, told.rounds, told.seed)
    if told.json:
        print(json.dumps(figures, indent=2))
    else:
        show(figures)
    return 0 if not told.check or all(figures["met"].values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
