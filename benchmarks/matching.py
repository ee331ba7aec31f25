"""A note in, groups out: the whole way of a referral, beside judging every group.

Notes of the tests' own are read and matched on a register of synthetic assets. In the same run the
needs and facts that were read are answered the plain way: every asset judged, without narrowing.
The mean distance regret (`benchmarks.regret`) must not be over three minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.big_register import big_register
from benchmarks.english_postcodes import postcode_texts
from benchmarks.http import everything
from benchmarks.regret import Regret, Regrets, regret, together
from geo.distance import straight_line_m
from service import bootstrap
from service.matching.match import match
from service.matching.pool import Pool
from service.parts import Kith
from service.people.facts import PersonFacts
from service.referrals.queries import Matched, matches_of_note
from service.register.candidates import MAX_M
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import ReferralRoute
from service.settings import Settings

NOTES = Path(__file__).resolve().parents[1] / "tests" / "data" / "notes_dev.jsonl"
WARM = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What one register saw; milliseconds a note, wall clock and processor."""

    assets: int
    notes: int
    matched: int
    wall_p50_ms: float
    wall_p95_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    plain_p50_ms: float
    ratio: float
    same_answers: bool
    regret: Regrets


def whole(kith: Kith, note: str, postcode: str) -> Matched:
    """From the note to the groups."""
    reading = kith.read_note(note)
    with kith.store.read() as session:
        return matches_of_note(
            session,
            kith.seeking(),
            needs=(),
            reading=reading,
            postcode=postcode,
            facts={},
            route=ReferralRoute.GP,
        )


def plain(
    kith: Kith, note: str, found: Matched, assets: Sequence[AssetSnapshot]
) -> tuple[float, bool, Regret]:
    """Milliseconds to read and judge every asset; whether it says the same; the distance regret."""
    result, person = found.result, found.person
    assert result is not None
    assert person is not None
    assets = [each for each in assets if is_candidate(each, person)]
    start = time.perf_counter()
    kith.read_note(note)
    seeking = kith.seeking()
    judged = match(found.needs, person, assets, kith.travel, kith.parameters, limit=seeking.limit)
    took = (time.perf_counter() - start) * 1000
    same = [each.asset.asset_id for each in judged.matches] == [
        each.asset.asset_id for each in result.matches
    ]
    everybody = Pool(found.needs, assets, kith.travel).judge(person, kith.parameters)
    return took, same, regret(result, everybody)


def is_candidate(asset: AssetSnapshot, person: PersonFacts) -> bool:
    """Whether the search looks at it: what comes to people, and any place within 50 km."""
    home = person.home and person.home.point
    placed = [place.point for place in asset.places if place.point is not None]
    if any(each.is_remote for each in asset.deliveries) or len(placed) < len(asset.places or (0,)):
        return True
    return home is not None and any(straight_line_m(home, point) <= MAX_M for point in placed)


def measure(assets: int, count: int, plain_count: int) -> Measured:
    """Read and match `count` notes; the first `plain_count` that match the plain way too."""
    var = Path("var")
    settings = Settings(
        var_dir=var, database_url=f"sqlite:///{var / f'bench-{assets // 1000}k.db'}"
    )
    store = big_register(settings, assets)
    kith = bootstrap.wire(settings)
    rows = [json.loads(line) for line in NOTES.read_text(encoding="utf-8").splitlines()]
    notes = [rows[at % len(rows)]["note"] for at in range(count)]
    postcodes = postcode_texts(count, 11)
    for note, postcode in zip(notes[:WARM], postcodes, strict=False):
        whole(kith, note, postcode)
    wall, cpu, found = [], [], []
    for note, postcode in zip(notes, postcodes, strict=True):
        began, used = time.perf_counter(), time.process_time()
        found.append(whole(kith, note, postcode))
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    matched = [
        (note, each) for note, each in zip(notes, found, strict=True) if each.result is not None
    ]
    all_assets = everything(store)
    slow = [plain(kith, note, each, all_assets) for note, each in matched[:plain_count]]
    middle = float(np.median([took for took, *_ in slow]))
    return Measured(
        assets,
        count,
        len(matched),
        *(round(float(np.percentile(wall, each)), 1) for each in (50, 95)),
        *(round(float(np.percentile(cpu, each)), 1) for each in (50, 95)),
        round(middle, 1),
        round(middle / float(np.percentile(wall, 50)), 1),
        all(same for _, same, _ in slow),
        together([each for *_, each in slow]),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when answers differ or the regret is too large."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--assets", type=int, action="append", help="5000 and 300000 unless said")
    parser.add_argument("--notes", type=int, default=60)
    parser.add_argument("--plain", type=int, default=5, help="Notes answered the plain way too.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    asked = parser.parse_args(arguments)
    seen = [measure(each, asked.notes, asked.plain) for each in asked.assets or [5_000, 300_000]]
    if asked.json:
        print(json.dumps([asdict(each) for each in seen], indent=2))
    else:
        for each in seen:
            print("  ".join(f"{name} {value}" for name, value in asdict(each).items()))
    fine = all(each.same_answers and each.regret.are_small for each in seen)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
