"""Asking groups in one go: what the person said of each, the offers, and the telling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from service.identity.actors import Actor
from service.people.levels import DisclosureLevel
from service.referrals.actions.consents import record_consent
from service.referrals.actions.offers import ANSWER_DAYS, offer, send
from service.referrals.errors import BadEntry
from service.referrals.lifecycle import OfferState
from service.referrals.offer_model import Offer
from service.referrals.opening import in_hand, person_of
from service.referrals.requests import ConsentGiven
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """One group, and whether the person agrees that it is told about them."""

    asset_id: int
    agreed: bool


@dataclass(frozen=True, slots=True)
class Approached:
    """How many groups were told, how many the person said no to, how many need no telling."""

    told: int = 0
    refused: int = 0
    signposted: int = 0


def ask_groups(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    asked: Sequence[Asked],
    level: DisclosureLevel,
    consent: ConsentGiven,
    today: date,
    answer_days: int = ANSWER_DAYS,
) -> Approached:
    """Write down the person's word on each group, and ask those they agreed to: all, or none.

    At the level signpost nothing of the person goes to anybody, so there is no consent to record.

    Parameters
    ----------
    seen_version : int
        The referral's version at which the preview was read: what is sent is what was previewed.
    consent : ConsentGiven
        When and how the person was asked; who took it. Whether it was given is each group's own.

    Raises
    ------
    EditConflict
        If the referral changed since the preview.
    BadEntry
        If there is no group, or too many.
    NotAllowed, NotFound, BadMove, BadConsent, AlreadyOffered, NoConsent, FlagOpen,
    SafeguardingOpen, UnknownAsset
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    # Before any offer: an objection waits for this, or this for the objection.
    person_of(work.session, referral)
    if not asked:
        raise BadEntry("Choose at least one group.", field="asset")
    if level is DisclosureLevel.SIGNPOST:
        ids = [each.asset_id for each in asked]
        offer(work, by=by, referral_id=referral_id, asset_ids=ids, level=level, today=today)
        return Approached(signposted=len(ids))
    for each in asked:
        reason = "" if each.agreed else "The person said no to this group."
        record_consent(
            work,
            by=by,
            referral_id=referral_id,
            asset_id=each.asset_id,
            level=level,
            consent=replace(consent, given=each.agreed, reason_not_given=reason),
            today=today,
        )
    agreed = [each.asset_id for each in asked if each.agreed]
    for offer_id in _offers(work, by, referral_id, agreed, level, today):
        send(
            work,
            by=by,
            referral_id=referral_id,
            offer_id=offer_id,
            today=today,
            answer_days=answer_days,
        )
    return Approached(told=len(agreed), refused=len(asked) - len(agreed))


def _offers(
    work: UnitOfWork,
    by: Actor,
    referral_id: str,
    asset_ids: list[int],
    level: DisclosureLevel,
    today: date,
) -> list[str]:
    """An offer for each: those that wait to be sent at this level, and new ones."""
    waiting = {
        row.asset_id: row.offer_id
        for row in work.session.scalars(
            select(Offer).where(
                Offer.referral_id == referral_id,
                Offer.state == OfferState.OFFERED,
                Offer.level == level,
                Offer.asset_id.in_(asset_ids),
            )
        )
    }
    new = [each for each in asset_ids if each not in waiting]
    made = (
        offer(work, by=by, referral_id=referral_id, asset_ids=new, level=level, today=today)
        if new
        else ()
    )
    return [*waiting.values(), *made]
