"""Whatever is broken in a Bundle: never a fault of Kith's, and never half a referral."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from api_client import PEOPLE_TABLES, Api
from fhir_sent import FHIR, bundle, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest_plugins = ("api_fixtures",)

BOUNDED = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "\ud800",
            "urn:uuid:gone",
            "#gone",
            "Patient/1",
            "2026-02-30",
            "9999999999",
            "0001-01-01",
            "9999-12-31T23:59:59+14:00",
            "x" * 300,
            "x" * 30_000,
        ]
    ),
    st.lists(st.nothing(), max_size=0),
    st.just([None]),
    st.just([[]]),
    st.just({}),
    st.just({"": ""}),
    st.just({"reference": "#"}),
    st.just({"coding": [{"system": 1, "code": []}]}),
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document but the whole."""
    found = [path] if path else []
    below = (
        value.items() if isinstance(value, dict) else enumerate(value)
    ) if isinstance(value, dict | list) else ()  # fmt: skip
    for key, each in below:
        found += places(each, (*path, key))
    return found


WHOLE = bundle()
PLACES = places(WHOLE)


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """The Bundle with one to four places taken away, replaced, doubled, or exchanged."""
    found = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(PLACES))
        holder: Any = found
        try:
            for key in path[:-1]:
                holder = holder[key]
            before = holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        how = draw(st.sampled_from(["take", "replace", "double", "wrap", "misname"]))
        if how == "take":
            del holder[path[-1]]
        elif how == "replace":
            holder[path[-1]] = draw(ODD)
        elif how == "double":
            holder[path[-1]] = [copy.deepcopy(before), copy.deepcopy(before)]
        elif how == "wrap":
            holder[path[-1]] = {"extension": before}
        elif isinstance(holder, dict):
            holder[f"{path[-1]}x"] = holder.pop(path[-1])
    return found


def kept(api: Api) -> dict[str, int]:
    """Rows about people."""
    return {name: count for name, count in api.town.counts().items() if name in PEOPLE_TABLES}


@pytest.fixture
def fresh(quick: Api) -> Api:
    """The API on SQLite, with nobody referred."""
    return quick


@BOUNDED
@given(sent=broken())
def test_a_broken_bundle_is_answered_and_all_or_nothing_of_it_kept(
    fresh: Api, sent: dict[str, Any]
):
    before = kept(fresh)
    answer = post(fresh, "", sent)
    assert answer.status_code < 500, (answer.text, sent)
    assert answer.headers["Content-Type"] == FHIR
    after = kept(fresh)
    if answer.status_code == 200:
        made = after["referral"] - before["referral"]
        assert made in {0, 1}
        for table in ("referral_source", "consent", "referral_event"):
            assert after[table] - before[table] == made, table
    else:
        assert answer.json()["resourceType"] == "OperationOutcome"
        assert after == before, answer.text


@BOUNDED
@given(sent=broken(), place=st.integers(0, 7))
def test_a_broken_resource_is_judged_and_never_a_fault(
    fresh: Api, sent: dict[str, Any], place: int
):
    entries = sent.get("entry")
    entry = entries[place] if isinstance(entries, list) and place < len(entries) else None
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict):
        return
    kind = WHOLE["entry"][place]["resource"]["resourceType"]
    told = post(fresh, f"/{kind}/$validate", resource)
    assert told.status_code in {200, 400}, told.text
    assert told.json()["resourceType"] == "OperationOutcome"
    before = kept(fresh)
    made = post(fresh, f"/{kind}", resource)
    assert made.status_code < 500, (made.text, resource)
    if made.status_code >= 400:
        assert kept(fresh) == before
