"""Whether two records may be one person: what agrees, what differs, and never more than a hint."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz.distance import JaroWinkler

ALIKE_RATIO: Final = 0.88
"""Jaro-Winkler similarity from which two names count as alike. Our own choice: "Jon Smith" and
"John Smith" reach 0.97, "Ann Jones" and "Ian James" 0.69."""


@dataclass(frozen=True, slots=True)
class Known:
    """What two records are compared by."""

    person_id: str
    nhs_number: str | None
    given_name: str
    family_name: str
    birth_date: date | None
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a record compares with another: names of the facts that agree, differ, or are unknown.

    `likely` is whether a person should look: the same NHS number, or the same birth date with a
    name that is alike. A likeness never joins two records.
    """

    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    unknown: tuple[str, ...]
    name_ratio: float
    likely: bool


def likeness(one: Known, other: Known) -> Likeness:
    """Compare two records; the order of the two does not matter.

    A fact that either lacks is unknown, and counts neither way. Names are compared without case,
    accents and punctuation, given and family name in either order.
    """
    ratio = _name_ratio(one, other)
    pairs: dict[str, bool | None] = {
        "nhs_number": _same(one.nhs_number, other.nhs_number),
        "name": None if ratio is None else ratio >= ALIKE_RATIO,
        "birth_date": _same(one.birth_date, other.birth_date),
        "postcode": _same(one.postcode, other.postcode),
    }
    likely = bool(pairs["nhs_number"]) or bool(pairs["birth_date"] and pairs["name"])
    return Likeness(
        agrees=tuple(key for key, value in pairs.items() if value is True),
        differs=tuple(key for key, value in pairs.items() if value is False),
        unknown=tuple(key for key, value in pairs.items() if value is None),
        name_ratio=0.0 if ratio is None else ratio,
        likely=likely,
    )


def plain(name: str) -> str:
    """A name without case, accents and punctuation."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def _same(one: object, other: object) -> bool | None:
    return None if not one or not other else one == other


def _name_ratio(one: Known, other: Known) -> float | None:
    pairs = [(_full(one), _full(other)), (_full(one), _turned(other)), (_turned(one), _full(other))]
    if not all(pairs[0]):
        return None
    return max(JaroWinkler.similarity(first, second) for first, second in pairs)


def _full(known: Known) -> str:
    return plain(f"{known.given_name} {known.family_name}")


def _turned(known: Known) -> str:
    return plain(f"{known.family_name} {known.given_name}")
