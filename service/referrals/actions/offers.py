"""Approaching groups: offers, what each is told, and offers that nobody answers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, func, insert, literal, select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.people.levels import DisclosureLevel
from service.people.model import Consent, Person
from service.referrals.actions.consents import recipient_of
from service.referrals.disclosure import PersonShared, ReferralShared, disclosed
from service.referrals.errors import AlreadyOffered, BadEntry, BadMove, NoConsent
from service.referrals.kinds import GoalStatus
from service.referrals.lifecycle import OFFER_ENDS, WORKED, OfferState, ReferralState, spoken
from service.referrals.model import Referral, ReferralNeed
from service.referrals.offer_model import Disclosure, Offer, Signpost
from service.referrals.opening import (
    in_hand,
    keep_offer_event,
    moved_offer,
    person_of,
    require_escalated,
    require_no_flag,
    written,
)
from service.referrals.work_model import Goal
from service.register.actions import note_reply
from service.register.errors import UnknownAsset
from service.register.model import Asset, AssetNeed
from service.store.base import JsonDocument, utc_now
from service.store.work import UnitOfWork

ANSWER_DAYS: Final = 14
"""Days a group has to answer: as in Joy, where no answer after 14 days counts as a decline."""
MOST_ANSWER_DAYS: Final = 90
MOST_GROUPS: Final = 10
"""Groups asked at once. Our own choice: more is a mailing, not an introduction."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An offer that went out, and until when the group may answer."""

    offer_id: str
    answer_by: date


def offer(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    asset_ids: Sequence[int],
    level: DisclosureLevel,
    today: date,
) -> tuple[str, ...]:
    """Choose groups with the person. Nothing is told to anybody yet: `send` does that.

    At the level signpost the person is given the groups' details, nothing ever goes to them, and
    no offer is made.

    Returns
    -------
    tuple of str
        The offers' ids, in the order of `asset_ids`; empty for signposts.

    Raises
    ------
    NotAllowed, NotFound, UnknownAsset
    BadEntry
        For no group, or more than `MOST_GROUPS`.
    AlreadyOffered
        If one has an open offer.
    BadMove, FlagOpen, SafeguardingOpen
        If the referral is not at a stage at which groups may be asked.
    """
    referral = in_hand(work, by, referral_id)
    ids = list(dict.fromkeys(asset_ids))
    if not 1 <= len(ids) <= MOST_GROUPS:
        raise BadEntry(f"Choose 1 to {MOST_GROUPS} groups.", field="asset_ids")
    _require_ready(work.session, referral)
    _require_listed(work.session, ids)
    if level is DisclosureLevel.SIGNPOST:
        for each in ids:
            work.session.add(
                Signpost(referral_id=referral_id, asset_id=each, told_on=today, told_by=by.actor_id)
            )
        written(
            work,
            referral,
            by=by,
            what="signposted",
            to=ReferralState.SIGNPOSTED,
            details={"assets": list[Json](ids)},
        )
        return ()
    asked = work.session.scalars(
        select(Offer.asset_id).where(
            Offer.referral_id == referral_id,
            Offer.asset_id.in_(ids),
            Offer.state.not_in(sorted(OFFER_ENDS)),
        )
    ).all()
    if asked:
        raise AlreadyOffered(
            "A group of these has been asked already and the offer is open.", asset=min(asked)
        )
    made = [_made(work, referral, each, level, by=by) for each in ids]
    written(
        work,
        referral,
        by=by,
        what="offered",
        details={"assets": list[Json](ids), "level": level.value},
    )
    return tuple(made)


def _made(
    work: UnitOfWork, referral: Referral, asset_id: int, level: DisclosureLevel, *, by: Actor
) -> str:
    row = Offer(
        offer_id=str(uuid.uuid4()),
        referral_id=referral.referral_id,
        asset_id=asset_id,
        level=level,
        state=OfferState.OFFERED,
        is_held=False,
        is_resumed=False,
        version=1,
        offered_by=by.actor_id,
    )
    work.session.add(row)
    work.session.flush()
    keep_offer_event(work, row, by=by, at=None)
    return row.offer_id


