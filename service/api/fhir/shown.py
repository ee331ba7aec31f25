"""One resource of Kith's, as whoever asks may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from service.api.fhir.part_shown import waiting
from service.api.fhir.present.change import latest, offer_changes
from service.api.fhir.present.parts import tag_number
from service.api.fhir.present.request import service_request
from service.api.fhir.present.subject import patient
from service.api.fhir.present.task import parent_task, sub_task
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals import exchange
from service.referrals.exchange import NOT_YOURS, Case


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource with its version.

    Attributes
    ----------
    version : int
        What its ETag says. Counted for ServiceRequest and Task; for the others a number that
        changes whenever what they say does.
    updated_at : datetime
        When it changed last.
    about : str
        The subject of the audit when it is seen: `referral:<id>`. Empty when it is about nobody.
    """

    resource: dict[str, Any]
    version: int
    updated_at: datetime
    about: str = ""


def show(session: Session, by: Actor, kind: str, id: str) -> Shown:
    """One resource as `by` may see it now.

    Nothing is written down: whoever answers with it records that it was seen.

    Raises
    ------
    NotFound
        If there is none of that kind and id, or it is about another practice's people.
    """
    shower = _SHOWERS.get(kind)
    try:
        if shower is None:
            raise NotFound(NOT_YOURS)
        return shower(session, by, id)
    except NotFound:
        came = waiting(session, by, kind, id)
        if came is None:
            raise
        return Shown(came[0], 1, came[1])


def request_shown(case: Case) -> Shown:
    """The ServiceRequest of a referral."""
    change = latest(case, "ServiceRequest")
    resource = service_request(case, change)
    return Shown(resource, change.version, change.at, _about(case))


def task_shown(case: Case, identity: str) -> Shown:
    """The Task of a referral, or the one under it of an offer.

    Raises
    ------
    NotFound
        If the case has no such Task.
    """
    if identity == case.referral.referral_id:
        change = latest(case, "Task")
        return Shown(parent_task(case, change), change.version, change.at, _about(case))
    for approach in case.approaches:
        if approach.offer.offer_id == identity:
            newest = offer_changes(approach)[0]
            resource = sub_task(case, approach, newest)
            return Shown(resource, newest.version, newest.at, _about(case))
    raise NotFound(NOT_YOURS)


def patient_shown(cases: list[Case]) -> Shown:
    """The person of these referrals, newest first: what came last of them is told."""
    at = max(each.referral.changed_at for each in cases)
    resource = patient(cases[0], at=at)
    return numbered(resource, at, f"person:{cases[0].person.person_id}")


def numbered(resource: dict[str, Any], at: datetime, about: str = "") -> Shown:
    """A resource whose versions are not counted."""
    number = tag_number(resource)
    resource["meta"] = {"versionId": str(number), **resource["meta"]}
    return Shown(resource, number, at, about)


def _request(session: Session, by: Actor, identity: str) -> Shown:
    return request_shown(exchange.case(session, by=by, referral_id=identity))


def _task(session: Session, by: Actor, identity: str) -> Shown:
    found = exchange.cases(session, by=by, referral_ids=[identity])
    if not found:
        parent = exchange.referral_of_offer(session, by=by, offer_id=identity)
        found = {} if parent is None else exchange.cases(session, by=by, referral_ids=[parent])
    for case in found.values():
        return task_shown(case, identity)
    raise NotFound(NOT_YOURS)


def _patient(session: Session, by: Actor, identity: str) -> Shown:
    ids = exchange.referrals_of_person(session, by=by, person_id=identity)
    found = exchange.cases(session, by=by, referral_ids=ids)
    if not found:
        raise NotFound(NOT_YOURS)
    return patient_shown([found[each] for each in ids if each in found])


def _about(case: Case) -> str:
    return f"referral:{case.referral.referral_id}"


_SHOWERS: Final[dict[str, Callable[[Session, Actor, str], Shown]]] = {
    "ServiceRequest": _request,
    "Task": _task,
    "Patient": _patient,
}
