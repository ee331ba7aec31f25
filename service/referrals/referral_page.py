"""Everything that the page of one referral shows, in one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.levels import DisclosureLevel
from service.people.model import Consent, Person
from service.referrals.groups_beside import OfferShown, groups_beside
from service.referrals.lifecycle import OFFER_ENDS, REFERRAL_ENDS
from service.referrals.model import Referral, ReferralEvent
from service.referrals.offer_model import Offer, OfferEvent
from service.referrals.people_search import Candidate, like
from service.referrals.queries import flag_of
from service.referrals.record_head import find_record
from service.referrals.safety import Flag
from service.referrals.turns import Turn, is_overdue, is_stuck, turn
from service.referrals.work_model import (
    Contact,
    Goal,
    GoalAction,
    Measurement,
    MessageBack,
    Plan,
    Risk,
    SafeguardingConcern,
)
from service.store.base import Base

_Row = TypeVar("_Row", bound=Base)
HISTORY: Final = 100
"""Events of the history shown at once, the newest."""


@dataclass(frozen=True, slots=True)
class NeedShown:
    """A need, with the words it was read from; `confirmed` once a person has said it is right."""

    need: str
    confidence: float
    words: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """The last word on one recipient, and whether it allows anything today."""

    recipient: str
    level: DisclosureLevel
    given: bool
    live: bool
    asked_on: date
    how: str
    expires_on: date | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral as the link worker sees it; rows are read only and detached."""

    referral: Referral
    person: Person
    practice_name: str
    needs: tuple[NeedShown, ...]
    flags: tuple[Flag, ...]
    plan: Plan | None
    consents: tuple[ConsentShown, ...]
    offers: tuple[OfferShown, ...]
    signposts: tuple[tuple[date, str], ...]
    contacts: tuple[Contact, ...]
    goals: tuple[tuple[Goal, tuple[GoalAction, ...]], ...]
    measures: tuple[Measurement, ...]
    risks: tuple[Risk, ...]
    concerns: tuple[SafeguardingConcern, ...]
    messages: tuple[MessageBack, ...]
    candidates: tuple[Candidate, ...]
    turn: Turn
    overdue: bool
    stuck: bool

    @property
    def version(self) -> int:
        """To be sent back with every change."""
        return self.referral.version

    @property
    def risks_asked(self) -> bool:
        """Whether anybody asked about risks: no answer is not the answer "none"."""
        return bool(self.risks)

    @property
    def banner(self) -> bool:
        """Whether a live safeguarding concern is to be shown on every view."""
        return any(each.settled_at is None for each in self.concerns)


def referral_page(session: Session, *, by: Actor, referral_id: str, today: date) -> ReferralPage:
    """One referral with all that its page needs. Eleven statements at most, whatever it holds.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    record = find_record(session, by=by, referral_id=referral_id)
    referral, person = record.referral, record.person
    candidates = like(session, by, record.own)
    groups = groups_beside(session, referral_id, today)
    offers = groups.offers
    concerns = rows_of(session, SafeguardingConcern, SafeguardingConcern.raised_at, referral_id)
    flags = tuple(flag_of(each) for each in referral.flags)
    touched_on = (referral.touched_at or referral.received_at).date()
    page = ReferralPage(
        referral=referral,
        person=person,
        practice_name=record.practice.name,
        needs=needs_shown(referral),
        flags=flags,
        plan=record.plan,
        consents=_consents(session, referral_id, person, today),
        offers=offers,
        signposts=groups.signposted,
        contacts=rows_of(session, Contact, Contact.happened_at, referral_id)[::-1],
        goals=goals_of(session, referral_id),
        measures=rows_of(session, Measurement, Measurement.taken_on, referral_id),
        risks=rows_of(session, Risk, Risk.risk_id, referral_id),
        concerns=concerns,
        messages=rows_of(session, MessageBack, MessageBack.message_id, referral_id),
        candidates=candidates,
        turn=turn(
            referral.state,
            [each.state for each in offers if each.state not in OFFER_ENDS],
            flag_open=any(each.is_open for each in flags),
            concern_blocks=any(each.blocks for each in concerns),
            next_action_on=referral.next_action_on,
            today=today,
        ),
        overdue=is_overdue(referral.next_action_on, today),
        stuck=is_stuck(touched_on, referral.next_action_on, today)
        and referral.state not in REFERRAL_ENDS,
    )
    _detach(session, page)
    return page


def _detach(session: Session, page: ReferralPage) -> None:
    """Let the rows go from the session, which would otherwise empty them when it ends."""
    rows: list[Base | None] = [page.referral, page.person, page.plan]
    rows += [*page.contacts, *page.measures, *page.risks]
    rows += [*page.concerns, *page.messages]
    for goal, actions in page.goals:
        rows += [goal, *actions]
    session.flush()
    for row in rows:
        if row is not None:
            session.expunge(row)


def needs_shown(referral: Referral) -> tuple[NeedShown, ...]:
    """The needs of a referral, in order; one that somebody stated needs nobody to confirm it."""
    return tuple(
        NeedShown(
            each.need,
            each.confidence,
            each.words,
            each.confirmed_by is not None or not each.words,
        )
        for each in referral.needs
    )


def rows_of(
    session: Session, table: type[_Row], by_order: InstrumentedAttribute[object], referral_id: str
) -> tuple[_Row, ...]:
    """A readable referral's rows of one table, oldest first. One statement."""
    key = table.__mapper__.primary_key[0]
    return tuple(
        session.scalars(select(table).filter_by(referral_id=referral_id).order_by(by_order, key))
    )