def send(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    offer_id: str,
    today: date,
    answer_days: int = ANSWER_DAYS,
) -> Sent:
    """Tell the group, within the person's live consent for it, and wait for its answer.

    What is told is kept field by field. The outbox carries the offer's id only.

    Raises
    ------
    NoConsent
        If the person has not agreed to this recipient at this level, took it back, or objects.
    NotAllowed, NotFound, BadMove, BadEntry, FlagOpen, SafeguardingOpen, UnknownAsset
    """
    referral = in_hand(work, by, referral_id)
    if not 1 <= answer_days <= MOST_ANSWER_DAYS:
        raise BadEntry(f"A group has 1 to {MOST_ANSWER_DAYS} days.", field="answer_days")
    person = person_of(work.session, referral)
    row = offer_of(work.session, referral, offer_id)
    _require_ready(work.session, referral)
    _require_listed(work.session, [row.asset_id])
    moved_offer(work, row, by=by, to=OfferState.SENT)
    row.sent_at = utc_now()
    row.answer_by = today + timedelta(days=answer_days)
    work.session.flush()
    fields = _disclose(work, referral, person, row, by=by, today=today)
    written(
        work,
        referral,
        by=by,
        what="offer_sent",
        details={
            "offer": offer_id,
            "recipient": recipient_of(row.asset_id),
            "level": row.level.value,
            "fields": list[Json](fields),
        },
    )
    work.announce("offer.sent", key=f"offer.sent:{offer_id}", body={"offer": offer_id})
    return Sent(offer_id, row.answer_by)


def _disclose(
    work: UnitOfWork, referral: Referral, person: Person, row: Offer, *, by: Actor, today: date
) -> list[str]:
    """Write the disclosure, in one statement with the look at the consent that allows it."""
    session = work.session
    content = content_for(session, referral, person, row.asset_id, row.level)
    recipient = recipient_of(row.asset_id)
    live = _live(by, referral, person, row, content, today)
    columns = [
        "offer_id",
        "referral_id",
        "recipient",
        "level",
        "consent_id",
        "consent_level",
        "consent_given",
        "content",
        "disclosed_by",
        "disclosed_at",
    ]
    written_id = session.execute(
        insert(Disclosure).from_select(columns, live).returning(Disclosure.disclosure_id)
    ).all()
    if not written_id:
        raise NoConsent(
            f"The person has not agreed that this group is told at the level {row.level.value}. "
            "Ask them and record what they said; nothing was sent.",
            recipient=recipient,
            level=row.level.value,
        )
    return sorted(content)


def _live(
    by: Actor,
    referral: Referral,
    person: Person,
    row: Offer,
    content: dict[str, Json],
    today: date,
) -> Select[*tuple[Any, ...]]:
    """The disclosure as a SELECT of the consent that allows it: no row when none does."""
    recipient = recipient_of(row.asset_id)
    newest = (
        select(func.max(Consent.consent_id))
        .where(Consent.referral_id == referral.referral_id, Consent.recipient == recipient)
        .scalar_subquery()
    )
    enough = [each for each in DisclosureLevel if each.covers(row.level)]
    objects = (
        select(Person.person_id)
        .where(
            Person.person_id.in_({person.person_id, referral.person_id}),
            Person.objected_at.is_not(None),
        )
        .exists()
    )
    return select(
        literal(row.offer_id),
        Consent.referral_id,
        Consent.recipient,
        literal(row.level, Offer.level.type),
        Consent.consent_id,
        Consent.level,
        Consent.given,
        literal(content, JsonDocument()),
        literal(by.actor_id),
        literal(utc_now(), Disclosure.disclosed_at.type),
    ).where(
        and_(
            Consent.consent_id == newest,
            Consent.given,
            Consent.level.in_(enough),
            Consent.withdrawn_at.is_(None),
            (Consent.expires_on.is_(None)) | (Consent.expires_on >= today),
            ~objects,
        )
    )


