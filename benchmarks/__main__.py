"""Every benchmark, one after the other: `python -m benchmarks [--only NAME] [--json]`.

Each runs in a process of its own, because some measure memory. Read the ratios: each benchmark
does the same work a plain way in the same run, so a slow or busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One module of this folder: what it measures, against what, and whether it can print JSON."""

    name: str
    what: str
    against: str
    has_json: bool = True


BENCHMARKS = (
    Benchmark("geocoding", "finding postcodes", "pandas on the same data"),
    Benchmark("narrowing", "the nearest groups for a need", "a scan of all groups"),
    Benchmark("map_size", "size and opening of a map", "a map of nothing", has_json=False),
    Benchmark("pages", "the link worker's pages, 5,000 groups and 250 people", "a plain page"),
    Benchmark("matching", "a note in, groups out", "every asset judged"),
    Benchmark("http", "a question over HTTP on 300,000 assets", "every asset judged"),
    Benchmark("cards", "cards inside the record, by CDS Hooks", "the same question over HTTP"),
    Benchmark("fhir", "referrals over FHIR at a steady rate", "the same over Kith's own API"),
)


def run(benchmark: Benchmark, as_json: bool) -> tuple[int, Any]:
    """The exit code of one benchmark, and its figures when JSON is asked for."""
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}"]
    if not as_json:
        return subprocess.run(command, cwd=ROOT, check=False).returncode, None
    if benchmark.has_json:
        command.append("--json")
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        return done.returncode, {"lines": done.stdout.splitlines()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; 1 when one of them failed."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=names, action="append", help="one; again for another")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    failed = []
    for benchmark in BENCHMARKS:
        if asked.only and benchmark.name not in asked.only:
            continue
        if not asked.json:
            print(
                f"\n== {benchmark.name}: {benchmark.what}, beside {benchmark.against}", flush=True
            )
        start = time.perf_counter()
        code, figures[benchmark.name] = run(benchmark, asked.json)
        if code:
            failed.append(benchmark.name)
        if not asked.json:
            print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    if asked.json:
        print(json.dumps(figures, indent=2))
    if failed:
        sys.stderr.write(f"Failed: {', '.join(failed)}.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
