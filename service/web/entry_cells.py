"""The steward's form of one group, to and from the cells of an asset file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from service.register.asset_page import Beside
from service.register.correction_model import CorrectedField
from service.register.errors import BadCorrection
from service.register.facts_in_words import columns_of
from service.register.imports.problems import Problem
from service.register.snapshot import MeetingTime, Place
from service.register.snapshots import AssetRecord, Sitting
from service.register.vocabulary import AccessFeature, Capacity
from service.web.forms import Filled

Answers = Mapping[str, tuple[str, ...]]

MOST_MEETINGS: Final = 30
SOURCE: Final = "Entered by the register steward"
PLAIN: Final = (
    *("name", "organisation", "kind", "group_kind", "summary", "min_age", "max_age", "open_to"),
    *("areas", "cost_note", "capacity", "places_per_week", "group_size", "welcomes_newcomers"),
    *("contact", "website"),
)
"""Fields with one value, called as the column."""
SEVERAL: Final = ("delivery", "conditions", "languages", "routes")
DAYS: Final = ("opens_on", "closes_on", "checks_valid_until")
OFTEN: Final = (
    ("week", "Every week"),
    ("other", "Every other week"),
    ("1", "The first of the month"),
    ("2", "The second of the month"),
    ("3", "The third of the month"),
    ("4", "The fourth of the month"),
    ("-1", "The last of the month"),
)
MEETING: Final = (
    *("venue_name", "address", "postcode", "often", "starts_at", "ends_at", "rule", "venue"),
    *("day", "access_yes", "access_no", "gone"),
)
_WEEKLY: Final = re.compile(r"FREQ=WEEKLY(;INTERVAL=(?P<every>[12]))?;BYDAY=(?P<days>[A-Z,]+)")
_MONTHLY: Final = re.compile(r"FREQ=MONTHLY;BYDAY=(?P<nth>-?\d)(?P<day>[A-Z]{2})")
_COLUMN_FIELDS: Final = {"cost_pence": "cost", "asset_id": "name", "assured_by": "assured_by"}
_MEETING_FIELDS: Final = {
    "meets_rule": "day",
    "meets_from": "from",
    "easting_m": "postcode",
    "northing_m": "postcode",
    "latitude": "postcode",
    "longitude": "postcode",
}
_OF_MEETING: Final = frozenset(
    {"venue_name", "address", "postcode", "starts_at", "ends_at", "access_yes", "access_no"}
    | set(_MEETING_FIELDS)
)


def answers_of(record: AssetRecord, places_per_week: int | None) -> dict[str, tuple[str, ...]]:
    """The form of an asset as the register has it; the record lacks the places in a week."""
    asset = record.snapshot
    found: dict[str, tuple[str, ...]] = {name: (_text(getattr(asset, name, "")),) for name in PLAIN}
    found["places_per_week"] = (_text(places_per_week),)
    found["capacity"] = ("" if asset.capacity is Capacity.UNKNOWN else asset.capacity.value,)
    found["areas"] = ("; ".join(f"{a.kind}:{a.value}".rstrip(":") for a in asset.areas),)
    found["cost"] = (_pounds(asset.cost_pence),)
    found["delivery"] = tuple(sorted(asset.deliveries))
    found |= {name: tuple(sorted(getattr(asset, name))) for name in SEVERAL if name != "delivery"}
    for name in DAYS:
        found |= _parts(name, getattr(asset, name))
    met = list(record.sittings)
    there = {each.venue_id for each in met}
    bare = MeetingTime(frozenset(), None, None, "", "")
    met += [Sitting(p.venue_id, bare) for p in asset.places if p.venue_id not in there]
    places = {place.venue_id: place for place in asset.places}
    for at, sitting in enumerate(met[:MOST_MEETINGS]):
        place = places.get(sitting.venue_id) if sitting.venue_id else None
        found |= _meeting_answers(at, sitting.meeting, place)
    return found | {"meetings": (str(len(met[:MOST_MEETINGS])),)}


def _meeting_answers(
    at: int, meeting: MeetingTime, place: Place | None
) -> dict[str, tuple[str, ...]]:
    often, days, begins = _often(meeting.rule)
    access = place.access if place else {}
    said: dict[str, tuple[str, ...]] = {
        "venue": (str(place.venue_id) if place else "",),
        "venue_name": (place.name if place else "",),
        "address": (place.address if place else "",),
        "postcode": ((place.postcode or "") if place else "",),
        "access_yes": tuple(each.value for each in AccessFeature if access.get(each) is True),
        "access_no": tuple(each.value for each in AccessFeature if access.get(each) is False),
        "rule": (meeting.rule.replace("\n", " "),),
        "often": (often,),
        "day": days,
        "starts_at": (f"{meeting.starts_at:%H:%M}" if meeting.starts_at else "",),
        "ends_at": (f"{meeting.ends_at:%H:%M}" if meeting.ends_at else "",),
    }
    found = {f"m{at}-{name}": values for name, values in said.items()}
    return found | _parts(f"m{at}-from", begins)


def rows_of(
    answers: Answers,
    *,
    standing: AssetRecord | None,
    beside: Beside,
    code: str,
    today: date,
) -> tuple[list[dict[str, str]], list[int], dict[str, str]]:
    """The rows of an asset file that the form means; which meeting each is of; and what is wrong.

    Parameters
    ----------
    standing : AssetRecord or None
        The asset as it is, whose other facts are kept.
    beside : Beside
        What else of it is kept: exact positions, the order of its lists.
    """
    first, wrong = _asset_cells(answers, standing, beside.order, today)
    rows: list[dict[str, str]] = []
    places: list[int] = []
    known = {p.venue_id: p for p in standing.snapshot.places} if standing else {}
    for at in range(meetings_in(answers)):
        cells = _meeting_cells(answers, at, known, beside.exact)
        if cells is not None:
            rows.append({"asset_id": code, **cells})
            places.append(at)
    if not rows:
        rows, places = [{"asset_id": code}], [0]
    rows[0] = {**rows[0], **first}
    return rows, places, wrong


def faults(problems: Sequence[Problem], places: Sequence[int]) -> dict[str, str]:
    """What is wrong, by the field of the form that it is about; of each field the first."""
    found: dict[str, str] = {}
    for each in problems:
        field = _COLUMN_FIELDS.get(each.column, each.column)
        if each.column in _OF_MEETING:
            name = _MEETING_FIELDS.get(each.column, each.column)
            field = f"m{places[each.line]}-{name}"
        found.setdefault(field, each.message)
    return found


def meetings_in(answers: Answers) -> int:
    """How many meetings a form has room for."""
    text = _one(answers, "meetings")
    good = text.isascii() and text.isdecimal() and len(text) < 4
    return min(int(text), MOST_MEETINGS) if good else 0


def slug(name: str) -> str:
    """A code from a name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:56].strip("-") or "group"


