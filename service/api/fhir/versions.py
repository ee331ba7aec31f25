"""Every version of what has versions, newest first."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.api.fhir.present.change import changes, offer_changes
from service.api.fhir.present.request import service_request
from service.api.fhir.present.task import parent_task, sub_task
from service.api.fhir.shown import Shown, about
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals import exchange
from service.referrals.exchange import NOT_YOURS, Case


def versions_shown(session: Session, by: Actor, kind: str, identity: str) -> list[Shown]:
    """All versions of a ServiceRequest or a Task that `by` may read, newest first.

    Who changed the stage, when and why is told as it was; what else a version says (needs, names,
    places) is told as it is now, because that is kept once.

    Raises
    ------
    NotFound
        If there is none, or it is about another practice's people.
    """
    found = exchange.cases(session, by=by, referral_ids=[identity])
    if identity in found:
        return _of_referral(session, by, kind, found[identity])
    parent = None
    if kind == "Task":
        parent = exchange.referral_of_offer(session, by=by, offer_id=identity)
    if parent is None:
        raise NotFound(NOT_YOURS)
    return _of_offer(exchange.case(session, by=by, referral_id=parent), identity)


def version_shown(session: Session, by: Actor, kind: str, identity: str, version: str) -> Shown:
    """One of them.

    Raises
    ------
    NotFound
        If there never was such a version, or of what `versions_shown` does not find.
    """
    for each in versions_shown(session, by, kind, identity):
        if str(each.version) == version:
            return each
    raise NotFound("There is no such version of it. Its _history lists those there are.")


def _of_referral(session: Session, by: Actor, kind: str, case: Case) -> list[Shown]:
    events = exchange.history(session, by=by, referral_id=case.referral.referral_id)
    present = service_request if kind == "ServiceRequest" else parent_task
    return [
        Shown(present(case, change), change.version, change.at, about(case))
        for change in changes(case, tuple(reversed(events)))
    ]


def _of_offer(case: Case, offer_id: str) -> list[Shown]:
    for approach in case.approaches:
        if approach.offer.offer_id == offer_id:
            return [
                Shown(sub_task(case, approach, change), change.version, change.at, about(case))
                for change in offer_changes(approach)
            ]
    raise NotFound(NOT_YOURS)
