"""Taking a referral in hand and writing down what was done to it: what every action shares."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.colleagues import names_for
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.model import Person
from service.referrals.errors import BadEntry, BadMove, FlagOpen, SafeguardingOpen
from service.referrals.lifecycle import (
    HOLDS,
    OFFER_ENDS,
    OFFER_REASONS,
    REFERRAL_ENDS,
    REFERRAL_REASONS,
    OfferState,
    ReferralState,
    check_move,
    check_offer_move,
    last_of_offer,
    spoken,
)
from service.referrals.model import RaisedFlag, Referral, ReferralEvent
from service.referrals.offer_model import Offer, OfferEvent
from service.referrals.reasons import OWN, check_reason
from service.referrals.work_model import SafeguardingConcern
from service.store.base import utc_now
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

_MOVED: Final = "offers moved"
_TOLD: Final = 5
"""Changes that an edit conflict names; the newest, when there are more."""


def opened(
    work: UnitOfWork,
    *,
    by: Actor,
    permission: Permission,
    referral_id: str,
    seen_version: int | None = None,
    ended_too: bool = False,
) -> Referral:
    """The referral, locked until the work is done, if `by` may do this to it.

    Parameters
    ----------
    seen_version : int, optional
        The version that whoever writes has before them. None for what takes nothing away, such as
        one more contact.
    ended_too : bool
        Also when it has ended.

    Raises
    ------
    NotAllowed, NotFound
    EditConflict
        If somebody changed it since `seen_version`; the field `changes` says what, who and when.
    BadMove
        If it has ended.
    """
    by.require(permission)
    referral = work.session.scalar(
        select(Referral)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
        .with_for_update()
    )
    if referral is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    by.require(permission, at=OdsCode(referral.practice_code))
    if seen_version is not None and seen_version != referral.version:
        raise _conflict(work.session, referral, seen_version)
    if referral.state in REFERRAL_ENDS and not ended_too:
        raise BadMove(
            f"This referral is {spoken(referral.state)}. To go on, make a new referral.",
            at=referral.state.value,
        )
    return referral


def in_hand(
    work: UnitOfWork,
    by: Actor,
    referral_id: str,
    *,
    seen_version: int | None = None,
    ended_too: bool = False,
) -> Referral:
    """`opened` for the work on a referral: most of what is done to one needs just this."""
    return opened(
        work,
        by=by,
        permission=Permission.WORK_REFERRALS,
        referral_id=referral_id,
        seen_version=seen_version,
        ended_too=ended_too,
    )


def _conflict(session: Session, referral: Referral, seen_version: int) -> EditConflict:
    events = session.scalars(
        select(ReferralEvent)
        .where(
            ReferralEvent.referral_id == referral.referral_id, ReferralEvent.version > seen_version
        )
        .order_by(ReferralEvent.event_id.desc())
        .limit(_TOLD)
    ).all()
    names = names_for(session, (), {each.actor for each in events})
    told = ", ".join(
        f"{spoken_word(each.what)} by {names.person(each.actor)}" for each in reversed(events)
    )
    changes: list[Json] = [
        {"what": each.what, "by": each.actor, "at": each.at.isoformat()} for each in events
    ]
    return EditConflict(
        f"Somebody changed this while you were writing: {told or 'see the page'}. Nothing was "
        "saved and nothing you typed is lost: look at the change, then send yours again.",
        seen_version=seen_version,
        version=referral.version,
        changes=changes,
    )


def spoken_word(what: str) -> str:
    """An event's word for people."""
    return what.replace("_", " ")


def written(
    work: UnitOfWork,
    referral: Referral,
    *,
    by: Actor,
    what: str,
    to: ReferralState | None = None,
    reason: str = "",
    text: str = "",
    details: dict[str, Json] | None = None,
    listed: bool = True,
) -> int:
    """Write down a change of a referral: its version, its history, and the audit.

    With `to`, the referral moves, if the lifecycle allows it and the reason is of its list; moving
    to where it stands is no move. The end of a referral ends its open offers. A reason that only
    Kith gives is in no list, and is not `listed`.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    BadMove, BadReason, SafeguardingOpen, FlagOpen
    """
    session, at = work.session, referral.state
    if to is not None and to is not at:
        _check(session, referral, to, reason, text, listed=listed)
        referral.state = to
        if to is ReferralState.TRIAGED:
            referral.state_reason = ""
    now = audit.turn(work)
    referral.version += 1
    referral.touched_at = referral.changed_at = now.at
    session.add(
        ReferralEvent(
            referral_id=referral.referral_id,
            version=referral.version,
            at=now.at,
            actor=by.actor_id,
            what=what,
            at_state=at,
            to_state=referral.state,
            reason=reason,
            text=text,
        )
    )
    if at is not referral.state and referral.state in REFERRAL_ENDS:
        referral.ended_at, referral.end_reason, referral.end_text = now.at, reason, text
        _end_offers(work, referral, by=by)
    _date_moved(work, now.at)
    audit.record(
        work,
        by=by,
        action=f"referral.{what}",
        subject=f"referral:{referral.referral_id}",
        details={"version": referral.version, "state": referral.state.value, **(details or {})},
        at=now,
    )
    work.announce(
        "referral.changed",
        key=f"referral.changed:{referral.referral_id}:{referral.version}",
        body={"referral": referral.referral_id},
    )
    return referral.version


