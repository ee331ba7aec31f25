"""New referrals in the order in which somebody should look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.gate import readable
from service.identity.roles import Permission
from service.matching.notes.model import FlagStatus
from service.people.model import Person
from service.referrals.caseload import NOBODY
from service.referrals.duplicates import Again, again
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import WAITING, ReferralState
from service.referrals.model import RaisedFlag, Referral
from service.referrals.queries import flag_of
from service.referrals.safety import Flag

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of the inbox is wanted; every part None or False means all of it.

    `staff` is whoever it is assigned to, and `caseload.NOBODY` what nobody has.
    """

    practice: str | None = None
    state: ReferralState | None = None
    staff: str | None = None
    urgency: Urgency | None = None
    flagged: bool = False
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One new referral.

    `flags` are the labels of its open danger signs, and `signs` all of them, the most serious
    first, history last. `known_elsewhere` is another referral of the same NHS number at the same
    practice; `alike` counts records there that may be the same person and are not joined.
    """

    referral_id: str
    version: int
    practice: str
    state: ReferralState
    state_reason: str
    urgency: Urgency
    received_at: datetime
    given_name: str
    family_name: str
    birth_date: date | None
    referrer: str
    needs: tuple[str, ...]
    flags: tuple[str, ...]
    known_elsewhere: bool
    alike: int = 0
    signs: tuple[Flag, ...] = ()
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox, and how many there are in all.

    `counts` and `flagged` are by stage and with an open danger sign, whichever stage is wanted.
    """

    items: tuple[InboxItem, ...]
    total: int
    counts: Mapping[ReferralState, int]
    flagged: int


def inbox(session: Session, *, by: Actor, wanted: InboxFilter | None = None) -> Inbox:
    """Referrals that wait for triage: danger signs first, then urgency, then the oldest.

    Four statements, however many there are. Ties of the same instant are settled by id.

    Raises
    ------
    NotAllowed
        If `by` does not triage. Other practices' referrals are simply not there.
    """
    by.require(Permission.TRIAGE)
    wanted = wanted or InboxFilter()
    counts = _counts(session, by, wanted)
    flagged = case((has_open_flag(), 0), else_=1)
    urgency = case(
        {each.value: rank for rank, each in enumerate(Urgency)}, value=Referral.urgency, else_=9
    )
    page = (
        select(Referral.referral_id)
        .where(_where(by, wanted))
        .order_by(flagged, urgency, Referral.received_at, Referral.referral_id)
        .limit(min(max(wanted.limit, 1), MOST))
        .offset(max(wanted.offset, 0))
    )
    ids = list(session.scalars(page))
    rows = session.execute(
        select(Referral, Person)
        .join(Person, Person.person_id == Referral.person_id)
        .where(Referral.referral_id.in_(ids), readable(by).rows(Referral.practice_code))
        .options(joinedload(Referral.needs), joinedload(Referral.flags))
    ).unique()
    found = {referral.referral_id: (referral, person) for referral, person in rows}
    twice = again(session, by=by, people=[person for _, person in found.values()])
    items = tuple(
        _item(*found[each], twice[found[each][1].person_id]) for each in ids if each in found
    )
    chosen = WAITING if wanted.state is None else (wanted.state,)
    return Inbox(
        items,
        sum(counts.get(each, [0, 0])[wanted.flagged] for each in chosen),
        {each: counts.get(each, [0, 0])[0] for each in WAITING},
        sum(counts.get(each, [0, 0])[1] for each in WAITING),
    )


def _counts(session: Session, by: Actor, wanted: InboxFilter) -> dict[ReferralState, list[int]]:
    """By stage: how many, and how many of these with an open danger sign."""
    rows = session.execute(
        select(Referral.state, func.count(), func.sum(case((has_open_flag(), 1), else_=0)))
        .where(*_scope(by, wanted))
        .group_by(Referral.state)
    )
    return {state: [number, int(flagged or 0)] for state, number, flagged in rows}


def _where(by: Actor, wanted: InboxFilter) -> ColumnElement[bool]:
    parts = _scope(by, wanted)
    parts.append(
        Referral.state.in_(WAITING) if wanted.state is None else Referral.state == wanted.state
    )
    if wanted.flagged:
        parts.append(has_open_flag())
    return and_(*parts)


def _scope(by: Actor, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """What is wanted, of any stage, with danger signs or without."""
    parts = [readable(by).rows(Referral.practice_code)]
    parts.append(Referral.state.in_({*WAITING, wanted.state or WAITING[0]}))
    if wanted.practice is not None:
        parts.append(Referral.practice_code == wanted.practice)
    if wanted.staff is not None:
        nobody = wanted.staff == NOBODY
        parts.append(
            Referral.assigned_to.is_(None) if nobody else Referral.assigned_to == wanted.staff
        )
    if wanted.urgency is not None:
        parts.append(Referral.urgency == wanted.urgency)
    return parts


def has_open_flag() -> ColumnElement[bool]:
    """Whether a danger sign of a referral waits for a clinician: a condition of a SELECT."""
    return (
        select(RaisedFlag.flag)
        .where(
            RaisedFlag.referral_id == Referral.referral_id,
            RaisedFlag.closed_at.is_(None),
            RaisedFlag.status != FlagStatus.HISTORY,
        )
        .exists()
    )


def _item(referral: Referral, person: Person, twice: Again) -> InboxItem:
    known = need_list.load()
    return InboxItem(
        referral_id=referral.referral_id,
        version=referral.version,
        practice=referral.practice_code,
        state=referral.state,
        state_reason=referral.state_reason,
        urgency=referral.urgency,
        received_at=referral.received_at,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        referrer=referral.referrer_name,
        needs=tuple(known.needs[each.need].label for each in referral.needs),
        flags=tuple(known.red_flags[each.flag].label for each in referral.flags if each.is_open),
        known_elsewhere=twice.known,
        alike=twice.alike,
        signs=tuple(
            sorted(
                (flag_of(each) for each in referral.flags if each.closed_at is None),
                key=lambda each: (each.status.rank, each.flag),
            )
        ),
        assigned_to=referral.assigned_to,
    )
