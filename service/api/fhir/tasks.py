"""Moving a Task: the one resource that another system may change."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from fastapi import Request

from service.api.context import KithDep
from service.api.fhir.context import CallerDep
from service.api.fhir.errors import FhirError, Invalid, Stale, Unreadable, VersionNeeded
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse
from service.api.fhir.route import fhir_router
from service.api.fhir.rules.check import check_resource, require_valid
from service.api.fhir.rules.context import Context, Purpose
from service.api.fhir.rules.findings import Findings, child, codings, rows, text_of
from service.api.fhir.shown import Shown, show
from service.api.fhir.systems import REASON, REJECTION
from service.api.fhir.writing import BodyDep, Resource, answer, reread, rules_for
from service.referrals.actions.task_words import TaskWanted
from service.referrals.actions.tasks import move_task
from service.referrals.errors import BadEntry, BadMove, BadReason
from service.referrals.lifecycle import TaskStatus
from service.store.errors import EditConflict

router = fhir_router()

_TAG: Final = re.compile(r'(?:W/)?"(\d{1,18})"')
_IF_MATCH: Final = "http.If-Match"
_ELEMENTS: Final = {
    "reason_text": "Task.statusReason.text",
    "reason": "Task.statusReason",
    "rejection": "Task.statusReason.coding",
    "began_on": "Task.executionPeriod.start",
    "owner": "Task.owner",
}


@router.put("/Task/{identity}", name="fhir_update_task", include_in_schema=False)
@does(Interaction("Task", "update"))
def put_task(
    request: Request, kith: KithDep, caller: CallerDep, identity: str, body: BodyDep
) -> FhirResponse:
    """Say where a Task stands now. Its status moves by the table; all else stays as it is."""
    caller.require("Task", "u")
    version = wanted_version(request)
    if body.get("resourceType") != "Task":
        raise Unreadable.at("structure", "Send a Task to this address.", "resourceType")
    if body.get("id") != identity:
        raise Unreadable.at("value", "The id of the Task is that of its address.", "Task.id")
    wanted = _wanted(body)
    with kith.store.work() as work:
        try:
            before = show(work.session, caller.actor, "Task", identity)
            _require_current(before, version)
            _check(body, before, rules_for(kith, Purpose.UPDATE))
            # What was read is forgotten, so that it is read again once it is locked.
            work.session.expire_all()
            move_task(
                work,
                by=caller.actor,
                task_id=identity,
                seen_version=version,
                wanted=wanted,
                today=kith.today(),
            )
        except EditConflict as error:
            raise _stale() from error
        except BadMove as error:
            raise Invalid.at("business-rule", error.message, "Task.status") from error
        except (BadEntry, BadReason) as error:
            raise _with_element(error) from error
        work.session.flush()
        shown = reread(work, caller, "Task", identity)
    return answer(request, kith, shown, 200)


def wanted_version(request: Request) -> int:
    """The version that a caller says to have before them.

    Raises
    ------
    VersionNeeded
        If there is no If-Match, or it lets any version pass.
    Unreadable
        If it is no ETag of this API.
    """
    text = request.headers.get("if-match", "").strip()
    if not text or text == "*":
        raise VersionNeeded.at(
            "required", 'Send `If-Match: W/"n"` with the version that you have read.', _IF_MATCH
        )
    found = _TAG.fullmatch(text)
    if found is None:
        raise Unreadable.at("value", 'Write If-Match as W/"n", as the ETag was given.', _IF_MATCH)
    return int(found[1])


def _require_current(before: Shown, version: int) -> None:
    if before.version != version:
        raise _stale()


def _stale() -> FhirError:
    text = "Somebody changed this Task since. Read it again, then send yours."
    return Stale.at("conflict", text, _IF_MATCH)


def _check(body: Resource, before: Shown, context: Context) -> None:
    """Refuse a Task that is wrong in itself, or that is about something else than before."""
    found = Findings()
    check_resource(body, "Task", context, found)
    stood = before.resource
    for element in ("focus", "for"):
        if _led(body, element) != _led(stood, element):
            found.add("value", f"Task.{element}", "This stays as it was. Send it as you read it.")
    if rows_of(body, "partOf") != rows_of(stood, "partOf"):
        found.add("value", "Task.partOf", "This stays as it was. Send it as you read it.")
    require_valid(found)


def rows_of(resource: Resource, name: str) -> list[str]:
    """What the references of a list lead to."""
    return [text_of(each, "reference") for _, each in rows(resource, name)]


def _led(resource: Resource, element: str) -> str:
    return "/".join(text_of(child(resource, element), "reference").split("/")[-2:])


def _wanted(body: Resource) -> TaskWanted:
    status = text_of(body, "status")
    if status not in {each.value for each in TaskStatus}:
        raise Invalid.at(
            "code-invalid",
            f"Use one of: {', '.join(each.value for each in TaskStatus)}.",
            "Task.status",
        )
    reason = child(body, "statusReason")
    found = list(codings(reason))
    return TaskWanted(
        status=TaskStatus(status),
        text=text_of(reason, "text").strip(),
        reason=next((code for _, system, code in found if system == REASON), ""),
        rejection=next((code for _, system, code in found if system == REJECTION), ""),
        began_on=_day(text_of(child(body, "executionPeriod"), "start")),
        has_output=any(True for _ in rows(body, "output")),
        has_owner=bool(child(body, "owner")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 else None
    except ValueError:
        return None


def _with_element(error: BadEntry | BadReason) -> FhirError:
    field = str(error.fields.get("field", ""))
    code = "code-invalid" if field == "rejection" else "required"
    return Invalid.at(code, error.message, _ELEMENTS.get(field, "Task"))
