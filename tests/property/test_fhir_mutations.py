"""Every FHIR door that takes a body, given valid resources broken in every way.

Whatever is sent: never a fault of Kith's, an OperationOutcome that names the element, nothing kept
of what is refused, all or nothing of what is taken, and the same answer when it is sent again.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from api_client import Api
from bars_world import PROCESS, example, heads
from fhir_mutations import BOUNDED, CHARACTERS, kept, mutated
from fhir_sent import (
    BASE,
    FHIR,
    NEED,
    SNOMED,
    URNS,
    bundle,
    patient,
    read,
    resources,
    service_request,
    taken,
    task,
)
from hypothesis import event, given
from hypothesis import strategies as st
from town import WIDNES

from service.api.context import holder
from service.identity.access_tokens import Holder
from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER, PRACTICE_SYSTEM
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

ABOUT_THE_BODY = frozenset({400, 409, 412, 422})
"""Statuses that say that what was sent is wrong, and not who sent it or where."""
UKCORE = "https://fhir.hl7.org.uk/StructureDefinition"
NUMBERS = itertools.count(1)
RICH = {
    "request": service_request(
        "R-1",
        reasonCode=[
            {"coding": [{"system": NEED, "code": "loneliness_isolation"}], "text": "Alone"},
            {"coding": [{"system": SNOMED, "code": "267076002", "display": "Feeling lonely"}]},
        ],
        category=[{"coding": [{"system": SNOMED, "code": "306206005"}]}],
        performer=[{"reference": "Organization/kith", "display": "Link workers"}],
        occurrencePeriod={"start": "2026-12-01", "end": "2026-12-31"},
        contained=[
            {
                "resourceType": "Condition",
                "id": "inside",
                "code": {"text": "Walks less than she would like."},
                "subject": {"reference": URNS["patient"]},
            },
            {
                "resourceType": "Flag",
                "id": "dog",
                "status": "active",
                "category": [{"coding": [{"code": "SS"}]}],
                "code": {"text": "A dog that bites."},
                "subject": {"reference": URNS["patient"]},
            },
        ],
        supportingInfo=[{"reference": URNS["consent"]}, {"reference": "#dog"}],
        reasonReference=[{"reference": "#inside"}, {"reference": URNS["condition"]}],
    ),
    "patient": patient(
        meta={
            "security": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                    "code": "N",
                }
            ]
        },
        extension=[
            {
                "url": f"{UKCORE}/Extension-UKCore-EthnicCategory",
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory",
                            "code": "A",
                        }
                    ]
                },
            },
            {"url": f"{UKCORE}/Extension-UKCore-InterpreterRequired", "valueBoolean": True},
        ],
        communication=[
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "pl"}]}},
        ],
        contact=[
            {
                "relationship": [{"text": "Daughter"}],
                "name": {"family": "Larkrise", "given": ["Ida"]},
                "telecom": [{"system": "phone", "value": "01632 960124", "rank": 1}],
            }
        ],
        telecom=[
            {"system": "phone", "value": "01632 960123", "use": "home", "rank": 2},
            {"system": "email", "value": "nora@example.org", "rank": 1},
        ],
    ),
    "task": task("T-1", owner={"reference": "Organization/kith"}, note=[{"text": "Soon"}]),
}
"""More of each than a referral needs, so that there is more to be broken."""
WHOLE = bundle(**RICH)
ALONE = {**resources(), **RICH}
PARTS = ("patient", "practitioner", "role", "organisation", "condition", "consent")


def judged(answer: httpx.Response, sent: object) -> None:
    """The answer is a resource, or an outcome that says what is wrong and where."""
    event(f"{answer.status_code}")
    assert answer.status_code < 500, (answer.text, sent)
    assert answer.headers["Content-Type"] == FHIR
    if answer.status_code < 400:
        return
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    for issue in told["issue"]:
        assert issue["details"]["text"]
        if answer.status_code in ABOUT_THE_BODY:
            assert issue.get("expression"), (answer.status_code, issue, sent)
            assert all(each and each.isprintable() for each in issue["expression"]), issue


def numbered(sent: dict[str, Any]) -> str:
    """What is sent, as text, with the sender's own numbers new each time."""
    number = next(NUMBERS)
    body = json.dumps(sent)
    for own in ("R-1", "T-1", "REF-0001", "T-0001"):
        body = body.replace(f'"{own}"', f'"{own}-{number}"')
    return body


