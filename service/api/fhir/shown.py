"""One resource of Kith's, as whoever asks may see it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from service.api.fhir.part_shown import waiting
from service.api.fhir.present import directory
from service.api.fhir.present.change import latest, offer_changes
from service.api.fhir.present.consenting import asset_of, consent
from service.api.fhir.present.message import document_reference, sent_at
from service.api.fhir.present.parts import KITH_ID, tag_number
from service.api.fhir.present.referrer import (
    has_practitioner,
    has_referrer,
    practitioner,
    practitioner_role,
)
from service.api.fhir.present.request import condition, condition_id, conditions, service_request
from service.api.fhir.present.subject import patient
from service.api.fhir.present.task import parent_task, sub_task
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.model import NhsOrg
from service.referrals import exchange, exchange_messages
from service.referrals.exchange import NOT_YOURS, Case
from service.referrals.work_model import MessageBack
from service.register import listing
from service.register.model import Organisation, Venue
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource with its version.

    Attributes
    ----------
    version : int
        What its ETag says. Counted for ServiceRequest and Task; for the others a number that
        changes whenever what they say does.
    updated_at : datetime
        When it changed last; None where nobody has said.
    about : str
        The subject of the audit when it is seen: `referral:<id>`. Empty when it is about nobody.
    """

    resource: dict[str, Any]
    version: int
    updated_at: datetime | None
    about: str = ""


def show(
    session: Session,
    by: Actor,
    kind: str,
    id: str,
    settings: Settings | None = None,
) -> Shown:
    """One resource as `by` may see it now.

    Nothing is written down: whoever answers with it records that it was seen, if it is `about`
    somebody. `settings` name the link workers' own organisation; without them it is not found.

    Raises
    ------
    NotFound
        If there is none of that kind and id, or it is about another practice's people.
    """
    shower = _SHOWERS.get(kind)
    if shower is None:
        raise NotFound(NOT_YOURS)
    if id == KITH_ID and kind in _OWN and settings is not None:
        return numbered(_OWN[kind](settings), None)
    try:
        return shower(session, by, id)
    except NotFound:
        # Not a record yet: a part of a referral that its sender has still to send.
        came = waiting(session, by, kind, id)
        if came is None:
            raise
        return Shown(came[0], 1, came[1])


def request_shown(case: Case) -> Shown:
    """The ServiceRequest of a referral."""
    change = latest(case)
    resource = service_request(case, change)
    return Shown(resource, change.version, change.at, about(case))


def task_shown(case: Case, identity: str) -> Shown:
    """The Task of a referral, or the one under it of an offer.

    Raises
    ------
    NotFound
        If the case has no such Task.
    """
    if identity == case.referral.referral_id:
        change = latest(case)
        return Shown(parent_task(case, change), change.version, change.at, about(case))
    for approach in case.approaches:
        if approach.offer.offer_id == identity:
            newest = offer_changes(approach)[0]
            resource = sub_task(case, approach, newest)
            return Shown(resource, newest.version, newest.at, about(case))
    raise NotFound(NOT_YOURS)


def patient_shown(cases: list[Case]) -> Shown:
    """The person of these referrals, newest first: what came last of them is told."""
    at = max(each.referral.changed_at for each in cases)
    resource = patient(cases[0], at=at)
    return numbered(resource, at, f"person:{cases[0].person.person_id}")


def numbered(resource: dict[str, Any], at: datetime | None, about: str = "") -> Shown:
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
    found = people_shown(session, by, [identity])
    if not found:
        raise NotFound(NOT_YOURS)
    return found[0]


def people_shown(session: Session, by: Actor, person_ids: Collection[str]) -> list[Shown]:
    """The people with these ids that `by` may read about, in order of id. Nine statements."""
    theirs = exchange.referrals_of_people(session, by=by, person_ids=person_ids)
    ids = [each for referrals in theirs.values() for each in referrals]
    cases = exchange.cases(session, by=by, referral_ids=ids)
    return [
        patient_shown([cases[each] for each in theirs[person] if each in cases])
        for person in sorted(theirs)
    ]


def role_shown(case: Case) -> Shown:
    """Who referred, at their practice.

    Raises
    ------
    NotFound
        If the person asked for themself.
    """
    if not has_referrer(case):
        raise NotFound(NOT_YOURS)
    return numbered(practitioner_role(case), case.referral.received_at, about(case))


def shown_of(kind: str, identity: str, case: Case, settings: Settings) -> Shown:
    """One resource of a case that is at hand: no statement is sent for it.

    Raises
    ------
    NotFound
        If the case has none of that kind and id.
    """
    if identity == KITH_ID and kind in _OWN:
        return numbered(_OWN[kind](settings), None)
    if kind == "Condition":
        return _condition_shown(case, identity)
    if kind == "Consent":
        row = next(each for each in case.consents if identity == f"consent-{each.consent_id}")
        return numbered(consent(case, row, None), row.withdrawn_at or row.recorded_at, about(case))
    made: dict[str, Callable[[], Shown]] = {
        "ServiceRequest": lambda: request_shown(case),
        "Task": lambda: task_shown(case, identity),
        "Patient": lambda: patient_shown([case]),
        "PractitionerRole": lambda: role_shown(case),
        "Practitioner": lambda: _practitioner_shown(case),
        "Organization": lambda: numbered(directory.nhs_organization(case.practice), None),
    }
    if kind not in made:
        raise NotFound(NOT_YOURS)
    return made[kind]()


