"""The same person twice: found by a person who looks, joined by hand, and taken apart again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.errors import BadJoin
from service.people.model import Person, PersonJoin
from service.store.base import utc_now
from service.store.work import UnitOfWork

LEAST_REASON: Final = 10
"""Characters of a reason at least: "same" is not one. Our own choice."""

_FILLED: Final = ("nhs_number", "birth_date", "postcode", "telephone", "email", "reach_by")


def join_people(work: UnitOfWork, *, by: Actor, keep: str, drop: str, reason: str) -> int:
    """Say that two records of one practice are the same person. Never done without a human.

    Nothing is moved and nothing deleted: the dropped record points to the kept one from now on,
    and lends it the facts it lacks. An objection or a protected address of either holds for both.
    Returns the join's id, by which it can be undone.

    Raises
    ------
    NotAllowed
    NotFound
        If either is not there, or not yours to see.
    BadJoin
        If they are one already, belong to two practices, have two different NHS numbers, or no
        reason is given.
    """
    by.require(Permission.WORK_REFERRALS)
    if len(reason.strip()) < LEAST_REASON:
        raise BadJoin("Say in a sentence how you know that these are one person.", field="reason")
    if keep == drop:
        raise BadJoin("Choose two different records.", field="drop")
    found = {person_id: _person(work, by, person_id) for person_id in sorted({keep, drop})}
    kept, dropped = found[keep], found[drop]
    by.require(Permission.WORK_REFERRALS, at=OdsCode(kept.practice_code))
    if kept.practice_code != dropped.practice_code:
        raise BadJoin("The two records belong to two practices. They stay apart.", field="drop")
    if kept.joined_to is not None or dropped.joined_to is not None:
        raise BadJoin("One of the two was joined before. Open the record it belongs to.")
    if kept.nhs_number and dropped.nhs_number and kept.nhs_number != dropped.nhs_number:
        raise BadJoin("Two NHS numbers are two people. Have the wrong one corrected first.")
    session = work.session
    carried = list(session.scalars(select(Person).where(Person.joined_to == drop)))
    for each in [*carried, dropped]:
        each.joined_to = keep
    row = PersonJoin(
        kept_id=keep,
        dropped_id=drop,
        reason=reason.strip(),
        carried=[each.person_id for each in carried],
        filled=_fill(kept, dropped),
        joined_by=by.actor_id,
    )
    session.add(row)
    session.flush()
    audit.record(
        work, by=by, action="person.joined", subject=f"person:{keep}", details={"dropped": drop}
    )
    return row.join_id


def undo_join(work: UnitOfWork, *, by: Actor, join_id: int, reason: str) -> None:
    """Take two joined records apart again, at any time; facts that were lent go back.

    An objection stays on both: doubt never reopens sharing.

    Raises
    ------
    NotAllowed, NotFound
    BadJoin
        If it was undone before, or no reason is given.
    """
    by.require(Permission.WORK_REFERRALS)
    if len(reason.strip()) < LEAST_REASON:
        raise BadJoin("Say in a sentence why these are two people.", field="reason")
    session = work.session
    row = session.get(PersonJoin, join_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such joining, or it is not yours to see.")
    found = {each: _person(work, by, each) for each in sorted({row.kept_id, row.dropped_id})}
    kept, dropped = found[row.kept_id], found[row.dropped_id]
    if row.undone_at is not None or dropped.joined_to != row.kept_id:
        raise BadJoin("This joining was undone before, or the record was joined on since.")
    dropped.joined_to = None
    for each in session.scalars(select(Person).where(Person.person_id.in_(row.carried))):
        each.joined_to = row.dropped_id
    for fact in row.filled:
        if getattr(kept, fact) == getattr(dropped, fact):
            setattr(kept, fact, None if fact in {"nhs_number", "birth_date", "postcode"} else "")
    row.undone_at, row.undone_by = utc_now(), by.actor_id
    audit.record(
        work,
        by=by,
        action="person.join_undone",
        subject=f"person:{row.kept_id}",
        details={"dropped": row.dropped_id, "reason_given": True},
    )


def _person(work: UnitOfWork, by: Actor, person_id: str) -> Person:
    person = work.session.scalar(
        select(Person)
        .where(Person.person_id == person_id, readable(by).rows(Person.practice_code))
        .with_for_update()
    )
    if person is None:
        raise NotFound("There is no such person, or they are not yours to see.")
    return person


def _fill(kept: Person, dropped: Person) -> list[str]:
    filled = []
    for fact in _FILLED:
        if not getattr(kept, fact) and getattr(dropped, fact):
            setattr(kept, fact, getattr(dropped, fact))
            filled.append(fact)
    kept.address_protected = kept.address_protected or dropped.address_protected
    objected = kept.objected_at or dropped.objected_at
    for each in (kept, dropped):
        each.objected_at = each.objected_at or objected
    return filled
