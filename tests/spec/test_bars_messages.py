"""Referrals as messages: each processed once, changed and taken back only by who sent it."""

from __future__ import annotations

import copy
import threading
import uuid
from typing import Any

import httpx
import pytest
from api_client import Api
from bars_world import (
    BARS,
    PROCESS,
    encoded,
    example,
    heads,
    issue,
    made,
    numbered,
    reasoned,
    resource,
    send,
    without,
)
from sqlalchemy import text
from town import WIDNES

from service.identity.actors import Actor
from service.identity.audit_queries import who_saw
from service.identity.roles import LINK_WORKER
from service.referrals.actions.triage import accept

pytest_plugins = ("api_fixtures",)

ANN = Actor("staff:1", LINK_WORKER, frozenset({WIDNES}))


def scalar(api: Api, statement: str, **values: object) -> object:
    with api.town.store.read() as session:
        return session.scalar(text(statement), values)


def version(api: Api, referral_id: str) -> int:
    found = scalar(api, "SELECT version FROM referral WHERE referral_id = :id", id=referral_id)
    assert isinstance(found, int)
    return found


def state(api: Api, referral_id: str) -> object:
    return scalar(api, "SELECT state FROM referral WHERE referral_id = :id", id=referral_id)


def test_a_referral_is_taken_and_answered_by_a_message(api: Api) -> None:
    headers = heads()
    message = example()
    answer = send(api, message, headers)
    referral_id = made(answer)
    assert answer.headers["X-Request-Id"] == headers["X-Request-Id"]
    assert answer.headers["X-Correlation-Id"] == headers["X-Correlation-Id"]
    bundle = answer.json()
    header = bundle["entry"][0]["resource"]
    assert header["eventCoding"]["code"] == "servicerequest-response"
    assert header["response"] == {"identifier": message["id"], "code": "ok"}
    names = {each["fullUrl"] for each in bundle["entry"]}
    assert header["focus"][0]["reference"] in names
    assert resource(bundle, "Task")["status"] == "requested"
    assert state(api, referral_id) == "received"
    told = api.get(f"/v1/referrals/{referral_id}").json()
    assert "loneliness_isolation" in [each["need"] for each in told["needs_found"]]


def test_the_same_message_again_changes_nothing_and_names_the_first(api: Api) -> None:
    headers, message = heads(), example()
    referral_id = made(send(api, message, headers))
    before = api.town.counts()
    again = send(api, message, headers)
    assert issue(again) == (409, "REC_CONFLICT", "duplicate")
    assert f"ServiceRequest/{referral_id}" in again.json()["issue"][0]["details"]["text"]
    assert api.town.counts() == before


def test_another_body_under_the_same_id_is_a_conflict(api: Api) -> None:
    headers = heads()
    made(send(api, example(), headers))
    assert issue(send(api, numbered(example(), "REF-2"), headers)) == (
        409,
        "REC_CONFLICT",
        "conflict",
    )


def test_new_ids_for_a_referral_that_is_open_are_a_conflict(api: Api) -> None:
    made(send(api, example()))
    assert issue(send(api, example())) == (409, "REC_CONFLICT", "conflict")
    assert scalar(api, "SELECT count(*) FROM referral") == 1


