"""Every pair of the table of Task statuses, by whoever may say it, on the real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from api_client import Api, Town
from fhir_sent import BASE, bundle, issues, post, put_task, read, taken
from sqlalchemy import select
from town import RUNCORN, WIDNES, token_for

from service.api.context import holder
from service.identity.access_tokens import Holder
from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.people.levels import DisclosureLevel
from service.people.model import Consent
from service.referrals.actions.offers import offer, send
from service.referrals.actions.safeguarding import escalate_concern, raise_concern
from service.referrals.lifecycle import TASK_MOVES, TaskStatus
from service.referrals.model import Referral
from service.referrals.offer_model import Offer
from service.register.model import Asset
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

OWNER = Actor("client:owner", LINK_WORKER, frozenset({WIDNES}))
REJECTED = "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars"
T = TaskStatus
DAY = utc_now().date().isoformat()
WHY: dict[str, Any] = {
    "statusReason": {
        "coding": [{"system": REJECTED, "code": "22"}],
        "text": "A reason for tests",
    },
    "executionPeriod": {"start": DAY},
    "output": [{"type": {"text": "resulting-activity"}, "valueString": "Joined a choir"}],
    "owner": {"reference": "Organization/kith"},
}


@contextmanager
def speaking(town: Town, actor: Actor) -> Iterator[None]:
    """Whoever calls while the block runs is `actor`: no command makes such a token yet."""
    town.app.dependency_overrides[holder] = lambda: Holder(actor)
    try:
        yield
    finally:
        town.app.dependency_overrides.pop(holder)


def moved(api: Api, task_id: str, to: str, *, as_owner: bool, **changes: object):
    """Ask for a status with all that any move may need; returns the answer."""
    sent = read(api, f"Task/{task_id}") | {**WHY, **changes, "status": to}
    sent = {key: value for key, value in sent.items() if value is not None}
    if not as_owner:
        return put_task(api, sent)
    with speaking(api.town, OWNER):
        return put_task(api, sent)


WAYS: dict[TaskStatus, tuple[TaskStatus, ...]] = {
    T.REQUESTED: (),
    T.ACCEPTED: (T.ACCEPTED,),
    T.IN_PROGRESS: (T.ACCEPTED, T.IN_PROGRESS),
    T.ON_HOLD: (T.ACCEPTED, T.ON_HOLD),
    T.REJECTED: (T.REJECTED,),
    T.COMPLETED: (T.ACCEPTED, T.IN_PROGRESS, T.COMPLETED),
    T.FAILED: (T.ACCEPTED, T.FAILED),
}


def at(api: Api, status: TaskStatus, number: str = "1") -> str:
    """A Task that stands at `status`."""
    task_id = taken(post(api, "", bundle(number)))
    for step in WAYS.get(status, ()):
        assert moved(api, task_id, step.value, as_owner=True).status_code == 200
    if status in {T.CANCELLED, T.ENTERED_IN_ERROR}:
        assert moved(api, task_id, status.value, as_owner=False).status_code == 200
    assert read(api, f"Task/{task_id}")["status"] == status.value
    return task_id


@pytest.mark.parametrize("at_status", list(TaskStatus))
def test_every_pair_of_the_table(quick: Api, at_status: TaskStatus):
    for number, to in enumerate(TaskStatus):
        task_id = at(quick, at_status, f"{at_status.value}-{number}")
        before = read(quick, f"Task/{task_id}")
        owner = to is not T.ENTERED_IN_ERROR
        answer = moved(quick, task_id, to.value, as_owner=owner)
        after = read(quick, f"Task/{task_id}")
        if to in TASK_MOVES[at_status]:
            assert answer.status_code == 200, (to, answer.text)
            assert after["status"] == to.value
            assert answer.headers["ETag"] == f'W/"{after["meta"]["versionId"]}"'
            newest = quick.get(f"{BASE}/Task/{task_id}/_history").json()["entry"][0]["resource"]
            assert newest["status"] == to.value
        else:
            assert issues(answer, 422)[0]["code"] == "business-rule", (at_status, to)
            assert after == before


REQUEST_STATUS = {
    T.REQUESTED: "active",
    T.ACCEPTED: "active",
    T.REJECTED: "active",
    T.CANCELLED: "revoked",
    T.IN_PROGRESS: "active",
    T.ON_HOLD: "active",
    T.COMPLETED: "completed",
    T.FAILED: "active",
    T.ENTERED_IN_ERROR: "entered-in-error",
}


@pytest.mark.parametrize("status", list(TaskStatus))
def test_the_request_follows_its_task_and_both_are_found_by_it(api: Api, status: TaskStatus):
    task_id = at(api, status)
    assert read(api, f"ServiceRequest/{task_id}")["status"] == REQUEST_STATUS[status]
    for kind, word in (("Task", status.value), ("ServiceRequest", REQUEST_STATUS[status])):
        found = api.get(f"{BASE}/{kind}?status={word}").json()
        assert [each["resource"]["id"] for each in found.get("entry", [])] == [task_id]
        others = set(TaskStatus) if kind == "Task" else set(REQUEST_STATUS.values())
        for other in others - {word, status}:
            assert api.get(f"{BASE}/{kind}?status={other}").json()["total"] == 0


@pytest.mark.parametrize(
    ("at_status", "to", "left_out", "expression"),
    [
        (T.REQUESTED, T.ACCEPTED, "owner", "Task.owner"),
        (T.REQUESTED, T.REJECTED, "statusReason", "Task.statusReason.text"),
        (T.REQUESTED, T.CANCELLED, "statusReason", "Task.statusReason.text"),
        (T.ACCEPTED, T.IN_PROGRESS, "executionPeriod", "Task.executionPeriod.start"),
        (T.ACCEPTED, T.ON_HOLD, "statusReason", "Task.statusReason.text"),
        (T.ACCEPTED, T.FAILED, "statusReason", "Task.statusReason.text"),
        (T.ON_HOLD, T.IN_PROGRESS, "executionPeriod", "Task.executionPeriod.start"),
        (T.REQUESTED, T.ENTERED_IN_ERROR, "statusReason", "Task.statusReason.text"),
    ],
)
def test_what_a_move_needs(
    quick: Api, at_status: TaskStatus, to: TaskStatus, left_out: str, expression: str
):
    task_id = at(quick, at_status)
    before = read(quick, f"Task/{task_id}")
    owner = to is not T.ENTERED_IN_ERROR
    answer = moved(quick, task_id, to.value, as_owner=owner, **{left_out: None})
    found = issues(answer, 422)
    assert (found[0]["code"], found[0]["expression"]) == ("required", [expression])
    assert read(quick, f"Task/{task_id}") == before


def test_a_completion_needs_what_came_of_it_or_why_nothing_did(quick: Api):
    task_id = at(quick, T.IN_PROGRESS)
    neither = moved(quick, task_id, "completed", as_owner=True, output=None, statusReason=None)
    assert issues(neither, 422)[0]["code"] == "required"
    told = moved(quick, task_id, "completed", as_owner=True, output=None)
    assert told.status_code == 200


def test_a_rejection_needs_a_code_of_the_national_list(quick: Api):
    task_id = at(quick, T.REQUESTED)
    for coding in ([], [{"system": REJECTED, "code": "25"}]):
        answer = moved(
            quick, task_id, "rejected", as_owner=True, statusReason={"text": "x", "coding": coding}
        )
        found = issues(answer, 422)[0]
        assert (found["code"], found["expression"]) == (
            "code-invalid",
            ["Task.statusReason.coding"],
        )
    answer = moved(quick, task_id, "rejected", as_owner=True)
    codes = answer.json()["statusReason"]["coding"]
    assert {"22"} == {each["code"] for each in codes if each["system"] == REJECTED}
    assert "A reason for tests" in answer.json()["statusReason"]["text"]


@pytest.mark.parametrize("to", [T.ACCEPTED, T.REJECTED])
def test_a_practice_does_not_say_what_its_link_worker_does(quick: Api, to: TaskStatus):
    task_id = at(quick, T.REQUESTED)
    before = read(quick, f"Task/{task_id}")
    assert issues(moved(quick, task_id, to.value, as_owner=False), 403)[0]["code"] == "forbidden"
    assert read(quick, f"Task/{task_id}") == before


def test_a_link_workers_system_does_not_say_what_the_practice_made(quick: Api):
    task_id = at(quick, T.ACCEPTED)
    answer = moved(quick, task_id, "entered-in-error", as_owner=True)
    assert issues(answer, 403)[0]["code"] == "forbidden"


def test_the_owner_may_say_that_the_person_declines(quick: Api):
    task_id = at(quick, T.ACCEPTED)
    assert moved(quick, task_id, "cancelled", as_owner=True).status_code == 200
    assert read(quick, f"ServiceRequest/{task_id}")["status"] == "active"


def test_a_version_is_needed_and_must_be_the_newest(api: Api):
    task_id = at(api, T.REQUESTED)
    sent = read(api, f"Task/{task_id}") | {**WHY, "status": "cancelled"}
    none = api.request("PUT", f"{BASE}/Task/{task_id}", json=sent)
    assert issues(none, 428)[0]["code"] == "required"
    assert issues(put_task(api, sent, **{"If-Match": "*"}), 428)
    assert issues(put_task(api, sent, **{"If-Match": "soon"}), 400)
    assert issues(put_task(api, sent, version=2), 412)[0]["code"] == "conflict"
    assert put_task(api, sent, **{"If-Match": '"1"'}).status_code == 200
    assert issues(put_task(api, sent, version=1), 412)


def test_of_many_who_saw_the_same_version_one_moves_it(api: Api):
    task_id = at(api, T.REQUESTED)
    before = read(api, f"Task/{task_id}") | WHY
    words = ("cancelled", "entered-in-error") * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda word: put_task(api, before | {"status": word}), words))
    assert sorted(each.status_code for each in answers) == [200] + [412] * 7
    assert read(api, f"Task/{task_id}")["meta"]["versionId"] == "2"
    assert api.get(f"{BASE}/Task/{task_id}/_history").json()["total"] == 2


def test_another_practice_moves_nothing(api: Api):
    task_id = at(api, T.REQUESTED)
    other = Api(api.town, token_for(api.town.store, RUNCORN))
    sent = read(api, f"Task/{task_id}") | {**WHY, "status": "cancelled"}
    assert issues(put_task(other, sent), 404)[0]["code"] == "not-found"


def test_what_a_task_is_about_stays(quick: Api):
    task_id = at(quick, T.REQUESTED)
    for element, value in (
        ("focus", {"reference": "ServiceRequest/other"}),
        ("for", {"reference": "Patient/other"}),
        ("partOf", [{"reference": "Task/other"}]),
    ):
        found = issues(moved(quick, task_id, "cancelled", as_owner=False, **{element: value}), 422)
        assert found[0]["expression"] == [f"Task.{element}"]
    sent = read(quick, f"Task/{task_id}") | {**WHY, "status": "cancelled"}
    other = quick.request("PUT", f"{BASE}/Task/other", json=sent, headers={"If-Match": 'W/"1"'})
    assert issues(other, 400)
    for word in ("draft", "ready", "received", "unheard-of", ""):
        assert moved(quick, task_id, word, as_owner=False).status_code == 422


def test_a_hold_for_safety_is_told_like_any_other_and_never_moved_from_outside(quick: Api):
    ordinary = at(quick, T.ON_HOLD, "1")
    safety = at(quick, T.ACCEPTED, "2")
    with quick.town.store.work() as work:
        concern = raise_concern(work, by=OWNER, referral_id=safety, concern="Afraid at home.")
    one, other = (read(quick, f"Task/{each}") for each in (ordinary, safety))
    for element in ("status", "statusReason", "businessStatus"):
        assert one[element] == other[element]
    refused = issues(moved(quick, safety, "cancelled", as_owner=False), 422)[0]
    assert refused["code"] == "business-rule"
    assert "safeguarding" not in refused["details"]["text"].lower()
    blocked = issues(moved(quick, safety, "in-progress", as_owner=True), 422)
    assert blocked[0]["code"] == "business-rule"
    with quick.town.store.work() as work:
        escalate_concern(
            work, by=OWNER, referral_id=safety, concern_id=concern, told="Safeguarding lead"
        )
    assert moved(quick, safety, "in-progress", as_owner=True).status_code == 200
    assert read(quick, f"Task/{safety}")["status"] == "in-progress"


def sent_offer(api: Api) -> tuple[str, str]:
    """A referral in work, and an offer of it that a group was told of."""
    referral_id = at(api, T.IN_PROGRESS)
    with api.town.store.work() as work:
        session = work.session
        asset_id = session.scalars(select(Asset.asset_id).order_by(Asset.asset_id)).first()
        assert asset_id is not None
        session.add(
            Consent(
                person_id=session.get_one(Referral, referral_id).person_id,
                referral_id=referral_id,
                recipient=f"asset:{asset_id}",
                level=DisclosureLevel.FULL,
                given=True,
                asked_on=utc_now().date(),
            )
        )
        session.flush()
        today = utc_now().date()
        (offer_id,) = offer(
            work,
            by=OWNER,
            referral_id=referral_id,
            asset_ids=[asset_id],
            level=DisclosureLevel.INTRODUCTION,
            today=today,
        )
        send(work, by=OWNER, referral_id=referral_id, offer_id=offer_id, today=today)
    return referral_id, offer_id


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (("accepted", "in-progress", "completed"), "ended"),
        (("accepted", "on-hold", "in-progress", "failed"), "ended"),
        (("rejected",), "declined"),
        (("cancelled",), "withdrawn"),
        (("accepted", "failed"), "ended"),
    ],
)
def test_an_offer_moves_by_its_own_task(api: Api, steps: tuple[str, ...], state: str):
    referral_id, offer_id = sent_offer(api)
    assert read(api, f"Task/{offer_id}")["partOf"][0]["reference"] == f"Task/{referral_id}"
    issues(moved(api, offer_id, "accepted", as_owner=False), 403)
    for step in steps:
        answer = moved(api, offer_id, step, as_owner=True)
        assert answer.status_code == 200, answer.text
        assert read(api, f"Task/{offer_id}")["status"] == step
    issues(moved(api, offer_id, "accepted", as_owner=True), 422)
    issues(moved(api, offer_id, "entered-in-error", as_owner=True), 422)
    with api.town.store.read() as session:
        assert session.get_one(Offer, offer_id).state.value == state


def test_an_end_by_its_maker_ends_the_offers_too(api: Api):
    referral_id, offer_id = sent_offer(api)
    assert moved(api, referral_id, "entered-in-error", as_owner=False).status_code == 200
    assert read(api, f"Task/{offer_id}")["status"] == "cancelled"
    with api.town.store.read() as session:
        row = session.get_one(Referral, referral_id)
        assert (row.state.value, row.end_reason) == ("entered_in_error", "entered_in_error")
