"""The referrals that link workers carry: whose turn it is, what is overdue, who has how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.model import Person
from service.referrals.beside import NOTHING, Beside, beside
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import WORKED, OfferState, ReferralState
from service.referrals.model import Referral
from service.referrals.turns import Turn, is_overdue, is_stuck, turn

CARRIED: Final = (*WORKED, ReferralState.ON_HOLD, ReferralState.SAFEGUARDING_HOLD)
"""Stages that count as somebody's work."""

NOBODY: Final = ""
"""In place of a link worker's identifier: referrals that nobody has."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One referral of a caseload. `offers` are the states of its open offers."""

    referral_id: str
    version: int
    practice: str
    given_name: str
    family_name: str
    state: ReferralState
    urgency: Urgency
    assigned_to: str | None
    next_action: str
    next_action_on: date | None
    touched_on: date
    offers: tuple[OfferState, ...]
    turn: Turn
    overdue: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class Workload:
    """How much one link worker carries; `staff` is empty for what nobody has."""

    staff: str
    carried: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Caseload:
    """A caseload, and everybody's workload beside it."""

    items: tuple[Carried, ...]
    workloads: tuple[Workload, ...]


def caseload(session: Session, *, by: Actor, today: date, staff: str | None = None) -> Caseload:
    """The open referrals of one link worker, of nobody (`NOBODY`), or (None) of all.

    Overdue first, then the link worker's own turn, then by the next action's day, the undated last.
    Three statements, however many there are. Workloads count what `by` may see, for every staff.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    """
    by.require(Permission.WORK_REFERRALS)
    mine = [readable(by).rows(Referral.practice_code), Referral.state.in_(CARRIED)]
    chosen = list(mine)
    if staff is not None:
        chosen.append(
            Referral.assigned_to.is_(None) if staff == NOBODY else Referral.assigned_to == staff
        )
    rows = session.execute(
        select(Referral, Person).join(Person, Person.person_id == Referral.person_id).where(*chosen)
    ).all()
    wanted = select(Referral.referral_id).where(*chosen).scalar_subquery()
    near = beside(session, wanted)
    items = [
        _carried(referral, person, near.get(referral.referral_id, NOTHING), today)
        for referral, person in rows
    ]
    overdue = func.sum(case((Referral.next_action_on < today, 1), else_=0))
    loads = session.execute(
        select(Referral.assigned_to, func.count(), overdue)
        .where(*mine)
        .group_by(Referral.assigned_to)
    )
    return Caseload(
        tuple(sorted(items, key=_order)),
        tuple(
            sorted(
                (Workload(who or NOBODY, number, late or 0) for who, number, late in loads),
                key=lambda each: (-each.carried, each.staff),
            )
        ),
    )


def _order(item: Carried) -> tuple[bool, bool, date, str]:
    day = item.next_action_on or date.max
    return (not item.overdue, item.turn is not Turn.LINK_WORKER, day, item.referral_id)


def _carried(referral: Referral, person: Person, near: Beside, today: date) -> Carried:
    touched_on = (referral.touched_at or referral.received_at).date()
    return Carried(
        referral_id=referral.referral_id,
        version=referral.version,
        practice=referral.practice_code,
        given_name=person.given_name,
        family_name=person.family_name,
        state=referral.state,
        urgency=referral.urgency,
        assigned_to=referral.assigned_to,
        next_action=referral.next_action,
        next_action_on=referral.next_action_on,
        touched_on=touched_on,
        offers=tuple(near.offers),
        turn=turn(
            referral.state,
            near.offers,
            flag_open=near.is_flagged,
            concern_blocks=near.is_blocked,
            next_action_on=referral.next_action_on,
            today=today,
        ),
        overdue=is_overdue(referral.next_action_on, today),
        stuck=is_stuck(touched_on, referral.next_action_on, today),
    )
