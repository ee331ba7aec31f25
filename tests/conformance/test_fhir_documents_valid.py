"""Messages back and answers to messages hold to UK Core and BaRS, as pyrofile judges them."""

from __future__ import annotations

from collections import Counter

import pytest
from api_client import Api
from bars_world import BARS, example, heads, made, reasoned, send
from fhir_validator import judge
from message_world import taken_on, wrote

from service.api.fhir.bars import codes, statement
from service.api.fhir.bars.message import ANSWERED, MANY

pytest_plugins = ("api_fixtures",)


def test_a_document_and_where_it_is(quick: Api) -> None:
    judging = judge()
    referral_id = taken_on(quick)
    identity = wrote(quick, referral_id, "Hello & <welcome>\n\nWhat was agreed\n- Walk", spoke=True)
    faults = []
    for kind in ("DocumentReference", "Bundle"):
        answer = quick.get(f"/fhir/R4/{kind}/{identity}")
        assert answer.status_code == 200, answer.text
        faults += judging.faults(answer.json())
    searched = quick.get(f"/fhir/R4/DocumentReference?related=ServiceRequest/{referral_id}")
    assert searched.json()["total"] == 1
    faults += judging.faults(searched.json())
    assert faults == []


@pytest.mark.parametrize("reason", ["new", "update", "delete"])
def test_the_answer_to_a_message(quick: Api, reason: str) -> None:
    judging = judge()
    answer = send(quick, example())
    made(answer)
    if reason != "new":
        status = {"update": "active", "delete": "revoked"}[reason]
        answer = send(quick, reasoned(example(), reason, status=status))
        made(answer)
    bundle = answer.json()
    assert judging.faults(bundle) == []
    counts = Counter(each["resource"]["resourceType"] for each in bundle["entry"])
    for kind, (least, most) in ANSWERED.items():
        assert least <= counts[kind] <= most, (kind, counts)
    assert set(counts) <= set(ANSWERED)
    assert len(bundle["entry"]) <= MANY


def test_what_the_message_doors_say_of_themselves(quick: Api) -> None:
    judging = judge()
    metadata = quick.get(f"{BARS}/metadata").json()
    listed = quick.get(f"{BARS}/MessageDefinition", headers=heads()).json()
    assert judging.faults(metadata) == []
    assert judging.faults(listed) == []
    told = {
        each["definition"] for part in metadata["messaging"] for each in part["supportedMessage"]
    }
    assert told == {each["resource"]["url"] for each in listed["entry"]}
    assert statement.definition(codes.DEFINITION) in [e["resource"] for e in listed["entry"]]


def test_refusals_of_messages(quick: Api) -> None:
    judging = judge()
    refused = [
        send(quick, {"resourceType": "Bundle", "type": "message"}),
        send(quick, example(), heads(**{"X-Request-Id": None})),
        quick.get(f"{BARS}/Slot", headers=heads()),
    ]
    assert [each.status_code for each in refused] == [400, 400, 501]
    for each in refused:
        assert judging.faults(each.json()) == []
