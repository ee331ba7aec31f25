"""What a group answers, and what becomes of the person there, by whatever way it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from geo.errors import Json
from service.identity.actors import Actor
from service.referrals.actions.offers import offer_of
from service.referrals.errors import BadEntry, BadReason
from service.referrals.lifecycle import OfferState
from service.referrals.offer_model import Offer
from service.referrals.opening import in_hand, moved_offer, written
from service.referrals.reasons import OWN
from service.register.actions import note_reply
from service.store.work import UnitOfWork

PERSONS_CHOICE: Final = "26"
"""Declined by the person, not by the group: it says nothing of whether the group takes people."""


class Heard(StrEnum):
    """How the answer came."""

    TELEPHONE = "telephone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    PAGE = "page"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was heard.

    Attributes
    ----------
    to : OfferState
        accepted, declined, waitlisted, first_attended, attending, ended or withdrawn.
    on : date
        The day it happened.
    reason, text : str
        For declined (a code of dos-rejected-reasons), ended and withdrawn.
    sessions : int, optional
        Sessions attended so far, for attending and ended.
    place_in_list, place_expected_on : int, date, optional
        For waitlisted, when the group says.
    """

    to: OfferState
    on: date
    reason: str = ""
    text: str = ""
    sessions: int | None = None
    place_in_list: int | None = None
    place_expected_on: date | None = None
    heard: Heard = Heard.TELEPHONE


_HEARD: Final = frozenset(OfferState) - {OfferState.OFFERED, OfferState.SENT, OfferState.EXPIRED}


def record_reply(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    offer_id: str,
    reply: Reply,
    today: date,
    seen_version: int | None = None,
) -> OfferState:
    """Record what a group said. The same news twice changes nothing.

    A waiting list is an acceptance first. Attending again only updates the number of sessions.

    Parameters
    ----------
    seen_version : int, optional
        The referral's version that whoever records has before them, when it matters.

    Raises
    ------
    NotAllowed, NotFound
    BadMove
        If the offer cannot go there, or is on hold.
    BadReason
        If a reason is missing or not of its list.
    BadEntry
        If the day is to come, or a number makes no sense.
    EditConflict
        If the referral changed since `seen_version`.
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    row = offer_of(work.session, referral, offer_id)
    _check(reply, row, today)
    if row.state is reply.to and reply.to is not OfferState.ATTENDING:
        return row.state
    was = row.state
    if reply.to is OfferState.WAITLISTED and was is OfferState.SENT:
        moved_offer(work, row, by=by, to=OfferState.ACCEPTED, heard=reply.heard.value)
    if row.state is not reply.to:
        moved_offer(
            work,
            row,
            by=by,
            to=reply.to,
            reason=reply.reason,
            text=reply.text.strip(),
            heard=reply.heard.value,
        )
    _take(row, reply)
    if (
        was is OfferState.SENT
        and reply.reason != PERSONS_CHOICE
        and (reply.to is not OfferState.WITHDRAWN)
    ):
        note_reply(work, row.asset_id, accepted=reply.to is not OfferState.DECLINED)
    written(
        work,
        referral,
        by=by,
        what=f"offer_{reply.to.value}",
        details={"offer": offer_id, "asset": row.asset_id, "reason": reply.reason},
    )
    work.announce(
        f"offer.{reply.to.value}",
        key=f"offer.{reply.to.value}:{offer_id}:{row.version}:{row.sessions or 0}",
        body={"offer": offer_id, "referral": referral_id},
    )
    return row.state


def _check(reply: Reply, row: Offer, today: date) -> None:
    if reply.to not in _HEARD:
        allowed: list[Json] = [each.value for each in OfferState if each in _HEARD]
        raise BadEntry("Choose what the group said.", field="to", allowed=allowed)
    if reply.reason in OWN:
        raise BadReason("Choose one of the reasons in the list.", field="reason")
    if reply.on > today:
        raise BadEntry("The day lies in the future. Check it.", field="on")
    for field, number in (("sessions", reply.sessions), ("place_in_list", reply.place_in_list)):
        if number is not None and not 0 <= number <= 1000:
            raise BadEntry("Give a number from 0 to 1,000.", field=field)
    if row.first_attended_on is not None and reply.on < row.first_attended_on:
        raise BadEntry("The day lies before the first visit. Check it.", field="on")
    if reply.place_expected_on is not None and reply.place_expected_on < reply.on:
        raise BadEntry(
            "The place would have been there before they spoke of it. Check the day.",
            field="place_expected_on",
        )


def _take(row: Offer, reply: Reply) -> None:
    if reply.to in {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.WAITLISTED}:
        row.answered_on = row.answered_on or reply.on
    if reply.to is OfferState.WAITLISTED:
        row.place_in_list, row.place_expected_on = reply.place_in_list, reply.place_expected_on
    if reply.to is OfferState.FIRST_ATTENDED:
        row.first_attended_on = reply.on
    if reply.to in {OfferState.ENDED, OfferState.WITHDRAWN, OfferState.DECLINED}:
        row.ended_on = reply.on
    if reply.sessions is not None:
        row.sessions = reply.sessions
