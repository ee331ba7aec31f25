"""One referral with whom it is about: what every page of it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import Session, aliased, joinedload

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.identity.roles import Permission
from service.people.model import Person
from service.referrals.lifecycle import REFERRAL_ENDS
from service.referrals.model import Referral
from service.referrals.safety import Flag
from service.referrals.work_model import Plan


class Head:
    """What the head of every page of a referral says of it; the rows are the subclass's own."""

    __slots__ = ()

    referral: Referral
    person: Person
    flags: tuple[Flag, ...]

    @property
    def referral_id(self) -> str:
        """The referral's id."""
        return self.referral.referral_id

    @property
    def name(self) -> str:
        """The person's name, or that none was given."""
        return f"{self.person.given_name} {self.person.family_name}".strip() or "Name not given"

    @property
    def danger(self) -> tuple[Flag, ...]:
        """The danger signs that a clinician must still see."""
        return tuple(each for each in self.flags if each.is_open)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.referral.state in REFERRAL_ENDS

    @property
    def is_guarded(self) -> bool:
        """Whether nothing may be sent to the person without thinking of their safety."""
        return bool(self.referral.safe_contact) or self.person.address_protected


@dataclass(frozen=True, slots=True)
class Record:
    """The rows of one referral.

    Attributes
    ----------
    own, person : Person
        The record that was referred, and the one that is kept of the same person: mostly the same.
    more : tuple
        Whatever else was asked for, in that order.
    """

    referral: Referral
    own: Person
    person: Person
    plan: Plan | None
    practice: NhsOrg
    more: tuple[Any, ...]


def find_record(
    session: Session,
    *,
    by: Actor,
    referral_id: str,
    more: Sequence[ColumnElement[Any] | ScalarSelect[Any]] = (),
    permission: Permission = Permission.WORK_REFERRALS,
) -> Record:
    """One referral for whoever works on it, with its needs and danger signs. One statement.

    Parameters
    ----------
    more : sequence of ColumnElement
        Further columns, about the same referral.
    permission : Permission
        What `by` must hold somewhere to be told anything at all.

    Raises
    ------
    NotAllowed
        If `by` does not hold it.
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    by.require(permission)
    kept = aliased(Person)
    row = (
        session.execute(
            select(Referral, Person, kept, Plan, NhsOrg, *more)
            .join(Person, Person.person_id == Referral.person_id)
            .outerjoin(kept, kept.person_id == Person.joined_to)
            .join(NhsOrg, NhsOrg.ods_code == Referral.practice_code)
            .outerjoin(Plan, Plan.referral_id == Referral.referral_id)
            .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
            .options(joinedload(Referral.needs), joinedload(Referral.flags))
        )
        .unique()
        .first()
    )
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    referral, own, joined, plan, practice, *rest = row
    person = own if own.joined_to is None else joined
    return Record(referral, own, person, plan, practice, tuple(rest))