def put_in(api: Api, path: str, body: str, **headers: str) -> httpx.Response:
    return api.post(f"{BASE}{path}", content=body, headers={"Content-Type": FHIR, **headers})


def sent_twice(api: Api, path: str, body: str, **headers: str) -> httpx.Response:
    """Send it, and once more: a refusal is the same, and what was taken is not taken again."""
    before = kept(api.town)
    first = put_in(api, path, body, **headers)
    judged(first, body)
    after = kept(api.town)
    again = put_in(api, path, body, **headers)
    judged(again, body)
    if first.status_code >= 400:
        assert after == before, (first.text, body)
        assert (again.status_code, again.json()) == (first.status_code, first.json())
    last = kept(api.town)
    assert len(last["referral"]) == len(after["referral"]), (again.text, body)
    assert last == after or first.status_code < 400, (again.text, body)
    return first


def without_words() -> dict[str, Any]:
    """A referral whose note need not be read: that takes longer than all the rest."""
    request = resources()["request"]
    for element in ("note", "reasonReference"):
        del request[element]
    return bundle(without=("condition", "task"), request=request)


@pytest.fixture
def fresh(quick: Api) -> Api:
    """The API on SQLite, with nobody referred."""
    return quick


@BOUNDED
@given(sent=mutated(WHOLE))
def test_a_broken_bundle_is_answered_and_all_or_nothing_of_it_kept(
    fresh: Api, sent: dict[str, Any]
) -> None:
    before, body = kept(fresh.town), numbered(sent)
    answer = sent_twice(fresh, "", body)
    after = kept(fresh.town)
    if answer.status_code == 200:
        made = len(after["referral"]) - len(before["referral"])
        assert made in {0, 1}
        for table in ("referral_source", "consent", "referral_event"):
            assert len(after[table]) - len(before[table]) == made, table


@BOUNDED
@given(data=st.data(), name=st.sampled_from([*URNS, "whole"]))
def test_a_broken_resource_is_judged_and_nothing_is_written(
    fresh: Api, data: st.DataObject, name: str
) -> None:
    whole = WHOLE if name == "whole" else ALONE[name]
    mode = data.draw(st.sampled_from([None, "create", "update", "delete", "profile", "x\x00"]))
    kind = whole["resourceType"]
    sent = whole
    if mode is not None:
        sent = {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "resource", "resource": whole},
                {"name": "mode", "valueCode": mode},
            ],
        }
    body = json.dumps(data.draw(mutated(sent)))
    before = kept(fresh.town)
    told = put_in(fresh, f"/{kind}/$validate", body)
    judged(told, body)
    assert told.status_code in {200, 400}, told.text
    assert told.json()["resourceType"] == "OperationOutcome"
    for issue in told.json()["issue"]:
        assert issue["severity"] == "information" or issue.get("expression"), (issue, body)
    again = put_in(fresh, f"/{kind}/$validate", body)
    assert (again.status_code, again.json()) == (told.status_code, told.json())
    assert kept(fresh.town) == before


@pytest.fixture
def parts(fresh: Api) -> dict[str, str]:
    """A referral's parts sent one by one: what stands for a urn from now on."""
    found: dict[str, str] = {}
    for name in ("patient", "organisation", "practitioner", "role", "condition", "consent"):
        if name == "patient":
            made = ALONE[name] | {"generalPractitioner": [{"display": "A practice"}]}
        else:
            made = ALONE[name]
        body = placed(json.dumps(made), found)
        answer = put_in(fresh, f"/{made['resourceType']}", body)
        assert answer.status_code == 201, answer.text
        found[URNS[name]] = f"{made['resourceType']}/{answer.json()['id']}"
    return found


