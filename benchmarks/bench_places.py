"""The shared search benchmark: real places, practices to set out from, topics to look for.

Read from where the published files lie (`KITH_SHARED`, by default beside the repository); none of
them is part of Kith.
"""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.point import GRID_EXTENT_M, GridPoint

Floats: TypeAlias = npt.NDArray[np.float64]

RADIUS_M: Final = 16_093.0
"""Ten miles, as the benchmark says."""

EARTH_M: Final = 6_371_008.8
"""Mean radius of the Earth, as the benchmark says."""


@dataclass(frozen=True, slots=True)
class Places:
    """`n` places by number (1 to n), on the ground and on the grid, and which serve each topic.

    `serving` has the numbers, in order, of the places whose name matches a topic.
    """

    names: list[str]
    lons: Floats
    lats: Floats
    eastings: Floats
    northings: Floats
    serving: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Origin:
    """A practice that queries set out from."""

    code: str
    lon: float
    lat: float
    point: GridPoint


def folder() -> Path:
    """Where the benchmark's files are; the error says how to name another place."""
    root = Path(__file__).resolve().parents[1]
    found = Path(os.environ.get("KITH_SHARED", root.parent / "shared")) / "data" / "bench"
    if not (found / "uk_assets.csv").exists():
        raise SystemExit(f"No uk_assets.csv in {found}. Set KITH_SHARED to the shared folder.")
    return found


def read_places() -> Places:
    """All places; those off the National Grid are left out and keep their numbers."""
    with (folder() / "uk_assets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lons = np.array([float(row["lon"]) for row in rows])
    lats = np.array([float(row["lat"]) for row in rows])
    eastings, northings = projection.to_grid(lons, lats)
    names = [row["name"] for row in rows]
    topics = json.loads((folder() / "topics.json").read_text(encoding="utf-8"))
    serving = {}
    for topic, said in topics.items():
        truth = re.compile(said["truth_regex"], re.IGNORECASE)
        serving[topic] = [number for number, name in enumerate(names, 1) if truth.search(name)]
    return Places(names, lons, lats, np.round(eastings, 2), np.round(northings, 2), serving)


def on_the_grid(places: Places) -> npt.NDArray[np.bool_]:
    """Which places lie on the National Grid."""
    east, north = GRID_EXTENT_M
    e, n = places.eastings, places.northings
    return (e >= 0) & (e <= east) & (n >= 0) & (n <= north)


def read_origins() -> list[Origin]:
    """The practices, in the file's order."""
    with (folder() / "origins_gp.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lons = np.array([float(row["lon"]) for row in rows])
    lats = np.array([float(row["lat"]) for row in rows])
    eastings, northings = projection.to_grid(lons, lats)
    return [
        Origin(row["code"], lons[i], lats[i], GridPoint(float(eastings[i]), float(northings[i])))
        for i, row in enumerate(rows)
    ]


def ideal(places: Places, origin: Origin, topic: str, count: int) -> list[int]:
    """The nearest places by great circle (haversine), within the radius, ties by number."""
    numbers = np.array(places.serving[topic], dtype=np.int64)
    at = numbers - 1
    lat, lon = np.radians(places.lats[at]), np.radians(places.lons[at])
    lat0, lon0 = np.radians(origin.lat), np.radians(origin.lon)
    half = (
        np.sin((lat - lat0) / 2) ** 2 + np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    )
    metres = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    within = metres <= RADIUS_M
    order = np.lexsort((numbers[within], metres[within]))[:count]
    found: list[int] = numbers[within][order].tolist()
    return found
