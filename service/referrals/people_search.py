"""Finding a person by name, NHS number or birth date, and records that may be the same person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.likeness import Likeness, likeness, plain
from service.people.model import Person
from service.people.who import day_of
from service.referrals.duplicates import known_of
from service.referrals.errors import BadEntry
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral
from service.store.work import UnitOfWork

MOST: Final = 50
LEAST: Final = 2
"""Characters at least: one letter would list everybody."""

_NUMBER: Final = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_ACCENTED: Final = frozenset("acdegiklnorstuyz")


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person with one of their referrals; somebody with two referrals is found twice."""

    person_id: str
    given_name: str
    family_name: str
    birth_date: date | None
    practice: str
    referral_id: str
    state: ReferralState
    assigned_to: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same person as another, with what agrees and what differs.

    A `protected` address is in neither: it is not shown, and takes no part in the comparison.
    """

    person_id: str
    given_name: str
    family_name: str
    birth_date: date | None
    nhs_number: str | None
    postcode: str | None
    referral_ids: tuple[str, ...]
    likeness: Likeness
    joined: bool
    protected: bool = False


def search_people(work: UnitOfWork, *, by: Actor, text: str) -> tuple[PersonFound, ...]:
    """People whose name begins so, or with this NHS number or birth date; at most `MOST`.

    Words may stand in any order; case and accents do not matter. Who was found is written into the
    audit, what was typed is not. By family name, then given name, then referral.

    Raises
    ------
    NotAllowed
    BadEntry
        If fewer than `LEAST` characters are given.
    """
    by.require(Permission.SEARCH_PEOPLE)
    if len(text.strip()) < LEAST or not plain(text):
        raise BadEntry(f"Type at least {LEAST} letters of a name.", field="text")
    rows = work.session.execute(_query(by, text.strip())).all()
    tokens = plain(text).split()
    exact = _NUMBER.fullmatch(text.strip()) or day_of(text)
    found = [
        PersonFound(
            person.person_id,
            person.given_name,
            person.family_name,
            person.birth_date,
            referral.practice_code,
            referral.referral_id,
            referral.state,
            referral.assigned_to,
        )
        for person, referral in rows
        if exact or _begins(tokens, person)
    ][:MOST]
    people: list[Json] = list(dict.fromkeys(each.person_id for each in found))
    audit.record(
        work,
        by=by,
        action="person.searched",
        subject="people",
        details={"found": len(found), "people": people},
    )
    return tuple(found)


def _query(by: Actor, text: str) -> Select[Person, Referral]:
    return (
        select(Person, Referral)
        .join(Referral, Referral.person_id == Person.person_id)
        .where(readable(by).rows(Referral.practice_code), _narrowed(text))
        .order_by(
            func.lower(Person.family_name), func.lower(Person.given_name), Referral.referral_id
        )
    )


def _narrowed(text: str) -> ColumnElement[bool]:
    if _NUMBER.fullmatch(text):
        return Person.nhs_number == re.sub(r"[ -]", "", text)
    day = day_of(text)
    if day is not None:
        return Person.birth_date == day
    # A superset, the same on both databases, because only one of them folds the case of accented
    # letters: the first two letters, any of them that may carry an accent being left open.
    tokens = plain(text).split() or [""]
    start = tokens[0][:LEAST]
    pattern = "".join("_" if c in _ACCENTED or not c.isascii() else c for c in start) + "%"
    return or_(
        *(
            func.lower(name).like(before + pattern)
            for name in (Person.family_name, Person.given_name)
            for before in ("", "% ", "%-", "%'")
        )
    )


def _begins(tokens: list[str], person: Person) -> bool:
    names = plain(f"{person.given_name} {person.family_name}").split()
    return all(any(name.startswith(token) for name in names) for token in tokens)


def candidates_for(session: Session, *, by: Actor, person_id: str) -> tuple[Candidate, ...]:
    """Records of the same practice that may be this person, or were joined to it. Two statements.

    By NHS number, or by birth date with a name that is alike: a hint to look, never more. Likeliest
    first.

    Raises
    ------
    NotAllowed
    NotFound
        If there is no such person, or they are another practice's.
    """
    by.require(Permission.WORK_REFERRALS)
    own = session.scalar(
        select(Person).where(Person.person_id == person_id, readable(by).rows(Person.practice_code))
    )
    if own is None:
        raise NotFound("There is no such person, or they are not yours to see.")
    return like(session, by, own)


def like(session: Session, by: Actor, own: Person) -> tuple[Candidate, ...]:
    """The candidates for a person who has been read already. One statement."""
    same: list[ColumnElement[bool]] = [Person.joined_to == own.person_id]
    if own.joined_to is not None:
        same.append(Person.person_id == own.joined_to)
    if own.nhs_number:
        same.append(Person.nhs_number == own.nhs_number)
    if own.birth_date is not None:
        same.append(Person.birth_date == own.birth_date)
    rows = session.execute(
        select(Person, Referral.referral_id)
        .outerjoin(Referral, Referral.person_id == Person.person_id)
        .where(
            readable(by).rows(Person.practice_code),
            Person.practice_code == own.practice_code,
            Person.person_id != own.person_id,
            or_(*same),
        )
        .order_by(Person.person_id, Referral.received_at)
    ).all()
    people: dict[str, tuple[Person, list[str]]] = {}
    for person, referral_id in rows:
        people.setdefault(person.person_id, (person, []))
        if referral_id is not None:
            people[person.person_id][1].append(referral_id)
    found = [_candidate(own, person, ids) for person, ids in people.values()]
    return tuple(
        sorted(
            (each for each in found if each.joined or each.likeness.likely),
            key=lambda each: (
                -len(each.likeness.agrees),
                -each.likeness.name_ratio,
                each.person_id,
            ),
        )
    )


def _candidate(own: Person, other: Person, referral_ids: list[str]) -> Candidate:
    return Candidate(
        person_id=other.person_id,
        given_name=other.given_name,
        family_name=other.family_name,
        birth_date=other.birth_date,
        nhs_number=other.nhs_number,
        postcode=None if other.address_protected else other.postcode,
        referral_ids=tuple(referral_ids),
        likeness=likeness(known_of(own), known_of(other)),
        joined=other.joined_to == own.person_id or own.joined_to == other.person_id,
        protected=other.address_protected,
    )
