"""What a practice has sent, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session, joinedload

from service.identity.actors import Actor, visitor
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.model import Person
from service.referrals.beside import NOTHING, Beside, beside
from service.referrals.inbox import has_open_flag
from service.referrals.lifecycle import REFERRAL_ENDS, ReferralState
from service.referrals.model import Referral
from service.referrals.queries import ReferralView, flag_of
from service.referrals.safety import Flag
from service.referrals.turns import Turn, turn

MOST: Final = 100


class Part(StrEnum):
    """A part of the list. `YOURS` waits for the practice: a danger sign, or a question."""

    ALL = "all"
    YOURS = "yours"
    UNDER_WAY = "under_way"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SentItem:
    """One referral as its practice sees it in a list.

    `flags` are its open danger signs. `letters` counts the messages back, of which the last came
    `last_letter_at`.
    """

    referral_id: str
    practice: str
    given_name: str
    family_name: str
    birth_date: date | None
    referrer: str
    received_at: datetime
    state: ReferralState
    end_reason: str
    ended_at: datetime | None
    flags: tuple[Flag, ...]
    turn: Turn
    letters: int
    last_letter_at: datetime | None

    @property
    def name(self) -> str:
        """The person's name, or that none was given."""
        return f"{self.given_name} {self.family_name}".strip() or "Name not given"


@dataclass(frozen=True, slots=True)
class Sent:
    """A page of the list, how many are in that part, and how many in each."""

    items: tuple[SentItem, ...]
    total: int
    counts: Mapping[Part, int]


def sent_by_practice(
    session: Session, *, by: Actor, today: date, part: Part = Part.ALL, limit: int, offset: int = 0
) -> Sent:
    """The referrals that the practices of `by` sent: open danger signs first, then the newest.

    Three statements, however many there are. What people asked for themselves on the public form is
    not among them: the practice did not send it. Beyond the last there is nothing; a `limit` over
    `MOST` is `MOST`.

    Raises
    ------
    NotAllowed
        If `by` may not read referrals. Other practices' referrals are simply not there.
    """
    by.require(Permission.READ_REFERRALS)
    scope = (
        readable(by).rows(Referral.practice_code),
        Referral.received_from != visitor().actor_id,
    )
    counts = _counts(session, scope)
    first = case((_in(Part.UNDER_WAY) & has_open_flag(), 0), else_=1)
    rows = session.execute(
        select(Referral, Person)
        .join(Person, Person.person_id == Referral.person_id)
        .where(
            Referral.referral_id.in_(
                select(Referral.referral_id)
                .where(*scope, _in(part))
                .order_by(first, Referral.received_at.desc(), Referral.referral_id)
                .limit(min(limit, MOST))
                .offset(max(offset, 0))
            )
        )
        .order_by(first, Referral.received_at.desc(), Referral.referral_id)
        .options(joinedload(Referral.flags))
    ).unique()
    found = [(referral, person) for referral, person in rows]
    near = beside(session, [referral.referral_id for referral, _ in found])
    items = tuple(
        _item(referral, person, near.get(referral.referral_id, NOTHING), today)
        for referral, person in found
    )
    return Sent(items, counts[part], counts)


def turn_of_sent(session: Session, view: ReferralView, today: date) -> Turn:
    """Who has to act next on a referral that the caller may read. One statement."""
    near = beside(session, [view.referral_id]).get(view.referral_id, NOTHING)
    return turn(
        view.state,
        near.offers,
        flag_open=near.is_flagged,
        concern_blocks=near.is_blocked,
        next_action_on=view.next_action_on,
        today=today,
    )


def _in(part: Part) -> ColumnElement[bool]:
    ended = Referral.state.in_(sorted(REFERRAL_ENDS))
    asked = Referral.state == ReferralState.NEEDS_MORE
    return {
        Part.ALL: literal(True),
        Part.YOURS: ~ended & (has_open_flag() | asked),
        Part.UNDER_WAY: ~ended,
        Part.ENDED: ended,
    }[part]


def _counts(session: Session, scope: Sequence[ColumnElement[bool]]) -> dict[Part, int]:
    row = session.execute(
        select(*(func.sum(case((_in(part), 1), else_=0)) for part in Part)).where(*scope)
    ).one()
    return {part: int(number or 0) for part, number in zip(Part, row, strict=True)}


def _item(referral: Referral, person: Person, near: Beside, today: date) -> SentItem:
    flags = tuple(flag_of(each) for each in referral.flags if each.is_open)
    return SentItem(
        referral_id=referral.referral_id,
        practice=referral.practice_code,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        referrer=referral.referrer_name,
        received_at=referral.received_at,
        state=referral.state,
        end_reason=referral.end_reason,
        ended_at=referral.ended_at,
        flags=flags,
        turn=turn(
            referral.state,
            near.offers,
            flag_open=bool(flags),
            concern_blocks=near.is_blocked,
            next_action_on=referral.next_action_on,
            today=today,
        ),
        letters=near.letters,
        last_letter_at=near.last_letter_at,
    )
