"""What is answered to whoever writes holds to R4 and UK Core too, as pyrofile judges it."""

from __future__ import annotations

import json
from typing import Any

from api_client import Api, Town
from fhir_sent import BASE, bundle, post, put_task, read, taken
from fhir_validator import judge
from shared import shared_path
from town import WIDNES, token_for

from service.api.context import holder
from service.identity.access_tokens import Holder
from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

OWNER = Actor("client:owner", LINK_WORKER, frozenset({WIDNES}))
WHY: dict[str, Any] = {
    "statusReason": {
        "coding": [
            {"system": "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars", "code": "22"}
        ],
        "text": "A reason for tests",
    },
    "executionPeriod": {"start": utc_now().date().isoformat()},
    "output": [{"type": {"text": "resulting-activity"}, "valueString": "Joined a choir"}],
    "owner": {"reference": "Organization/kith"},
}
WALKS = (
    ("rejected",),
    ("accepted", "on-hold", "in-progress", "completed"),
    ("accepted", "failed"),
    ("cancelled",),
    ("accepted", "entered-in-error"),
)


def test_the_published_example_comes_back_whole(quick_town: Town) -> None:
    judging = judge()
    api = Api(quick_town, token_for(quick_town.store, WIDNES))
    path = shared_path("conformance/fhir/examples/uk-transaction-referral.json")
    answer = post(api, "", json.loads(path.read_text(encoding="utf-8")))
    faults = judging.faults(answer.json())
    for each in answer.json()["entry"]:
        kind, identity = each["response"]["location"].split("/")[:2]
        faults += judging.faults(read(api, f"{kind}/{identity}"))
    refused = post(api, "", json.loads(path.read_text(encoding="utf-8")))
    faults += judging.faults(refused.json())
    faults += judging.faults(post(api, "", bundle(without=("patient",))).json())
    assert not faults, "\n".join(sorted(set(faults)))


def test_every_status_that_was_written_is_a_right_task(quick_town: Town) -> None:
    judging = judge()
    api = Api(quick_town, token_for(quick_town.store, WIDNES))
    faults: list[str] = []
    for number, walk in enumerate(WALKS):
        task_id = taken(post(api, "", bundle(str(number))))
        for step in walk:
            by_owner = step not in {"cancelled", "entered-in-error"}
            if by_owner:
                quick_town.app.dependency_overrides[holder] = lambda: Holder(OWNER)
            answer = put_task(api, read(api, f"Task/{task_id}") | WHY | {"status": step})
            quick_town.app.dependency_overrides.clear()
            assert answer.status_code == 200, answer.text
            faults += judging.faults(answer.json())
            faults += judging.faults(read(api, f"ServiceRequest/{task_id}"))
        faults += judging.faults(api.get(f"{BASE}/Task/{task_id}/_history").json())
    assert not faults, "\n".join(sorted(set(faults)))
