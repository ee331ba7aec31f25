"""One referral: the person, what matters, the needs, and the groups that fit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from geo.errors import DomainError
from geo.network import knows_streets
from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.looking import note_look
from service.referrals.actions.shortlist import set_shortlist
from service.referrals.actions.triage import plan_next, settle_need
from service.referrals.desk import Desk, desk
from service.referrals.groups import Groups, groups_for
from service.store.work import UnitOfWork
from service.web import forms, referral_filters
from service.web.case_frame import Refused, attempt
from service.web.forms import FormModel
from service.web.guard import ActorDep, KithDep
from service.web.referral_filters import MINUTES, Filters
from service.web.referral_frame import frame, with_query
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


class NextStep(FormModel):
    """What comes next, and by when."""

    version: Annotated[int, Field(title="the version")]
    next_action: Annotated[str, Field(title="the next step", max_length=300)] = ""
    next_action_on: Annotated[date | None, Field(title="the day")] = None


class NeedSaid(FormModel):
    """A need, and whether it is right."""

    need: Annotated[str, Field(title="a need", max_length=60)]
    right: Annotated[bool, Field(title="the need")] = True


class Ticks(FormModel):
    """Groups that were shown, those ticked, and what to do with them."""

    shown: Annotated[tuple[int, ...], Field(max_length=100)] = ()
    asset: Annotated[tuple[int, ...], Field(max_length=100)] = ()
    then: Annotated[str, Field(max_length=20)] = ""


@router.get("/referrals/{referral_id}")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The page."""
    return _page(request, kith, actor, referral_id)


@router.post("/referrals/{referral_id}/needs")
def settle(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """A need is right, wrong, or was missed: one click."""
    form = forms.read(request, NeedSaid)
    refused = attempt(
        kith,
        form,
        lambda work, given: settle_need(
            work, by=actor, referral_id=referral_id, need=given.need, is_right=given.right
        ),
    )
    filters = referral_filters.of_address(request)
    if refused is None:
        return go_to(request, with_query(f"/referrals/{referral_id}", filters.pairs, "needs"))
    return _page(request, kith, actor, referral_id, refused)


@router.post("/referrals/{referral_id}/next")
def plan(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What comes next, and by when."""
    form = forms.read(request, NextStep)
    refused = attempt(
        kith,
        form,
        lambda work, given: plan_next(
            work,
            by=actor,
            referral_id=referral_id,
            seen_version=given.version,
            action=given.next_action,
            on=given.next_action_on,
            today=kith.today(),
        ),
    )
    filters = referral_filters.of_address(request)
    if refused is None:
        there = with_query(f"/referrals/{referral_id}", filters.pairs)
        return go_to(request, there, said="The next step is saved.")
    return _page(request, kith, actor, referral_id, refused)


@router.post("/referrals/{referral_id}/shortlist")
def tick(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Keep the ticks, and go on: to the filtered list, to compare, to ask, to print."""
    filters = referral_filters.of_form(request)
    form = forms.read(request, Ticks)
    changed: list[bool] = []
    refused = attempt(
        kith,
        form,
        lambda work, given: changed.append(_tick(work, actor, referral_id, given)),
    )
    if refused is not None or form.value is None:
        return _page(request, kith, actor, referral_id, refused, filters=filters)
    start = f"/referrals/{referral_id}"
    onward = {"compare": "/compare", "offers": "/ask", "print": "/print"}
    if form.value.then in onward:
        return go_to(request, with_query(start + onward[form.value.then], filters.pairs))
    said = "The shortlist is saved." if any(changed) and form.value.then == "save" else ""
    return go_to(request, with_query(start, filters.pairs, "groups"), said=said)


def _tick(work: UnitOfWork, actor: Actor, referral_id: str, given: Ticks) -> bool:
    if not given.shown:
        return False
    return set_shortlist(
        work, by=actor, referral_id=referral_id, ticked=given.asset, shown=given.shown
    )


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    refused: Refused | None = None,
    *,
    filters: Filters | None = None,
) -> Response:
    filters = filters or referral_filters.of_address(request)
    groups, cannot = None, ""
    with kith.store.read() as session:
        found = desk(session, by=actor, referral_id=referral_id, today=kith.today(), whole=True)
        if not found.ended:
            try:
                groups = groups_for(
                    session, found.view, kith.seeking(), filters.narrowed, more=filters.more
                )
            except DomainError as error:
                # A postcode or a circumstance that cannot be used: said, and put right here.
                cannot = error.message
    with kith.store.work() as work:
        note_look(work, by=actor, page=found, groups=None if filters.narrowed else groups)
    step = forms.blank(
        next_action=found.referral.next_action, next_action_on=found.referral.next_action_on
    )
    if refused is not None and "next_action" in refused.form.answers:
        step = refused.form
    return frame(
        request,
        "referral.html",
        found,
        refused,
        step=step,
        groups=groups,
        cannot=cannot,
        filters=filters,
        minutes=MINUTES,
        map_path=_map(found, groups),
        has_streets=knows_streets(kith.travel),
        addable=_addable(found),
    )


def _map(found: Desk, groups: Groups | None) -> str:
    """Where the map of the groups shown is; '' when there is nothing to put on one."""
    if groups is None or not groups.shown:
        return ""
    placed = [
        ("at", f"{each.asset.asset_id}.{each.place.venue_id}")
        for each in groups.shown
        if each.place is not None and each.place.point is not None
    ]
    if not placed:
        return ""
    return with_query(f"/referrals/{found.referral_id}/map", placed)


def _addable(found: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    """Needs that are not on the list yet, under their groups."""
    taxonomy = need_list.load()
    there = {each.need for each in found.needs}
    return [
        (
            group.label,
            [
                (need.id, need.label)
                for need in taxonomy.needs.values()
                if need.group == group.id and need.id not in there
            ],
        )
        for group in taxonomy.groups.values()
    ]
