"""Before and after, for one person and one measure: what changed, and what is missing.

Follows the record standard's section 4.1: the same person, the same measure, the same version on
both sides, one pair in an episode. What changed is never said to be due to anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from geo.errors import Json
from service.referrals.measures.scoring import Instrument, instruments

NEAREST: Final = timedelta(weeks=12)
EARLIEST: Final = timedelta(weeks=6)
LATEST: Final = timedelta(weeks=26)
"""The window for the second answer: nearest to 12 weeks, between 6 and 26. Fixed in advance, as
the record standard's section 4.1 has it."""

LABELS: Final[Mapping[Instrument, Mapping[str, str]]] = MappingProxyType(
    {
        Instrument.ONS4: {
            "satisfied": "Satisfied with life",
            "worthwhile": "Life is worthwhile",
            "happy": "Happy yesterday",
            "anxious": "Anxious yesterday",
        },
        Instrument.LONELINESS: {
            "ucla": "Loneliness, three questions (3 to 9)",
            "direct": "How often lonely",
        },
        Instrument.MYCAW: {
            "concern_1": "First concern",
            "concern_2": "Second concern",
            "wellbeing": "Wellbeing",
        },
        Instrument.SWEMWBS: {"metric": "Score (7 to 35)"},
        Instrument.PAM: {"score": "Score (0 to 100)", "level": "Level (1 to 4)"},
    }
)
"""What is compared of each measure, each by itself and never summed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One filled-in measure. `scores` are those of `scoring.score`."""

    instrument: Instrument
    version: str
    taken_on: date
    scores: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing compared.

    Attributes
    ----------
    before, after : str
        The value, or that there is none.
    change : str
        How it moved and whether that is better; empty where either side has no value.
    higher_is_worse : bool
        To be said beside the label.
    """

    label: str
    before: str
    after: str
    change: str
    higher_is_worse: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A measure before and after.

    `missing` says what is not there and what can be done about it; empty when the pair is whole.
    """

    instrument: Instrument
    before: date | None
    after: date | None
    lines: tuple[Line, ...]
    missing: str


def pair(instrument: Instrument, taken: Sequence[Taken], today: date) -> Pair:
    """The pair that one person's answers to `instrument` make, whatever their order.

    The first answer is the one before. The one after is that nearest to 12 weeks later of those
    between 6 and 26 weeks; of two as near, the earlier. Answers in another version do not count.
    """
    own = sorted((each for each in taken if each.instrument is instrument), key=_day)
    if not own:
        return Pair(instrument, None, None, (), "Not taken yet.")
    before = own[0]
    opens, shuts = before.taken_on + EARLIEST, before.taken_on + LATEST
    fits = [
        each
        for each in own[1:]
        if opens <= each.taken_on <= shuts and each.version == before.version
    ]
    after = min(fits, key=lambda each: _distance(before, each), default=None)
    lines = tuple(
        _line(instrument, key, label, before, after) for key, label in LABELS[instrument].items()
    )
    if after is None:
        missing = _not_repeated(opens, shuts, today, others=len(own) - 1)
    else:
        missing = _incomplete(lines)
    return Pair(instrument, before.taken_on, after.taken_on if after else None, lines, missing)


def _day(taken: Taken) -> date:
    return taken.taken_on


def _distance(before: Taken, after: Taken) -> tuple[timedelta, date]:
    return abs(after.taken_on - before.taken_on - NEAREST), after.taken_on


def _not_repeated(opens: date, shuts: date, today: date, *, others: int) -> str:
    outside = " What was taken since lies outside that time and does not count." if others else ""
    if today < opens:
        return (
            f"Not repeated yet. Repeat it between {_spoken(opens)} and {_spoken(shuts)}.{outside}"
        )
    if today <= shuts:
        return f"Not repeated yet. Repeat it by {_spoken(shuts)}.{outside}"
    return f"Not repeated in time: it could be compared until {_spoken(shuts)}.{outside}"


def _incomplete(lines: Sequence[Line]) -> str:
    absent = [each.label for each in lines if not each.change]
    if not absent:
        return ""
    return f"Cannot be compared, because an answer is missing: {', '.join(absent)}."


def _line(instrument: Instrument, key: str, label: str, before: Taken, after: Taken | None) -> Line:
    worse = key in instruments()[instrument.value]["higher_is_worse"]
    first = before.scores.get(key)
    second = None if after is None else after.scores.get(key)
    return Line(
        label=label,
        before=_shown(first),
        after="–" if after is None else _shown(second),
        change=_change(instrument, key, first, second),
        higher_is_worse=worse and key != "direct",
    )


def _change(instrument: Instrument, key: str, first: Json, second: Json) -> str:
    facts = instruments()[instrument.value]
    worse = key in facts["higher_is_worse"]
    if isinstance(first, str) and isinstance(second, str):
        # The options run from most lonely to least.
        order = facts["direct_options"]
        moved = order.index(second) - order.index(first)
        return "the same" if moved == 0 else "better" if moved > 0 else "worse"
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return ""
    moved = round(second - first, 2)
    if moved == 0:
        return "the same"
    way = "up" if moved > 0 else "down"
    return f"{way} {abs(moved):g}, {'better' if (moved > 0) is not worse else 'worse'}"


def _shown(value: Json) -> str:
    return "no answer" if value is None else str(value)


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
