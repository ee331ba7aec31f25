"""Asking groups: what each would be told, what the person said of each, and how each stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.people.levels import DisclosureLevel
from service.referrals.actions.approach import Approached, Asked, ask_groups
from service.referrals.actions.looking import note_look
from service.referrals.asking import ToAsk, to_ask
from service.referrals.desk import desk
from service.referrals.requests import ConsentGiven
from service.store.work import UnitOfWork
from service.web import forms
from service.web.case_frame import Refused, attempt
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.referral_frame import frame, look_up
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

HOW = (
    ("telephone", "By telephone"),
    ("in person", "In person"),
    ("in writing", "In writing"),
)


class Asking(FormModel):
    """What the person said of each group, and how much may be told."""

    version: Annotated[int, Field(title="the version")]
    level: Annotated[DisclosureLevel, Field(title="how much the groups are told")]
    asset: Annotated[tuple[int, ...], Field(title="the groups", max_length=20)] = ()
    how: Annotated[str, Field(title="how the person was asked", max_length=120)] = ""
    asked_on: Annotated[date | None, Field(title="the day the person was asked")] = None
    answer_days: Annotated[int | None, Field(title="the days to answer")] = None
    says: ClassVar[dict[str, str]] = {"level": "Choose how much the groups are told."}


@router.get("/referrals/{referral_id}/offers")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Every group asked, and how it stands."""
    return frame(request, "referral_offers.html", look_up(kith, actor, referral_id), here="/offers")


@router.get("/referrals/{referral_id}/ask")
def ask(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The form: the shortlist, or the groups that the address names, not asked yet."""
    named = [int(each) for each in request.query_params.getlist("asset") if each.isdecimal()]
    form = forms.blank(asked_on=kith.today(), answer_days=kith.settings.answer_days)
    return _page(request, kith, actor, referral_id, form, named[:20])


@router.post("/referrals/{referral_id}/ask")
def send(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Write down what the person said, and tell the groups they agreed to."""
    form = forms.read(request, Asking)
    sent = request.state.form
    said = {each: str(sent.get(f"agreed-{each}", "")) for each in _ids(form)}
    form = _checked(form, said)
    done: list[Approached] = []
    refused = attempt(
        kith,
        form,
        lambda work, given: done.append(_ask(work, kith, actor, referral_id, given, said)),
    )
    if refused is None:
        return go_to(request, f"/referrals/{referral_id}/offers", said=_told(done[0]))
    return _page(request, kith, actor, referral_id, refused, _ids(form), said)


def _ids(form: Filled[Asking]) -> list[int]:
    return [int(each) for each in form.chosen("asset") if each.isdecimal()][:20]


def _checked(form: Filled[Asking], said: dict[int, str]) -> Filled[Asking]:
    """A yes or a no is needed for each group, unless nothing is told to anybody."""
    if form.typed("level") == DisclosureLevel.SIGNPOST:
        return form
    for asset_id, answer in said.items():
        if answer not in {"yes", "no"}:
            form = form.wrong(f"agreed-{asset_id}", "Say whether the person agrees to this group.")
    if not form.typed("how"):
        form = form.wrong("how", "Choose how the person was asked.")
    return form


def _ask(
    work: UnitOfWork,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    given: Asking,
    said: dict[int, str],
) -> Approached:
    signposted = given.level is DisclosureLevel.SIGNPOST
    return ask_groups(
        work,
        by=actor,
        referral_id=referral_id,
        seen_version=given.version,
        asked=[
            Asked(each, said[each] == "yes")
            for each in given.asset
            if not (signposted and said[each] == "no")
        ],
        level=given.level,
        consent=ConsentGiven(
            given=True,
            asked_on=given.asked_on or kith.today(),
            taken_by=actor.name,
            how=given.how,
        ),
        today=kith.today(),
        answer_days=given.answer_days or kith.settings.answer_days,
    )


def _told(done: Approached) -> str:
    if done.signposted:
        groups = "1 group" if done.signposted == 1 else f"{done.signposted} groups"
        return f"The person was told about {groups}. Nothing went to them."
    told = "No group was asked." if not done.told else ""
    if done.told:
        told = "1 group was asked." if done.told == 1 else f"{done.told} groups were asked."
    no = f" The person said no to {done.refused}, and that is written down." if done.refused else ""
    return told + no


def _named(form: Filled[Asking], groups: tuple[ToAsk, ...]) -> Filled[Asking]:
    """The same faults, each with the name of the group it is about."""
    for each in groups:
        field = f"agreed-{each.asset_id}"
        if form.error(field):
            form = form.wrong(field, f"Say whether the person agrees to {each.name}.")
    return form


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    form: Filled[Asking] | Refused,
    asset_ids: list[int],
    said: dict[int, str] | None = None,
) -> Response:
    with kith.store.work() as work:
        found = desk(work.session, by=actor, referral_id=referral_id, today=kith.today())
        note_look(work, by=actor, page=found)
        groups = to_ask(work.session, found, asset_ids)
    if isinstance(form, Refused):
        form = replace(form, form=_named(form.form, groups))
    return frame(
        request,
        "referral_ask.html",
        found,
        form,
        here="/offers",
        groups=groups,
        answers=said or {},
        how=HOW,
        levels=DisclosureLevel,
    )
