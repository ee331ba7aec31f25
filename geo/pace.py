"""How fast people walk and how far without a rest: published figures, as data.

A speed is not a range: of disabled people who can walk at all, about 30 % manage at most 50 m
without stopping and a further 20 % manage 50 to 200 m (Department for Transport, *Inclusive
Mobility*). So whoever cannot go far gets a rest limit as well as a speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_AT_RISK = (
    'at-risk cohort, n = 768 (University of Bath, "Are pedestrian crossings in the UK fit for '
    'purpose")'
)


@dataclass(frozen=True, slots=True)
class Pace:
    """One row of the table of speeds: who, how fast, and who says so."""

    who: str
    m_per_s: float
    source: str


ADULT: Final = Pace(
    "under 65, no difficulty stated", 1.33, "Manual for Streets: 800 m in 10 minutes"
)
OLDER: Final = Pace(
    "65 and over, no difficulty stated",
    0.85,
    "between the means for 65 and over: men 0.9, women 0.8 (Asher 2012, n = 3,145)",
)
DIFFICULTY: Final = Pace("under 75 with mobility problems", 0.80, _AT_RISK)
OLDER_DIFFICULTY: Final = Pace("75 to 84 with mobility problems", 0.75, _AT_RISK)
OLDEST_DIFFICULTY: Final = Pace("85 and over with mobility problems", 0.71, _AT_RISK)
FRAIL: Final = Pace("frail (SPPB 4 to 7)", 0.64, _AT_RISK)
WHEELCHAIR: Final = Pace(
    "in a wheelchair",
    0.79,
    "manual wheelchairs in everyday life: 0.79 m/s, sd 0.19, n = 52 (Tolerico 2007, Journal of "
    "Rehabilitation Research and Development 44(4))",
)

PACES: Final = (
    ADULT,
    OLDER,
    DIFFICULTY,
    OLDER_DIFFICULTY,
    OLDEST_DIFFICULTY,
    FRAIL,
    WHEELCHAIR,
)

REST_LIMITS: Final[dict[str, float]] = {
    "stick": 50.0,
    "no_aid": 100.0,
    "wheelchair": 150.0,
    "visual_impairment": 150.0,
}
"""Metres a disabled person goes without a rest, by what they use. Department for Transport,
*Inclusive Mobility*; the figures are unverified, so they may flag a journey and never refuse it."""


def pace(
    age: int | None = None,
    mobility_difficulty: bool = False,
    frail: bool = False,
    wheelchair: bool = False,
) -> Pace:
    """The row of the table that fits a person, with its source.

    Frailty outweighs a wheelchair, which outweighs a difficulty, which outweighs age alone.

    Parameters
    ----------
    age : int | None
        Whole years. None, not stated, is read as under 65.
    mobility_difficulty, frail, wheelchair : bool
        What is known of the person; False also stands for not stated.

    Notes
    -----
    The at-risk cohort begins at 65. Its youngest row also serves younger people with mobility
    problems, and people with mobility problems whose age is not stated: this project's default,
    chosen because too slow only lengthens a list of minutes, and too fast strands somebody.
    A powered chair may be faster than the figure for manual ones.
    """
    years = 0 if age is None else age
    if frail:
        return FRAIL
    if wheelchair:
        return WHEELCHAIR
    if not mobility_difficulty:
        return OLDER if years >= 65 else ADULT
    if years >= 85:
        return OLDEST_DIFFICULTY
    return OLDER_DIFFICULTY if years >= 75 else DIFFICULTY


def walking_speed_m_per_s(
    age: int | None = None,
    mobility_difficulty: bool = False,
    frail: bool = False,
    wheelchair: bool = False,
) -> float:
    """The speed of `pace` alone, in metres a second: between 0.64 and 1.33."""
    return pace(age, mobility_difficulty, frail, wheelchair).m_per_s
