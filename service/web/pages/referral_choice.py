"""Groups on the shortlist side by side, what would change the list, and the page to give away."""

from __future__ import annotations

from fastapi import Request, Response

from geo.errors import DomainError
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.matching.counterfactuals import Counterfactual
from service.parts import Kith
from service.referrals.actions.looking import note_look
from service.referrals.chosen import Chosen, chosen, what_would_change
from service.referrals.desk import Desk, desk
from service.register.snapshot import AssetSnapshot
from service.web import referral_filters
from service.web.guard import ActorDep, KithDep
from service.web.referral_frame import frame
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


@router.get("/referrals/{referral_id}/compare")
def compare(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The shortlist, group beside group."""
    found, groups, cannot = _shortlist(kith, actor, referral_id)
    return frame(
        request,
        "referral_compare.html",
        found,
        groups=groups,
        cannot=cannot,
        filters=referral_filters.of_address(request),
    )


@router.get("/referrals/{referral_id}/print")
def for_the_person(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The shortlist in plain words and large letters, to be given to the person."""
    found, groups, cannot = _shortlist(kith, actor, referral_id)
    return frame(
        request,
        "referral_print.html",
        found,
        groups=groups,
        cannot=cannot,
        filters=referral_filters.of_address(request),
        printed_on=kith.today(),
    )


@router.get("/referrals/{referral_id}/what-if")
def what_if(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What would bring a group into the list, or lift it. Worked out only when asked for."""
    cannot = ""
    would: tuple[tuple[Counterfactual, AssetSnapshot], ...] = ()
    with kith.store.read() as session:
        found = desk(session, by=actor, referral_id=referral_id, today=kith.today())
        try:
            would = what_would_change(session, found.view, kith.seeking())
        except DomainError as error:
            cannot = error.message
    _note(kith, actor, found)
    return frame(
        request,
        "referral_what_if.html",
        found,
        would=would,
        cannot=cannot,
        filters=referral_filters.of_address(request),
    )


def _shortlist(kith: Kith, actor: Actor, referral_id: str) -> tuple[Desk, tuple[Chosen, ...], str]:
    with kith.store.read() as session:
        found = desk(session, by=actor, referral_id=referral_id, today=kith.today())
        groups: tuple[Chosen, ...] = ()
        cannot = ""
        try:
            groups = chosen(session, found.view, kith.seeking(), found.shortlisted)
        except DomainError as error:
            cannot = error.message
    _note(kith, actor, found)
    return found, groups, cannot


def _note(kith: Kith, actor: Actor, found: Desk) -> None:
    with kith.store.work() as work:
        note_look(work, by=actor, page=found)