def with_meetings(form: Filled[Any], count: int) -> Filled[Any]:
    """The same form with room for so many meetings."""
    kept = {**form.answers, "meetings": (str(min(count, MOST_MEETINGS)),)}
    return Filled(form.value, kept, form.errors)


def _asset_cells(
    answers: Answers, standing: AssetRecord | None, order: tuple[str, ...], today: date
) -> tuple[dict[str, str], dict[str, str]]:
    wrong: dict[str, str] = {}
    cells = {name: _one(answers, name) for name in PLAIN}
    place = {value: at for at, value in enumerate(order)}
    for name in SEVERAL:
        # What was there keeps its order, so that a form sent as it came changes nothing.
        there = sorted(answers.get(name, ()), key=lambda each: place.get(each, len(place)))
        cells[name] = ";".join(there)
    cells |= {name: _day(answers, name) for name in DAYS}
    # What is not stated any more is said: an empty capacity would leave what was there.
    cells["capacity"] = cells["capacity"] or Capacity.UNKNOWN.value
    try:
        cost = columns_of(CorrectedField.COST, _one(answers, "cost"))
        cells["cost_pence"] = _text(cost["cost_pence"])
        if cost["cost_note"] or (_one(answers, "cost") and cost["cost_pence"] is None):
            wrong["cost"] = "Write “free” or an amount such as £3.50. Put the rest into the note."
    except BadCorrection as error:
        wrong["cost"] = error.message
    if _one(answers, "assured_by"):
        cells |= {"assured_on": today.isoformat(), "assured_by": _one(answers, "assured_by")}
    cells["source"] = SOURCE
    if standing is not None:
        asset = standing.snapshot
        cells["source"], cells["licence"] = asset.source, standing.licence
        cells["invented"] = str(asset.invented).lower()
        if cells["group_kind"] == asset.group_kind:
            cells["needs"] = ";".join(f"{each.need}:{each.directness}" for each in asset.needs)
    return cells, wrong


