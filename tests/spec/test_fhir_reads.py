"""One resource, one version of it, all its versions: what is told, to whom, and what it costs."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from api_client import Api, Town
from fhir_world import ANN, BASE, LOCAL, NHS_NUMBER, NUMBER, World
from sqlalchemy import text

from service.people.model import Consent
from service.people.nhs_number import NhsNumber
from service.referrals.actions.outcomes import close, leave
from service.referrals.actions.safeguarding import raise_concern
from service.referrals.actions.triage import accept, give_back
from service.referrals.exchange import THEMSELF
from service.referrals.lifecycle import OfferState
from service.referrals.requests import PersonGiven

pytest_plugins = ("api_fixtures",)

UNKNOWN = "0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d"


@pytest.fixture
def world(town: Town) -> World:
    return World(town)


def read(api: Api, path: str, status: int = 200) -> dict[str, Any]:
    answer = api.get(f"{BASE}/{path}")
    assert answer.status_code == status, (path, answer.text)
    assert answer.headers["Content-Type"] == "application/fhir+json"
    found: dict[str, Any] = answer.json()
    if status >= 400:
        assert found["resourceType"] == "OperationOutcome"
        assert found["issue"][0]["details"]["text"]
    return found


def about_people(world: World, name: str) -> list[str]:
    """The address of every resource of a referral that says something of a person."""
    referral_id = world.ids[name]
    with world.town.store.read() as session:
        consent = session.scalar(
            text("SELECT min(consent_id) FROM consent WHERE referral_id = :id"),
            {"id": referral_id},
        )
    return [
        f"ServiceRequest/{referral_id}",
        f"Task/{referral_id}",
        f"Patient/{world.person(referral_id)}",
        f"Practitioner/{referral_id}",
        f"PractitionerRole/{referral_id}",
        f"Condition/{referral_id}",
        f"Consent/consent-{consent}",
        f"Task/{referral_id}/_history",
        f"Task/{referral_id}/_history/1",
        f"ServiceRequest/{referral_id}/_history",
        f"ServiceRequest/{referral_id}/_history/1",
    ]


def test_a_read_bears_its_version_and_says_when_nothing_is_new(api: Api, world: World) -> None:
    referral_id = world.refer("one")
    for kind in ("Task", "ServiceRequest"):
        answer = api.get(f"{BASE}/{kind}/{referral_id}")
        assert answer.headers["ETag"] == 'W/"1"'
        assert answer.headers["Cache-Control"] == "no-store"
        meta = answer.json()["meta"]
        assert meta["versionId"] == "1"
        changed = datetime.fromisoformat(meta["lastUpdated"])
        assert parsedate_to_datetime(answer.headers["Last-Modified"]) == changed.replace(
            microsecond=0
        )
        same = api.get(f"{BASE}/{kind}/{referral_id}", headers={"If-None-Match": 'W/"1"'})
        assert (same.status_code, same.content) == (304, b"")
        other = api.get(f"{BASE}/{kind}/{referral_id}", headers={"If-None-Match": 'W/"2"'})
        assert other.status_code == 200
    world.do(accept, referral_id)
    task = read(api, f"Task/{referral_id}")
    assert (task["meta"]["versionId"], task["status"]) == ("2", "accepted")


def test_what_has_no_versions_has_a_tag_of_what_it_says(api: Api, world: World) -> None:
    referral_id = world.refer("one")
    path = f"{BASE}/Patient/{world.person(referral_id)}"
    first = api.get(path)
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    world.do(accept, referral_id)
    world.protect(referral_id)
    changed = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_history_tells_every_change_newest_first(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    world.do(close, referral_id, outcome="goals_met", today=world.today)
    bundle = read(api, f"Task/{referral_id}/_history")
    assert (bundle["type"], bundle["total"]) == ("history", 4)
    tasks = [entry["resource"] for entry in bundle["entry"]]
    assert [each["status"] for each in tasks] == [
        "completed",
        "in-progress",
        "accepted",
        "requested",
    ]
    assert [each["meta"]["versionId"] for each in tasks] == ["4", "3", "2", "1"]
    times = [each["meta"]["lastUpdated"] for each in tasks]
    assert times == sorted(times, reverse=True)
    assert all(each.endswith("Z") for each in times)
    actors = [each["contained"][0]["agent"][0]["who"]["display"] for each in tasks]
    assert actors == ["staff:1", "staff:1", "staff:1", "token:1"]
    assert [entry["response"]["status"] for entry in bundle["entry"]] == ["200"] * 3 + ["201"]
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT"] * 3 + ["POST"]
    for each in tasks:
        version = each["meta"]["versionId"]
        assert read(api, f"Task/{referral_id}/_history/{version}") == each
    assert read(api, f"Task/{referral_id}") == tasks[0]
    requests = read(api, f"ServiceRequest/{referral_id}/_history")["entry"]
    assert [each["resource"]["status"] for each in requests] == ["completed"] + ["active"] * 3
    for wrong in ("0", "5", "one", "-1", "1.0"):
        read(api, f"Task/{referral_id}/_history/{wrong}", 404)


def test_a_group_that_was_asked_has_a_task_of_its_own(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    offer_id = world.sent(referral_id, 1)
    task = read(api, f"Task/{offer_id}")
    assert task["partOf"] == [{"reference": f"Task/{referral_id}", "type": "Task"}]
    assert (task["status"], task["meta"]["versionId"]) == ("requested", "2")
    assert task["restriction"]["period"]["end"] > task["authoredOn"]
    assert task["owner"]["reference"] == "HealthcareService/lapwing-lunch-club"
    world.heard(referral_id, offer_id, OfferState.DECLINED, reason="22")
    declined = read(api, f"Task/{offer_id}")
    assert declined["status"] == "rejected"
    assert declined["statusReason"]["coding"] == [
        {
            "system": "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars",
            "code": "22",
            "display": "No capacity",
        }
    ]
    history = read(api, f"Task/{offer_id}/_history")["entry"]
    assert [each["resource"]["status"] for each in history] == ["rejected", "requested"]
    assert [each["resource"]["meta"]["versionId"] for each in history] == ["3", "2"]


def test_an_offer_that_was_never_sent_has_no_task(api: Api, world: World) -> None:
    from service.people.levels import DisclosureLevel
    from service.referrals.actions.offers import offer

    referral_id = world.contacted("one")
    made = world.do(
        offer,
        referral_id,
        seen=False,
        asset_ids=[1],
        level=DisclosureLevel.FULL,
        today=world.today,
    )
    read(api, f"Task/{made[0]}", 404)
    read(api, f"Task/{made[0]}/_history", 404)
    world.do(close, referral_id, outcome="goals_met", today=world.today)
    # Ended with its referral, and still nobody outside was ever asked.
    read(api, f"Task/{made[0]}", 404)
    found = read(api, f"Task?part-of=Task/{referral_id}")
    assert (found["total"], "entry" in found) == (0, False)


def test_the_end_is_told_with_what_came_of_it(api: Api, world: World) -> None:
    with_group, alone = world.contacted("with a group"), world.contacted("alone")
    offer_id = world.sent(with_group, 1)
    world.heard(with_group, offer_id, OfferState.ACCEPTED)
    world.heard(with_group, offer_id, OfferState.FIRST_ATTENDED)
    world.heard(with_group, offer_id, OfferState.ATTENDING, sessions=4)
    for each in (with_group, alone):
        world.do(close, each, outcome="goals_met", today=world.today)
    task = read(api, f"Task/{with_group}")
    assert [each["valueCodeableConcept"]["text"] for each in task["output"]] == [
        "Attended Lapwing Lunch Club, 4 times"
    ]
    assert task["output"][0]["type"]["coding"][0]["code"] == "resulting-activity"
    lonely = read(api, f"Task/{alone}")
    assert "output" not in lonely
    assert lonely["statusReason"]["text"] == "Goals met"


def test_what_is_sent_back_bears_a_rejection_code(api: Api, world: World) -> None:
    referral_id = world.refer("one")
    more = {"reason": "needs_clinical_care", "text": "Chest pain: see the GP", "today": world.today}
    world.do(give_back, referral_id, **more)
    task = read(api, f"Task/{referral_id}")
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("rejected", "returned")
    assert [each["code"] for each in task["statusReason"]["coding"]] == [
        "23",
        "needs_clinical_care",
    ]
    assert task["statusReason"]["text"] == "Needs clinical care first: Chest pain: see the GP"
    # The requester decides what becomes of the request.
    assert read(api, f"ServiceRequest/{referral_id}")["status"] == "active"


def test_a_safeguarding_hold_is_only_ever_on_hold(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    offer_id = world.sent(referral_id, 1)
    world.heard(referral_id, offer_id, OfferState.ACCEPTED)
    world.do(raise_concern, referral_id, seen=False, concern="Her nephew takes her money.")
    said = ""
    for path in (f"Task/{referral_id}", f"Task/{offer_id}", f"Task/{referral_id}/_history"):
        said += json.dumps(read(api, path))
    assert "nephew" not in said
    assert "safeguarding" not in said.lower()
    assert "concern" not in said.lower()
    task, offer = read(api, f"Task/{referral_id}"), read(api, f"Task/{offer_id}")
    for each in (task, offer):
        assert each["status"] == "on-hold"
        assert each["businessStatus"] == {
            "coding": [
                {"system": "https://kith.example/fhir/CodeSystem/referral-stage", "code": "on-hold"}
            ],
            "text": "On hold",
        }
        assert each["statusReason"] == {"text": "On hold"}
    assert read(api, f"ServiceRequest/{referral_id}")["status"] == "active"


def test_who_left_is_cancelled_and_why_is_told(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    world.do(leave, referral_id, reason="moved_away", today=world.today)
    task = read(api, f"Task/{referral_id}")
    assert (task["status"], task["statusReason"]["text"]) == ("cancelled", "Moved away")
    # The link worker wrote it down, so the request stays the requester's to call back.
    assert read(api, f"ServiceRequest/{referral_id}")["status"] == "active"


def test_a_restricted_person_is_told_without_where_they_are(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    world.brought(referral_id)
    person = world.person(referral_id)
    open_now = json.dumps(read(api, f"Patient/{person}"))
    for each in (NUMBER, "WA8 6TR", "07700 900456", "N81011", "Example Lane"):
        assert each in open_now
    world.protect(referral_id)
    said = ""
    for path in about_people(world, "one"):
        resource = read(api, path)
        said += json.dumps(resource)
        if path.split("/")[0] in {"Patient", "Task", "ServiceRequest", "Condition", "Consent"}:
            parts = resource.get("entry", [{"resource": resource}])
            for part in parts:
                labels = part["resource"]["meta"]["security"]
                assert [each["code"] for each in labels] == ["R"], path
    patient = read(api, f"Patient/{person}")
    assert not {"identifier", "address", "telecom", "contact", "generalPractitioner"} & set(patient)
    assert patient["name"][0]["family"] == "Larkrise"
    for each in (NUMBER, "WA8 6TR", "07700 900456", "07700 900123", "Example Lane"):
        assert each not in said, each


def test_what_came_is_given_back_with_kiths_truth_over_it(api: Api, world: World) -> None:
    referral_id = world.refer("one")
    world.brought(referral_id)
    request = read(api, f"ServiceRequest/{referral_id}")
    assert (request["authoredOn"], request["priority"]) == ("2026-03-02T10:00:00+00:00", "urgent")
    assert request["note"] == [{"text": "Prefers mornings."}]
    assert request["identifier"] == [
        {"system": LOCAL, "value": f"ServiceRequest-{referral_id[:8]}"}
    ]
    texts = [each["text"] for each in request["reasonCode"]]
    assert texts[0] == "Lonely since she moved"
    assert texts[-1] == "Would like to sing again"
    first = [(each["system"], each["code"]) for each in request["reasonCode"][0]["coding"]]
    assert first == [
        ("https://kith.example/fhir/CodeSystem/need", "loneliness_isolation"),
        ("http://snomed.info/sct", "267076002"),
    ]
    patient = read(api, f"Patient/{world.person(referral_id)}")
    # The register's own name stands; the sender's second one came with no newer truth.
    assert patient["name"][0]["given"] == ["Nora"]
    assert patient["name"][0]["prefix"] == ["Mrs"]
    category = patient["extension"][0]["valueCodeableConcept"]["coding"][0]["system"]
    assert category == "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland"
    role = read(api, f"PractitionerRole/{referral_id}")
    assert role["organization"]["display"] == "Far Away Surgery"
    assert role["organization"]["identifier"]["value"] == "Z99991"
    conditions = [each["reference"] for each in request["reasonReference"]]
    assert conditions == [f"Condition/{referral_id}", f"Condition/{referral_id}-2"]
    assert read(api, conditions[1])["code"]["text"] == "Walks less than she would like"
    read(api, f"Condition/{referral_id}-3", 404)


def test_codes_that_would_say_more_than_the_need_are_not_given(api: Api, world: World) -> None:
    referral_id = world.refer("one", needs=("housing", "low_mood_anxiety", "loneliness_isolation"))
    reasons = read(api, f"ServiceRequest/{referral_id}")["reasonCode"]
    snomed = [
        [each["code"] for each in reason["coding"] if each["system"] == "http://snomed.info/sct"]
        for reason in reasons
    ]
    # Nobody is called homeless or depressed because they need help with housing or low mood.
    assert snomed == [[], [], ["267076002"]]


def test_somebody_who_asked_for_themself_is_their_own_requester(api: Api, world: World) -> None:
    referral_id = world.refer("own", referrer_name="", referrer_role=THEMSELF)
    request = read(api, f"ServiceRequest/{referral_id}")
    assert request["requester"]["reference"] == f"Patient/{world.person(referral_id)}"
    read(api, f"PractitionerRole/{referral_id}", 404)
    read(api, f"Practitioner/{referral_id}", 404)


def test_without_a_number_there_is_no_identifier(api: Api, world: World) -> None:
    referral_id = world.refer("one", person=PersonGiven(None, "Ada", "Fen"))
    patient = read(api, f"Patient/{world.person(referral_id)}")
    assert "identifier" not in patient
    assert "identifier" not in read(api, f"Task/{referral_id}")["for"]
    numbered = world.refer("two", person=PersonGiven(NhsNumber(NUMBER), "Nora", "Larkrise"))
    identifier = read(api, f"Patient/{world.person(numbered)}")["identifier"][0]
    assert (identifier["system"], identifier["value"]) == (NHS_NUMBER, NUMBER)
    status = identifier["extension"][0]["valueCodeableConcept"]["coding"][0]["code"]
    # Present and not traced: Kith has not asked anybody.
    assert status == "02"


def test_another_practice_sees_nothing(api: Api, neighbour: Api, world: World) -> None:
    referral_id = world.contacted("one")
    offer_id = world.sent(referral_id, 1)
    paths = [*about_people(world, "one"), f"Task/{offer_id}", f"Task/{offer_id}/_history"]
    for path in paths:
        read(api, path)
    before = neighbour.town.counts()
    for path in paths:
        kind = path.split("/")[0]
        unknown = "consent-99999" if kind == "Consent" else UNKNOWN
        rest = path.split("/")[2:]
        theirs = neighbour.get(f"{BASE}/{path}")
        nothing = neighbour.get("/".join([BASE, kind, unknown, *rest]))
        assert (theirs.status_code, nothing.status_code) == (404, 404), path
        assert theirs.json() == nothing.json()
    assert neighbour.town.counts() == before


def test_without_a_token_only_what_can_be_done_is_told(visitor: Api, world: World) -> None:
    world.refer("one")
    paths = [*about_people(world, "one"), "Task", "Location", "Organization/N81011"]
    for path in paths:
        outcome = read(visitor, path, 401)
        assert outcome["issue"][0]["code"] == "login"
    assert read(visitor, "metadata")["resourceType"] == "CapabilityStatement"


def test_every_read_about_a_person_is_written_down(api: Api, world: World) -> None:
    world.refer("one")
    for path in about_people(world, "one"):
        before = _audited(world)
        read(api, path)
        new = _audited(world)[len(before) :]
        assert [each[0] for each in new] == ["referral.read"], path
        whole = new[0][1].split(":")[1]
        assert whole in {world.ids["one"], world.person(world.ids["one"])}
    before = _audited(world)
    for path in ("Organization/N81011", "Location/loc-1", "HealthcareService/lapwing-lunch-club"):
        read(api, path)
    assert _audited(world) == before


def _audited(world: World) -> list[tuple[str, str]]:
    with world.town.store.read() as session:
        rows = session.execute(text("SELECT action, subject FROM audit_event ORDER BY event_id"))
        return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Accept": "application/fhir+json"}, "", 200),
        ({"Accept": "application/json"}, "", 200),
        ({"Accept": "text/html, */*;q=0.1"}, "", 200),
        ({"Accept": "application/fhir+xml"}, "", 406),
        ({"Accept": "text/html"}, "", 406),
        ({"Accept": "text/html"}, "?_format=json", 200),
        ({}, "?_format=application/fhir%2Bjson", 200),
        ({}, "?_format=application/fhir+json", 200),
        ({}, "?_format=xml", 406),
    ],
)
def test_only_json_is_given(quick: Api, headers: dict[str, str], query: str, status: int) -> None:
    for path in ("metadata", "Location/loc-1", "Location"):
        answer = quick.get(f"{BASE}/{path}{query}", headers=headers)
        assert answer.status_code == status, answer.text
        assert answer.json()["resourceType"] == (
            "OperationOutcome"
            if status == 406
            else {"metadata": "CapabilityStatement", "Location": "Bundle"}.get(path, "Location")
        )


def test_an_address_that_is_not_there_is_an_outcome(quick: Api) -> None:
    for path in ("Observation/1", "Task/1/2/3", "nonsense", "Observation"):
        outcome = read(quick, path, 404)
        assert outcome["issue"][0]["code"] == "not-found"
    answer = quick.request("DELETE", f"{BASE}/Location/loc-1")
    assert answer.status_code == 405
    assert answer.json()["issue"][0]["code"] == "not-supported"
    form = quick.post(f"{BASE}/Task/_search", json={"status": "requested"})
    assert form.status_code == 415


def test_the_consent_for_a_group_names_who_runs_it(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    world.sent(referral_id, 1)
    with world.town.store.read() as session:
        rows = session.query(Consent).filter_by(referral_id=referral_id).all()
        ids = {each.recipient: each.consent_id for each in rows}
    group = read(api, f"Consent/consent-{ids['asset:1']}")
    actor = group["provision"]["actor"][0]["reference"]["reference"]
    assert read(api, actor)["resourceType"] == "Organization"
    own = read(api, f"Consent/consent-{ids['link-worker']}")
    assert own["provision"]["actor"][0]["reference"]["reference"] == "Organization/kith"
    assert ANN.actor_id not in json.dumps(own)
