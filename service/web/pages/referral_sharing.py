"""The person's word against any sharing: what it stops, and how it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.consents import lift_objection, object_to_sharing
from service.referrals.lifecycle import OFFER_ENDS
from service.referrals.reasons import LONGEST
from service.web import forms
from service.web.case_frame import Refused, attempt
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.referral_frame import frame, look_up
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


class Objecting(FormModel):
    """That they said so, and their own words if they gave any."""

    said: Annotated[Literal["yes"], Field(title="that they have said so")]
    text: Annotated[str, Field(title="their own words", max_length=LONGEST)] = ""
    says: ClassVar[Mapping[str, str]] = {"said": "Tick that they have said so themselves."}


class TakingBack(FormModel):
    """Why the objection holds no more."""

    version: Annotated[int, Field(title="the version")]
    text: Annotated[str, Field(title="the reason", max_length=LONGEST)]
    says: ClassVar[Mapping[str, str]] = {
        "text:missing": "Write what they said, or how it came about."
    }


@router.get("/referrals/{referral_id}/sharing")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What an objection stops; or the objection that holds, and the form to take it back."""
    return _page(request, kith, actor, referral_id, forms.blank())


@router.post("/referrals/{referral_id}/sharing")
def stop(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Nothing is shared with anybody any more."""
    recalled: list[int] = []
    refused = attempt(
        kith,
        forms.read(request, Objecting),
        lambda work, given: recalled.append(
            object_to_sharing(work, by=actor, referral_id=referral_id, text=given.text)
        ),
    )
    if refused is not None:
        return _page(request, kith, actor, referral_id, refused)
    said = "Nothing is shared any more."
    if recalled[0]:
        groups = "1 group was" if recalled[0] == 1 else f"{recalled[0]} groups were"
        said += f" {groups} told something: ask them to forget it."
    return go_to(request, f"/referrals/{referral_id}/offers", said=said)


@router.post("/referrals/{referral_id}/sharing/again")
def take_back(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Groups may be asked again, one by one and with the person's agreement for each."""
    refused = attempt(
        kith,
        forms.read(request, TakingBack),
        lambda work, given: lift_objection(
            work, by=actor, referral_id=referral_id, text=given.text, seen_version=given.version
        ),
    )
    if refused is not None:
        return _page(request, kith, actor, referral_id, refused)
    said = "The objection is taken back. Nothing that was stopped begins again by itself."
    return go_to(request, f"/referrals/{referral_id}/offers", said=said)


def _page(
    request: Request, kith: Kith, actor: Actor, referral_id: str, form: Filled[Any] | Refused
) -> Response:
    found = look_up(kith, actor, referral_id)
    return frame(
        request,
        "referral_sharing.html",
        found,
        form,
        here="/offers",
        open_offers=[each for each in found.offers if each.state not in OFFER_ENDS],
        told=[each for each in found.offers if each.sent_at and each.state in OFFER_ENDS],
    )