def test_many_at_once_are_one_referral(api: Api) -> None:
    headers, message = heads(), example()
    answers: list[httpx.Response] = []
    senders = [
        threading.Thread(target=lambda: answers.append(send(api, message, headers)))
        for _ in range(12)
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join(120)
    assert sorted(each.status_code for each in answers) == [200] + [409] * 11
    assert scalar(api, "SELECT count(*) FROM referral") == 1
    assert scalar(api, "SELECT count(*) FROM person") == 1


def test_what_failed_may_be_sent_again_under_the_same_id(api: Api) -> None:
    headers = heads()
    assert issue(send(api, without(example(), "Consent"), headers))[0] == 400
    made(send(api, example(), headers))


@pytest.mark.parametrize("reason", ["update", "delete"])
def test_a_referral_is_taken_back(api: Api, reason: str) -> None:
    referral_id = made(send(api, example()))
    answer = send(api, reasoned(example(), reason, status="revoked"))
    assert made(answer) == referral_id
    assert resource(answer.json(), "ServiceRequest")["status"] == "revoked"
    assert resource(answer.json(), "Task")["status"] == "cancelled"
    assert state(api, referral_id) == "withdrawn"


def test_a_referral_that_was_an_error_stays_in_the_record(api: Api) -> None:
    referral_id = made(send(api, example()))
    answer = send(api, reasoned(example(), "update", status="entered-in-error"))
    assert resource(answer.json(), "ServiceRequest")["status"] == "entered-in-error"
    assert state(api, referral_id) == "entered_in_error"


def test_what_was_taken_back_is_not_taken_back_twice(api: Api) -> None:
    made(send(api, example()))
    made(send(api, reasoned(example(), "delete", status="revoked")))
    again = send(api, reasoned(example(), "delete", status="revoked"))
    assert again.status_code == 422


def test_a_stale_version_takes_nothing_back(api: Api) -> None:
    referral_id = made(send(api, example()))
    with api.town.store.work() as work:
        accept(work, by=ANN, referral_id=referral_id, seen_version=1)
    stale = reasoned(example(), "delete", status="revoked", meta={"versionId": "1"})
    assert issue(send(api, stale)) == (409, "REC_CONFLICT", "conflict")
    assert state(api, referral_id) == "triaged"
    current = reasoned(example(), "delete", status="revoked", meta={"versionId": "2"})
    made(send(api, current))
    assert state(api, referral_id) == "withdrawn"


def test_an_update_replaces_the_whole_until_somebody_took_it_on(api: Api) -> None:
    referral_id = made(send(api, example()))
    change = reasoned(example(), "update", note=[{"text": "Now she also worries about debts."}])
    assert made(send(api, change)) == referral_id
    told = api.get(f"/v1/referrals/{referral_id}").json()
    assert "debts" in told["reason"] and "stick" not in told["reason"]
    assert "debt_money" in [each["need"] for each in told["needs_found"]]
    assert version(api, referral_id) == 2
    assert scalar(
        api,
        "SELECT text FROM referral_event WHERE referral_id = :id AND what = 'amended_by_sender'",
        id=referral_id,
    ), "what it said before stays in the history"


def test_an_update_does_not_undo_what_the_link_worker_understood(api: Api) -> None:
    referral_id = made(send(api, example()))
    needs = "SELECT count(*) FROM referral_need WHERE referral_id = :id"
    before = scalar(api, needs, id=referral_id)
    with api.town.store.work() as work:
        accept(work, by=ANN, referral_id=referral_id, seen_version=1)
    made(send(api, reasoned(example(), "update", note=[{"text": "She worries about debts."}])))
    assert scalar(api, needs, id=referral_id) == before
    assert state(api, referral_id) == "triaged"
    assert "debts" in api.get(f"/v1/referrals/{referral_id}").json()["reason"]


def test_a_danger_sign_in_an_update_stops_matching(api: Api) -> None:
    referral_id = made(send(api, example()))
    note = [{"text": "She told me today that she wants to end her life and has a plan."}]
    made(send(api, reasoned(example(), "update", note=note)))
    told = api.get(f"/v1/referrals/{referral_id}").json()
    assert told["state"] == "triage_first"
    assert [each["flag"] for each in told["flags"] if each["open"]] == ["suicide_selfharm"]


def test_an_update_of_nothing_is_not_found(api: Api, neighbour: Api) -> None:
    unknown = reasoned(numbered(example(), "NOBODY"), "update")
    assert issue(send(api, unknown)) == (404, "REC_NOT_FOUND", "not-found")
    made(send(api, example()))
    elsewhere = reasoned(example(), "delete", status="revoked")
    assert issue(send(neighbour, elsewhere)) == (404, "REC_NOT_FOUND", "not-found")


def test_a_sender_answers_about_its_referral(api: Api) -> None:
    first = example()
    referral_id = made(send(api, first))
    answer = reasoned(example(), "new", note=[{"text": "She prefers mornings."}])
    header = resource(answer, "MessageHeader")
    header["eventCoding"]["code"] = "servicerequest-response"
    header["response"] = {"identifier": first["id"], "code": "ok"}
    assert made(send(api, answer)) == referral_id
    said = "SELECT text FROM referral_event WHERE what = 'answered_by_sender'"
    assert scalar(api, said) == "She prefers mornings."
    header["response"]["identifier"] = str(uuid.uuid4())
    assert issue(send(api, answer)) == (404, "REC_NOT_FOUND", "not-found")


def test_an_onward_referral_keeps_the_correlation_and_is_linked(api: Api) -> None:
    headers = heads()
    first = made(send(api, example(), headers))
    onward = heads(**{"X-Correlation-Id": headers["X-Correlation-Id"]})
    second = made(send(api, numbered(example(), "REF-2"), onward))
    assert second != first
    follows = "SELECT follows FROM received_message WHERE referral_id = :id"
    assert scalar(api, follows, id=second) == first


def test_another_practice_reads_nothing(api: Api, neighbour: Api, visitor: Api) -> None:
    referral_id = made(send(api, example()))
    number = "https://fhir.nhs.uk/Id/nhs-number|9990000018"
    mine = api.get(f"{BARS}/ServiceRequest", params={"patient:identifier": number}, headers=heads())
    assert (
        mine.json()["total"] == 1 and number.rpartition("|")[2] not in mine.json()["link"][0]["url"]
    )
    theirs = neighbour.get(
        f"{BARS}/ServiceRequest", params={"patient:identifier": number}, headers=heads()
    )
    assert theirs.json()["total"] == 0
    one = f"{BARS}/ServiceRequest/{referral_id}"
    assert api.get(one, headers=heads()).status_code == 200
    assert issue(neighbour.get(one, headers=heads())) == (404, "REC_NOT_FOUND", "not-found")
    assert issue(visitor.get(one, headers=heads())) == (401, "REC_UNAUTHORIZED", "forbidden")
    assert issue(send(visitor, example()))[0] == 401


@pytest.mark.parametrize(
    "name",
    [
        "X-Request-Id",
        "X-Correlation-Id",
        "NHSD-Target-Identifier",
        "NHSD-End-User-Organisation",
        "NHSD-Requesting-Software",
    ],
)
@pytest.mark.parametrize("value", [None, "not what it should be", encoded([1]), encoded({})])
def test_a_header_that_is_missing_or_broken_is_named(
    quick: Api, name: str, value: str | None
) -> None:
    answer = send(quick, example(), heads(**{name: value}))
    assert issue(answer)[:2] == (400, "REC_BAD_REQUEST")
    assert name in answer.json()["issue"][0]["details"]["text"]
    assert issue(answer)[2] in {"required", "value"}


def test_the_header_for_the_national_proxy_is_not_looked_at(quick: Api) -> None:
    made(send(quick, example(), heads(**{"use-context": "a1t1|whatever"})))


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json; version=1.4.0", 200),
        ("application/fhir+json;version=1.4", 200),
        ("application/fhir+json", 200),
        ("*/*", 200),
        ("application/fhir+json; version=2.0.0", 406),
        ("application/fhir+xml", 406),
    ],
)
def test_versions(quick: Api, accept: str, status: int) -> None:
    answer = quick.get(f"{BARS}/metadata", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert issue(answer) == (406, "REC_NOT_ACCEPTABLE", "processing")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "Slot"),
        ("GET", "Appointment"),
        ("POST", "Appointment"),
        ("DELETE", "Appointment/1"),
        ("GET", "DocumentReference/1"),
        ("GET", "Endpoint/$template"),
        ("POST", "ServiceRequest"),
        ("PUT", "ServiceRequest/1"),
    ],
)
def test_what_is_not_built_is_refused_by_name(quick: Api, method: str, path: str) -> None:
    answer = quick.request(method, f"{BARS}/{path}", headers=heads())
    assert issue(answer) == (501, "REC_NOT_IMPLEMENTED", "not-supported")


