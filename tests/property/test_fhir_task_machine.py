"""Random walks of a Task over HTTP, on the real database: only the table is ever followed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_client import Api
from fhir_sent import BASE, FHIR, bundle, post, read, taken
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from town import WIDNES

from service.api.context import holder
from service.identity.access_tokens import Holder
from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

OWNER = Actor("client:owner", LINK_WORKER, frozenset({WIDNES}))
REASON = {
    "text": "A reason for tests",
    "coding": [
        {"system": "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars", "code": "24"}
    ],
}
# Written here by hand from the standard, and not taken from the code: (from, to) -> who.
TABLE: dict[tuple[str, str], str] = {
    ("requested", "accepted"): "owner",
    ("requested", "rejected"): "owner",
    ("requested", "cancelled"): "both",
    ("accepted", "cancelled"): "both",
    ("in-progress", "cancelled"): "both",
    ("on-hold", "cancelled"): "both",
    ("accepted", "in-progress"): "owner",
    ("accepted", "on-hold"): "owner",
    ("in-progress", "on-hold"): "owner",
    ("on-hold", "in-progress"): "owner",
    ("in-progress", "completed"): "owner",
    ("accepted", "failed"): "owner",
    ("in-progress", "failed"): "owner",
    ("on-hold", "failed"): "owner",
} | {
    (status, "entered-in-error"): "requester"
    for status in (
        *("requested", "accepted", "in-progress", "on-hold"),
        *("rejected", "cancelled", "completed", "failed"),
    )
}
NO_STATUSES = {"draft", "ready", "received"}
WORDS = sorted({word for pair in TABLE for word in pair} | NO_STATUSES)


class OneTask(RuleBasedStateMachine):
    """One referral, and two systems that say what becomes of it, with or without what they need."""

    api: Api
    made = 0

    @initialize()
    def refer(self) -> None:
        OneTask.made += 1
        self.task_id = taken(post(self.api, "", bundle(f"walk-{OneTask.made}")))
        self.status, self.version = "requested", 1
        self.walked = ["requested"]

    @rule(
        to=st.sampled_from(WORDS),
        owner=st.booleans(),
        complete=st.sampled_from([True, True, True, False]),
        stale=st.sampled_from([False, False, False, True]),
    )
    def say(self, to: str, owner: bool, complete: bool, stale: bool) -> None:
        before = read(self.api, f"Task/{self.task_id}")
        answer = self._put(before, to, owner, complete, stale)
        who = TABLE.get((self.status, to))
        after = read(self.api, f"Task/{self.task_id}")
        if to in NO_STATUSES:
            assert answer.status_code == 422, answer.text
        elif stale:
            assert answer.status_code == 412, answer.text
        elif who is None:
            assert answer.status_code == 422, answer.text
        elif who not in {"both", "owner" if owner else "requester"}:
            assert answer.status_code == 403, answer.text
        elif not complete:
            assert answer.status_code == 422, answer.text
        else:
            assert answer.status_code == 200, answer.text
            self.status = to
            self.walked.append(to)
            assert int(after["meta"]["versionId"]) > self.version
            self.version = int(after["meta"]["versionId"])
            assert after["status"] == to
            return
        assert after == before

    def _put(self, before: dict[str, Any], to: str, owner: bool, complete: bool, stale: bool):
        sent = {
            key: value
            for key, value in before.items()
            if key not in {"statusReason", "output", "executionPeriod", "owner"}
        } | {"status": to}
        if complete:
            sent |= {
                "statusReason": REASON,
                "executionPeriod": {"start": utc_now().date().isoformat()},
                "output": [{"type": {"text": "resulting-activity"}, "valueString": "A choir"}],
                "owner": {"reference": "Organization/kith"},
            }
        version = self.version + 1 if stale else self.version
        overrides = self.api.town.app.dependency_overrides
        if owner:
            overrides[holder] = lambda: Holder(OWNER)
        try:
            return self.api.request(
                "PUT",
                f"{BASE}/Task/{self.task_id}",
                content=json.dumps(sent),
                headers={"Content-Type": FHIR, "If-Match": f'W/"{version}"'},
            )
        finally:
            overrides.pop(holder, None)

    @invariant()
    def its_history_is_the_walk(self) -> None:
        told = self.api.get(f"{BASE}/Task/{self.task_id}/_history").json()["entry"]
        statuses = [each["resource"]["status"] for each in reversed(told)]
        walked = [one for n, one in enumerate(statuses) if n == 0 or statuses[n - 1] != one]
        assert walked == self.walked


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_walks(request: pytest.FixtureRequest, database: str):
    from town import token_for

    town = request.getfixturevalue(f"{database}_town")
    town.clear()
    OneTask.api = Api(town, token_for(town.store, WIDNES))
    run(
        OneTask,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
