"""Which of the people in a list may have been referred before: hints to look, for many at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.gate import readable
from service.people.likeness import Known, likeness
from service.people.model import Person
from service.referrals.model import Referral


@dataclass(frozen=True, slots=True)
class Again:
    """`known` is another referral of the same NHS number; `alike` counts records to be compared."""

    known: bool = False
    alike: int = 0


def known_of(person: Person) -> Known:
    """What a record is compared by; a protected address takes no part."""
    return Known(
        person.person_id,
        person.nhs_number,
        person.given_name,
        person.family_name,
        person.birth_date,
        None if person.address_protected else person.postcode,
    )


def again(session: Session, *, by: Actor, people: Collection[Person]) -> dict[str, Again]:
    """For each of these people, by id, whether they may be here twice. One statement.

    Compared within a practice only, as `likeness` does. Records that were joined are one and no
    longer hint at each other. A person whom `by` may not see counts for nothing.
    """
    numbers = sorted({each.nhs_number for each in people if each.nhs_number})
    days = sorted({each.birth_date for each in people if each.birth_date})
    rows = session.execute(
        select(Person, func.count(Referral.referral_id))
        .outerjoin(Referral, Referral.person_id == Person.person_id)
        .where(
            readable(by).rows(Person.practice_code),
            Person.practice_code.in_(sorted({each.practice_code for each in people})),
            or_(Person.nhs_number.in_(numbers), Person.birth_date.in_(days)),
        )
        .group_by(Person.person_id)
    ).all()
    by_number: dict[tuple[str, str], list[tuple[Person, int]]] = {}
    by_day: dict[tuple[str, object], list[tuple[Person, int]]] = {}
    for person, count in rows:
        if person.nhs_number:
            by_number.setdefault((person.practice_code, person.nhs_number), []).append(
                (person, count)
            )
        if person.birth_date:
            by_day.setdefault((person.practice_code, person.birth_date), []).append((person, count))
    return {
        each.person_id: _again(
            each,
            by_number.get((each.practice_code, each.nhs_number or ""), []),
            by_day.get((each.practice_code, each.birth_date), []),
        )
        for each in people
    }


def _again(
    own: Person, same_number: list[tuple[Person, int]], same_day: list[tuple[Person, int]]
) -> Again:
    others = {
        each.person_id: each
        for each, _ in chain(same_number, same_day)
        if _root(each) != _root(own) and likeness(known_of(own), known_of(each)).likely
    }
    return Again(sum(count for _, count in same_number) > 1, len(others))


def _root(person: Person) -> str:
    return person.joined_to or person.person_id
