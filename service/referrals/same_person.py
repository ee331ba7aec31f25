"""A person beside the records that may be the same person, and the joinings that can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.model import Person, PersonJoin
from service.referrals.model import Referral
from service.referrals.people_search import Candidate, like
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """The record that the others are compared with."""

    person_id: str
    given_name: str
    family_name: str
    birth_date: date | None
    nhs_number: str | None
    postcode: str | None
    protected: bool
    joined_to: str | None


@dataclass(frozen=True, slots=True)
class Joining:
    """Two records that somebody said are one person, not undone since."""

    join_id: int
    kept_id: str
    dropped_id: str
    reason: str
    joined_by: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class SamePerson:
    """A referral's person, the likely others, and the joinings of either."""

    referral_id: str
    own: OwnRecord
    candidates: tuple[Candidate, ...]
    joinings: tuple[Joining, ...]

    def joining_of(self, person_id: str) -> Joining | None:
        """The joining that ties this candidate to the person; None when there is none."""
        pair = {person_id, self.own.person_id}
        return next((j for j in self.joinings if {j.kept_id, j.dropped_id} == pair), None)


def same_person(work: UnitOfWork, *, by: Actor, referral_id: str) -> SamePerson:
    """What there is to compare. Looking at the others' records is recorded. Six statements.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    NotFound
        If there is no such referral, or it is another practice's.
    """
    by.require(Permission.WORK_REFERRALS)
    session = work.session
    person = session.scalar(
        select(Person)
        .join(Referral, Referral.person_id == Person.person_id)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
    )
    if person is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    candidates = like(session, by, person)
    rows = session.scalars(
        select(PersonJoin)
        .where(
            or_(
                PersonJoin.kept_id == person.person_id,
                PersonJoin.dropped_id == person.person_id,
            ),
            PersonJoin.undone_at.is_(None),
        )
        .order_by(PersonJoin.join_id)
    ).all()
    seen: list[Json] = [each.person_id for each in candidates]
    audit.record(
        work,
        by=by,
        action="person.compared",
        subject=f"person:{person.person_id}",
        details={"with": seen},
    )
    return SamePerson(
        referral_id,
        OwnRecord(
            person.person_id,
            person.given_name,
            person.family_name,
            person.birth_date,
            person.nhs_number,
            None if person.address_protected else person.postcode,
            person.address_protected,
            person.joined_to,
        ),
        candidates,
        tuple(
            Joining(
                each.join_id,
                each.kept_id,
                each.dropped_id,
                each.reason,
                each.joined_by,
                each.joined_at,
            )
            for each in rows
        ),
    )
