"""What the person agrees to, recipient by recipient, and their word against it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.people.errors import BadConsent
from service.people.levels import DisclosureLevel
from service.people.model import Consent, Person
from service.referrals.errors import BadMove
from service.referrals.lifecycle import OFFER_ENDS, OfferState
from service.referrals.model import Referral
from service.referrals.offer_model import Disclosure, Offer, Recall
from service.referrals.opening import in_hand, moved_offer, person_of, words, written
from service.referrals.reasons import LONGEST
from service.referrals.requests import ConsentGiven
from service.store.base import utc_now
from service.store.work import UnitOfWork

LINK_WORKER: Final = "link-worker"
LEAST_REASON: Final = 5
"""Characters of why an objection is lifted at least: it must say something. Our own choice."""


def recipient_of(asset_id: int) -> str:
    """The name by which consent and disclosure know a group."""
    return f"asset:{asset_id}"


def record_consent(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    asset_id: int,
    level: DisclosureLevel,
    consent: ConsentGiven,
    today: date,
    expires_on: date | None = None,
) -> int:
    """Write down what the person said when asked about one group. The last word counts.

    A "no", or a yes to less, stops what stands against it at once, as a withdrawal does.
    Returns the consent's id.

    Raises
    ------
    BadConsent
        If it was not given and no reason is stated, or a day makes no sense.
    NotAllowed, NotFound, BadMove
    """
    referral = in_hand(work, by, referral_id)
    consent.check(today)
    if expires_on is not None and expires_on < consent.asked_on:
        raise BadConsent("The consent would end before it began.", field="expires_on")
    row = Consent(
        person_id=referral.person_id,
        referral_id=referral_id,
        recipient=recipient_of(asset_id),
        level=level,
        given=consent.given,
        asked_on=consent.asked_on,
        taken_by=consent.taken_by or by.actor_id,
        how=consent.how,
        reason_not_given=consent.reason_not_given,
        expires_on=expires_on,
    )
    work.session.add(row)
    work.session.flush()
    for offer in _offers(work.session, [referral_id], {asset_id}):
        if not (consent.given and level.covers(offer.level)):
            _stop(work, offer, by=by, reason="consent_withdrawn")
    written(
        work,
        referral,
        by=by,
        what="consent_recorded",
        details={"recipient": row.recipient, "level": level.value, "given": consent.given},
    )
    return row.consent_id


def withdraw_consent(
    work: UnitOfWork, *, by: Actor, referral_id: str, asset_id: int | None = None
) -> int:
    """The person takes consent back, for one group or (None) for every group.

    All sharing stops at once: open offers are withdrawn, and whoever was told is recalled. What was
    told stays in the log. Returns how many recipients are to be recalled.

    Raises
    ------
    NotAllowed, NotFound
    """
    referral = in_hand(work, by, referral_id, ended_too=True)
    consents = work.session.scalars(
        select(Consent).where(
            Consent.referral_id == referral_id,
            Consent.recipient != LINK_WORKER,
            Consent.withdrawn_at.is_(None),
        )
    )
    for consent in consents:
        if asset_id is None or consent.recipient == recipient_of(asset_id):
            consent.withdrawn_at = utc_now()
    recalled = 0
    only = None if asset_id is None else {asset_id}
    for offer in _offers(work.session, [referral_id], only):
        recalled += _stop(work, offer, by=by, reason="consent_withdrawn")
    recipient = "every group" if asset_id is None else recipient_of(asset_id)
    written(
        work,
        referral,
        by=by,
        what="consent_withdrawn",
        details={"recipient": recipient, "recalled": recalled},
    )
    return recalled


def object_to_sharing(work: UnitOfWork, *, by: Actor, referral_id: str, text: str = "") -> int:
    """The person objects to any sharing: it stands above every consent in all their referrals.

    Returns how many recipients are to be recalled. Objecting twice changes nothing more.

    Raises
    ------
    NotAllowed, NotFound
    BadEntry
        If the words are very long.
    """
    referral = in_hand(work, by, referral_id, ended_too=True)
    said = words(text, field="text", longest=LONGEST, least=0)
    session = work.session
    person = person_of(session, referral)
    records = session.scalars(
        select(Person).where(
            (Person.person_id == person.person_id) | (Person.joined_to == person.person_id)
        )
    ).all()
    for each in records:
        each.objected_at = each.objected_at or utc_now()
        each.objection = said or each.objection
    theirs = session.scalars(
        select(Referral.referral_id).where(
            Referral.person_id.in_([each.person_id for each in records])
        )
    ).all()
    recalled = 0
    for offer in _offers(session, theirs, None):
        recalled += _stop(work, offer, by=by, reason="objected")
    written(work, referral, by=by, what="objected", text=said, details={"recalled": recalled})
    return recalled


def lift_objection(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    text: str,
    seen_version: int | None = None,
) -> None:
    """The person takes the objection back. Nothing that was stopped begins again by itself.

    Parameters
    ----------
    text : str
        What they said, or how it came about: it stands in the history beside the objection.

    Raises
    ------
    BadEntry
        If no reason is given, or a very long one.
    BadMove
        If there is no objection, or the referral has ended.
    NotAllowed, NotFound, EditConflict
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    reason = words(text, field="text", longest=LONGEST, least=LEAST_REASON)
    person = person_of(work.session, referral)
    if person.objected_at is None:
        raise BadMove("There is no objection to take back.", at=referral.state.value)
    records = work.session.scalars(
        select(Person).where(
            (Person.person_id == person.person_id) | (Person.joined_to == person.person_id)
        )
    )
    for each in records:
        each.objected_at, each.objection = None, ""
    written(work, referral, by=by, what="objection_lifted", text=reason)


def settle_recall(work: UnitOfWork, *, by: Actor, referral_id: str, offer_id: str) -> None:
    """Write down that a recipient was asked to forget what they were told."""
    referral = in_hand(work, by, referral_id, ended_too=True)
    recall = work.session.scalar(
        select(Recall)
        .join(Offer, Offer.offer_id == Recall.offer_id)
        .where(Offer.referral_id == referral_id, Recall.offer_id == offer_id)
    )
    if recall is None or recall.done_at is not None:
        return
    recall.done_at, recall.done_by = utc_now(), by.actor_id
    written(work, referral, by=by, what="recalled", details={"recipient": recall.recipient})


def _offers(
    session: Session, referral_ids: Collection[str], asset_ids: Collection[int] | None
) -> list[Offer]:
    wanted = select(Offer).where(Offer.referral_id.in_(referral_ids))
    if asset_ids is not None:
        wanted = wanted.where(Offer.asset_id.in_(asset_ids))
    return list(session.scalars(wanted.order_by(Offer.offer_id).with_for_update()))


def _stop(work: UnitOfWork, offer: Offer, *, by: Actor, reason: str) -> int:
    """End an offer if it is open, and recall its recipient if they were told; 1 when so."""
    session = work.session
    if offer.state not in OFFER_ENDS:
        moved_offer(work, offer, by=by, to=OfferState.WITHDRAWN, reason=reason)
    told = session.scalar(
        select(Disclosure.recipient).where(Disclosure.offer_id == offer.offer_id).limit(1)
    )
    if told is None or session.scalar(select(Recall).where(Recall.offer_id == offer.offer_id)):
        return 0
    session.add(Recall(offer_id=offer.offer_id, recipient=told, reason=reason))
    session.flush()
    work.announce(
        "offer.recalled", key=f"offer.recalled:{offer.offer_id}", body={"offer": offer.offer_id}
    )
    return 1