def _consents(
    session: Session, referral_id: str, person: Person, today: date
) -> tuple[ConsentShown, ...]:
    rows = session.scalars(
        select(Consent)
        .where(Consent.referral_id == referral_id)
        .order_by(Consent.recipient, Consent.consent_id)
    )
    last = {each.recipient: each for each in rows}
    return tuple(
        ConsentShown(
            recipient=each.recipient,
            level=each.level,
            given=each.given,
            live=each.given
            and each.withdrawn_at is None
            and (each.expires_on is None or each.expires_on >= today)
            and person.objected_at is None,
            asked_on=each.asked_on,
            how=each.how,
            expires_on=each.expires_on,
            withdrawn_at=each.withdrawn_at,
        )
        for each in last.values()
    )


def goals_of(session: Session, referral_id: str) -> tuple[tuple[Goal, tuple[GoalAction, ...]], ...]:
    """The goals of a referral that the caller may read, each with its actions. One statement."""
    rows = session.execute(
        select(Goal, GoalAction)
        .outerjoin(GoalAction, GoalAction.goal_id == Goal.goal_id)
        .where(Goal.referral_id == referral_id)
        .order_by(Goal.goal_id, GoalAction.action_id)
    )
    goals: dict[int, tuple[Goal, list[GoalAction]]] = {}
    for goal, action in rows:
        actions = goals.setdefault(goal.goal_id, (goal, []))[1]
        if action is not None:
            actions.append(action)
    return tuple((goal, tuple(actions)) for goal, actions in goals.values())


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a referral's history, of the referral itself or of an offer."""

    at: datetime
    actor: str
    what: str
    reason: str
    text: str


def history(session: Session, *, by: Actor, referral_id: str) -> tuple[Happened, ...]:
    """What happened to a referral, the newest first, at most `HISTORY` lines. Two statements.

    Raises
    ------
    NotAllowed, NotFound
    """
    by.require(Permission.WORK_REFERRALS)
    practice = session.scalar(
        select(Referral.practice_code).where(
            Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code)
        )
    )
    if practice is None or OdsCode(practice) not in by.practices:
        raise NotFound("There is no such referral, or it is not yours to see.")
    own = session.scalars(
        select(ReferralEvent)
        .where(ReferralEvent.referral_id == referral_id)
        .order_by(ReferralEvent.event_id.desc())
        .limit(HISTORY)
    )
    return tuple(Happened(each.at, each.actor, each.what, each.reason, each.text) for each in own)


def offer_history(session: Session, *, by: Actor, offer_id: str) -> Sequence[OfferEvent]:
    """The moves of one offer, oldest first; none when it is not yours to see. One statement."""
    by.require(Permission.WORK_REFERRALS)
    return session.scalars(
        select(OfferEvent)
        .join(Offer, Offer.offer_id == OfferEvent.offer_id)
        .join(Referral, Referral.referral_id == Offer.referral_id)
        .where(OfferEvent.offer_id == offer_id, readable(by).rows(Referral.practice_code))
        .order_by(OfferEvent.event_id)
    ).all()