def _practitioner(session: Session, by: Actor, identity: str) -> Shown:
    return _practitioner_shown(exchange.case(session, by=by, referral_id=identity))


def _practitioner_shown(case: Case) -> Shown:
    if not has_practitioner(case):
        raise NotFound(NOT_YOURS)
    return numbered(practitioner(case), case.referral.received_at, about(case))


def _role(session: Session, by: Actor, identity: str) -> Shown:
    return role_shown(exchange.case(session, by=by, referral_id=identity))


def _condition(session: Session, by: Actor, identity: str) -> Shown:
    head, _, number = identity.rpartition("-")
    is_further = number.isascii() and number.isdigit() and len(number) < _UUID_TAIL
    case = exchange.case(session, by=by, referral_id=head if is_further else identity)
    return _condition_shown(case, identity)


def _condition_shown(case: Case, identity: str) -> Shown:
    for place in range(conditions(case)):
        if condition_id(case, place) == identity:
            return numbered(condition(case, place), case.referral.received_at, about(case))
    raise NotFound(NOT_YOURS)


_UUID_TAIL: Final = 12
"""Characters after the last hyphen of a referral's own id."""


def _consent(session: Session, by: Actor, identity: str) -> Shown:
    number = number_of(identity, "consent-")
    if number is None:
        raise NotFound(NOT_YOURS)
    parent = exchange.referral_of_consent(session, by=by, consent_id=number)
    if parent is None:
        raise NotFound(NOT_YOURS)
    case = exchange.case(session, by=by, referral_id=parent)
    row = next(each for each in case.consents if each.consent_id == number)
    group = asset_of(row)
    runs = None if group is None else listing.organisation_of(session, group)
    at = row.withdrawn_at or row.recorded_at
    return numbered(consent(case, row, runs), at, about(case))


def _organization(session: Session, by: Actor, identity: str) -> Shown:
    number = number_of(identity, "org-")
    if number is not None:
        row = session.get(Organisation, number)
        if row is not None:
            at = listing.changed_at(session)
            return numbered(directory.group_organization(row, at=at), at)
    elif len(identity) <= _LONGEST_ODS:
        org = session.get(NhsOrg, identity)
        if org is not None:
            return numbered(directory.nhs_organization(org), None)
    raise NotFound(NOT_YOURS)


_LONGEST_ODS: Final = 10


def _healthcare_service(session: Session, by: Actor, identity: str) -> Shown:
    found = listing.listing(session, identity)
    if found is None:
        raise NotFound(NOT_YOURS)
    return numbered(directory.healthcare_service(found), found.asset.updated_at)


def _location(session: Session, by: Actor, identity: str) -> Shown:
    number = number_of(identity, "loc-")
    venue = None if number is None else session.get(Venue, number)
    if venue is None:
        raise NotFound(NOT_YOURS)
    at = listing.changed_at(session)
    return numbered(directory.location(venue, at=at), at)


def message_shown(case: Case, message: MessageBack) -> Shown:
    """Where a message back is."""
    resource = document_reference(case, message)
    return Shown(resource, message.version, sent_at(message), about(case))


def _document_reference(session: Session, by: Actor, identity: str) -> Shown:
    case, message = message_case(session, by, identity)
    return message_shown(case, message)


def message_case(session: Session, by: Actor, identity: str) -> tuple[Case, MessageBack]:
    """A message that was sent, and its referral.

    Raises
    ------
    NotFound
    """
    number = number_of(identity, "message-")
    if number is None:
        raise NotFound(NOT_YOURS)
    message = exchange_messages.message(session, by=by, message_id=number)
    return exchange.case(session, by=by, referral_id=message.referral_id), message


def number_of(identity: str, prefix: str) -> int | None:
    """The number behind a prefix, if that is how the id is written and a database can hold it."""
    number = identity.removeprefix(prefix)
    fits = identity.startswith(prefix) and number.isascii() and number.isdigit()
    return int(number) if fits and len(number) < _DIGITS else None


_DIGITS: Final = 10


def about(case: Case) -> str:
    """The subject of the audit for whatever is told of a case."""
    return f"referral:{case.referral.referral_id}"


_SHOWERS: Final[dict[str, Callable[[Session, Actor, str], Shown]]] = {
    "ServiceRequest": _request,
    "Task": _task,
    "Patient": _patient,
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
    "Condition": _condition,
    "Consent": _consent,
    "Organization": _organization,
    "HealthcareService": _healthcare_service,
    "Location": _location,
    "DocumentReference": _document_reference,
}
_OWN: Final[dict[str, Callable[[Settings], dict[str, Any]]]] = {
    "Organization": directory.own_organization,
    "HealthcareService": directory.own_service,
}
KINDS: Final = tuple(_SHOWERS)
"""The types of resource that can be read."""