def content_for(
    session: Session, referral: Referral, person: Person, asset_id: int, level: DisclosureLevel
) -> dict[str, Json]:
    """What this group would be told at this level: the same for the preview and for the sending."""
    shared = shared_with(session, referral, [asset_id])[asset_id]
    return disclosed(level, person_shared(person), shared)


def person_shared(person: Person) -> PersonShared:
    """The person as far as a disclosure may draw on it."""
    return PersonShared(
        given_name=person.given_name,
        family_name=person.family_name,
        telephone=person.telephone,
        email=person.email,
        reach_by=person.reach_by,
        address_protected=person.address_protected,
    )


def shared_with(
    session: Session, referral: Referral, asset_ids: Collection[int]
) -> dict[int, ReferralShared]:
    """The referral as far as each of these groups may be told of it. Two statements."""
    served: dict[int, list[str]] = {each: [] for each in asset_ids}
    rows = session.execute(
        select(AssetNeed.asset_id, ReferralNeed.need)
        .join(ReferralNeed, AssetNeed.need == ReferralNeed.need)
        .where(ReferralNeed.referral_id == referral.referral_id, AssetNeed.asset_id.in_(asset_ids))
        .order_by(ReferralNeed.position)
    )
    for asset_id, need in rows:
        served[asset_id].append(need)
    goals = session.execute(
        select(Goal.need, Goal.hope)
        .where(Goal.referral_id == referral.referral_id, Goal.status == GoalStatus.OPEN)
        .order_by(Goal.goal_id)
    ).all()
    return {
        asset_id: ReferralShared(
            referral.facts,
            tuple(needs),
            tuple(hope for need, hope in goals if need in needs),
            referral.safe_contact,
        )
        for asset_id, needs in served.items()
    }


def expire_offers(work: UnitOfWork, *, by: Actor, today: date) -> int:
    """End the offers whose time to answer is over, and ask for a new look at groups for each.

    For the worker, every day; a second run on the same day finds nothing. Returns how many.

    Raises
    ------
    NotAllowed
        If `by` does not operate Kith.
    """
    by.require(Permission.OPERATE)
    session = work.session
    due = session.execute(
        select(Offer, Referral)
        .join(Referral, Referral.referral_id == Offer.referral_id)
        .where(Offer.state == OfferState.SENT, Offer.answer_by < today)
        .order_by(Referral.referral_id, Offer.offer_id)
        .with_for_update()
    ).all()
    for row, referral in due:
        moved_offer(work, row, by=by, to=OfferState.EXPIRED, reason="no_answer")
        row.ended_on = today
        note_reply(work, row.asset_id, accepted=False)
        written(work, referral, by=by, what="offer_expired", details={"offer": row.offer_id})
        work.announce(
            "referral.rematch",
            key=f"referral.rematch:{row.offer_id}",
            body={"referral": referral.referral_id, "offer": row.offer_id},
        )
    if not due:
        audit.record(work, by=by, action="offers.none_expired", subject="offers")
    return len(due)


def offer_of(session: Session, referral: Referral, offer_id: str) -> Offer:
    """One offer of this referral, locked."""
    row = session.get(Offer, offer_id, with_for_update=True)
    if row is None or row.referral_id != referral.referral_id:
        raise NotFound("There is no such offer in this referral.")
    return row


def _require_ready(session: Session, referral: Referral) -> None:
    require_no_flag(session, referral.referral_id)
    require_escalated(session, referral.referral_id)
    if referral.state not in WORKED:
        raise BadMove(
            f"This referral is {spoken(referral.state)}: triage it before groups are asked.",
            at=referral.state.value,
        )


def _require_listed(session: Session, asset_ids: Collection[int]) -> None:
    listed = session.scalars(
        select(Asset.asset_id).where(Asset.asset_id.in_(asset_ids), Asset.is_retired.is_(False))
    ).all()
    for each in asset_ids:
        if each not in listed:
            raise UnknownAsset("This group is no longer in the register.", asset=each)
