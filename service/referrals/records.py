"""One referral as a record that is looked at: who saw it, and opening it in an emergency."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity import audit, break_glass
from service.identity.actors import Actor
from service.identity.audit_queries import Seen, who_saw
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.identity.staff_model import BreakGlass
from service.referrals.model import Referral
from service.store.work import UnitOfWork

_NOT_HERE = "There is no such referral, or it is not yours to see."


def open_record(work: UnitOfWork, *, by: Actor, referral_id: str, reason: str) -> BreakGlass:
    """Open a referral outside `by`'s places, with its person, for an hour.

    Raises
    ------
    NotAllowed, BadReason
        As `identity.break_glass.open_break_glass` does.
    NotFound
        If there is no referral with this number.
    """
    by.require(Permission.BREAK_GLASS)
    row = work.session.get(Referral, referral_id.strip().lower())
    if row is None:
        raise NotFound(
            "There is no referral with this number. Check it and try again.", field="referral"
        )
    return break_glass.open_break_glass(
        work,
        by=by,
        referral_id=row.referral_id,
        person_id=row.person_id,
        practice=OdsCode(row.practice_code),
        reason=reason,
    )


def who_saw_referral(work: UnitOfWork, *, by: Actor, referral_id: str) -> tuple[Seen, ...]:
    """Who saw and changed a referral and its person, newest first. Looking is itself recorded.

    Raises
    ------
    NotFound
        If there is no such referral that `by` may read, or they may not read its practice's audit.
    """
    row = work.session.scalar(
        select(Referral).where(
            Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code)
        )
    )
    if row is None or not by.may(Permission.READ_AUDIT, at=OdsCode(row.practice_code)):
        raise NotFound(_NOT_HERE)
    found = who_saw(work.session, f"referral:{row.referral_id}", f"person:{row.person_id}")
    audit.record(work, by=by, action="audit.read", subject=f"referral:{row.referral_id}")
    return found


def subjects_of_person(session: Session, person_id: str) -> tuple[str, ...]:
    """The person and each of their referrals as the audit names them; none if unknown."""
    rows = session.scalars(
        select(Referral.referral_id)
        .where(Referral.person_id == person_id)
        .order_by(Referral.referral_id)
    )
    return (f"person:{person_id}", *(f"referral:{each}" for each in rows))
