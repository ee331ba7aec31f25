"""Synthetic assets by the hundred thousand, for measuring Kith at the size of England.

They are scattered round given postcodes, so they follow the population; their kinds follow how
often needs are met with; their rules, costs and gaps in knowledge are mixed as in a real directory.
Nothing here describes a real group. Equal input and seed give equal output.

`python -m benchmarks.synthetic 300000 assets.csv` writes them as an asset file.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.english_postcodes import postcode_points
from seed_data import needs
from service.register.vocabulary import (
    AccessFeature,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    Weekday,
)

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Row: TypeAlias = dict[str, str]

UNKNOWN = -1
"""What a number that is not stated is."""

SCATTER_M = 120.0
"""Standard deviation of a venue's distance from its postcode, each way. Assumption."""

OPEN_TO = (OpenTo.EVERYONE, OpenTo.WOMEN, OpenTo.MEN)
CAPACITY = (Capacity.OPEN, Capacity.WAITING_LIST, Capacity.FULL)
ACCESS, DELIVERY, DAYS = tuple(AccessFeature), tuple(Delivery), tuple(Weekday)
KINDS_OF_ASSET = tuple(AssetKind)
CONDITIONS = ("carer", "dementia", "stroke", "cancer", "bereaved", "mental_illness", "veteran")
LANGUAGES = ("en", "en;pl", "en;ar", "en;ur", "en;bfi", "en;ro")

# Assumption: a few needs are met with very often and most seldom; no table has been published.
COMMON_NEEDS = {
    "loneliness_isolation": 12.0,
    "low_mood_anxiety": 10.0,
    "physical_activity": 9.0,
    "arts_creativity": 6.0,
    "ltc_self_management": 5.0,
    "benefits_advice": 5.0,
    "nature_green": 4.0,
    "debt_money": 4.0,
    "carer_support": 4.0,
    "food_insecurity": 3.0,
    "housing": 3.0,
    "purpose_volunteering": 3.0,
    "healthy_weight": 3.0,
}
OTHER_NEEDS = 1.5


@dataclass(frozen=True, slots=True)
class SyntheticAssets:
    """`n` assets, one array each of a fact; every array has n elements unless it says otherwise.

    Attributes
    ----------
    asset_id : ndarray of int64
        1 to n.
    postcode_index : ndarray of int64
        Which of the given points it is near.
    easting_m, northing_m : ndarray of float64
        Whole metres in EPSG:27700. Those nobody goes to (online, telephone, home visits) keep a
        point of origin here; their rows have no venue.
    kind, group_kind : ndarray of int64
        Places in `KINDS_OF_ASSET` and in `group_kinds`.
    group_kinds : tuple of str
        The kinds of group of the taxonomy that serve any need.
    need_start : ndarray of int64, n + 1
        Asset i serves `need[need_start[i]:need_start[i + 1]]`, most direct first.
    need : ndarray of int64
        Places in `need_ids`.
    directness : ndarray of float64
        As long as `need`.
    min_age, max_age, cost_pence, assured_days_ago, checks_valid_days : ndarray of int64
        `UNKNOWN` when not stated; papers that have lapsed are not made, so no day is negative.
    open_to, capacity : ndarray of int64
        Places in `OPEN_TO` and `CAPACITY`, or `UNKNOWN`.
    access_has, access_lacks, deliveries, days : ndarray of int64
        Bit masks: bit i stands for place i in `ACCESS`, `DELIVERY` and `DAYS`.
    starts_hour : ndarray of int64
        9 to 19; sessions last two hours.
    condition, languages : ndarray of int64
        Places in `CONDITIONS` (`UNKNOWN` is not limited) and `LANGUAGES`.
    serves_m : ndarray of int64
        Radius of the area served, 0 for everywhere, or `UNKNOWN`.
    is_small : ndarray of bool
    """

    asset_id: Ints
    postcode_index: Ints
    easting_m: Floats
    northing_m: Floats
    kind: Ints
    group_kind: Ints
    group_kinds: tuple[str, ...]
    need_ids: tuple[str, ...]
    need_start: Ints
    need: Ints
    directness: Floats
    min_age: Ints
    max_age: Ints
    open_to: Ints
    cost_pence: Ints
    capacity: Ints
    access_has: Ints
    access_lacks: Ints
    deliveries: Ints
    days: Ints
    starts_hour: Ints
    condition: Ints
    languages: Ints
    serves_m: Ints
    assured_days_ago: Ints
    checks_valid_days: Ints
    is_small: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.asset_id)

    def rows(self) -> Iterator[Row]:
        """One row of the asset file for each asset, in order; see `seed_data/README.md`."""
        for each in range(len(self)):
            yield _row(self, each)

    def batches(self, size: int = 10_000) -> Iterator[list[Row]]:
        """The same rows in lists of `size`, the last one shorter, for bulk inserts."""
        for start in range(0, len(self), size):
            yield [_row(self, each) for each in range(start, min(start + size, len(self)))]


