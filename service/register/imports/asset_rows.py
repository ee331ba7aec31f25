"""One asset from its rows: the first says what it is, the others add venues and meetings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seed_data.needs import Taxonomy
from service.register.imports import meetings, places, words
from service.register.imports.cells import Cells
from service.register.imports.columns import ASSET_COLUMNS
from service.register.imports.facts import AssetFacts, MeetingFacts
from service.register.imports.problems import Problem, shortened
from service.register.imports.reading import Row
from service.register.vocabulary import (
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
)

MAX_PENCE = 1_000_000
"""Highest cost of a session taken as meant: 10,000 pounds is a slip of pounds for pence."""
MAX_PLACES = 10_000
MAX_DAYS = 36_500
_CODE = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Guide:
    """What rows are read by: lists, postcodes, the day, and the source when a row names none."""

    taxonomy: Taxonomy
    lookup: places.Lookup
    today: date
    source: str
    max_apart_m: float = places.MAX_APART_M


@dataclass(frozen=True, slots=True)
class Read:
    """What the rows of one asset gave: facts, unless something is wrong."""

    facts: AssetFacts | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_asset(rows: Sequence[Row], guide: Guide) -> Read:
    """The asset that `rows`, which share an id, describe; every problem of every row is told."""
    each = [Cells(row) for row in rows]
    for further in each[1:]:
        _repeat(further, rows[0])
    met = [_meeting(cells, guide) for cells in each]
    facts = _facts(each[0], guide, tuple(dict.fromkeys(m for m in met if m is not None)))
    problems = tuple(problem for cells in each for problem in cells.problems)
    warnings = tuple(warning for cells in each for warning in cells.warnings)
    return Read(None if problems else facts, problems, warnings)


def _repeat(cells: Cells, first: Row) -> None:
    for column in ASSET_COLUMNS:
        said = cells.row.cells.get(column, "")
        before = first.cells.get(column, "")
        if not said or said.split() == before.split():
            continue
        if column == "name":
            message = (
                f"Row {first.line} has the same asset_id for “{shortened(before)}”. If this is "
                "another group, give it an id of its own; if not, leave the name empty here."
            )
        else:
            message = (
                f"Row {first.line} says “{shortened(before)}” of the same asset. Correct one of "
                "them; further rows of an asset may leave this empty."
            )
        cells.fault(column, message)


def _meeting(cells: Cells, guide: Guide) -> MeetingFacts | None:
    venue = places.venue(cells, guide.lookup, max_apart_m=guide.max_apart_m)
    hours = meetings.hours(cells)
    if venue is None and not hours.is_stated:
        return None
    return MeetingFacts(cells.row.line, venue, hours.rule, hours.starts_at, hours.ends_at)


def _facts(cells: Cells, guide: Guide, met: tuple[MeetingFacts, ...]) -> AssetFacts | None:
    code = _code(cells)
    name = cells.text("name", 200)
    if not cells.row.cells.get("name"):
        cells.fault("name", "Give the name that people call it by.")
    kind = cells.choice("kind", AssetKind)
    if not cells.row.cells.get("kind"):
        cells.fault("kind", f"Write what kind of asset it is: {', '.join(AssetKind)}.")
    group_kind = _group_kind(cells, guide.taxonomy)
    min_age, max_age = _ages(cells)
    opens_on, closes_on = _open_days(cells, guide.today)
    found = AssetFacts(
        line=cells.row.line,
        code=code,
        name=name,
        kind=kind or AssetKind.ASSOCIATION,
        group_kind=group_kind,
        needs=words.needs(cells, guide.taxonomy, group_kind),
        summary=cells.text("summary", 1_000),
        organisation=cells.text("organisation", 200) or name,
        deliveries=cells.choices("delivery", Delivery),
        min_age=min_age,
        max_age=max_age,
        open_to=cells.choice("open_to", OpenTo),
        conditions=words.conditions(cells),
        languages=words.languages(cells),
        routes=cells.choices("routes", ReferralRoute),
        areas=words.areas(cells),
        cost_pence=cells.pence("cost_pence", MAX_PENCE),
        cost_note=cells.text("cost_note", 200),
        capacity=cells.choice("capacity", Capacity),
        places_per_week=cells.whole("places_per_week", 0, MAX_PLACES),
        group_size=cells.whole("group_size", 1, MAX_PLACES),
        welcomes_newcomers=cells.flag("welcomes_newcomers"),
        opens_on=opens_on,
        closes_on=closes_on,
        assured_on=_assured(cells, guide.today),
        assured_by=cells.text("assured_by", 120),
        checks_valid_until=_day(
            cells, "checks_valid_until", "checks_valid_days", guide.today, least=-MAX_DAYS
        ),
        is_small=cells.flag("is_small"),
        contact=cells.text("contact", 300),
        website=words.web_address(cells, "website", 290),
        source=cells.text("source", 200) or guide.source,
        licence=cells.text("licence", 120),
        invented=cells.flag("invented") or False,
        meetings=met,
    )
    return None if cells.problems else found


def _code(cells: Cells) -> str:
    code = cells.row.cells.get("asset_id", "")
    if not _CODE.fullmatch(code):
        tidy = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:64]
        hint = f" Such as “{tidy}”." if tidy else " It keeps the asset the same in later imports."
        cells.fault("asset_id", "Give an id of lower-case letters, figures and hyphens." + hint)
    return code


def _group_kind(cells: Cells, taxonomy: Taxonomy) -> str:
    text = cells.row.cells.get("group_kind", "")
    return (cells.known("group_kind", text, list(taxonomy.kinds)) or "") if text else ""


def _ages(cells: Cells) -> tuple[int | None, int | None]:
    min_age, max_age = cells.whole("min_age", 0, 130), cells.whole("max_age", 0, 130)
    if min_age is not None and max_age is not None and min_age > max_age:
        cells.fault("max_age", f"This is under min_age, {min_age}. Perhaps they are swapped.")
    return min_age, max_age


def _open_days(cells: Cells, today: date) -> tuple[date | None, date | None]:
    opens_on = _day(cells, "opens_on", "opens_days", today, least=-MAX_DAYS)
    closes_on = _day(cells, "closes_on", "closes_days", today, least=-MAX_DAYS)
    if opens_on is not None and closes_on is not None and closes_on < opens_on:
        column = "closes_on" if cells.row.cells.get("closes_on") else "closes_days"
        cells.fault(column, f"The last day is before the first, {opens_on}. Check both.")
    return opens_on, closes_on


def _assured(cells: Cells, today: date) -> date | None:
    assured_on = _day(cells, "assured_on", "assured_days_ago", today, least=0, ago=True)
    if assured_on is not None and assured_on > today:
        cells.fault("assured_on", f"This is after today, {today}. A check lies in the past.")
    return assured_on


def _day(
    cells: Cells, column: str, days_column: str, today: date, *, least: int, ago: bool = False
) -> date | None:
    day, days = cells.day(column), cells.whole(days_column, least, MAX_DAYS)
    if cells.row.cells.get(column) and cells.row.cells.get(days_column):
        cells.fault(days_column, f"{column} is filled in too. Keep one of the two.")
    if days is None:
        return day
    return today + timedelta(days=-days if ago else days)
