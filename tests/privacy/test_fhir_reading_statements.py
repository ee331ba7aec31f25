"""How many statements each FHIR door takes: the same for one thing as for many.

Counted by SQLite itself. Each search is asked when there are a few referrals, and again when there
are many: the two counts are equal, and no more than what is written beside it.
"""

from __future__ import annotations

import json

import pytest
from api_client import Api, Town
from bars_world import BARS, PROCESS, example, heads, numbered
from fhir_sent import URNS, bundle, post, resources, taken
from fhir_world import BASE, NHS_NUMBER, NUMBER, World
from message_world import wrote
from sent_statements import counted
from town import WIDNES, token_for

from service.people.nhs_number import NhsNumber
from service.referrals.requests import PersonGiven

pytest_plugins = ("api_fixtures",)

TOKEN, SEEN = 1, 3
"""Who asks; that it was seen, in the record: head, event, head."""

SEARCHES = {
    "Task": 14,
    "Task?_include=Task:focus&_include=Task:patient": 22,
    "Task?status=requested,accepted,in-progress&_sort=-_lastUpdated": 14,
    "Task?patient:identifier={number}": 14,
    "Task?code=fulfill&owner=Organization/kith&business-status=contacted": 14,
    "ServiceRequest": 14,
    "ServiceRequest?_include=ServiceRequest:patient&_include=ServiceRequest:requester"
    "&_include=ServiceRequest:performer&_revinclude=Task:focus": 22,
    "ServiceRequest?patient:identifier={number}": 14,
    "ServiceRequest?status=active&priority=routine&authored=gt2000-01-01": 14,
    "DocumentReference": 15,
    "Patient?identifier={number}": 13,
}
"""Who asks; the page and its total; seven to read referrals whole, with their events and offers;
eight more for the people in them, one for messages; and `SEEN`."""

DIRECTORY = {
    "HealthcareService": 1 + 7,
    "HealthcareService?_include=HealthcareService:location"
    "&_include=HealthcareService:organization": 1 + 9,
    "HealthcareService?name:contains=club&active=true": 1 + 7,
    "Location": 1 + 4,
    "Location?near=53.36|-2.73|5|km": 1 + 4,
    "Organization": 1 + 6,
    "Organization?name=a": 1 + 6,
}


def asked(api: Api, path: str, **sent: object) -> list[str]:
    """The statements of one search, which succeeds and finds something."""
    with counted(api.town) as found:
        answer = api.get(f"{BASE}/{path}", **sent)
    assert answer.status_code == 200, answer.text
    assert answer.json().get("entry"), path
    return found


def add(world: World, first: int, last: int) -> None:
    """So many referrals of different people, each with offers, a message back and an end."""
    for number in range(first, last):
        who = PersonGiven(NhsNumber(NUMBER) if number < 3 else None, "Nora", f"Larkrise{number}")
        name = f"case {number}"
        referral_id = world.contacted(name, person=who)
        for asset in (1, 2):
            world.sent(referral_id, asset)
        wrote(Api(world.town), referral_id)


@pytest.fixture
def world(quick_town: Town) -> World:
    made = World(quick_town)
    add(made, 0, 3)
    return made


@pytest.fixture
def practice(world: World) -> Api:
    return Api(world.town, token_for(world.town.store, WIDNES))


@pytest.mark.parametrize("path", SEARCHES)
def test_a_search_about_people_takes_no_more_the_more_it_finds(
    practice: Api, world: World, path: str
) -> None:
    asked_for = path.format(number=f"{NHS_NUMBER}|{NUMBER}")
    few = asked(practice, asked_for)
    add(world, 3, 9)
    many = asked(practice, asked_for)
    assert len(many) == len(few), (few, many)
    assert len(many) <= SEARCHES[path], many


@pytest.mark.parametrize("path", DIRECTORY)
def test_a_search_of_the_directory_takes_no_more_the_more_it_finds(
    practice: Api, path: str
) -> None:
    sign = "&" if "?" in path else "?"
    few = asked(practice, f"{path}{sign}_count=20")
    many = asked(practice, f"{path}{sign}_count=100")
    # Of the NHS and of groups are two tables: a page that reaches both asks both.
    assert len(many) <= len(few) + (2 if path.startswith("Organization") else 0), (few, many)
    assert len(many) <= DIRECTORY[path], many