def synthetic_assets(n: int, eastings: Floats, northings: Floats, seed: int = 0) -> SyntheticAssets:
    """Make `n` assets round the given postcode points.

    Parameters
    ----------
    n : int
        Zero gives empty arrays.
    eastings, northings : ndarray, shape (m,)
        Live postcodes in EPSG:27700, each as likely as any other; m is at least 1 unless n is 0.
    seed : int
        Equal seeds give equal assets.

    Raises
    ------
    ValueError
        If the arrays differ in length, or are empty while assets are asked for.
    """
    if len(eastings) != len(northings) or (n and not len(eastings)):
        raise ValueError("Give as many eastings as northings, and at least one of each.")
    random = np.random.default_rng(seed)
    near = random.integers(0, max(len(eastings), 1), n)
    offset = random.normal(0.0, SCATTER_M, (2, n))
    kinds, need_ids, weights, served = _kinds()
    kind = _pick(random, n, weights)
    need_start, need, directness = _needs(kind, served)
    access_has, access_lacks = _access(random, n)
    ages = random.choice(len(_AGES), n, p=[share for *_, share in _AGES])
    return SyntheticAssets(
        asset_id=np.arange(1, n + 1, dtype=np.int64),
        postcode_index=near,
        easting_m=np.round(eastings[near] + offset[0]) if n else np.zeros(0),
        northing_m=np.round(northings[near] + offset[1]) if n else np.zeros(0),
        kind=_pick(random, n, np.array([0.55, 0.25, 0.04, 0.09, 0.05, 0.02])),
        group_kind=kind,
        group_kinds=kinds,
        need_ids=need_ids,
        need_start=need_start,
        need=need,
        directness=directness,
        min_age=np.array([low for low, *_ in _AGES], dtype=np.int64)[ages],
        max_age=np.array([high for _, high, _ in _AGES], dtype=np.int64)[ages],
        open_to=_of(random, n, {0: 0.70, 1: 0.06, 2: 0.03, UNKNOWN: 0.21}),
        cost_pence=_of(random, n, {0: 0.50, 200: 0.12, 500: 0.08, 1500: 0.02, UNKNOWN: 0.28}),
        capacity=_of(random, n, {0: 0.55, 1: 0.10, 2: 0.05, UNKNOWN: 0.30}),
        access_has=access_has,
        access_lacks=access_lacks,
        # Bits of `DELIVERY`: in person 1, online 2, phone 4, home visit 8.
        deliveries=_of(random, n, {1: 0.82, 3: 0.05, 2: 0.03, 5: 0.03, 4: 0.02, 8: 0.05}),
        days=_of(
            random, n, {**dict.fromkeys((1, 2, 4, 8, 16), 0.15), 31: 0.15, 32: 0.06, 64: 0.04}
        ),
        starts_hour=random.integers(9, 20, n),
        condition=_of(random, n, {UNKNOWN: 0.86, **dict.fromkeys(range(7), 0.02)}),
        languages=_of(random, n, {0: 0.88, 1: 0.03, 2: 0.03, 3: 0.03, 4: 0.02, 5: 0.01}),
        serves_m=_of(random, n, {3_000: 0.15, 8_000: 0.40, 20_000: 0.15, 0: 0.15, UNKNOWN: 0.15}),
        assured_days_ago=np.where(
            random.random(n) < 0.1, UNKNOWN, random.exponential(250.0, n).astype(np.int64)
        ),
        checks_valid_days=np.where(random.random(n) < 0.4, UNKNOWN, random.integers(0, 730, n)),
        is_small=random.random(n) < 0.6,
    )


_AGES = (
    (0, UNKNOWN, 0.22),
    (16, UNKNOWN, 0.08),
    (18, UNKNOWN, 0.28),
    (50, UNKNOWN, 0.08),
    (65, UNKNOWN, 0.06),
    (11, 18, 0.06),
    (0, 5, 0.04),
    (UNKNOWN, UNKNOWN, 0.18),
)
"""Youngest and oldest age, and the share of assets with them. Assumption."""


def _kinds() -> tuple[tuple[str, ...], tuple[str, ...], Floats, list[Mapping[str, float]]]:
    """Kinds that serve a need, the needs, how likely each kind is, and what it serves."""
    taxonomy = needs.load()
    need_ids = tuple(taxonomy.needs)
    kinds = tuple(kind for kind in taxonomy.kinds if taxonomy.needs_of_kind(kind))
    served = [taxonomy.needs_of_kind(kind) for kind in kinds]
    share = {}
    for need in need_ids:
        whole = sum(serves.get(need, 0.0) for serves in served)
        share[need] = COMMON_NEEDS.get(need, OTHER_NEEDS) / whole
    weights = [sum(share[need] * direct for need, direct in serves.items()) for serves in served]
    return kinds, need_ids, np.array(weights), served