def _check(
    session: Session,
    referral: Referral,
    to: ReferralState,
    reason: str,
    text: str,
    *,
    listed: bool,
) -> None:
    check_move(referral.state, to)
    resumes = referral.state in HOLDS and to not in REFERRAL_ENDS
    if to in REFERRAL_REASONS and not resumes and listed:
        check_reason(REFERRAL_REASONS[to], reason, text)
    if to in REFERRAL_ENDS and to is not ReferralState.RETURNED:
        require_escalated(session, referral.referral_id)
    if to is ReferralState.TRIAGED:
        require_no_flag(session, referral.referral_id)


def require_escalated(session: Session, referral_id: str) -> None:
    """Go no further while a live safeguarding concern has been passed on to nobody."""
    concerns = session.scalars(
        select(SafeguardingConcern).where(SafeguardingConcern.referral_id == referral_id)
    )
    if any(each.blocks for each in concerns):
        raise SafeguardingOpen(
            "There is a safeguarding concern that nobody has been told of. Record whom you told "
            "before you go on.",
        )


def require_no_flag(session: Session, referral_id: str) -> None:
    """Go no further while a danger sign is open."""
    if flag_is_open(session, referral_id):
        raise FlagOpen(
            "A danger sign in the note is open. A clinician must see it before any group is asked.",
        )


def flag_is_open(session: Session, referral_id: str) -> bool:
    """Whether a clinician must still see a danger sign of this referral."""
    raised = session.scalars(select(RaisedFlag).where(RaisedFlag.referral_id == referral_id))
    return any(each.is_open for each in raised)


def moved_offer(
    work: UnitOfWork,
    offer: Offer,
    *,
    by: Actor,
    to: OfferState,
    reason: str = "",
    text: str = "",
    heard: str = "",
) -> None:
    """Move an offer and keep the move; the caller writes the referral's own history.

    Raises
    ------
    BadMove, BadReason
    """
    check_offer_move(offer.state, to, held=offer.is_held, reason=reason)
    if to in OFFER_REASONS and reason not in OWN:
        check_reason(OFFER_REASONS[to], reason, text)
    at, offer.state = offer.state, to
    offer.version += 1
    if reason:
        offer.reason, offer.text = reason, text
    if to in OFFER_ENDS:
        offer.is_held = False
    keep_offer_event(work, offer, by=by, at=at, reason=reason, text=text, heard=heard)


def keep_offer_event(
    work: UnitOfWork,
    offer: Offer,
    *,
    by: Actor,
    at: OfferState | None,
    reason: str = "",
    text: str = "",
    heard: str = "",
) -> None:
    """Keep how an offer stands now, after it stood at `at`."""
    kept = OfferEvent(
        offer_id=offer.offer_id,
        at=utc_now(),
        actor=by.actor_id,
        at_state=at,
        to_state=offer.state,
        is_held=offer.is_held,
        is_resumed=offer.is_resumed,
        reason=reason,
        text=text,
        heard=heard,
    )
    work.session.add(kept)
    work.session.info.setdefault(_MOVED, []).append((offer, kept))


def _date_moved(work: UnitOfWork, at: datetime) -> None:
    """Date the offers that this work has moved: in order of commit, as the referral's own change.

    Their own instant was read before this work had its turn.
    """
    moved: list[tuple[Offer, OfferEvent]] = work.session.info.pop(_MOVED, [])
    for offer, event in moved:
        offer.changed_at = event.at = at


def open_offers(session: Session, referral_id: str) -> list[Offer]:
    """The offers that have not ended, oldest first."""
    return list(
        session.scalars(
            select(Offer)
            .where(Offer.referral_id == referral_id, Offer.state.not_in(sorted(OFFER_ENDS)))
            .order_by(Offer.offered_at, Offer.offer_id)
        )
    )


def _end_offers(work: UnitOfWork, referral: Referral, *, by: Actor) -> None:
    for offer in open_offers(work.session, referral.referral_id):
        last = last_of_offer(offer.state, referral.state)
        if last is not None:
            moved_offer(work, offer, by=by, to=last[0], reason=last[1])


def person_of(session: Session, referral: Referral) -> Person:
    """The person, locked: the record that others were joined to, if this one was.

    Whoever locks offers too locks the person first, so that two never wait for each other; of
    records that were joined only the one that is kept is locked here, for the same reason.
    """
    person = session.get(Person, referral.person_id)
    key = referral.person_id if person is None else person.joined_to or person.person_id
    person = session.get(Person, key, with_for_update={"key_share": True})
    if person is not None and person.joined_to is not None:
        # It was joined to another while this waited.
        person = session.get(Person, person.joined_to, with_for_update={"key_share": True})
    if person is None:  # pragma: no cover - foreign keys forbid it
        raise NotFound("There is no such person.")
    return person


def words(text: str, *, field: str, longest: int, least: int = 1) -> str:
    """Text of a form without outer blanks.

    Raises
    ------
    BadEntry
        If it is too short or too long.
    """
    tidy = text.strip()
    if len(tidy) < least:
        raise BadEntry("Write something here.", field=field)
    if len(tidy) > longest:
        raise BadEntry(f"Keep this under {longest:,} characters.", field=field, length=len(tidy))
    return tidy


def not_past(on: date | None, today: date | None, *, field: str) -> None:
    """Refuse a day that has passed for what is still to come; today itself is well, and so is none.

    Without `today` nothing is checked: whoever copies an old record keeps its days.

    Raises
    ------
    BadEntry
    """
    if on is not None and today is not None and on < today:
        raise BadEntry(
            "That day has passed. Give today or a day to come. Check the year.", field=field
        )
