"""A message back in the FHIR API: where it is, its text, its codes, and the whole document."""

from __future__ import annotations

import base64

import pytest
from api_client import Api
from message_world import ANN, taken_on, wrote

from service.referrals.actions.letters import write_message
from service.referrals.record_codes import REFERRED

pytest_plugins = ("api_fixtures",)

FHIR = "/fhir/R4"


def found(api: Api, query: str) -> list[str]:
    answer = api.get(f"{FHIR}/DocumentReference?{query}")
    assert answer.status_code == 200, answer.text
    return [each["resource"]["id"] for each in answer.json().get("entry", [])]


def test_a_document_reference_has_the_text_and_leads_to_the_document(api: Api) -> None:
    referral_id = taken_on(api)
    identity = wrote(api, referral_id, "First line <b>\n\nWhat was agreed\n- Walk & talk")
    answer = api.get(f"{FHIR}/DocumentReference/{identity}")
    assert answer.status_code == 200, answer.text
    resource = answer.json()
    plain, structured = (each["attachment"] for each in resource["content"])
    assert base64.b64decode(plain["data"]).decode().startswith("First line <b>")
    assert {each["reference"] for each in resource["context"]["related"]} == {
        f"ServiceRequest/{referral_id}",
        f"Task/{referral_id}",
    }
    document = api.get(f"{FHIR}/{structured['url']}").json()
    assert document["type"] == "document"
    composition = document["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    sections = composition["section"]
    assert [each["title"] for each in sections] == ["Message", "What was agreed"]
    assert "First line &lt;b&gt;" in sections[0]["text"]["div"]
    assert "<li>Walk &amp; talk</li>" in sections[1]["text"]["div"]


def test_every_reference_of_the_document_is_in_it(api: Api) -> None:
    identity = wrote(api, taken_on(api), spoke=True)
    document = api.get(f"{FHIR}/Bundle/{identity}").json()
    inside = {each["fullUrl"].partition("/fhir/R4/")[2] for each in document["entry"]}
    composition = document["entry"][0]["resource"]
    wanted = {
        composition["subject"]["reference"],
        composition["custodian"]["reference"],
        *(each["reference"] for each in composition["author"]),
        *(each["detail"][0]["reference"] for each in composition["event"]),
    }
    assert wanted <= inside
    request = next(
        each["resource"]
        for each in document["entry"]
        if each["resource"]["resourceType"] == "ServiceRequest"
    )
    assert request["requester"]["reference"] in inside


def test_the_code_of_the_referral_comes_as_an_event_once(api: Api) -> None:
    referral_id = taken_on(api)
    first, second = wrote(api, referral_id, spoke=True), wrote(api, referral_id)
    events = [
        api.get(f"{FHIR}/Bundle/{each}").json()["entry"][0]["resource"].get("event", [])
        for each in (first, second)
    ]
    assert events[0][0]["code"][0]["coding"][0]["code"] == REFERRED[0]
    assert events[1] == []


def test_messages_are_found_by_referral_person_and_time(api: Api) -> None:
    referral_id = taken_on(api)
    first, second = wrote(api, referral_id), wrote(api, referral_id)
    assert found(api, f"related=ServiceRequest/{referral_id}") == [first, second]
    assert found(api, f"related=Task/{referral_id}&_sort=-_lastUpdated") == [second, first]
    assert found(api, f"_id={second}") == [second]
    assert found(api, "related=ServiceRequest/nobody") == []
    at = api.get(f"{FHIR}/DocumentReference/{first}").json()["meta"]["lastUpdated"]
    assert found(api, f"_lastUpdated=gt{at}") == [second]
    person = api.get(f"{FHIR}/ServiceRequest/{referral_id}").json()["subject"]["reference"]
    assert found(api, f"patient={person}") == [first, second]


def test_pages_of_messages_neither_miss_nor_repeat(api: Api) -> None:
    referral_id = taken_on(api)
    sent = [wrote(api, referral_id) for _ in range(12)]
    seen: list[str] = []
    address: str | None = f"{FHIR}/DocumentReference?_count=5"
    while address is not None:
        page = api.get(address).json()
        seen += [each["resource"]["id"] for each in page["entry"]]
        links = {each["relation"]: each["url"] for each in page["link"]}
        address = links.get("next")
    assert seen == sent


@pytest.mark.parametrize("identity", ["message-0", "message-999999999999", "message-x", "x"])
def test_what_is_not_there_is_not_found(api: Api, identity: str) -> None:
    taken_on(api)
    for kind in ("DocumentReference", "Bundle"):
        assert api.get(f"{FHIR}/{kind}/{identity}").status_code == 404


def test_a_draft_is_not_there(api: Api) -> None:
    referral_id = taken_on(api)
    with api.town.store.work() as work:
        draft = write_message(work, by=ANN, referral_id=referral_id, today=api.town.kith.today())
    assert api.get(f"{FHIR}/DocumentReference/message-{draft}").status_code == 404
    assert found(api, f"related=ServiceRequest/{referral_id}") == []


def test_another_practice_sees_nothing_of_it(api: Api, neighbour: Api, visitor: Api) -> None:
    identity = wrote(api, taken_on(api))
    for kind in ("DocumentReference", "Bundle"):
        assert neighbour.get(f"{FHIR}/{kind}/{identity}").status_code == 404
        assert visitor.get(f"{FHIR}/{kind}/{identity}").status_code == 401
    assert found(neighbour, f"_id={identity}") == []
