"""Creating resources one by one: parts are kept for a day, a ServiceRequest makes the referral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fastapi import Request
from sqlalchemy.orm import Session

from service.api.context import KithDep
from service.api.fhir.context import Caller, CallerDep
from service.api.fhir.errors import Duplicate, Invalid, Several, Unreadable
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse
from service.api.fhir.parse.collecting import collected, require_there
from service.api.fhir.parse.gathered import gathered
from service.api.fhir.parse.sent import bare, without_places
from service.api.fhir.parse.submission import identifiers_of
from service.api.fhir.parse.taking import asked, known_person, take
from service.api.fhir.part_shown import waiting
from service.api.fhir.route import fhir_router
from service.api.fhir.rules.bundle import is_condition, wanted_identifier
from service.api.fhir.rules.check import check_resource, require_valid
from service.api.fhir.rules.context import Purpose
from service.api.fhir.rules.findings import Findings, child, text_of
from service.api.fhir.rules.patient import is_sensitive
from service.api.fhir.shown import Shown
from service.api.fhir.writing import BodyDep, Resource, answer, reread, rules_for
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals import exchange
from service.referrals.actions.arriving import attach_task, by_condition
from service.referrals.actions.parts import keep_part
from service.referrals.arrivals import SenderNumber
from service.referrals.parts import part, parts_with
from service.store.base import utc_now
from service.store.work import UnitOfWork

router = fhir_router()
PARTS: Final = (
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Condition",
    "Consent",
)
"""Resources that may be sent before the referral they belong to."""


@router.post("/ServiceRequest", name="fhir_create_servicerequest", include_in_schema=False)
@does(Interaction("ServiceRequest", "create", conditional=True))
def post_service_request(
    request: Request, kith: KithDep, caller: CallerDep, body: BodyDep
) -> FhirResponse:
    """Make a referral of a ServiceRequest and of all that it names or contains."""
    condition = _checked(request, kith, caller, "ServiceRequest", body)
    now = utc_now()
    with kith.store.read() as session:
        entries, person_id = collected(session, caller.actor, body, kith.settings, now=now)
        entries[0] = replace(entries[0], if_none_exist=condition)
        sent = asked(kith, session, caller.actor, gathered(entries), person_id=person_id)
    with kith.store.work() as work:
        taken = take(kith, work, caller.actor, sent)
        shown = reread(work, caller, "ServiceRequest", taken.referral_id)
        if person_id:
            _remember_person(work, caller, person_id, shown)
    return answer(request, kith, shown, 201 if taken.is_new else 200)


@router.post("/Task", name="fhir_create_task", include_in_schema=False)
@does(Interaction("Task", "create", conditional=True))
def post_task(request: Request, kith: KithDep, caller: CallerDep, body: BodyDep) -> FhirResponse:
    """Give a referral the Task that its sender has for it."""
    condition = _checked(request, kith, caller, "Task", body)
    referral_id = _last_part(text_of(child(body, "focus"), "reference"))
    with kith.store.read() as session:
        case = exchange.cases(session, by=caller.actor, referral_ids=[referral_id]).get(referral_id)
        if case is None:
            raise Invalid.at("value", "There is no such ServiceRequest here.", "Task.focus")
        _require_for(session, caller, body, case.person.person_id)
        require_there(session, caller.actor, body, kith.settings, now=utc_now())
        practice = OdsCode(case.referral.practice_code)
    with kith.store.work() as work:
        known = _known(work, practice, "Task", condition)
        if known:
            return answer(request, kith, reread(work, caller, "Task", known), 200)
        attached = attach_task(
            work,
            by=caller.actor,
            referral_id=referral_id,
            sent=bare(body),
            numbers=identifiers_of("Task", body),
        )
        if attached.repeated:
            raise Duplicate.at(
                "duplicate", f"This was sent before: it is Task/{attached.referral_id}.", "Task"
            )
        work.session.flush()
        shown = reread(work, caller, "Task", referral_id)
    return answer(request, kith, shown, 201)


def _door(kind: str) -> Callable[..., FhirResponse]:
    @does(Interaction(kind, "create", conditional=True))
    def create(request: Request, kith: KithDep, caller: CallerDep, body: BodyDep) -> FhirResponse:
        """Keep a part of a referral for a day, until the ServiceRequest that names it comes."""
        condition = _checked(request, kith, caller, kind, body)
        now = utc_now()
        practice = _practice(caller)
        with kith.store.read() as session:
            require_there(session, caller.actor, body, kith.settings, now=now)
        with kith.store.work() as work:
            if condition and kind == "Patient":
                person = known_person(work.session, practice, condition, body)
                if person is not None:
                    return answer(request, kith, reread(work, caller, kind, person), 200)
            if condition:
                wanted = SenderNumber(kind, *_named(condition))
                known = parts_with(
                    work.session, by=caller.actor, practice=practice, numbers=[wanted], now=now
                )
                if len(known) > 1:
                    raise Several("More than one resource has this identifier.")
                if known:
                    return answer(request, kith, _part_shown(work, caller, kind, known[0]), 200)
            kept = keep_part(
                work,
                by=caller.actor,
                practice=practice,
                kind=kind,
                document=without_places(body) if is_sensitive(body) else body,
                numbers=identifiers_of(kind, body),
                now=now,
            )
            if kept.repeated:
                raise Duplicate.at(
                    "duplicate", f"This was sent before: it is {kind}/{kept.referral_id}.", kind
                )
            work.session.flush()
            shown = _part_shown(work, caller, kind, kept.referral_id)
        return answer(request, kith, shown, 201)

    return create


def _checked(request: Request, kith: Kith, caller: Caller, kind: str, body: Resource) -> str:
    """The condition of a creation, once the resource is known to be right and the caller's to make.

    Raises
    ------
    OutOfScope, Unreadable, Invalid
    """
    caller.require(kind, "c")
    if body.get("resourceType") != kind:
        raise Unreadable.at("structure", f"Send a {kind} to this address.", "resourceType")
    condition = request.headers.get("if-none-exist", "").strip()
    if condition and not is_condition(condition):
        raise Unreadable.at(
            "value", "Write If-None-Exist as identifier=system|value.", "http.If-None-Exist"
        )
    found = Findings()
    check_resource(body, kind, rules_for(kith, Purpose.CREATE), found)
    require_valid(found)
    return condition


def _practice(caller: Caller) -> OdsCode:
    places = sorted(caller.actor.places(Permission.REFER))
    if not places:
        caller.actor.require(Permission.REFER)
    if len(places) > 1:
        raise Invalid.at(
            "business-rule",
            "This token is for several practices. Send the referral as one Bundle.",
            "meta",
        )
    return OdsCode(places[0])


def _named(condition: str) -> tuple[str, str]:
    system, value = wanted_identifier(condition)
    return system or "", value


def _known(work: UnitOfWork, practice: OdsCode, kind: str, condition: str) -> str | None:
    if not condition:
        return None
    system, value = wanted_identifier(condition)
    known = by_condition(work.session, practice, kind, system, value)
    if len(known) > 1:
        raise Several("More than one resource has this identifier. Name its system as well.")
    return known[0] if known else None


def _part_shown(work: UnitOfWork, caller: Caller, kind: str, part_id: str) -> Shown:
    kept = waiting(work.session, caller.actor, kind, part_id)
    if kept is None:  # pragma: no cover - it was found or made in this very work
        raise NotFound(exchange.NOT_YOURS)
    return Shown(kept[0], 1, kept[1])


def _require_for(session: Session, caller: Caller, body: Resource, person_id: str) -> None:
    named = _last_part(text_of(child(body, "for"), "reference"))
    kept = part(session, by=caller.actor, kind="Patient", part_id=named, now=utc_now())
    if (kept.became if kept is not None else named) != person_id:
        raise Invalid.at("invariant", "The Task is for the Patient of its referral.", "Task.for")


def _remember_person(work: UnitOfWork, caller: Caller, part_id: str, shown: Shown) -> None:
    kept = part(work.session, by=caller.actor, kind="Patient", part_id=part_id, now=utc_now())
    if kept is not None:
        kept.became = _last_part(shown.resource["subject"]["reference"])


def _last_part(reference: str) -> str:
    return reference.rpartition("/")[2]


for _kind in PARTS:
    router.add_api_route(
        f"/{_kind}",
        _door(_kind),
        methods=["POST"],
        name=f"fhir_create_{_kind.lower()}",
        include_in_schema=False,
    )