def _meeting_cells(
    answers: Answers, at: int, known: Mapping[int, Place], exact: frozenset[int]
) -> dict[str, str] | None:
    """The cells of one meeting; None for one that is not there, or not any more."""

    def one(name: str) -> str:
        return _one(answers, f"m{at}-{name}")

    if one("gone"):
        return None
    cells = {name: one(name) for name in ("venue_name", "address", "postcode")}
    cells |= {name: one(name) for name in ("starts_at", "ends_at")}
    for name in ("access_yes", "access_no"):
        cells[name] = ";".join(answers.get(f"m{at}-{name}", ()))
    cells["meets_rule"], cells["meets_from"] = _rule(answers, at)
    if not any(cells.values()):
        return None
    venue = known.get(int(one("venue"))) if one("venue").isdecimal() else None
    if venue is not None and venue.point is not None and venue.venue_id in exact:
        together = "".join(cells["postcode"].split()).upper()
        same = together == "".join((venue.postcode or "").split()) and (
            cells["venue_name"] == venue.name
        )
        if same:
            cells["easting_m"] = repr(venue.point.easting_m)
            cells["northing_m"] = repr(venue.point.northing_m)
    return cells


def _rule(answers: Answers, at: int) -> tuple[str, str]:
    """The rule and the day it counts from, as an asset file has them."""
    often = _one(answers, f"m{at}-often")
    days = [day for day in answers.get(f"m{at}-day", ()) if re.fullmatch("[A-Z]{2}", day)]
    begins = _day(answers, f"m{at}-from")
    if often == "kept":
        start, _, rule = _one(answers, f"m{at}-rule").rpartition(" ")
        found = re.search(r"(\d{4})(\d{2})(\d{2})", start)
        return rule.removeprefix("RRULE:"), "-".join(found.groups()) if found else ""
    if not days:
        return "", ""
    if often == "other":
        return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={','.join(days)}", begins
    if often in {"1", "2", "3", "4", "-1"}:
        return f"FREQ=MONTHLY;BYDAY={','.join(often + day for day in days)}", ""
    return f"FREQ=WEEKLY;BYDAY={','.join(days)}", ""


def _often(rule: str) -> tuple[str, tuple[str, ...], date | None]:
    """How often, on which days, from when; "kept" for a rule that the form has no words for."""
    start, _, plain = rule.rpartition("\n")
    plain = plain.removeprefix("RRULE:")
    found = re.search(r"(\d{4})(\d{2})(\d{2})", start)
    begins = date(*map(int, found.groups())) if found else None
    if not plain:
        return "week", (), None
    weekly, monthly = _WEEKLY.fullmatch(plain), _MONTHLY.fullmatch(plain)
    if weekly and (weekly["every"] == "2") is (begins is not None):
        return "other" if begins else "week", tuple(weekly["days"].split(",")), begins
    if monthly and monthly["nth"] in {"1", "2", "3", "4", "-1"}:
        return monthly["nth"], (monthly["day"],), None
    return "kept", (), begins


def _day(answers: Answers, name: str) -> str:
    day, month, year = (_one(answers, f"{name}-{part}") for part in ("day", "month", "year"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if day or month or year else ""


def _parts(name: str, on: date | None) -> dict[str, tuple[str, ...]]:
    parts = {"day": on.day, "month": on.month, "year": on.year} if on else {}
    return {f"{name}-{part}": (str(number),) for part, number in parts.items()}


def _pounds(pence: int | None) -> str:
    if pence is None:
        return ""
    return "free" if pence == 0 else f"£{pence / 100:.2f}"


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "").strip()
