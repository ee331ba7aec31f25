"""Valid resources broken in every way a sender can break them, for hypothesis to choose among."""

from __future__ import annotations

import copy
import json
import os
from typing import Any

from api_client import PEOPLE_TABLES, Town
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sqlalchemy import text

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "30"))
"""Broken bodies a door is given in one run. More, for an evening: `FUZZ_EXAMPLES=5000`."""

BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)

TYPES = (
    *("Patient", "ServiceRequest", "Task", "Practitioner", "PractitionerRole", "Organization"),
    *("HealthcareService", "Condition", "Consent", "Bundle", "Parameters", "MessageHeader"),
    *("Observation", "Nonsense", "patient", ""),
)
REFERENCES = (
    *("urn:uuid:gone", "urn:uuid:7c6f2d0e-1111-4000-8000-000000000003", "#", "#gone", "Patient/1"),
    *("Task/../Patient/1", "http://else.example/fhir/Patient/1", "Patient/" + "9" * 64, "Patient"),
    *("Organization/N81019", "Organization/kith", "Patient?identifier=1", "Patient/1/_history/1"),
)
CODES = ("", "active", "ACTIVE", "requested", "completed", "draft", "order", "plan", "female", "é")
DAYS = (
    *("2026-02-30", "0001-01-01", "9999-12-31T23:59:59+14:00", "2026-11-25T25:00:00Z", "1900"),
    *("2026", "2026-13", "2026-11-25T10:00:00", "2199-01-01", "26/11/2026", "0000-00-00"),
)
CHARACTERS = (
    *("\x00", "\x07", "\x1b[2J", "\ud800", "\u202e", "\ufeff", "\u0085", "\r\n", "\u2028", "😀"),
    *("' OR 1=1 --", "<script>", "{{7*7}}", "%00", "../../etc", "a" * 300, "x" * 30_000, " "),
)
NUMBERS = (
    "9990000018",
    "9990000019",
    "999 000 0344",
    "999-000-0344",
    "943476" + "5919",
    "１２３",
    "0" * 10,
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from([*TYPES, *REFERENCES, *CODES, *DAYS, *CHARACTERS, *NUMBERS]),
    st.sampled_from(
        [[], {}, [None], [[]], [{}], {"": ""}, {"reference": "#"}, {"value": None}, ["a", 1, None]]
    ),
    st.just({"coding": [{"system": 1, "code": []}]}),
    st.just({"coding": [{"system": "http://snomed.info/sct", "code": "871731000000107"}]}),
    st.just({"extension": [{"url": "http://else.example", "valueString": "\x00"}]}),
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document but the whole."""
    found = [path] if path else []
    below: Any = ()
    if isinstance(value, dict):
        below = value.items()
    elif isinstance(value, list):
        below = enumerate(value)
    for key, each in below:
        found += places(each, (*path, key))
    return found


def deep(value: object, levels: int, *, as_list: bool) -> object:
    """The same, so many levels further down."""
    for _ in range(levels):
        value = [value] if as_list else {"extension": value}
    return value


@st.composite
def mutated(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """`whole` with one to four places taken away, doubled, exchanged, misnamed or made odd."""
    found = copy.deepcopy(whole)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3, 4]))):
        all_places = places(found)
        if not all_places:
            break
        path = draw(st.sampled_from(all_places))
        holder: Any = found
        for key in path[:-1]:
            holder = holder[key]
        _change(draw, found, holder, path[-1])
    return found


HOW = (
    *("take", "replace", "replace", "null", "empty", "double", "twice", "wrap", "deepen"),
    *("misname", "swap", "lengthen", "spoil", "type", "reference", "code", "day", "graft", "quote"),
)


def _change(draw: st.DrawFn, whole: dict[str, Any], holder: Any, key: Any) -> None:  # noqa: ANN401 - any JSON
    before = holder[key]
    how = draw(st.sampled_from(HOW))
    if how == "take":
        del holder[key]
    elif how == "replace":
        # A copy: what is drawn is the same object each time, and may be changed further.
        holder[key] = copy.deepcopy(draw(ODD))
    elif how == "null":
        holder[key] = None
    elif how == "empty":
        holder[key] = type(before)() if before is not None else ""
    elif how == "double":
        holder[key] = [copy.deepcopy(before), copy.deepcopy(before)]
    elif how == "twice" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(before))
    elif how == "wrap":
        holder[key] = {"extension": before}
    elif how == "deepen":
        levels = draw(st.sampled_from([2, 20, 39, 41, 200]))
        holder[key] = deep(before, levels, as_list=draw(st.booleans()))
    elif how == "misname" and isinstance(holder, dict):
        holder[draw(st.sampled_from([f"{key}x", f"_{key}", "", "\x00", "id", "x" * 300]))] = (
            holder.pop(key)
        )
    elif how == "swap":
        others = list(holder) if isinstance(holder, dict) else range(len(holder))
        other = draw(st.sampled_from(sorted(others, key=str)))
        holder[key], holder[other] = holder[other], before
    elif how == "quote":
        holder[key] = json.dumps(before)
    elif how == "lengthen" and isinstance(before, str):
        holder[key] = before * draw(st.sampled_from([2, 300, 5_000]))
    elif how == "spoil" and isinstance(before, str):
        holder[key] = before + draw(st.sampled_from(CHARACTERS))
    elif how == "graft":
        # Something real from elsewhere in the document, where it does not belong.
        path = draw(st.sampled_from(places(whole)))
        other: Any = whole
        for step in path:
            other = other[step]
        holder[key] = copy.deepcopy(other)
    elif how in _LISTS:
        holder[key] = draw(st.sampled_from(_LISTS[how]))


_LISTS: dict[str, tuple[str, ...]] = {
    "type": TYPES,
    "reference": REFERENCES,
    "code": CODES,
    "day": DAYS,
}


REGISTER = (
    "SELECT (SELECT version FROM register_version), count(*), sum(times_asked),"
    " sum(times_accepted), max(updated_at) FROM asset"
)


def kept(town: Town) -> dict[str, Any]:
    """Every row about people, and how the register stands."""
    with town.store.read() as session:
        found: dict[str, Any] = {
            name: session.execute(text(f"SELECT * FROM {name}")).all()
            for name in (*PEOPLE_TABLES, "outbox_message")
        }
        found["register"] = session.execute(text(REGISTER)).one()
    return found
