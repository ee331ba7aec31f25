"""Searching by FHIR: what is found, in which order, page by page, and what stands in no link."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from api_client import Api, Town
from fhir_world import BASE, LOCAL, NHS_NUMBER, NUMBER, World, everything, polled
from sqlalchemy import text
from town import SYSTEM, WIDNES, token_for

from service.people.nhs_number import NhsNumber
from service.referrals.actions.calling_back import call_back
from service.referrals.actions.outcomes import close, leave
from service.referrals.actions.triage import accept
from service.referrals.exchange import THEMSELF
from service.referrals.lifecycle import OfferState
from service.referrals.model import Referral
from service.referrals.requests import PersonGiven

pytest_plugins = ("api_fixtures",)

IRIS = PersonGiven(NhsNumber("9990000018"), "Iris", "Reed")


@pytest.fixture
def world(town: Town) -> World:
    return World(town)


def searched(api: Api, query: str, **sent) -> dict[str, Any]:
    answer = api.get(f"{BASE}/{query}", **sent)
    assert answer.status_code == 200, (query, answer.text)
    bundle: dict[str, Any] = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    return bundle


def ids(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    return [
        entry["resource"]["id"]
        for entry in bundle.get("entry", [])
        if entry["search"]["mode"] == mode
    ]


def kinds(bundle: dict[str, Any], mode: str) -> list[str]:
    return sorted(
        entry["resource"]["resourceType"]
        for entry in bundle.get("entry", [])
        if entry["search"]["mode"] == mode
    )


def links(bundle: dict[str, Any]) -> dict[str, str]:
    return {each["relation"]: each["url"] for each in bundle["link"]}


def followed(api: Api, url: str) -> dict[str, Any]:
    answer = api.get(url.removeprefix("http://kith.test"))
    assert answer.status_code == 200, (url, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def test_each_parameter_of_a_request(api: Api, world: World) -> None:
    one = world.refer("one")
    two = world.contacted("two", person=IRIS)
    own = world.refer("own", referrer_role=THEMSELF, person=PersonGiven(None, "Ada", "Fen"))
    world.brought(one)
    world.do(close, two, outcome="goals_met", today=world.today)
    now = datetime.now().astimezone()
    before, after = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    table: dict[str, list[str]] = {
        f"_id={one}": [one],
        f"_id={one},{two}": [one, two],
        f"_lastUpdated=gt{quote(before)}": [one, two, own],
        f"_lastUpdated=gt{quote(after)}": [],
        f"_lastUpdated=lt{quote(after)}&_lastUpdated=ge{quote(before)}": [one, two, own],
        f"identifier={LOCAL}|ServiceRequest-{one[:8]}": [one],
        f"identifier=ServiceRequest-{one[:8]}": [one],
        f"identifier={LOCAL}|Task-{one[:8]}": [],
        f"patient={world.person(one)}": [one],
        f"patient=Patient/{world.person(one)}": [one],
        f"patient:Patient={world.person(one)}": [one],
        f"subject=http://kith.test{BASE}/Patient/{world.person(two)}": [two],
        f"patient:identifier={NHS_NUMBER}|{NUMBER}": [one],
        f"patient.identifier={NHS_NUMBER}|{NUMBER}": [one],
        "patient.identifier=999 000 0344": [one],
        f"patient.identifier=https://example.org/other|{NUMBER}": [],
        f"patient.identifier={NUMBER}&patient.identifier=9990000018": [],
        f"patient.identifier={NUMBER},9990000018": [one, two],
        "status=active": [one, own],
        "status=completed": [two],
        "status=revoked": [],
        "status=active,completed": [one, two, own],
        "status=nonsense": [],
        "authored=2026-03-02": [one],
        "authored=gt2026-03-02": [two, own],
        "authored=lt2026-03-03": [one],
        "authored=ge2026-03&authored=le2026-03": [one],
        f"requester=PractitionerRole/{one}": [one],
        f"requester=Patient/{world.person(own)}": [own],
        f"requester=PractitionerRole/{own}": [],
        "performer=HealthcareService/kith": [one, two, own],
        "performer=Organization/N81011": [],
        "code=871731000000106": [one, two, own],
        "code=http://snomed.info/sct|871731000000106": [one, two, own],
        "code=http://snomed.info/sct|390893007": [],
        "priority=urgent": [one],
        "priority=routine": [two, own],
        "priority=stat": [],
    }
    for query, expected in table.items():
        bundle = searched(api, f"ServiceRequest?{query}")
        assert sorted(ids(bundle)) == sorted(expected), query
        assert bundle["total"] == len(expected), query


def test_each_parameter_of_a_task(api: Api, world: World) -> None:
    one, two = world.contacted("one"), world.refer("two", person=IRIS)
    world.brought(two)
    asked, refused = world.sent(one, 1), world.sent(one, 2)
    world.heard(one, refused, OfferState.DECLINED, reason="22")
    table: dict[str, list[str]] = {
        f"_id={one}": [one],
        f"_id={asked},{two}": [asked, two],
        f"identifier={LOCAL}|Task-{two[:8]}": [two],
        "status=requested": [two, asked],
        "status=in-progress": [one],
        "status=rejected": [refused],
        "status=draft": [],
        "owner=Organization/kith": [one, two],
        "owner=HealthcareService/lapwing-lunch-club": [asked],
        "owner=kith": [one, two],
        "requester=Organization/kith": [asked, refused],
        f"requester=PractitionerRole/{two}": [two],
        f"patient=Patient/{world.person(one)}": [one, asked, refused],
        f"patient.identifier={NHS_NUMBER}|{NUMBER}": [one, asked, refused],
        f"focus=ServiceRequest/{one}": [one, asked, refused],
        f"part-of=Task/{one}": [asked, refused],
        "business-status=contacted": [one],
        "business-status=declined": [refused],
        "business-status=https://kith.example/fhir/CodeSystem/referral-stage|sent": [asked],
        "code=fulfill": [one, two, asked, refused],
        "code=871731000000106": [one, two],
        "authored-on=2026-03-02": [two],
        f"modified=ge{world.today}": [one, two, asked, refused],
        f"modified=gt{world.today}": [],
    }
    for query, expected in table.items():
        bundle = searched(api, f"Task?{query}")
        assert sorted(ids(bundle)) == sorted(expected), query
        assert bundle["total"] == len(expected), query


def test_each_status_is_found_as_it_is_told(quick_town: Town) -> None:
    """Search and presentation are two pieces of code: they must say the same of every Task."""
    everything(quick_town)
    api = Api(quick_town, token_for(quick_town.store, WIDNES))
    tasks = [e["resource"] for e in searched(api, "Task?_count=100")["entry"]]
    assert len(tasks) > 25
    for name, told in (
        ("status", lambda task: task["status"]),
        ("business-status", lambda task: task["businessStatus"]["coding"][0]["code"]),
        ("owner", lambda task: task["owner"]["reference"]),
        ("focus", lambda task: task["focus"]["reference"]),
    ):
        for value in {told(task) for task in tasks}:
            expected = sorted(task["id"] for task in tasks if told(task) == value)
            assert sorted(ids(searched(api, f"Task?{name}={value}&_count=100"))) == expected
    requests = [e["resource"] for e in searched(api, "ServiceRequest?_count=100")["entry"]]
    for name in ("status", "priority"):
        for value in {each[name] for each in requests}:
            expected = sorted(each["id"] for each in requests if each[name] == value)
            found = searched(api, f"ServiceRequest?{name}={value}&_count=100")
            assert sorted(ids(found)) == expected


def test_what_hangs_on_to_a_result_comes_with_it_once(api: Api, world: World) -> None:
    one = world.contacted("one")
    world.sent(one, 1)
    world.refer("two")
    bundle = searched(api, "Task?_include=Task:focus&_include=Task:patient")
    assert kinds(bundle, "match") == ["Task"] * 3
    assert (
        kinds(bundle, "include") == ["Patient", "Patient"] + ["ServiceRequest"] * 2
        or kinds(bundle, "include") == ["Patient"] + ["ServiceRequest"] * 2
    )
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(urls) == len(set(urls))
    whole = searched(
        api,
        f"ServiceRequest?_id={one}&_include=ServiceRequest:patient"
        "&_include=ServiceRequest:requester&_include=ServiceRequest:performer"
        "&_revinclude=Task:focus",
    )
    assert kinds(whole, "include") == [
        "HealthcareService",
        "Patient",
        "PractitionerRole",
        "Task",
        "Task",
    ]
    for entry in whole["entry"]:
        path = entry["fullUrl"].removeprefix("http://kith.test")
        assert api.get(path).json() == entry["resource"], path


def test_pages_hold_everything_once_in_order(api: Api, world: World) -> None:
    made = [world.refer(str(number)) for number in range(7)]
    for sort, order in (("", made), ("&_sort=-_lastUpdated", made[::-1])):
        bundle = searched(api, f"Task?_count=3{sort}")
        found, pages = ids(bundle), 1
        assert bundle["total"] == 7
        while "next" in links(bundle):
            bundle = followed(api, links(bundle)["next"])
            found, pages = found + ids(bundle), pages + 1
        assert (found, pages) == (order, 3)
    first = searched(api, "Task?_count=3")
    assert ids(followed(api, links(first)["self"])) == ids(first)
    assert ids(searched(api, "Task?_count=0")) == []
    assert searched(api, "Task?_count=0")["total"] == 7
    assert len(ids(searched(api, "Task?_count=1000"))) == 7


def test_what_changes_while_somebody_pages_comes_with_the_next_poll(api: Api, world: World) -> None:
    made = [world.refer(str(number)) for number in range(5)]
    first = searched(api, "Task?_count=2&_lastUpdated=gt2000-01-01")
    world.do(accept, made[0])
    world.do(accept, made[4])
    seen = ids(first)
    bundle = first
    while "next" in links(bundle):
        bundle = followed(api, links(bundle)["next"])
        seen += ids(bundle)
    # What moved on while the pages were read is on none of them twice.
    assert seen == made[:4]
    since = bundle["meta"]["lastUpdated"]
    assert [each["id"] for each in polled(api, since)] == [made[0], made[4]]


def test_polling_by_the_last_instant_seen_misses_and_repeats_nothing(
    api: Api, world: World
) -> None:
    since, seen = "2000-01-01", []
    for number in range(4):
        referral_id = world.contacted(str(number))
        world.sent(referral_id, 1)
        for task in polled(api, since, count=1):
            since = task["meta"]["lastUpdated"]
            seen.append((task["id"], task["meta"]["versionId"]))
    assert len(seen) == len(set(seen)) == 8
    assert polled(api, since) == []


def test_no_number_is_in_a_link_an_audit_or_a_log(
    api: Api, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        world.refer(str(number))
    capfd.readouterr()
    by_post = api.post(
        f"{BASE}/Task/_search",
        data={"patient.identifier": f"{NHS_NUMBER}|{NUMBER}", "_count": "1", "status": "requested"},
    )
    by_get = api.get(f"{BASE}/Task?patient.identifier={NHS_NUMBER}|{NUMBER}&_count=1")
    found = api.post(f"{BASE}/Patient/_search", data={"identifier": f"{NHS_NUMBER}|{NUMBER}"})
    shown = []
    for answer in (by_post, by_get):
        bundle = answer.json()
        assert bundle["total"] == 3
        page = links(bundle)["next"]
        for _ in range(5):
            url = urlsplit(page)
            assert NUMBER not in page
            assert NUMBER not in _decoded(parse_qs(url.query)["_page"][0])
            bundle = followed(api, page)
            assert NUMBER not in json.dumps(bundle["link"])
            shown += ids(bundle)
            page = links(bundle).get("next", "")
            if not page:
                break
        # The self link asks the same again.
        assert ids(followed(api, links(answer.json())["self"])) == ids(answer.json())
    assert len(shown) == 4
    assert NUMBER not in json.dumps(found.json()["link"])
    logged = capfd.readouterr()
    assert NUMBER not in logged.out + logged.err
    with world.town.store.read() as session:
        rows = session.execute(text("SELECT subject, details FROM audit_event")).all()
    assert not [row for row in rows if NUMBER in str(row)]


def _decoded(page: str) -> str:
    try:
        return base64.urlsafe_b64decode(page[1:] + "==").decode(errors="replace")
    except ValueError:
        return ""


def test_a_hidden_page_is_of_no_use_to_another_token(
    api: Api, neighbour: Api, world: World
) -> None:
    for number in range(2):
        world.refer(str(number))
    bundle = api.post(
        f"{BASE}/Task/_search", data={"patient.identifier": NUMBER, "_count": "1"}
    ).json()
    page = links(bundle)["next"].removeprefix("http://kith.test")
    assert neighbour.get(page).status_code == 400
    plain = links(searched(api, "Task?_count=1"))["next"].removeprefix("http://kith.test")
    theirs = neighbour.get(plain)
    assert (theirs.status_code, theirs.json()["total"]) == (200, 0)


def test_another_practice_finds_nothing(api: Api, neighbour: Api, world: World) -> None:
    referral_id = world.contacted("one")
    offer_id = world.sent(referral_id, 1)
    world.brought(referral_id)
    queries = (
        "Task",
        "ServiceRequest",
        f"Task?_id={referral_id},{offer_id}",
        f"Task?part-of=Task/{referral_id}",
        f"ServiceRequest?_id={referral_id}&_revinclude=Task:focus&_include=ServiceRequest:patient",
        f"ServiceRequest?patient=Patient/{world.person(referral_id)}",
        f"ServiceRequest?patient.identifier={NUMBER}",
        f"ServiceRequest?identifier={LOCAL}|ServiceRequest-{referral_id[:8]}",
        f"Patient?identifier={NHS_NUMBER}|{NUMBER}",
        "Task?_lastUpdated=gt2000-01-01&_include=Task:focus&_include=Task:patient",
    )
    for query in queries:
        assert searched(api, query)["total"] > 0, query
        bundle = searched(neighbour, query)
        assert (bundle["total"], "entry" in bundle) == (0, False), query


def test_a_restricted_person_is_not_found_by_who_or_where_they_are(api: Api, world: World) -> None:
    referral_id = world.contacted("one")
    by_number = (
        f"Patient?identifier={NHS_NUMBER}|{NUMBER}",
        f"ServiceRequest?patient:identifier={NHS_NUMBER}|{NUMBER}",
        f"Task?patient.identifier={NHS_NUMBER}|{NUMBER}",
    )
    for query in by_number:
        assert searched(api, query)["total"] == 1, query
    world.protect(referral_id)
    for query in by_number:
        assert searched(api, query)["total"] == 0, query
    # Whoever referred them still follows the referral itself.
    found = searched(api, f"Task?_id={referral_id}&_include=Task:patient")
    assert ids(found) == [referral_id]
    assert NUMBER not in json.dumps(found)


def test_a_patient_is_found_by_number_only(api: Api, world: World) -> None:
    one, two = world.refer("one"), world.refer("two", person=IRIS)
    found = searched(api, f"Patient?identifier={NHS_NUMBER}|{NUMBER},9990000018")
    assert sorted(ids(found)) == sorted([world.person(one), world.person(two)])
    assert searched(api, f"Patient?identifier=https://example.org/Id|{NUMBER}")["total"] == 0
    for query in ("", "?name=Larkrise", "?_count=1", "?birthdate=1952-04-17"):
        answer = api.get(f"{BASE}/Patient{query}")
        assert answer.status_code == 400, query
    told = api.get(f"{BASE}/Patient?identifier={NHS_NUMBER}|{NUMBER}").json()["entry"][0]
    alone = api.get(f"{BASE}/Patient/{world.person(one)}").json()
    assert told["resource"] == alone


def test_who_called_a_referral_back_revoked_it(api: Api, world: World) -> None:
    ours, theirs = world.contacted("ours"), world.contacted("theirs", person=IRIS)
    world.do(leave, ours, reason="changed_mind", today=world.today)
    with world.town.store.work() as work:
        version = work.session.get_one(Referral, theirs).version
        call_back(
            work, by=SYSTEM, referral_id=theirs, seen_version=version, text="Sent by mistake."
        )
    assert ids(searched(api, "ServiceRequest?status=revoked")) == [theirs]
    assert ids(searched(api, "ServiceRequest?status=active")) == [ours]
    for each, status in ((ours, "active"), (theirs, "revoked")):
        assert api.get(f"{BASE}/ServiceRequest/{each}").json()["status"] == status


def test_an_unknown_parameter(api: Api, world: World) -> None:
    world.refer("one")
    lenient = searched(api, "Task?colour=red&status=requested")
    assert lenient["total"] == 1
    assert links(lenient)["self"] == f"http://kith.test{BASE}/Task?status=requested"
    for query in ("Task?colour=red", "Task?_include=Task:nonsense", "Task?_sort=status"):
        answer = api.get(f"{BASE}/{query}", headers={"Prefer": "handling=strict"})
        assert answer.status_code == 400, query
        assert answer.json()["issue"][0]["code"] == "invalid"
        assert api.get(f"{BASE}/{query}").status_code == 200
    # A modifier that is not supported would turn the meaning round: never passed over.
    assert api.get(f"{BASE}/Task?status:not=requested").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "Task?_lastUpdated=yesterday",
        "Task?_lastUpdated=xx2026-01-01",
        "Task?_lastUpdated=gt2026-13-01",
        "Task?_lastUpdated=gt0001-01-01T00:00:00%2B23:59",
        "Task?_lastUpdated=gt9999-12-31",
        "Task?_count=many",
        "Task?_count=-1",
        "Task?_page=nonsense",
        "Task?_page=pWzEsMl0",
        "Task?_page=eAAAA",
        "Task?patient=Patient/1/2",
        "Task?status=|",
        "Task?_sort=_lastUpdated&_sort=-_lastUpdated",
        "Location?near=here",
        "Location?near=53.3|-2.7|2|furlong",
        "Location?near=53.3|-2.7|900|km",
        "Location?near=53.3|-2.7|-1|km",
        "Location?near=53.3|-2.7|nan|km",
        "Location?near=0|0|1|km",
        "Location?near=-2.7|53.3|1|km",
        "HealthcareService?active=perhaps",
        "HealthcareService?name:soundex=x",
    ],
)
def test_a_value_that_cannot_be_used(quick: Api, query: str) -> None:
    answer = quick.get(f"{BASE}/{query}")
    assert answer.status_code == 400, answer.text
    issue = answer.json()["issue"][0]
    assert issue["code"] == "invalid"
    assert issue["details"]["text"].endswith((".", "?"))


def test_each_search_about_people_is_one_record(api: Api, world: World) -> None:
    one = world.refer("one")
    with world.town.store.read() as session:
        before = session.scalar(text("SELECT count(*) FROM audit_event"))
    searched(api, "Task?_include=Task:focus&_include=Task:patient")
    searched(api, "ServiceRequest?status=completed")
    searched(api, "Location?near=53.36|-2.73|2")
    with world.town.store.read() as session:
        rows = session.execute(
            text(
                "SELECT action, subject, details FROM audit_event WHERE event_id > :n "
                "ORDER BY event_id"
            ),
            {"n": before},
        ).all()
    assert [(row[0], row[1]) for row in rows] == [
        ("referral.searched", "search:Task"),
        ("referral.searched", "search:ServiceRequest"),
    ]
    details = [row[2] if isinstance(row[2], dict) else json.loads(row[2]) for row in rows]
    # The person came along, and was seen too.
    people = details[0].pop("people")
    assert len(people) == 1
    assert details == [
        {"count": 1, "referrals": [one]},
        {"count": 0, "referrals": [], "people": []},
    ]