def _needs(kind: Ints, served: list[Mapping[str, float]]) -> tuple[Ints, Ints, Floats]:
    place = {need: number for number, need in enumerate(needs.load().needs)}
    counts = np.array([len(serves) for serves in served], dtype=np.int64)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    flat = np.array([place[need] for serves in served for need in serves], dtype=np.int64)
    direct = np.array([value for serves in served for value in serves.values()])
    start = np.concatenate(([0], np.cumsum(counts[kind]))).astype(np.int64)
    within = np.arange(start[-1]) - np.repeat(start[:-1], counts[kind])
    which = np.repeat(offsets[kind], counts[kind]) + within
    return start, flat[which], direct[which]


def _access(random: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """Each feature is had by four in ten, lacked by two in ten, and not stated by the others."""
    drawn = random.random((len(ACCESS), n))
    bits = (1 << np.arange(len(ACCESS), dtype=np.int64))[:, None]
    has: Ints = ((drawn < 0.4) * bits).sum(axis=0)
    lacks: Ints = ((drawn >= 0.8) * bits).sum(axis=0)
    return has, lacks


def _pick(random: np.random.Generator, n: int, weights: Floats) -> Ints:
    return random.choice(len(weights), n, p=weights / weights.sum()).astype(np.int64)


def _of(random: np.random.Generator, n: int, shares: Mapping[int, float]) -> Ints:
    values = np.array(list(shares), dtype=np.int64)
    return values[_pick(random, n, np.array(list(shares.values())))]


def _row(assets: SyntheticAssets, i: int) -> Row:
    number = int(assets.asset_id[i])
    group_kind = assets.group_kinds[assets.group_kind[i]]
    visited = bool(assets.deliveries[i] & 1)
    radius = int(assets.serves_m[i])
    hour = int(assets.starts_hour[i])
    return {
        "asset_id": f"synthetic-{number:07d}",
        "name": f"Synthetic {group_kind.replace('_', ' ')} {number}",
        "kind": KINDS_OF_ASSET[assets.kind[i]].value,
        "group_kind": group_kind,
        "delivery": ";".join(_members(DELIVERY, assets.deliveries[i])),
        "min_age": _number(assets.min_age[i]),
        "max_age": _number(assets.max_age[i]),
        "open_to": _word(OPEN_TO, assets.open_to[i]),
        "conditions": _word(CONDITIONS, assets.condition[i]),
        "languages": LANGUAGES[assets.languages[i]],
        "routes": "self;link_worker;gp",
        "areas": _area(radius, visited),
        "cost_pence": _number(assets.cost_pence[i]),
        "capacity": _word(CAPACITY, assets.capacity[i]),
        "assured_days_ago": _number(assets.assured_days_ago[i]),
        "checks_valid_days": _number(assets.checks_valid_days[i]),
        "is_small": "true" if assets.is_small[i] else "false",
        "source": "Kith benchmark",
        "invented": "true",
        "venue_name": f"Synthetic venue {number}" if visited else "",
        "postcode": "",
        "easting_m": str(int(assets.easting_m[i])) if visited else "",
        "northing_m": str(int(assets.northing_m[i])) if visited else "",
        "access_yes": ";".join(_members(ACCESS, assets.access_has[i] if visited else 0)),
        "access_no": ";".join(_members(ACCESS, assets.access_lacks[i] if visited else 0)),
        "meets_rule": f"FREQ=WEEKLY;BYDAY={','.join(_members(DAYS, assets.days[i]))}",
        "starts_at": f"{hour:02d}:00",
        "ends_at": f"{hour + 2:02d}:00",
    }


def _area(radius_m: int, visited: bool) -> str:
    """A radius is measured from a venue, so without one it would say nothing."""
    if radius_m == UNKNOWN:
        return ""
    return f"radius_m:{radius_m}" if radius_m and visited else "everywhere"


def _members(words: tuple[Any, ...], mask: np.int64 | int) -> list[str]:
    return [str(word) for place, word in enumerate(words) if mask >> place & 1]


def _word(words: tuple[Any, ...], place: np.int64) -> str:
    return "" if place == UNKNOWN else str(words[place])


def _number(value: np.int64) -> str:
    return "" if value == UNKNOWN else str(int(value))


def main() -> None:
    """Write an asset file of the asked size over England."""
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        raise SystemExit("Usage: python -m benchmarks.synthetic NUMBER FILE.csv")
    assets = synthetic_assets(int(sys.argv[1]), *postcode_points())
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in assets.rows():
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
    print(f"{len(assets):,} assets written to {sys.argv[2]}")


if __name__ == "__main__":
    main()