@pytest.mark.parametrize("event", ["booking-request", "booking-response"])
def test_bookings_are_refused_by_name(quick: Api, event: str) -> None:
    message = example()
    resource(message, "MessageHeader")["eventCoding"]["code"] = event
    assert issue(send(quick, message)) == (501, "REC_NOT_IMPLEMENTED", "not-supported")


@pytest.mark.parametrize(
    "kind",
    [
        "Encounter",
        "CarePlan",
        "HealthcareService",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Consent",
        "Patient",
        "ServiceRequest",
        "MessageHeader",
    ],
)
def test_a_resource_that_is_missing_is_named(quick: Api, kind: str) -> None:
    answer = send(quick, without(example(), kind))
    assert issue(answer)[:2] == (400, "REC_BAD_REQUEST")
    assert scalar(quick, "SELECT count(*) FROM referral") == 0


def test_what_has_no_place_in_a_message_is_named(quick: Api) -> None:
    message = example()
    message["entry"].append(
        {"fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": {"resourceType": "Appointment"}}
    )
    answer = send(quick, message)
    assert issue(answer)[:2] == (400, "REC_BAD_REQUEST")
    where = [each.get("expression", [""])[0] for each in answer.json()["issue"]]
    assert f"Bundle.entry[{len(message['entry']) - 1}].resource.resourceType" in where