def test_reading_one_thing(practice: Api, world: World) -> None:
    one = world.ids["case 0"]
    places = {
        f"ServiceRequest/{one}": 7,
        f"ServiceRequest/{one}/_history": 8,
        f"ServiceRequest/{one}/_history/1": 8,
        f"Task/{one}": 7,
        f"Task/{one}/_history": 8,
        f"Task/{one}/_history/1": 8,
        f"Patient/{world.person(one)}": 9,
        f"PractitionerRole/{one}": 7,
        f"Practitioner/{one}": 7,
        f"Condition/{one}": 7,
    }
    for path, most in places.items():
        with counted(practice.town) as found:
            answer = practice.get(f"{BASE}/{path}")
        assert answer.status_code == 200, (path, answer.text)
        assert len(found) <= TOKEN + most + SEEN, (path, found)
    for path in ("Organization/N81011", "HealthcareService/lapwing-lunch-club", "Location/loc-1"):
        with counted(practice.town) as found:
            assert practice.get(f"{BASE}/{path}").status_code == 200
        assert len(found) <= TOKEN + 6, (path, found)
    with counted(practice.town) as found:
        assert practice.get(f"{BASE}/metadata").status_code == 200
    assert found == []


def test_validating_takes_no_more_for_a_bundle_than_for_a_name(practice: Api) -> None:
    for kind, sent in (
        ("Bundle", bundle()),
        ("Patient", resources()["patient"]),
        ("Organization", resources()["organisation"]),
    ):
        with counted(practice.town) as found:
            assert post(practice, f"/{kind}/$validate", sent).status_code == 200
        assert len(found) == TOKEN, (kind, found)


def test_a_part_takes_a_fixed_number(practice: Api) -> None:
    counts = []
    for name in ("Larkrise", "Larkspur"):
        sent = resources()["practitioner"] | {"name": [{"family": name}]}
        del sent["identifier"]
        with counted(practice.town) as found:
            assert post(practice, "/Practitioner", sent).status_code == 201
        counts.append(len(found))
    assert counts[0] == counts[1] <= 7, counts


def test_references_of_a_creation_are_looked_up_once_each(practice: Api) -> None:
    """What is named twice is looked up once; each further thing costs what one costs."""
    referral_id = taken(post(practice, "", bundle(without=("task",))))
    task = json.loads(
        json.dumps(resources()["task"])
        .replace(URNS["request"], f"ServiceRequest/{referral_id}")
        .replace(URNS["role"], f"PractitionerRole/{referral_id}")
    )
    person = practice.get(f"{BASE}/ServiceRequest/{referral_id}").json()["subject"]["reference"]
    task["for"] = {"reference": person}
    task["input"] = [
        {"type": {"text": "again"}, "valueReference": {"reference": person}} for _ in range(20)
    ]
    with counted(practice.town) as found:
        answer = post(practice, "/Task", task)
    assert answer.status_code == 201, answer.text
    assert len(found) <= 47, (len(found), found)


def test_what_leads_to_a_thousand_things_is_refused_before_they_are_looked_up(
    practice: Api,
) -> None:
    stray = [{"reference": f"Organization/none-{number}"} for number in range(1_000)]
    sent = resources()["patient"] | {"generalPractitioner": stray}
    with counted(practice.town) as found:
        answer = post(practice, "/Patient", sent)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "too-costly")
    assert len(found) <= TOKEN + 60 * 3, len(found)


def test_a_message_takes_a_fixed_number(practice: Api) -> None:
    counts = []
    for number in ("R-one", "R-two"):
        sent = numbered(example(), number)
        with counted(practice.town) as found:
            answer = practice.request("POST", PROCESS, content=json.dumps(sent), headers=heads())
        assert answer.status_code == 200, answer.text
        counts.append(len(found))
    # The person is known the second time.
    assert counts[1] <= counts[0] <= 46, counts
    with counted(practice.town) as found:
        answer = practice.get(
            f"{BARS}/ServiceRequest?patient:identifier={NHS_NUMBER}|9990000018", headers=heads()
        )
    assert answer.status_code == 200, answer.text
    assert len(found) <= SEARCHES["ServiceRequest"], found
