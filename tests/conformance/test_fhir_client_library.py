"""A FHIR client that others wrote takes a referral all the way: `fhirpy` against a real server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_client import Api, served
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import (
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)
from message_world import ANN, wrote
from shared import shared_path
from town import RUNCORN, WIDNES, token_for

from service.referrals.actions.outcomes import close
from service.referrals.actions.triage import accept

pytest_plugins = ("api_fixtures",)


def example(number: str) -> dict[str, Any]:
    """The shared transaction, about a referral with this number of its sender's."""
    path = shared_path("conformance/fhir/examples/uk-transaction-referral.json")
    bundle: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] in {"ServiceRequest", "Task"}:
            entry["resource"]["identifier"][0]["value"] = number
    return bundle


def client(address: str, token: str) -> SyncFHIRClient:
    return SyncFHIRClient(f"{address}/fhir/R4", authorization=f"Bearer {token}")


def referred(system: SyncFHIRClient, number: str) -> str:
    """Send the transaction; the id of the ServiceRequest it made."""
    answer = system.execute("", method="POST", data=example(number))
    places = [entry["response"]["location"] for entry in answer["entry"]]
    mine = next(each for each in places if each.startswith("ServiceRequest/"))
    found: str = mine.split("/")[1]
    return found


def test_a_referral_from_sending_to_the_message_back(api: Api) -> None:
    today = api.town.kith.today()
    with served(api.town.app) as address:
        system = client(address, token_for(api.town.store, WIDNES))
        statement = system.execute("metadata", method="GET")
        assert statement["fhirVersion"] == "4.0.1"
        referral_id = referred(system, "ROUND-1")
        with pytest.raises(OperationOutcome) as twice:
            system.execute("", method="POST", data=example("ROUND-1"))
        assert f"ServiceRequest/{referral_id}" in str(twice.value)

        request = system.reference("ServiceRequest", referral_id).to_resource()
        assert request["status"] == "active"
        patient = request["subject"].to_resource()
        assert patient["name"][0]["family"] == "Testcase"
        tasks = system.resources("Task").search(focus=f"ServiceRequest/{referral_id}").fetch_all()
        assert [each["status"] for each in tasks] == ["requested"]
        seen = tasks[0]["meta"]["lastUpdated"]

        with api.town.store.work() as work:
            accept(work, by=ANN, referral_id=referral_id, seen_version=1)
        message = wrote(api, referral_id, spoke=True)
        with api.town.store.work() as work:
            version = system.reference("Task", referral_id).to_resource()["meta"]["versionId"]
            close(
                work,
                by=ANN,
                referral_id=referral_id,
                seen_version=int(version),
                outcome="connected",
                today=today,
            )
        changed = system.resources("Task").search(_lastUpdated=f"gt{seen}").fetch_all()
        assert [(each["id"], each["status"]) for each in changed] == [(referral_id, "completed")]

        letters = system.resources("DocumentReference").search(
            related=f"ServiceRequest/{referral_id}"
        )
        (letter,) = letters.fetch_all()
        assert letter["id"] == message
        document = system.execute(letter["content"][1]["attachment"]["url"], method="GET")
        assert document["entry"][0]["resource"]["resourceType"] == "Composition"


def test_a_referral_is_taken_back_by_its_task(api: Api) -> None:
    with served(api.town.app) as address:
        system = client(address, token_for(api.town.store, WIDNES))
        referral_id = referred(system, "ROUND-2")
        task = system.reference("Task", referral_id).to_resource().serialize()
        wanted = {
            **task,
            "status": "cancelled",
            "statusReason": {"text": "She has found company already."},
        }
        careful = SyncFHIRClient(
            system.url,
            authorization=system.authorization,
            extra_headers={"If-Match": f'W/"{task["meta"]["versionId"]}"'},
        )
        told = careful.execute(f"Task/{referral_id}", method="PUT", data=wanted)
        assert told["status"] == "cancelled"
        request = system.reference("ServiceRequest", referral_id).to_resource()
        assert request["status"] == "revoked"
        # That is what this client calls any 412: what it has before it is not the latest.
        with pytest.raises(MultipleResourcesFound):
            careful.execute(f"Task/{referral_id}", method="PUT", data=wanted)


def test_another_practices_client_finds_nothing(api: Api) -> None:
    with served(api.town.app) as address:
        referral_id = referred(client(address, token_for(api.town.store, WIDNES)), "ROUND-3")
        other = client(address, token_for(api.town.store, RUNCORN))
        with pytest.raises(ResourceNotFound):
            other.reference("ServiceRequest", referral_id).to_resource()
        assert other.resources("Task").fetch_all() == []
