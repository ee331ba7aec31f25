"""Resources created one by one: parts that wait for their referral, and the referral itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from api_client import Api, Town
from fhir_sent import (
    BASE,
    NHS,
    REFERRALS,
    TASKS,
    URNS,
    bundle,
    consent,
    issues,
    patient,
    post,
    practitioner,
    read,
    resources,
    role,
    service_request,
    taken,
    task,
)
from sqlalchemy import select

from service.identity.actors import operator
from service.people.model import Consent
from service.referrals.actions.parts import KEPT, purge_parts
from service.referrals.part_model import ReferralPart
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

ORDER = ("organisation", "patient", "practitioner", "role", "condition", "consent", "request")


def linked(resource: dict[str, Any], made: dict[str, str]) -> dict[str, Any]:
    """The same with each urn that has become something replaced by it."""
    text = json.dumps(resource)
    for name, place in made.items():
        text = text.replace(URNS[name], place)
    found: dict[str, Any] = json.loads(text)
    return found


def place_of(answer: httpx.Response) -> str:
    """`Patient/…` of what was created."""
    assert answer.status_code == 201, answer.text[:500]
    kind, identity = answer.headers["Location"].split("/")[-4:-2]
    assert answer.json()["id"] == identity
    assert answer.headers["ETag"]
    return f"{kind}/{identity}"


def send_all(api: Api, number: str = "1") -> dict[str, str]:
    """Everything but the Task, one after the other."""
    sent, made = resources(number), dict[str, str]()
    for name in ORDER:
        kind = sent[name]["resourceType"]
        made[name] = place_of(post(api, f"/{kind}", linked(sent[name], made)))
    return made


def test_a_referral_sent_piece_by_piece(api: Api):
    made = send_all(api)
    request = read(api, made["request"])
    assert request["subject"]["reference"] == made["patient"]
    assert request["status"] == "active"
    assert request["identifier"] == [{"system": REFERRALS, "value": "R-1"}]
    referral_id = request["id"]
    assert read(api, f"Condition/{referral_id}")["code"]["text"].startswith("Lost her husband")
    with api.town.store.read() as session:
        assert session.scalars(select(Consent.given)).all() == [True]
    answer = post(api, "/Task", linked(task(), made))
    assert place_of(answer) == f"Task/{referral_id}"
    told = read(api, f"Task/{referral_id}")
    assert told["identifier"] == [{"system": TASKS, "value": "T-1"}]
    assert (told["status"], told["meta"]["versionId"]) == ("requested", "2")
    history = api.get(f"{BASE}/Task/{referral_id}/_history").json()
    assert [each["resource"]["meta"]["versionId"] for each in history["entry"]] == ["2", "1"]
    # A part is still what it was, for whoever sent it.
    assert read(api, made["practitioner"])["name"][0]["family"] == "Marshwick"


def test_parts_are_their_senders_alone(api: Api, neighbour: Api):
    made = place_of(post(api, "/Practitioner", practitioner()))
    assert read(api, made)
    issues(neighbour.get(f"{BASE}/{made}"), 404)
    found = issues(post(neighbour, "/PractitionerRole", role(
        practitioner={"reference": made}, organization={"reference": "Organization/N81011"}
    )), 422)  # fmt: skip
    assert found[0]["expression"] == ["PractitionerRole.practitioner.reference"]


def test_the_same_number_again(api: Api):
    first = place_of(post(api, "/Practitioner", practitioner()))
    again = issues(post(api, "/Practitioner", practitioner()), 409)
    assert again[0]["code"] == "duplicate"
    assert first in again[0]["details"]["text"]
    condition = {"If-None-Exist": "identifier=https://fhir.nhs.uk/Id/sds-user-id|999999999911"}
    known = post(api, "/Practitioner", practitioner(), **condition)
    assert known.status_code == 200
    assert known.json()["id"] == first.split("/")[1]
    made = send_all_but_practitioner(api, first)
    found = issues(post(api, "/ServiceRequest", linked(service_request(), made)), 409)
    assert made["request"] in found[0]["details"]["text"]
    condition = {"If-None-Exist": f"identifier={REFERRALS}|R-1"}
    again_on_condition = post(api, "/ServiceRequest", linked(service_request(), made), **condition)
    assert again_on_condition.status_code == 200
    assert f"ServiceRequest/{again_on_condition.json()['id']}" == made["request"]
    issues(post(api, "/ServiceRequest", linked(service_request(), made), **{
        "If-None-Exist": "subject=Patient/1"}), 400)  # fmt: skip


def send_all_but_practitioner(api: Api, first: str) -> dict[str, str]:
    sent, made = resources(), {"practitioner": first}
    for name in ORDER:
        if name not in made:
            kind = sent[name]["resourceType"]
            made[name] = place_of(post(api, f"/{kind}", linked(sent[name], made)))
    return made


def test_a_condition_finds_who_is_here_already(api: Api):
    first = taken(post(api, "", bundle()))
    person = read(api, f"ServiceRequest/{first}")["subject"]["reference"]
    sent = patient(generalPractitioner=[{"reference": "Organization/N81011"}])
    condition = {"If-None-Exist": f"identifier={NHS}|9990000344"}
    known = post(api, "/Patient", sent, **condition)
    assert (known.status_code, f"Patient/{known.json()['id']}") == (200, person)
    # A number alone is not somebody: another name is another person, for a human to join.
    other = sent | {"name": [{"family": "Otherby", "given": ["Nora"]}]}
    assert place_of(post(api, "/Patient", other, **condition)) != person
    taken(post(api, "", bundle("2", patient=patient(birthDate="1960-01-01"))))
    found = issues(post(api, "/Patient", sent, **condition), 412)
    assert found[0]["code"] == "multiple-matches"


def test_the_same_task_again(api: Api):
    made = send_all(api)
    sent = linked(task(), made)
    first = place_of(post(api, "/Task", sent))
    assert first in issues(post(api, "/Task", sent), 409)[0]["details"]["text"]
    known = post(api, "/Task", sent, **{"If-None-Exist": f"identifier={TASKS}|T-1"})
    assert (known.status_code, f"Task/{known.json()['id']}") == (200, first)
    second = linked(task("T-2"), made)
    assert first in issues(post(api, "/Task", second), 409)[0]["details"]["text"]
    assert read(api, first)["meta"]["versionId"] == "2"


def test_a_condition_that_fits_several(api: Api):
    for number, system in (("1", "https://a.example"), ("2", "https://b.example")):
        request = service_request(identifier=[{"system": system, "value": "77"}])
        taken(post(api, "", bundle(number, request=request)))
    made = {"patient": "Patient/none"}
    sent = linked(service_request(), made)
    del sent["reasonReference"], sent["supportingInfo"]
    sent |= {
        "subject": {"reference": "#p"},
        "requester": {"reference": "Organization/N81011"},
        "contained": [contained_patient()],
    }
    answer = post(api, "/ServiceRequest", sent, **{"If-None-Exist": "identifier=77"})
    assert issues(answer, 412)[0]["code"] == "multiple-matches"
    one = post(api, "/ServiceRequest", sent, **{"If-None-Exist": "identifier=https://a.example|77"})
    assert one.status_code == 200


def contained_patient() -> dict[str, Any]:
    inside = patient(generalPractitioner=[{"reference": "Organization/N81011"}])
    return {**inside, "id": "p"}


def test_a_request_with_all_of_it_inside(api: Api):
    sent = service_request(
        subject={"reference": "#p"},
        requester={"reference": "#r"},
        supportingInfo=[{"reference": "#c"}],
        contained=[
            contained_patient(),
            {**practitioner(), "id": "d"},
            {
                **role(
                    practitioner={"reference": "#d"},
                    organization={"reference": "Organization/N81011"},
                ),
                "id": "r",
            },
            {**consent(patient={"reference": "#p"}), "id": "c"},
        ],
    )
    del sent["reasonReference"]
    answer = post(api, "/ServiceRequest", sent)
    assert answer.status_code == 201, answer.text
    referral_id = answer.json()["id"]
    view = api.get(f"/v1/referrals/{referral_id}").json()
    assert view["person"]["family_name"] == "Larkrise"
    assert view["consent"]["given"]
    assert read(api, f"Practitioner/{referral_id}")["name"][0]["family"] == "Marshwick"
    broken = json.loads(json.dumps(sent))
    broken["contained"][0]["identifier"][0]["value"] = "9990000345"
    found = issues(post(api, "/ServiceRequest", broken), 422)
    assert found[0]["expression"] == ["ServiceRequest.contained[0].identifier[0].value"]


def test_another_request_for_somebody_who_is_here(api: Api):
    first = taken(post(api, "", bundle()))
    person = read(api, f"ServiceRequest/{first}")["subject"]["reference"]
    sent = service_request(
        "R-2",
        subject={"reference": person},
        requester={"reference": f"PractitionerRole/{first}"},
        reasonReference=[{"reference": f"Condition/{first}"}],
    )
    del sent["supportingInfo"]
    answer = post(api, "/ServiceRequest", sent)
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject"]["reference"] == person
    assert api.town.counts()["person"] == 1


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("subject", {"reference": "Patient/never-sent"}),
        ("requester", {"reference": "PractitionerRole/never-sent"}),
        ("performer", [{"reference": "Organization/N00000"}]),
        ("supportingInfo", [{"reference": "Consent/consent-999999"}]),
    ],
)
def test_what_leads_nowhere_is_refused_and_nothing_kept(quick: Api, element: str, value: object):
    made = send_all(quick)
    before = quick.town.counts()
    sent = linked(service_request("R-2"), made) | {element: value}
    found = issues(post(quick, "/ServiceRequest", sent), 422)
    assert found[0]["expression"][0].startswith(f"ServiceRequest.{element}")
    assert quick.town.counts() == before


def test_a_task_needs_its_request_and_its_person(quick: Api):
    made = send_all(quick)
    sent = linked(task(), made)
    for element, value in (
        ("focus", {"reference": "ServiceRequest/none"}),
        ("for", {"reference": "Patient/none"}),
    ):
        found = issues(post(quick, "/Task", sent | {element: value}), 422)
        assert found[0]["expression"] == [f"Task.{element}"]
    assert read(quick, made["request"])["meta"]["versionId"] == "1"


def test_parts_go_after_a_day(api: Api, town: Town):
    made = place_of(post(api, "/Patient", patient(
        generalPractitioner=[{"reference": "Organization/N81011"}])))  # fmt: skip
    later = utc_now() + KEPT + timedelta(minutes=1)
    with town.store.work() as work:
        assert purge_parts(work, by=operator(), now=utc_now()) == 0
    with town.store.work() as work:
        assert purge_parts(work, by=operator(), now=later) == 1
    issues(api.get(f"{BASE}/{made}"), 404)
    with town.store.read() as session:
        assert session.scalars(select(ReferralPart)).all() == []


def test_the_same_part_many_times_at_once_is_one(api: Api):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: post(api, "/Practitioner", practitioner()), range(12)))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 11
    assert api.town.counts()["referral_part"] == 1


def test_a_marked_person_s_part_says_nothing_of_where(quick: Api):
    mark = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    sent = patient(meta={"security": [mark]})
    del sent["generalPractitioner"]
    answer = post(quick, "/Patient", sent)
    assert answer.status_code == 201
    assert not {"identifier", "address", "telecom"} & set(answer.json())
    with quick.town.store.read() as session:
        kept = session.scalars(select(ReferralPart.document)).one()
    assert "address" not in kept


def test_little_is_sent_back_where_little_is_wanted(quick: Api):
    answer = post(quick, "/Practitioner", practitioner(), Prefer="return=minimal")
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["Location"]


KINDS = ("ServiceRequest", "Patient", "Practitioner", "Organization", "Consent", "Task")


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (method, kind)
        for method in ("PUT", "PATCH", "DELETE")
        for kind in KINDS
        if (method, kind) != ("PUT", "Task")
    ],
)
def test_nothing_but_a_task_is_changed(quick: Api, method: str, kind: str):
    answer = quick.request(method, f"{BASE}/{kind}/1", json={"resourceType": kind})
    assert issues(answer, 405)[0]["code"] == "not-supported"
    for other in ("HealthcareService", "Location"):
        assert quick.request("POST", f"{BASE}/{other}", json={}).status_code == 405


def test_a_wrong_type_at_an_address_is_refused(quick: Api):
    issues(post(quick, "/Patient", practitioner()), 400)
    issues(post(quick, "/Task", patient()), 400)
    assert NHS in json.dumps(patient())


def test_the_capabilities_say_so(quick: Api):
    told = quick.get(f"{BASE}/metadata").json()["rest"][0]
    assert {"code": "transaction"} in told["interaction"]
    by_type = {each["type"]: each for each in told["resource"]}
    for kind in ("ServiceRequest", "Task", "Patient", "Practitioner", "Consent"):
        codes = {each["code"] for each in by_type[kind]["interaction"]}
        assert "create" in codes
        assert by_type[kind]["conditionalCreate"]
        assert by_type[kind]["operation"][0]["name"] == "validate"
    assert {"code": "update"} in by_type["Task"]["interaction"]
    assert {"code": "update"} not in by_type["ServiceRequest"]["interaction"]
