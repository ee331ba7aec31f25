"""How far one walks from a practice, as areas on its map and as words beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geo.maps import Area, AreaKind, MapSheet
from geo.network import knows_streets, walked_within
from geo.pace import walking_speed_m_per_s
from geo.point import GridPoint
from geo.travel import Method, Mode, Traveller, TravelModel

WALK_MIN: Final = (15, 30)
"""Minutes that a page offers to show."""

_ROW: Final = "Walk from the practice"
_STREETS: Final = (
    "Streets and paths: © OpenStreetMap contributors, under the Open Database Licence (ODbL)."
)


@dataclass(frozen=True, slots=True)
class Pace:
    """At what pace somebody goes, and how that is said of them."""

    speed_m_per_s: float
    on_wheels: bool = False
    whose: str = "an adult who has no difficulty walking"


USUAL: Final = Pace(walking_speed_m_per_s(age=None, mobility_difficulty=False, wheelchair=False))


def with_walks(
    sheet: MapSheet,
    travel: TravelModel,
    point: GridPoint,
    minutes: Sequence[int],
    pace: Pace = USUAL,
) -> MapSheet:
    """The sheet with the area that one walks to within each of these minutes, and words for it.

    Each feature gets a row that says within which of them it is, measured along the streets and
    not read off the drawing. Where no streets are known nothing is drawn, and that is said.
    """
    asked = sorted(set(minutes))
    if not asked:
        return sheet
    drawn = {
        each: walked_within(travel, point, each, pace.speed_m_per_s, on_wheels=pace.on_wheels)
        for each in asked
    }
    if any(area is None for area in drawn.values()):
        why = (
            "the practice is too far from every street of our street map"
            if knows_streets(travel)
            else "we have no street map of this place"
        )
        said = f"How far one walks in {_minutes(asked)} is not shown: {why}."
        return replace(sheet, summary=(*sheet.summary, said))
    # The widest first, so that the nearer ones lie on top.
    areas = tuple(
        Area(AreaKind.REACH, f"{each} minutes’ {_walk(pace)}", area)
        for each, area in reversed(drawn.items())
        if area is not None
    )
    classes = _classes(sheet, travel, point, asked, pace)
    return replace(
        sheet,
        areas=(*sheet.areas, *areas),
        features=tuple(
            replace(each, rows=(*each.rows, (_ROW, classes[each.id]))) for each in sheet.features
        ),
        summary=(*sheet.summary, *_sentences(asked, pace, classes)),
        attribution=(*sheet.attribution, _STREETS),
    )


def _classes(
    sheet: MapSheet, travel: TravelModel, point: GridPoint, asked: Sequence[int], pace: Pace
) -> dict[str, str]:
    placed = [each for each in sheet.features if each.point is not None]
    mode = Mode.WHEEL if pace.on_wheels else Mode.WALK
    journeys = travel.journeys(
        point,
        [each.point for each in placed if each.point is not None],
        Traveller(pace.speed_m_per_s, frozenset({mode})),
    )
    said = {each.id: "No place to go to" for each in sheet.features}
    for feature, journey in zip(placed, journeys, strict=True):
        # An estimate beside what is measured would claim streets that are not known.
        measured = journey.minutes if journey.method is Method.NETWORK else None
        said[feature.id] = _class(measured, asked)
    return said


def _class(minutes: float | None, asked: Sequence[int]) -> str:
    if minutes is None:
        return "Not on our street map"
    within = next((each for each in asked if minutes <= each), None)
    return f"Over {asked[-1]} minutes" if within is None else _within(within)


def _within(minutes: int) -> str:
    return f"Up to {minutes} minutes"


def _sentences(asked: Sequence[int], pace: Pace, classes: Mapping[str, str]) -> tuple[str, ...]:
    counts = []
    so_far = 0
    for each in asked:
        so_far += sum(said == _within(each) for said in classes.values())
        counts.append(f"{so_far} within {each} minutes")
    return (
        f"The map shows how far one gets along streets and paths in {_minutes(asked)} from the "
        f"practice, at the pace of {pace.whose} ({pace.speed_m_per_s:g} metres a second). "
        "Hills, lights and closed gates are not counted.",
        f"Of the groups and places with a place to go to: {', '.join(counts)}.",
    )


def _minutes(asked: Sequence[int]) -> str:
    return f"{' and '.join(str(each) for each in asked)} minutes"


def _walk(pace: Pace) -> str:
    return "way on wheels" if pace.on_wheels else "walk"
