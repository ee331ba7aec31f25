"""One group asked: what was heard from it, and the person's word taken back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.consents import settle_recall, withdraw_consent
from service.referrals.actions.looking import note_look
from service.referrals.actions.replies import Heard, Reply, record_reply
from service.referrals.desk import desk
from service.referrals.groups_beside import OfferShown
from service.referrals.lifecycle import OfferState
from service.referrals.reasons import REASONS, ReasonKind
from service.referrals.referral_page import offer_history
from service.store.work import UnitOfWork
from service.web import forms
from service.web.case_frame import Refused, attempt
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.referral_frame import frame
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

HEARD = (
    (OfferState.ACCEPTED, "Yes, they can come"),
    (OfferState.WAITLISTED, "They are on a waiting list"),
    (OfferState.DECLINED, "No"),
    (OfferState.FIRST_ATTENDED, "They went for the first time"),
    (OfferState.ATTENDING, "They go regularly"),
    (OfferState.ENDED, "They do not go any more"),
    (OfferState.WITHDRAWN, "The person decided against it"),
)
REASON_OF = {
    OfferState.DECLINED: ReasonKind.DECLINE,
    OfferState.ENDED: ReasonKind.END,
    OfferState.WITHDRAWN: ReasonKind.WITHDRAWAL,
}
HOW = (
    (Heard.TELEPHONE, "By telephone"),
    (Heard.EMAIL, "By e-mail"),
    (Heard.IN_PERSON, "In person"),
)


class News(FormModel):
    """What was heard."""

    version: Annotated[int, Field(title="the version")]
    to: Annotated[OfferState, Field(title="what was heard")]
    on: Annotated[date, Field(title="the day")]
    heard: Annotated[Heard, Field(title="how you heard it")] = Heard.TELEPHONE
    reason_declined: Annotated[str, Field(max_length=40)] = ""
    reason_ended: Annotated[str, Field(max_length=40)] = ""
    reason_withdrawn: Annotated[str, Field(max_length=40)] = ""
    reason_text: Annotated[str, Field(title="the reason", max_length=500)] = ""
    sessions: Annotated[int | None, Field(title="the number of sessions")] = None
    place_in_list: Annotated[int | None, Field(title="the place in the list")] = None
    place_expected_on: Annotated[date | None, Field(title="the day a place is expected")] = None
    says: ClassVar[dict[str, str]] = {
        "to": "Choose what you heard.",
        "on:missing": "Enter the day it happened.",
    }

    def reply(self) -> Reply:
        """The same as the action takes it; what belongs to another answer is left out."""
        reasons = {
            OfferState.DECLINED: self.reason_declined,
            OfferState.ENDED: self.reason_ended,
            OfferState.WITHDRAWN: self.reason_withdrawn,
        }
        waits = self.to is OfferState.WAITLISTED
        goes = self.to in {OfferState.ATTENDING, OfferState.ENDED}
        return Reply(
            to=self.to,
            on=self.on,
            reason=reasons.get(self.to, ""),
            text=self.reason_text if self.to in reasons else "",
            sessions=self.sessions if goes else None,
            place_in_list=self.place_in_list if waits else None,
            place_expected_on=self.place_expected_on if waits else None,
            heard=self.heard,
        )


@router.get("/referrals/{referral_id}/offers/{offer_id}")
def show(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, offer_id: str
) -> Response:
    """How it stands, what happened, and the form for what was heard."""
    form = forms.blank(on=kith.today(), heard=Heard.TELEPHONE.value)
    return _page(request, kith, actor, referral_id, offer_id, form)


@router.post("/referrals/{referral_id}/offers/{offer_id}")
def hear(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, offer_id: str
) -> Response:
    """Write down what was heard."""
    form = forms.read(request, News)

    def act(work: UnitOfWork, given: News) -> None:
        record_reply(
            work,
            by=actor,
            referral_id=referral_id,
            offer_id=offer_id,
            reply=given.reply(),
            today=kith.today(),
            seen_version=given.version,
        )

    refused = attempt(kith, form, act)
    if refused is None:
        there = f"/referrals/{referral_id}/offers"
        return go_to(request, there, said="What you heard is written down.")
    return _page(request, kith, actor, referral_id, offer_id, _placed(refused, form))


@router.post("/referrals/{referral_id}/offers/{offer_id}/take-back")
def take_back(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, offer_id: str
) -> Response:
    """The person takes their agreement for this group back: all sharing with it stops."""
    with kith.store.work() as work:
        found = desk(work.session, by=actor, referral_id=referral_id, today=kith.today())
        one = _one(found.offers, offer_id)
        withdraw_consent(work, by=actor, referral_id=referral_id, asset_id=one.asset_id)
    said = f"{one.group} is told nothing more. If they were told something, ask them to forget it."
    return go_to(request, f"/referrals/{referral_id}/offers", said=said)


@router.post("/referrals/{referral_id}/offers/{offer_id}/forgotten")
def forgotten(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, offer_id: str
) -> Response:
    """The group was asked to forget what it was told."""
    with kith.store.work() as work:
        settle_recall(work, by=actor, referral_id=referral_id, offer_id=offer_id)
    return go_to(request, f"/referrals/{referral_id}/offers", said="That is written down.")


def _placed(refused: Refused, form: Filled[News]) -> Refused:
    """What was wrong with the reason, beside the list of reasons that was before the writer."""
    if form.value is None or form.value.to not in REASON_OF or refused.changes:
        return refused
    wrong = refused.form.error("")
    if not wrong or refused.form.typed(f"reason_{form.value.to.value}"):
        return refused
    return Refused(form.wrong(f"reason_{form.value.to.value}", wrong), refused.status)


def _one(offers: tuple[OfferShown, ...], offer_id: str) -> OfferShown:
    one = next((each for each in offers if each.offer_id == offer_id), None)
    if one is None:
        raise NotFound("There is no such offer in this referral.")
    return one


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    offer_id: str,
    form: Filled[News] | Refused,
) -> Response:
    with kith.store.work() as work:
        found = desk(work.session, by=actor, referral_id=referral_id, today=kith.today())
        note_look(work, by=actor, page=found)
        one = _one(found.offers, offer_id)
        history = [
            (each.at, each.to_state, each.reason, each.text, each.heard)
            for each in offer_history(work.session, by=actor, offer_id=offer_id)
        ]
    can = {*one.next, *({OfferState.ATTENDING} & {one.state})}
    if one.state is OfferState.SENT and not one.held:
        # A waiting list is an acceptance first; the action records both.
        can.add(OfferState.WAITLISTED)
    return frame(
        request,
        "referral_offer.html",
        found,
        form,
        here="/offers",
        one=one,
        history=history,
        choices=[(state.value, words) for state, words in HEARD if state in can],
        reasons={
            state.value: tuple(REASONS[kind].items())
            for state, kind in REASON_OF.items()
            if state in can
        },
        how=[(each.value, words) for each, words in HOW],
    )
