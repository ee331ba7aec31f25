"""Whatever is asked for by FHIR, the answer is a resource or an outcome, and never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from api_client import Api, Town
from fhir_mutations import EXAMPLES, kept
from fhir_world import BASE, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import WIDNES, token_for

from service.api.fhir.search import cursor as cursors
from service.api.fhir.search.cursor import Cursor
from service.api.fhir.search.parameters import SEARCHES
from service.api.fhir.shown import KINDS

pytest_plugins = ("api_fixtures",)

BOUNDED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Half a character cannot stand in an address or a form.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
pieces = st.sampled_from(
    [
        *(
            "gt",
            "ge",
            "2026-11-25",
            "T09:00:00Z",
            "+01:00",
            "9999-12-31",
            "0001-01-01",
            "|",
            ",",
            "\\",
        ),
        *(
            "Patient/",
            "Task/",
            "org-",
            "loc-",
            "consent-",
            "asset-",
            "kith",
            "N81011",
            "%",
            "_",
            "'",
        ),
        *("9" * 30, "-1", "0", "1e400", "nan", "53.36", "-2.73", "km", "true", "\x00", "http://x/"),
        *("https://fhir.nhs.uk/Id/nhs-number|", "9990000344", "requested", "Task:focus", "é", "😀"),
    ]
)
values = st.one_of(texts, st.lists(pieces, max_size=5).map("".join))
controls = ["_count", "_sort", "_include", "_revinclude", "_page", "_format", "_total"]


@pytest.fixture(scope="module")
def api(sqlite_town: Town) -> Iterator[Api]:
    sqlite_town.clear()
    world = World(sqlite_town)
    world.sent(world.contacted("one"), 1)
    before = kept(sqlite_town)
    yield Api(sqlite_town, token_for(sqlite_town.store, WIDNES))
    # Whatever was asked, nothing was changed by asking.
    assert kept(sqlite_town) == before
    sqlite_town.clear()


def judged(answer) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.status_code in {200, 304} or answer.json()["resourceType"] == "OperationOutcome"


def told(answer) -> tuple[int, object]:
    """What an answer says, but for when it was asked and the pages, which are encrypted."""
    body = answer.json()
    body.pop("meta", None)
    links = [each.get("relation") for each in body.pop("link", [])]
    return answer.status_code, (links, body)


@BOUNDED
@given(kind=st.sampled_from(KINDS), identity=values, rest=st.sampled_from(["", "/_history"]))
def test_an_id_of_any_kind(api: Api, kind: str, identity: str, rest: str) -> None:
    judged(api.get(f"{BASE}/{kind}/{quote(identity, safe='')}{rest}"))


@BOUNDED
@given(version=values)
def test_a_version_of_any_kind(api: Api, version: str) -> None:
    judged(api.get(f"{BASE}/Task/1/_history/{quote(version, safe='')}"))


@BOUNDED
@given(data=st.data())
def test_a_search_of_any_kind(api: Api, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(SEARCHES)))
    names = [each.name for each in SEARCHES[kind].parameters] + controls
    asked = data.draw(
        st.lists(st.tuples(st.one_of(st.sampled_from(names), texts), values), max_size=5)
    )
    strict = data.draw(st.booleans())
    headers = {"Prefer": "handling=strict"} if strict else {}
    judged(api.get(f"{BASE}/{kind}?{urlencode(asked)}", headers=headers))
    body = urlencode(asked).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    judged(api.post(f"{BASE}/{kind}/_search", content=body, headers=form))


BROKEN = (
    *("", " ", ",", "|", "||", "a|b|c", "\\", "\\,", "'", "%", "_", "\x00", "é😀", "x" * 2_001),
    *("gt", "gt2026-02-30", "ap2026", "2026-11-25T25:00:00Z", "0000", "9999-12-31T23:59:59+14:00"),
    *("Patient/", "Nonsense/1", "http://else.example/Patient/1", "#", "urn:uuid:1", "-1", "9" * 40),
    *("53.36", "53.36|-2.73", "91|181|1|km", "53|-2|-1|km", "53|-2|1|mile", "nan|inf|1|km"),
    *("http://snomed.info/sct|", "|active", "true,false", "Task:focus:Nonsense", "*"),
)
THIN = max(1, 6 * 30 // EXAMPLES)
"""One value in six for each parameter, others for the next; all of them in a longer run."""
WAYS = ("", ":exact", ":contains", ":missing", ":not", ":Patient", ":identifier", ":", ":x\x00")


@pytest.mark.parametrize("kind", sorted(SEARCHES))
def test_every_parameter_with_every_broken_value(api: Api, kind: str) -> None:
    """Those that the CapabilityStatement lists, and the same answer when it is asked again."""
    statement = api.get(f"{BASE}/metadata").json()["rest"][0]["resource"]
    listed = next(each for each in statement if each["type"] == kind)["searchParam"]
    names = [each["name"] for each in listed] + controls
    for place, name in enumerate(names):
        for value in BROKEN[place % THIN :: THIN]:
            asked = urlencode([(name, value)])
            strict = {"Prefer": "handling=strict"}
            answer = api.get(f"{BASE}/{kind}?{asked}", headers=strict if place % 2 else {})
            judged(answer)
            assert answer.status_code in {200, 400} or name == "_format", (name, value)
        for way in WAYS[place % THIN :: THIN]:
            asked = urlencode([(name + way, "1")])
            answer = api.get(f"{BASE}/{kind}?{asked}")
            judged(answer)
            assert told(api.get(f"{BASE}/{kind}?{asked}")) == told(answer), asked


@BOUNDED
@given(body=st.binary(max_size=80))
def test_a_form_of_any_bytes(api: Api, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    judged(api.post(f"{BASE}/Task/_search", content=body, headers=form))


@BOUNDED
@given(page=st.recursive(st.none() | st.integers() | texts, st.lists, max_leaves=8))
def test_a_cursor_that_somebody_made_up(api: Api, page: object) -> None:
    import base64

    made = "p" + base64.urlsafe_b64encode(json.dumps(page).encode()).decode().rstrip("=")
    for kind in ("Task", "HealthcareService", "Organization", "Location"):
        judged(api.get(f"{BASE}/{kind}?_page={quote(made)}"))


@BOUNDED
@given(
    after=st.lists(texts, max_size=3),
    hidden=st.lists(st.tuples(texts, texts), max_size=3),
    secret=texts,
    other=texts,
)
def test_a_cursor_comes_back_as_it_was(
    after: list[str], hidden: list[tuple[str, str]], secret: str, other: str
) -> None:
    from service.api.fhir.errors import BadSearch

    kept = Cursor(None, tuple(after), tuple(hidden))
    word = cursors.written(kept, secret)
    if len(word) <= 6_000:
        assert cursors.read(word, secret) == kept
        if hidden and secret != other:
            with pytest.raises(BadSearch):
                cursors.read(word, other)