def placed(body: str, found: dict[str, str]) -> str:
    """What was written for a Bundle, with the places that its parts have now."""
    for urn, place in found.items():
        body = body.replace(urn, place)
    return body


CONDITIONS = st.one_of(
    st.none(),
    st.none(),
    st.none(),
    st.sampled_from(
        [
            "identifier=https://surgery.example/Id/referral|R-1",
            "identifier=9990000344",
            "identifier=|",
            "identifier=a|b|c",
            "identifier=%ZZ",
            "identifier=%00|%00",
            "name=x",
            "*",
            "identifier=https://fhir.nhs.uk/Id/nhs-number|9990000344",
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
)


@BOUNDED
@given(data=st.data(), name=st.sampled_from([*PARTS, "request"]), condition=CONDITIONS)
def test_a_broken_creation_is_refused_whole(
    fresh: Api, parts: dict[str, str], data: st.DataObject, name: str, condition: str | None
) -> None:
    whole = json.loads(placed(json.dumps(ALONE[name]), parts))
    body = numbered(data.draw(mutated(whole)))
    headers = {} if condition is None else {"If-None-Exist": condition}
    before = kept(fresh.town)
    answer = sent_twice(fresh, f"/{whole['resourceType']}", body, **headers)
    made = len(kept(fresh.town)["referral"]) - len(before["referral"])
    assert made == 0 or (name == "request" and answer.status_code == 201 and made == 1)


@BOUNDED
@given(data=st.data(), condition=CONDITIONS)
def test_a_broken_task_is_no_part_of_a_referral(
    fresh: Api, data: st.DataObject, condition: str | None
) -> None:
    referral_id = taken(put_in(fresh, "", numbered(without_words())))
    request = read(fresh, f"ServiceRequest/{referral_id}")
    found = {
        URNS["request"]: f"ServiceRequest/{referral_id}",
        URNS["patient"]: request["subject"]["reference"],
        URNS["role"]: f"PractitionerRole/{referral_id}",
    }
    whole = json.loads(placed(json.dumps(resources()["task"]), found))
    headers = {} if condition is None else {"If-None-Exist": condition}
    sent_twice(fresh, "/Task", numbered(data.draw(mutated(whole))), **headers)


OWNER = Actor("client:owner", LINK_WORKER, frozenset({WIDNES}))
SENDER = Actor("token:1", PRACTICE_SYSTEM, frozenset({WIDNES}))
MOVES = (
    *("accepted", "in-progress", "on-hold", "completed", "failed", "rejected", "cancelled"),
    *("requested", "draft", "entered-in-error", "ready"),
)
TAGS = st.one_of(
    st.just(None),
    st.sampled_from(
        ['W/"0"', '"1"', "*", 'W/"9999999999999999999"', "W/1", 'W/"-1"', 'W/"1", "2"']
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
)


@pytest.fixture
def acting(fresh: Api):
    """Whoever holds the token, exchanged by the test."""
    app = fresh.town.app
    yield lambda actor: app.dependency_overrides.__setitem__(holder, lambda: Holder(actor))
    app.dependency_overrides.clear()


@BOUNDED
@given(
    data=st.data(),
    to=st.sampled_from(MOVES),
    actor=st.sampled_from([OWNER, OWNER, SENDER]),
    tag=st.one_of(*[st.just("current")] * 4, TAGS),
    broken=st.booleans(),
)
def test_a_broken_move_leaves_the_task_where_it_stood(
    fresh: Api,
    acting: Callable[[Actor], None],
    data: st.DataObject,
    to: str,
    actor: Actor,
    tag: str | None,
    broken: bool,
) -> None:
    acting(SENDER)
    task_id = taken(put_in(fresh, "", numbered(without_words())))
    acting(actor)
    for step in ["accepted"][: data.draw(st.integers(0, 1))] if actor is OWNER else []:
        stood = read(fresh, f"Task/{task_id}")
        moved = put(fresh, task_id, json.dumps(stood | {"status": step}), 'W/"1"')
        assert moved.status_code == 200, moved.text
    stood = read(fresh, f"Task/{task_id}")
    whole = stood | {
        "status": to,
        "statusReason": {
            "text": "A reason for tests",
            "coding": [
                {
                    "system": "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars",
                    "code": "24",
                }
            ],
        },
        "executionPeriod": {"start": utc_now().date().isoformat()},
    }
    body = json.dumps(data.draw(mutated(whole)) if broken else whole)
    current = f'W/"{stood["meta"]["versionId"]}"'
    version = current if tag == "current" else tag
    before = kept(fresh.town)
    answer = put(fresh, task_id, body, version)
    judged(answer, body)
    after = kept(fresh.town)
    if answer.status_code >= 400:
        assert after == before, (answer.text, body)
        again = put(fresh, task_id, body, version)
        assert (again.status_code, again.json()) == (answer.status_code, answer.json())
        assert read(fresh, f"Task/{task_id}") == stood
    else:
        assert version is not None
        assert version.removeprefix("W/") == current.removeprefix("W/")
        assert answer.json()["id"] == task_id
        # What was done once is not done again with the version of before.
        assert put(fresh, task_id, body, version).status_code == 412
    assert kept(fresh.town) == after


def put(api: Api, task_id: str, body: str, version: str | None) -> httpx.Response:
    headers = {"Content-Type": FHIR} | ({} if version is None else {"If-Match": version})
    return api.request("PUT", f"{BASE}/Task/{task_id}", content=body, headers=headers)


@BOUNDED
@given(data=st.data())
def test_a_broken_message_is_answered_in_the_words_of_its_standard(
    fresh: Api, data: st.DataObject
) -> None:
    body = numbered(data.draw(mutated(example())))
    headers = heads()
    before = kept(fresh.town)
    answer = fresh.request("POST", PROCESS, content=body, headers=headers)
    event(f"{answer.status_code}")
    # A message about something that Kith does not do is not wrong.
    assert answer.status_code < 500 or answer.status_code == 501, (answer.text, body)
    for name in ("X-Request-Id", "X-Correlation-Id"):
        assert answer.headers[name] == headers[name]
    after = kept(fresh.town)
    again = fresh.request("POST", PROCESS, content=body, headers=headers)
    told = again.json()
    if answer.status_code == 200:
        assert len(after["referral"]) - len(before["referral"]) in {0, 1}
        assert (again.status_code, told["issue"][0]["code"]) == (409, "duplicate")
    else:
        assert after == before, (answer.text, body)
        assert (again.status_code, told) == (answer.status_code, answer.json())
        for issue in told["issue"]:
            assert issue["details"]["coding"][0]["code"].startswith("REC_")
            # One that is too long has not been read.
            if answer.status_code in ABOUT_THE_BODY and issue["code"] != "too-costly":
                assert issue.get("expression"), (issue, body)
    assert kept(fresh.town) == after


@BOUNDED
@given(
    data=st.data(),
    path=st.sampled_from(["", "/Task", "/Patient", "/ServiceRequest", "/Patient/$validate"]),
)
def test_a_body_of_any_bytes(fresh: Api, data: st.DataObject, path: str) -> None:
    whole = json.dumps(WHOLE).encode()
    cut = data.draw(st.integers(0, len(whole)))
    body = data.draw(
        st.one_of(
            st.binary(max_size=60),
            st.just(whole[:cut]),
            st.just(whole[:cut] + b"\xff" + whole[cut:]),
            st.sampled_from([b"[" * 5_000, b'{"resourceType":' * 2_000, b"NaN", b"null", b'""']),
            st.sampled_from([each.encode("utf-8", "surrogatepass") for each in CHARACTERS]),
        )
    )
    before = kept(fresh.town)
    kind = data.draw(
        st.sampled_from([FHIR, FHIR, FHIR, "application/json", "text/plain", "", "a/b;c", "x" * 99])
    )
    answer = fresh.post(f"{BASE}{path}", content=body, headers={"Content-Type": kind})
    if body != whole:
        assert 400 <= answer.status_code < 500, (answer.text, body)
        assert kept(fresh.town) == before
    judged(answer, body)
