"""One GP practice from one row of the prescriber file, in both published styles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from geo.errors import BadPostcode
from geo.gazetteer import Gazetteer, Quality
from geo.point import GridPoint
from geo.postcode import Postcode
from service.identity.codes import OdsCode
from service.identity.model import NhsOrgKind
from service.identity.org_facts import OrgFacts
from service.register.imports.cells import FIRST_YEAR, LAST_YEAR, Cells
from service.register.imports.membership import ods_code

GP_SETTINGS = frozenset({"4", "RO76"})
"""Prescribing setting of a GP practice: 4 until 2024, role RO76 since. A practice may hold a second
role beside it (`RO76|RO268`: six in February 2026, all of setting 4 two years before)."""

_ACTIVE = ("A", "ACTIVE")
_CLOSED = ("C", "INACTIVE", "D", "DORMANT", "P", "PROPOSED")
_STATUS = {**dict.fromkeys(_ACTIVE, True), **dict.fromkeys(_CLOSED, False)}
# Seen in 2024: Q99 and Y99 stand for "none" (Wales, the islands, closed bodies).
_BOARD = re.compile(r"Q(?!99)[A-Z0-9]{2}")
_REGION = re.compile(r"Y(?!99)\d{2}")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """One practice as its row states it; `quality` is what its postcode was found to be."""

    facts: OrgFacts
    region: OdsCode | None
    quality: str
    has_second_role: bool


def is_practice(setting: str) -> bool:
    """Whether a prescribing setting is that of a GP practice."""
    return bool(set(setting.split("|")) & GP_SETTINGS)


def read_practice(cells: Cells, gazetteer: Gazetteer) -> PracticeRow | None:
    """The practice in one row, or None with the reasons in `cells.problems`."""
    of = cells.row.cells
    code = ods_code(cells, "code")
    name = cells.text("name", 200)
    if not of["name"]:
        cells.fault("name", "The practice has no name. Take the row from its publisher again.")
    is_active = _STATUS.get(of["status"].upper())
    if is_active is None:
        cells.fault("status", f"This is no status. Use one of: {', '.join(_STATUS)}.")
    postcode, point, quality = _place(cells, gazetteer)
    opened_on, closed_on = _day(cells, "open_date"), _day(cells, "close_date")
    if code is None or is_active is None or cells.problems:
        return None
    board, region = of.get("high_level_health_geography", ""), of.get("national_grouping", "")
    lines = [of.get(f"addr{number}", "") for number in range(1, 6)]
    facts = OrgFacts(
        ods_code=code,
        kind=NhsOrgKind.PRACTICE,
        name=name,
        parent_code=OdsCode(board) if _BOARD.fullmatch(board) else None,
        address=", ".join(filter(None, lines))[:400],
        postcode=postcode,
        point=point,
        is_active=is_active,
        opened_on=opened_on,
        closed_on=closed_on,
    )
    return PracticeRow(
        facts,
        OdsCode(region) if _REGION.fullmatch(region) else None,
        quality,
        "|" in of["prescribing_setting"],
    )


def _place(cells: Cells, gazetteer: Gazetteer) -> tuple[str | None, GridPoint | None, str]:
    text = cells.row.cells["postcode"]
    if not text:
        cells.warn("postcode", "There is no postcode, so the practice has no place on a map.")
        return None, None, "missing"
    try:
        postcode = Postcode.parse(text)
    except BadPostcode as error:
        cells.warn("postcode", f"{error.message} Until then it has no place on a map.")
        return None, None, "malformed"
    located = gazetteer.locate(postcode.text)
    if located.quality is not Quality.LIVE or located.point is None:
        cells.warn("postcode", located.sentence)
    return postcode.text, located.point, located.quality.value


def _day(cells: Cells, column: str) -> date | None:
    text = cells.row.cells.get(column, "")
    found = _DAY.fullmatch(text)
    if not text:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        cells.warn(column, "This is no date (YYYYMMDD). The practice is taken without it.")
        return None
    return day
