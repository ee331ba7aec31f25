"""Which assets may be one and the same: names that sound alike, close together. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from geo.distance import straight_line_m
from geo.point import GridPoint
from service.register.words import fold

NEAR_M: Final = 500.0
"""How far apart two entries of one group may be placed: a postcode's middle beside its door."""

ALIKE: Final = 0.88
"""Likeness of names from which a pair is worth a look; as published feeds are matched with."""

_EMPTY: Final = frozenset({"the", "a", "and", "of", "at", "in", "for", "group", "club"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One asset at one of its places."""

    asset_id: int
    name: str
    point: GridPoint


@dataclass(frozen=True, slots=True)
class Alike:
    """Two assets, the lower number first; how alike the names are, 0 to 1; metres between them."""

    first_id: int
    second_id: int
    score: float
    apart_m: float


def pairs_alike(entries: Sequence[Entry]) -> list[Alike]:
    """Pairs of assets that may be the same, the most alike first, then the nearest, then by number.

    Names are compared word by word in any order, without what every group is called. Names whose
    numbers differ are never alike: "1st Scouts" are not "2nd Scouts". An asset at several places
    counts by the nearest. Never more than a proposal: a person decides.

    Parameters
    ----------
    entries : sequence of Entry
        Several of one asset are allowed; none gives none.
    """
    best: dict[tuple[int, int], Alike] = {}
    for one, other in _close(entries):
        apart_m = straight_line_m(one.point, other.point)
        if apart_m > NEAR_M:
            continue
        score = likeness(one.name, other.name)
        if score < ALIKE:
            continue
        first, second = sorted((one.asset_id, other.asset_id))
        found = Alike(first, second, score, apart_m)
        known = best.get((first, second))
        if known is None or found.apart_m < known.apart_m:
            best[first, second] = found
    return sorted(
        best.values(), key=lambda each: (-each.score, each.apart_m, each.first_id, each.second_id)
    )


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; 0 when their numbers differ."""
    first, second = _words(one), _words(other)
    if _numbers(first) != _numbers(second):
        return 0.0
    return round(fuzz.token_sort_ratio(" ".join(first), " ".join(second)) / 100, 3)


def _words(name: str) -> list[str]:
    every = re.findall(r"[^\W_]+", re.sub(r"['’]", "", fold(name)))
    telling = [word for word in every if word not in _EMPTY]
    return telling or every


def _numbers(words: Sequence[str]) -> list[str]:
    return sorted("".join(re.findall(r"\d+", word)) for word in words if re.search(r"\d", word))


def _close(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Every two entries of different assets in the same or neighbouring squares of `NEAR_M`."""
    squares: defaultdict[tuple[int, int], list[Entry]] = defaultdict(list)
    for each in entries:
        squares[_square(each.point)].append(each)
    for (east, north), some in squares.items():
        # Half of the neighbours, so that each two squares meet once.
        for across, up in ((0, 0), (1, 0), (-1, 1), (0, 1), (1, 1)):
            others = squares.get((east + across, north + up), [])
            for at, one in enumerate(some):
                for other in others[at + 1 :] if (across, up) == (0, 0) else others:
                    if one.asset_id != other.asset_id:
                        yield one, other


def _square(point: GridPoint) -> tuple[int, int]:
    return int(point.easting_m // NEAR_M), int(point.northing_m // NEAR_M)