@pytest.mark.parametrize(
    ("kind", "change", "where"),
    [
        ("ServiceRequest", {"intent": "order"}, ".intent"),
        ("ServiceRequest", {"category": []}, ".category"),
        ("ServiceRequest", {"occurrenceDateTime": "2026-12-01"}, ".occurrenceDateTime"),
        ("CarePlan", {"status": "active"}, ".status"),
        ("CarePlan", {"intent": "order"}, ".intent"),
        ("Patient", {"contact": [], "telecom": []}, ".contact"),
        ("MessageHeader", {"sender": {}}, ".sender.reference"),
        ("MessageHeader", {"destination": []}, ".destination[0].receiver.reference"),
        ("MessageHeader", {"reason": {}}, ".reason"),
        ("MessageHeader", {"focus": []}, ".focus"),
        ("MessageHeader", {"eventCoding": {"code": "x"}}, ".eventCoding"),
    ],
)
def test_a_profile_that_is_broken_is_named_with_its_element(
    quick: Api, kind: str, change: dict[str, object], where: str
) -> None:
    message = example()
    resource(message, kind).update(change)
    answer = send(quick, message)
    assert issue(answer)[:2] == (400, "REC_BAD_REQUEST")
    named = [each.get("expression", [""])[0] for each in answer.json()["issue"]]
    assert any(each.endswith(where) for each in named), answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"resourceType":"Bundle"}', b'{"resourceType":"Patient"}'],
)
def test_a_body_that_is_no_message_is_refused(quick: Api, body: bytes) -> None:
    answer = quick.request("POST", PROCESS, content=body, headers=heads())
    assert issue(answer)[:2] == (400, "REC_BAD_REQUEST")


def test_the_definitions_are_kiths_own_and_are_found_by_use_case(quick: Api) -> None:
    ours = "https://kith.example/fhir/CodeSystem/usecases|sp1"
    found = quick.get(f"{BARS}/MessageDefinition", params={"context": ours}, headers=heads()).json()
    assert found["total"] == 3
    first = found["entry"][0]["resource"]
    counts = {each["code"]: (each["min"], each["max"]) for each in first["focus"]}
    assert counts["ServiceRequest"] == (1, "1") and counts["Consent"] == (1, "*")
    assert "fhir.nhs.uk/MessageDefinition" not in str(found), "no national definition is claimed"
    other = "https://fhir.nhs.uk/CodeSystem/usecases-categories-bars|a1t1"
    none = quick.get(f"{BARS}/MessageDefinition", params={"context": other}, headers=heads())
    assert none.json()["total"] == 0


def test_nothing_sent_is_told_back_in_an_error(quick: Api) -> None:
    message = copy.deepcopy(example())
    patient = resource(message, "Patient")
    patient["identifier"][0]["value"] = "9990000019"
    answer = send(quick, message)
    assert answer.status_code == 400
    for private in ("9990000019", "Testcase", "WA7 9ZZ", "07700 900123"):
        assert private not in answer.text


@pytest.mark.parametrize("door", [BARS, "/fhir/R4"])
def test_whoever_found_somebody_by_their_number_stands_in_their_record(api: Api, door: str) -> None:
    referral_id = made(send(api, example()))
    other = made(send(api, without_number(numbered(example(), "REF-2"))))
    number = {"patient:identifier": "https://fhir.nhs.uk/Id/nhs-number|9990000018"}
    found = api.get(f"{door}/ServiceRequest", params=number, headers=heads())
    assert found.json()["total"] == 1
    with api.town.store.read() as session:
        seen = who_saw(session, f"referral:{referral_id}")
        theirs = who_saw(session, f"referral:{other}")
    searched = [each for each in seen if each.action == "referral.searched"]
    assert [each.subject for each in searched] == ["search:ServiceRequest"]
    assert searched[0].details == {"count": 1}, "who else was in it is nobody's business"
    assert not [each for each in theirs if each.action == "referral.searched"]


def test_a_number_does_not_find_somebody_joined_to_a_protected_record(api: Api) -> None:
    referral_id = made(send(api, example()))
    other = made(send(api, without_number(numbered(example(), "REF-2"))))
    person = "SELECT person_id FROM referral WHERE referral_id = :id"
    first, second = (scalar(api, person, id=each) for each in (referral_id, other))
    assert first != second
    join = "UPDATE person SET joined_to = :kept WHERE person_id = :id"
    protect = "UPDATE person SET address_protected = true WHERE person_id = :id"
    number = {"patient:identifier": "9990000018"}
    with api.town.store.work() as work:
        work.session.execute(text(join), {"kept": second, "id": first})
    found = api.get(f"{BARS}/ServiceRequest", params=number, headers=heads())
    assert found.json()["total"] == 1
    with api.town.store.work() as work:
        work.session.execute(text(protect), {"id": second})
    found = api.get(f"{BARS}/ServiceRequest", params=number, headers=heads())
    assert found.json()["total"] == 0


def without_number(message: dict[str, Any]) -> dict[str, Any]:
    """The message about somebody else, whose NHS number nobody knows."""
    patient = resource(message, "Patient")
    patient["name"][0]["family"] = "Otherperson"
    del patient["identifier"]
    return message
