"""The rules of a ServiceRequest and of a Task."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from service.api.fhir.rules.context import Context, Purpose
from service.api.fhir.rules.findings import Findings, Resource, child, codings, rows, text_of
from service.api.fhir.systems import TASK_CODE
from service.store.base import utc_now

AHEAD: Final = timedelta(minutes=10)
"""How far the clock of a sender may be ahead. Our own choice."""


def check_service_request(request: Resource, at: str, context: Context, found: Findings) -> None:
    """Note what a ServiceRequest lacks to be a referral."""
    status, intent = text_of(request, "status"), text_of(request, "intent")
    if status and status != "active" and context.purpose is not Purpose.UPDATE:
        found.add("business-rule", f"{at}.status", "A new referral is active.")
    if intent and intent not in context.intents:
        taken = " or ".join(sorted(context.intents))
        found.add("business-rule", f"{at}.intent", f"The intent of a referral here is {taken}.")
    if not child(request, "code"):
        found.add("required", f"{at}.code", "Say what is asked for.")
    if not child(request, "requester"):
        found.add("required", f"{at}.requester", "Say who refers.")
    reasons = (request.get(each) for each in ("reasonCode", "reasonReference", "note"))
    if not any(reasons):
        found.add(
            "required",
            f"{at}.reasonCode",
            "Say why: give at least one of reasonCode, reasonReference and note.",
        )
    check_authored(request, "authoredOn", at, context, found)


def check_task(task: Resource, at: str, context: Context, found: Findings) -> None:
    """Note what a Task lacks to stand for a referral."""
    if context.purpose is not Purpose.UPDATE and text_of(task, "status") not in {"", "requested"}:
        if text_of(task, "status") == "draft":
            found.add(
                "business-rule", f"{at}.status", "Kith takes no drafts. Send it as requested."
            )
        elif context.purpose is Purpose.CREATE:
            found.add("business-rule", f"{at}.status", "A new Task is requested.")
    intent = text_of(task, "intent")
    if intent and intent != "order":
        found.add("business-rule", f"{at}.intent", "The intent of a Task here is order.")
    for element, words in (
        ("focus", "Refer to the ServiceRequest that it is to fulfil."),
        ("for", "Refer to the Patient."),
        ("requester", "Say who asks."),
    ):
        if not child(task, element):
            found.add("required", f"{at}.{element}", words)
    if not any(
        system == TASK_CODE and code == "fulfill"
        for _, system, code in codings(child(task, "code"))
    ):
        found.add("required", f"{at}.code", f"The code of a Task here has {TASK_CODE}#fulfill.")
    check_authored(task, "authoredOn", at, context, found)


def check_authored(
    resource: Resource, element: str, at: str, context: Context, found: Findings
) -> None:
    """Note an instant that is missing, cannot be, or lies in the future."""
    text, where = text_of(resource, element), f"{at}.{element}"
    if not text:
        found.add("required", where, "Say when.")
        return
    try:
        ahead = is_ahead(text, context)
    except ValueError:
        found.add("value", where, "There is no such day or time.")
        return
    if ahead:
        found.add("value", where, "This lies in the future. Check the clock that it came from.")


def is_ahead(text: str, context: Context) -> bool:
    """Whether a FHIR dateTime lies in the future.

    Raises
    ------
    ValueError
        If there is no such day or time.
    """
    if len(text) < 10:
        year, _, month = text.partition("-")
        return (int(year), int(month or 1)) > (context.today.year, context.today.month)
    if len(text) == 10:
        return date.fromisoformat(text) > context.today
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return moment > context.now + AHEAD


def told_now(today: date, *, synthetic_only: bool, purpose: Purpose) -> Context:
    """A context of this very moment."""
    return Context(utc_now(), today, synthetic_only=synthetic_only, purpose=purpose)


def first_of(resource: Resource, name: str) -> Resource:
    """The first object of a list; an empty one where there is none."""
    return next((each for _, each in rows(resource, name)), {})
