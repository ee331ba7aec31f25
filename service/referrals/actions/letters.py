"""Messages back to the practice: composed, read over, changed, and sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import Json
from seed_data import needs as need_list
from service.identity import audit
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.model import NhsOrg
from service.referrals.errors import BadMove
from service.referrals.kinds import LetterKind, LetterState
from service.referrals.letters import GoalTold, LetterFacts, OfferTold, compose, spoken_day
from service.referrals.lifecycle import ReferralState, spoken
from service.referrals.measures.scoring import told
from service.referrals.model import Referral, ReferralNeed
from service.referrals.offer_model import Offer, Signpost
from service.referrals.opening import in_hand, person_of, words, written
from service.referrals.record_codes import codes_due
from service.referrals.work_model import Goal, Measurement, MessageBack
from service.register.model import Asset
from service.store.base import utc_now
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

LONGEST_LETTER = 20_000


def write_message(work: UnitOfWork, *, by: Actor, referral_id: str, today: date) -> int:
    """Compose a message back on how things stand, as a draft to be read over; returns its id.

    A draft that waits already is composed anew.

    Raises
    ------
    NotAllowed, NotFound
    """
    referral = in_hand(work, by, referral_id, ended_too=True)
    kinds = {
        ReferralState.CLOSED: LetterKind.CLOSED,
        ReferralState.WITHDRAWN: LetterKind.CLOSED,
        ReferralState.RETURNED: LetterKind.RETURNED,
    }
    kind = kinds.get(referral.state, LetterKind.PROGRESS)
    message = draft(work, referral, by=by, kind=kind, today=today, send=False)
    written(work, referral, by=by, what="message_drafted", details={"message": message})
    return message


def edit_message(
    work: UnitOfWork, *, by: Actor, referral_id: str, message_id: int, seen_version: int, body: str
) -> int:
    """Change a draft's text. Returns the message's new version.

    Parameters
    ----------
    seen_version : int
        The message's version, not the referral's: the case may go on while a letter is written.

    Raises
    ------
    NotAllowed, NotFound, BadEntry
    EditConflict
        If the draft was changed in between.
    BadMove
        If it has been sent.
    """
    referral = in_hand(work, by, referral_id, ended_too=True)
    message = _message(work.session, referral, message_id, seen_version)
    message.body = words(body, field="body", longest=LONGEST_LETTER)
    message.version += 1
    message.written_by, message.written_at = by.actor_id, utc_now()
    written(work, referral, by=by, what="message_edited", details={"message": message_id})
    return message.version


def send_message(
    work: UnitOfWork, *, by: Actor, referral_id: str, message_id: int, seen_version: int
) -> None:
    """Send a draft as it stands. The outbox carries its id; the text stays where it is.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadMove
    """
    referral = in_hand(work, by, referral_id, ended_too=True)
    message = _message(work.session, referral, message_id, seen_version)
    _send(work, referral, message, by=by)
    written(work, referral, by=by, what="message_sent", details={"message": message_id})


def _send(work: UnitOfWork, referral: Referral, message: MessageBack, *, by: Actor) -> None:
    message.state = LetterState.SENT
    # In order of commit, so that a system that polls by this instant misses none.
    message.sent_by, message.sent_at = by.actor_id, audit.turn(work).at
    message.codes = _codes(work.session, referral)
    work.announce(
        "message_back.sent",
        key=f"message_back.sent:{message.message_id}",
        body={"message": message.message_id, "referral": referral.referral_id},
    )


def _codes(session: Session, referral: Referral) -> list[dict[str, Json]]:
    """The codes for the record that no earlier message of this referral brought."""
    earlier = session.scalars(
        select(MessageBack.codes).where(
            MessageBack.referral_id == referral.referral_id,
            MessageBack.sent_at.is_not(None),
        )
    )
    return [
        each.document()
        for each in codes_due(
            state=referral.state,
            reason=referral.end_reason,
            first_contact_on=referral.first_contact_on,
            ended_on=None if referral.ended_at is None else referral.ended_at.date(),
            told={str(code["code"]) for codes in earlier for code in codes},
        )
    ]


def _message(
    session: Session, referral: Referral, message_id: int, seen_version: int
) -> MessageBack:
    message = session.get(MessageBack, message_id, with_for_update=True)
    if message is None or message.referral_id != referral.referral_id:
        raise NotFound("There is no such message in this referral.")
    if message.state is LetterState.SENT:
        raise BadMove("This message has been sent. Write a new one.", at=message.state.value)
    if message.version != seen_version:
        raise EditConflict(
            "Somebody changed this message while you were writing. Nothing was saved and nothing "
            "you typed is lost: look at the change, then send yours again.",
            seen_version=seen_version,
            version=message.version,
            changes=[
                {
                    "what": "message",
                    "by": message.written_by,
                    "at": message.written_at.isoformat(),
                }
            ],
        )
    return message


def draft(
    work: UnitOfWork,
    referral: Referral,
    *,
    by: Actor,
    kind: LetterKind,
    today: date,
    send: bool,
    question: str = "",
) -> int:
    """Compose a message in the transaction of another act, and send it at once if asked.

    `question` is what the practice is asked, for a message of that kind.
    """
    session = work.session
    session.flush()
    body = compose(replace(facts_of(session, referral, kind, today), question=question))
    message = session.scalar(
        select(MessageBack).where(
            MessageBack.referral_id == referral.referral_id,
            MessageBack.state == LetterState.DRAFT,
        )
    )
    if message is None:
        message = MessageBack(referral_id=referral.referral_id, version=0, state=LetterState.DRAFT)
        session.add(message)
    message.kind, message.body = kind, body
    message.version += 1
    message.written_by, message.written_at = by.actor_id, utc_now()
    session.flush()
    if send:
        _send(work, referral, message, by=by)
    return message.message_id


def facts_of(session: Session, referral: Referral, kind: LetterKind, today: date) -> LetterFacts:
    """All that a message back about this referral may say, as things stand."""
    person = person_of(session, referral)
    practice = session.get(NhsOrg, referral.practice_code)
    mine = referral.referral_id
    needs = session.scalars(
        select(ReferralNeed.need)
        .where(ReferralNeed.referral_id == mine)
        .order_by(ReferralNeed.position)
    )
    offers = session.execute(
        select(Offer, Asset.name)
        .join(Asset, Asset.asset_id == Offer.asset_id)
        .where(Offer.referral_id == mine)
        .order_by(Offer.offered_at, Offer.offer_id)
    )
    signposts = session.scalars(
        select(Asset.name)
        .join(Signpost, Signpost.asset_id == Asset.asset_id)
        .where(Signpost.referral_id == mine)
        .order_by(Signpost.signpost_id)
    )
    goals = session.scalars(select(Goal).where(Goal.referral_id == mine).order_by(Goal.goal_id))
    measured = session.scalars(
        select(Measurement)
        .where(Measurement.referral_id == mine)
        .order_by(Measurement.taken_on, Measurement.measurement_id)
    )
    known = need_list.load().needs
    return LetterFacts(
        kind=kind,
        name=f"{person.given_name} {person.family_name}".strip(),
        birth_date=person.birth_date,
        nhs_number=person.nhs_number,
        practice=referral.practice_code if practice is None else practice.name,
        to_name=referral.referrer_name,
        referred_on=referral.received_at.date(),
        written_on=today,
        needs=tuple(known[each].label for each in needs if each in known),
        offers=tuple(
            OfferTold(name, row.state, row.reason, row.first_attended_on, row.sessions)
            for row, name in offers
        ),
        signposts=tuple(signposts),
        goals=tuple(GoalTold(each.hope, spoken(each.status)) for each in goals),
        scores=tuple(told(each.instrument, each.scores, each.taken_on) for each in measured),
        reason=referral.end_reason,
        reason_text=referral.end_text,
        next_action="" if referral.ended_at is not None else _next(referral),
        on_hold=referral.state is ReferralState.SAFEGUARDING_HOLD,
    )


def _next(referral: Referral) -> str:
    # The link worker's own words about the next step are notes; the practice hears the stage.
    if referral.next_action_on is not None:
        return f"The link worker's next step is due on {spoken_day(referral.next_action_on)}."
    return "The link worker stays in touch."
