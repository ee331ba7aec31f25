"""The slow, obvious gazetteer: scan the lines, keep a dictionary, compare every distance."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

INWARD = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass
class Fact:
    """What is known of one postcode."""

    easting: int
    northing: int
    grade: int = 10
    ended: str | None = None
    codes: dict[str, str | None] = field(default_factory=dict)


def scan(paths: Iterable[Path]) -> dict[str, Fact]:
    """Every line of gzipped Code-Point files, later ones over earlier."""
    facts = {}
    for path in paths:
        with gzip.open(path, "rt") as file:
            for line in file:
                postcode, grade, easting, northing = line.strip().split(",")[:4]
                facts[postcode] = Fact(int(easting), int(northing), int(grade))
    return facts


def tidied(text: str) -> str:
    """Letters and figures only, in capitals, with the space where it belongs."""
    letters = "".join(character for character in text.upper() if character.isalnum())
    return f"{letters[:-3]} {letters[-3:]}"


def part(facts: Mapping[str, Fact], name: str) -> tuple[float, float, float, int] | None:
    """Mean easting and northing, the farthest of the nearest 95 %, and how many are live.

    `name` is a sector ("WA8 6") or district ("WA8"). Positions that are themselves only a
    sector's mean do not count towards the mean. None if no postcode begins so.
    """
    begins = name if " " in name else name + " "
    live = [fact for text, fact in facts.items() if text.startswith(begins) and not fact.ended]
    placed = [fact for fact in live if fact.easting and fact.grade != 60]
    if not live:
        return None
    if not placed:
        return 0, 0, 0, len(live)
    east = sum(fact.easting for fact in placed) / len(placed)
    north = sum(fact.northing for fact in placed) / len(placed)
    apart = sorted(math.dist((fact.easting, fact.northing), (east, north)) for fact in placed)
    return east, north, apart[math.ceil(len(apart) * 0.95) - 1], len(live)


def eighth_neighbour_m(facts: Mapping[str, Fact], postcode: str) -> float:
    """Distance from a postcode to the eighth-nearest other live position."""
    here = facts[postcode]
    places = {(f.easting, f.northing) for f in facts.values() if f.easting and not f.ended}
    places.discard((here.easting, here.northing))
    return sorted(math.dist(place, (here.easting, here.northing)) for place in places)[7]


def merged(
    older: Mapping[str, Fact],
    newer: Mapping[str, Fact],
    *,
    carries: frozenset[str],
    whole_areas: bool,
) -> dict[str, Fact]:
    """The rule of an import, postcode by postcode."""
    areas = {area(text) for text in newer}
    result = {}
    for text in {**older, **newer}:
        old, new = older.get(text), newer.get(text)
        if new is None:
            assert old is not None
            gone = whole_areas and area(text) in areas and old.ended is None
            result[text] = Fact(
                old.easting, old.northing, old.grade, "unknown" if gone else old.ended, old.codes
            )
            continue
        codes = dict(new.codes)
        if old is not None:
            moved = math.dist((old.easting, old.northing), (new.easting, new.northing))
            for name, code in old.codes.items():
                if name not in carries and moved <= 100:
                    codes[name] = code
        result[text] = Fact(new.easting, new.northing, new.grade, new.ended, codes)
    return result


def area(text: str) -> str:
    """The letters that a postcode begins with."""
    return text[:2] if text[1].isalpha() else text[0]
