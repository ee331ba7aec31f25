"""A referral in one Bundle: all of it is taken, once, or none of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from api_client import PEOPLE_TABLES, Api, Town
from fhir_sent import (
    BASE,
    NEED,
    NHS,
    ODS,
    REFERRALS,
    SNOMED,
    URNS,
    bundle,
    consent,
    earlier,
    issues,
    organisation,
    patient,
    post,
    resources,
    role,
    service_request,
    taken,
    task,
)
from shared import shared_path
from sqlalchemy import select
from town import RUNCORN, WIDNES, token_for

from service.people.model import Consent, Person
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral
from service.referrals.source_model import ReferralIdentifier, ReferralSource
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)


def rows(town: Town) -> dict[str, int]:
    """How many rows the tables about people have."""
    return {name: count for name, count in town.counts().items() if name in PEOPLE_TABLES}


def one(town: Town, referral_id: str) -> tuple[Referral, Person, Consent, ReferralSource]:
    with town.store.read() as session:
        referral = session.get_one(Referral, referral_id)
        person = session.get_one(Person, referral.person_id)
        said = session.scalars(select(Consent).filter_by(referral_id=referral_id)).one()
        source = session.get_one(ReferralSource, referral_id)
        session.expunge_all()
    return referral, person, said, source


def test_the_published_example_is_taken(api: Api):
    path = shared_path("conformance/fhir/examples/uk-transaction-referral.json")
    sent = json.loads(path.read_text(encoding="utf-8"))
    answer = post(api, "", sent)
    referral_id = taken(answer)
    body = answer.json()
    assert body["type"] == "transaction-response"
    assert len(body["entry"]) == len(sent["entry"])
    for asked, told in zip(sent["entry"], body["entry"], strict=True):
        response = told["response"]
        assert response["status"] in {"201 Created", "200 OK"}
        kind, identity, _, version = response["location"].split("/")
        assert kind == asked["resource"]["resourceType"]
        assert response["etag"] == f'W/"{version}"'
        read = api.get(f"{BASE}/{kind}/{identity}")
        assert read.status_code == 200, response
        assert read.headers["ETag"] == response["etag"], response
        assert response["lastModified"]
    referral, person, said, source = one(api.town, referral_id)
    # Its postcode is not one that exists: what can be said of it is kept, and the referral too.
    assert (referral.postcode, person.telephone) == ("WA7 9", "07700 900123")
    assert said.given
    assert source.sent["Organization"]["identifier"][0]["value"] == "Z99991"
    assert referral.practice_code == WIDNES


def test_what_it_says_is_kept_where_kith_works_with_it(api: Api):
    sent = bundle(
        patient=patient(
            name=[
                {"use": "official", "family": "Larkrise", "given": ["Nora", "May"]},
                {"use": "nickname", "given": ["Norrie"]},
            ],
            telecom=[
                {"system": "phone", "value": "n/a"},
                {"system": "phone", "value": "01632 960555", "rank": 1},
                {"system": "email", "value": "norrie@surgery.example"},
            ],
            communication=[
                {
                    "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "pl"}]},
                    "preferred": True,
                },
                {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-GB"}]}},
            ],
            extension=[
                {
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/"
                    "Extension-UKCore-InterpreterRequired",
                    "valueBoolean": True,
                }
            ],
        ),
        request=service_request(
            "R-1",
            priority="urgent",
            reasonCode=[
                {"coding": [{"system": NEED, "code": "bereavement"}]},
                {"coding": [{"system": SNOMED, "code": "267076002"}]},
            ],
        ),
    )
    referral_id = taken(post(api, "", sent))
    referral, person, said, source = one(api.town, referral_id)
    assert (person.given_name, person.family_name) == ("Nora May", "Larkrise")
    assert (person.preferred_name, person.nhs_number) == ("Norrie", "9990000344")
    assert (person.telephone, person.email) == ("01632 960555", "norrie@surgery.example")
    assert referral.facts["languages"] == ["pl"]
    assert referral.facts["interpreter"] is True
    assert referral.facts["gender"] == "female"
    assert referral.urgency is Urgency.URGENT
    assert referral.referrer_name == "Dr Lena Marshwick"
    assert referral.referrer_role == "GP"
    assert referral.reason.startswith("On her own since last spring. Would like company.")
    assert "Lost her husband" in referral.reason
    assert (said.given, said.recipient) == (True, "link-worker")
    view = api.get(f"/v1/referrals/{referral_id}").json()
    assert view["needs"][:2] == ["bereavement", "loneliness_isolation"]
    kept = source.sent["Patient"]["identifier"][0]["extension"][0]
    assert kept["valueCodeableConcept"]["coding"][0]["code"] == "01"
    assert "urn:uuid" not in json.dumps(source.sent)
    told = api.get(f"{BASE}/ServiceRequest/{referral_id}").json()
    assert told["identifier"] == [{"system": REFERRALS, "value": "R-1"}]
    assert told["subject"]["reference"] == f"Patient/{person.person_id}"


def test_the_same_bundle_again_is_the_same_referral(api: Api):
    first = taken(post(api, "", bundle()))
    before = rows(api.town)
    again = issues(post(api, "", bundle()), 409)
    assert again[0]["code"] == "duplicate"
    assert f"ServiceRequest/{first}" in again[0]["details"]["text"]
    assert again[0]["expression"] == ["Bundle.entry[0].resource"]
    on_condition = post(api, "", bundle(condition=f"identifier={REFERRALS}|R-1"))
    assert taken(on_condition) == first
    assert {e["response"]["status"] for e in on_condition.json()["entry"]} == {"200 OK"}
    changed = bundle(request=service_request("R-1", note=[{"text": "Something else."}]))
    assert issues(post(api, "", changed), 409)[0]["code"] == "duplicate"
    assert rows(api.town) == before


def test_a_bundle_without_numbers_is_known_by_what_it_says(api: Api):
    sent = bundle(request=service_request(), without=("task",))
    del sent["entry"][0]["resource"]["identifier"]
    taken(post(api, "", sent))
    assert issues(post(api, "", sent), 409)[0]["code"] == "duplicate"


def test_another_number_is_another_referral_of_the_same_person(api: Api):
    first, second = taken(post(api, "", bundle("1"))), taken(post(api, "", bundle("2")))
    assert first != second
    assert rows(api.town)["person"] == 1


def test_a_number_alone_does_not_make_two_people_one(api: Api):
    taken(post(api, "", bundle("1")))
    other = patient(name=[{"family": "Otherby", "given": ["Nora"]}])
    taken(post(api, "", bundle("2", patient=other)))
    assert rows(api.town)["person"] == 2
    third = bundle("3")
    third["entry"][2]["request"]["ifNoneExist"] = f"identifier={NHS}|9990000344"
    assert issues(post(api, "", third), 412)[0]["code"] == "multiple-matches"


@pytest.mark.parametrize("condition", ["", f"identifier={REFERRALS}|R-1"])
def test_twenty_at_once_are_one(api: Api, condition: str):
    sent = bundle(condition=condition)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: post(api, "", sent), range(20)))
    statuses = sorted(each.status_code for each in answers)
    made = [each for each in answers if each.status_code == 200]
    ids = {taken(each) for each in made}
    assert len(ids) == 1
    if condition:
        assert statuses == [200] * 20
        new = [e for e in made if e.json()["entry"][0]["response"]["status"] == "201 Created"]
        assert len(new) == 1
    else:
        assert statuses == [200] + [409] * 19
        name = f"ServiceRequest/{ids.pop()}"
        assert all(name in each.text for each in answers if each.status_code == 409)
    assert rows(api.town)["referral"] == 1
    assert rows(api.town)["person"] == 1
    assert rows(api.town)["referral_identifier"] == 2


def test_another_practice_sees_nothing_of_it(api: Api, neighbour: Api):
    referral_id = taken(post(api, "", bundle(condition=f"identifier={REFERRALS}|R-1")))
    for kind in ("ServiceRequest", "Task", "Practitioner", "PractitionerRole", "Condition"):
        assert neighbour.get(f"{BASE}/{kind}/{referral_id}").status_code == 404
    # The other practice may use the same number of its own for somebody else.
    theirs = bundle(
        condition=f"identifier={REFERRALS}|R-1", organisation=organisation(str(RUNCORN))
    )
    assert taken(post(neighbour, "", theirs)) != referral_id
    with api.town.store.read() as session:
        kept = session.scalars(select(ReferralIdentifier.practice_code)).all()
    assert sorted(set(kept)) == sorted([WIDNES, RUNCORN])


def test_a_known_practice_that_is_not_the_caller_is_refused(api: Api):
    before = rows(api.town)
    other = bundle(organisation=organisation(str(RUNCORN)))
    assert issues(post(api, "", other), 403)[0]["code"] == "forbidden"
    assert rows(api.town) == before


def test_a_sender_the_register_does_not_know_is_taken_as_stated(api: Api):
    referral_id = taken(post(api, "", bundle(organisation=organisation("Y98765"))))
    told = api.get(f"{BASE}/PractitionerRole/{referral_id}").json()
    assert told["organization"]["identifier"]["value"] == "Y98765"
    role_alone = bundle(
        "2",
        role=role(organization={"identifier": {"system": ODS, "value": "Y98765"}}),
        patient=patient(generalPractitioner=[{"identifier": {"system": ODS, "value": "N81011"}}]),
        without=("organisation",),
    )
    assert taken(post(api, "", role_alone)) != referral_id


def test_without_a_consent_it_is_taken_and_that_is_said(api: Api):
    sent = bundle(request=service_request(supportingInfo=[]), without=("consent",))
    del sent["entry"][0]["resource"]["supportingInfo"]
    _referral, _person, said, _source = one(api.town, taken(post(api, "", sent)))
    assert not said.given
    assert said.reason_not_given == "Not stated by the sender."


def test_a_consent_that_was_refused_is_kept_as_refused(api: Api):
    refused = consent()
    refused["provision"]["type"] = "deny"
    _referral, _person, said, _source = one(api.town, taken(post(api, "", bundle(consent=refused))))
    assert not said.given
    assert "did not agree" in said.reason_not_given


def test_codes_without_words_are_never_lost(api: Api):
    sent = bundle(
        request=service_request(
            reasonCode=[{"coding": [{"system": SNOMED, "code": "105529008"}]}], note=None
        ),
        without=("condition", "consent"),
    )
    for element in ("note", "reasonReference", "supportingInfo"):
        del sent["entry"][0]["resource"][element]
    referral, *_rest = one(api.town, taken(post(api, "", sent)))
    assert referral.state is ReferralState.NEEDS_MORE
    assert referral.reason


def test_a_danger_sign_in_the_note_is_seen_first(api: Api):
    grave = "She says she wants to end her life and has a plan."
    sent = bundle(request=service_request(note=[{"text": grave}]))
    referral_id = taken(post(api, "", sent))
    assert api.get(f"/v1/referrals/{referral_id}").json()["state"] == "triage_first"
    assert api.get(f"{BASE}/Task/{referral_id}").json()["status"] == "requested"


def test_a_marked_record_keeps_no_place(api: Api):
    known = taken(post(api, "", bundle("1")))
    before, person, *_rest = one(api.town, known)
    assert before.postcode == person.postcode == "WA8 0DQ"
    mark = {
        "security": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                "code": "R",
            }
        ]
    }
    marked = patient(meta=mark, generalPractitioner=None)
    del marked["generalPractitioner"]
    referral_id = taken(post(api, "", bundle("2", patient=marked)))
    referral, person, _said, source = one(api.town, referral_id)
    assert person.address_protected
    assert person.postcode is None
    assert referral.postcode is None
    assert "protected" in referral.safe_contact
    assert "Sample Lane" not in json.dumps(source.sent)
    # What was kept before is tightened at once.
    assert one(api.town, known)[0].postcode is None
    told = api.get(f"{BASE}/Patient/{person.person_id}").json()
    assert not {"identifier", "address", "telecom", "generalPractitioner"} & set(told)
    assert told["meta"]["security"][0]["code"] == "R"
    later = taken(post(api, "", bundle("3")))
    assert one(api.town, later)[0].postcode is None


BROKEN = {
    "no ServiceRequest": (bundle(without=("request", "task")), 422, "Bundle.entry"),
    "two ServiceRequests": (
        {
            **bundle(),
            "entry": [
                *bundle()["entry"],
                {
                    "fullUrl": "urn:uuid:7c6f2d0e-2222-4000-8000-000000000001",
                    "resource": service_request("R-9"),
                    "request": {"method": "POST", "url": "ServiceRequest"},
                },
            ],
        },
        422,
        "Bundle.entry[8].resource",
    ),
    "the Patient is missing": (
        bundle(without=("patient",)),
        422,
        "Bundle.entry[0].resource.subject.reference",
    ),
    "the Task is about something else": (
        bundle(task=task(focus={"reference": URNS["patient"]})),
        422,
        "Bundle.entry[1].resource.focus.reference",
    ),
    "a birth date to come": (
        bundle(patient=patient(birthDate="2999-01-01")),
        422,
        "Bundle.entry[2].resource.birthDate",
    ),
    "a number that is none": (
        bundle(patient=patient(identifier=[{"system": NHS, "value": "9990000345"}])),
        422,
        "Bundle.entry[2].resource.identifier[0].value",
    ),
    "a method that is not taken": (
        {
            **bundle(),
            "entry": [
                {**each, "request": {"method": "PUT", "url": "ServiceRequest/1"}}
                for each in bundle()["entry"][:1]
            ],
        },
        422,
        "Bundle.entry[0].request.method",
    ),
    "a resource of another kind": (
        {
            **bundle(),
            "entry": [
                *bundle()["entry"],
                {
                    "resource": {"resourceType": "Basic", "code": {"text": "x"}},
                    "request": {"method": "POST", "url": "Basic"},
                },
            ],
        },
        422,
        "Bundle.entry[8].resource.resourceType",
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_one_wrong_entry_undoes_all_and_is_named(quick: Api, name: str):
    sent, status, expression = BROKEN[name]
    before = rows(quick.town)
    found = issues(post(quick, "", sent), status)
    assert expression in [each["expression"][0] for each in found], found
    assert rows(quick.town) == before


def test_two_entries_of_one_name_are_refused(quick: Api):
    sent = bundle()
    sent["entry"][3]["fullUrl"] = sent["entry"][2]["fullUrl"]
    found = issues(post(quick, "", sent), 400)
    assert found[0]["expression"] == ["Bundle.entry[2].fullUrl"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Bundle", "type": "batch", "entry": []}, 400),
        ({"resourceType": "Bundle", "type": "transaction"}, 400),
        ({"resourceType": "Bundle", "type": "transaction", "entry": []}, 400),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [None] * 3}, 422),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [{}] * 61}, 400),
        (patient(), 400),
        ({"no": "type"}, 400),
        ([], 400),
    ],
)
def test_what_is_no_transaction_is_refused(quick: Api, body: object, status: int):
    issues(post(quick, "", body), status)


def test_what_is_no_json_is_refused(quick: Api):
    for text, kind, status in (
        (b"{", "application/fhir+json", 400),
        (b'{"a":1,"a":2}', "application/fhir+json", 400),
        (b"\xff\xfe", "application/fhir+json", 400),
        (b"[" * 100_000, "application/fhir+json", 400),
        (b"<Bundle/>", "application/fhir+xml", 415),
        (json.dumps(bundle()).encode(), "text/plain", 415),
    ):
        answer = quick.post(BASE, content=text, headers={"Content-Type": kind})
        issues(answer, status)
    issues(post(quick, "", bundle(), Accept="application/fhir+xml"), 406)
    without = Api(quick.town)
    assert issues(post(without, "", bundle()), 401)[0]["code"] == "login"


def test_nothing_of_what_was_sent_stands_in_a_refusal(quick: Api):
    planted = "Quenby-Planted"
    sent = bundle(
        patient=patient(
            name=[{"family": planted * 20, "given": [planted], planted: planted}],
            birthDate=planted,
            gender=planted,
            identifier=[{"system": NHS, "value": planted}],
            **{planted: planted},
        )
    )
    answer = post(quick, "", sent)
    issues(answer, 422)
    assert planted not in answer.text


def test_the_sender_s_day_may_be_yesterday_and_never_tomorrow(quick: Api):
    ahead = (utc_now() + timedelta(days=1)).isoformat(timespec="seconds")
    for name, resource, element in (
        ("request", service_request(authoredOn=ahead), "authoredOn"),
        ("task", task(authoredOn=ahead), "authoredOn"),
        ("consent", consent(dateTime=ahead), "dateTime"),
    ):
        found = issues(post(quick, "", bundle(**{name: resource})), 422)
        place = list(resources()).index(name)
        assert [f"Bundle.entry[{place}].resource.{element}"] in [e["expression"] for e in found]
    day = earlier(days=1)[:10]
    taken(post(quick, "", bundle(request=service_request(authoredOn=day))))


def test_a_token_without_a_practice_is_turned_away(quick: Api):
    assert token_for(quick.town.store, RUNCORN)
    found = issues(post(Api(quick.town, "kith_" + "x" * 43), "", bundle()), 401)
    assert found[0]["code"] == "login"
