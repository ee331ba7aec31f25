"""Breaking the glass: one record outside somebody's places, for a reason, for an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import BadReason, NotAllowed, NotFound
from service.identity.roles import Permission
from service.identity.staff_model import BreakGlass, StaffMember
from service.store.base import utc_now
from service.store.work import UnitOfWork

OPEN_MIN = 60
"""How long a record stays open. Our own choice: long enough for a visit or a call."""
SHORTEST_REASON, LONGEST_REASON = 10, 500
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class GlassView:
    """One record that was opened, as the lead sees it."""

    glass_id: int
    staff_name: str
    referral_id: str
    practice: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str | None


def open_break_glass(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    person_id: str,
    practice: OdsCode,
    reason: str,
) -> BreakGlass:
    """Open a referral and its person to `by` for `OPEN_MIN` minutes, and tell the lead.

    It opens for reading only. Opening a record that is open already begins a further hour, with
    its own reason. Whether the record exists is the caller's to know.

    Raises
    ------
    NotAllowed
        If `by` may not break the glass, or is not a member of staff.
    BadReason
        If the reason has fewer than 10 or more than 500 characters.
    """
    by.require(Permission.BREAK_GLASS)
    if by.staff_id is None:
        raise NotAllowed("Only somebody who signed in can do this.")
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadReason(
            f"Say in a sentence why you must see this record, in {SHORTEST_REASON} to "
            f"{LONGEST_REASON} characters. Your team lead will read it.",
            field="reason",
        )
    now = utc_now()
    row = BreakGlass(
        staff_id=by.staff_id,
        referral_key=referral_id,
        person_key=person_id,
        practice_code=str(practice),
        reason=reason,
        opened_at=now,
        ends_at=now + timedelta(minutes=OPEN_MIN),
    )
    work.session.add(row)
    work.session.flush()
    details: dict[str, Json] = {
        "glass": row.glass_id,
        "practice": str(practice),
        "minutes": OPEN_MIN,
    }
    for subject in (f"referral:{referral_id}", f"person:{person_id}"):
        audit.record(
            work, by=by, action="break_glass.opened", subject=subject, details=dict(details)
        )
    work.announce(
        "break_glass.opened", key=f"break_glass:{row.glass_id}", body={"glass": row.glass_id}
    )
    return row


def review_break_glass(work: UnitOfWork, *, by: Actor, glass_id: int) -> None:
    """The lead has looked at it. Nobody reviews their own; the first review stays.

    Raises
    ------
    NotFound
        If there is none with this number at the places where `by` may read the audit.
    NotAllowed
        If `by` opened it.
    """
    row = work.session.get(BreakGlass, glass_id)
    if row is None or OdsCode(row.practice_code) not in by.places(Permission.READ_AUDIT):
        raise NotFound("There is no such opening.")
    if row.staff_id == by.staff_id:
        raise NotAllowed("You opened this yourself. Somebody else must look at it.")
    if row.reviewed_at is not None:
        return
    row.reviewed_at, row.reviewed_by = utc_now(), by.staff_id
    audit.record(
        work,
        by=by,
        action="break_glass.reviewed",
        subject=f"referral:{row.referral_key}",
        details={"glass": glass_id},
    )


def openings(session: Session, by: Actor) -> tuple[GlassView, ...]:
    """What was opened at the places where `by` may read the audit: not yet reviewed first, newest
    first, at most `MOST_LISTED`. One statement. Nobody else sees any.
    """
    places = sorted(by.places(Permission.READ_AUDIT))
    reviewer = aliased(StaffMember)
    rows = session.execute(
        select(BreakGlass, StaffMember.display_name, reviewer.display_name)
        .join(StaffMember, StaffMember.staff_id == BreakGlass.staff_id)
        .outerjoin(reviewer, reviewer.staff_id == BreakGlass.reviewed_by)
        .where(BreakGlass.practice_code.in_(places))
        .order_by(
            BreakGlass.reviewed_at.is_not(None),
            BreakGlass.opened_at.desc(),
            BreakGlass.glass_id.desc(),
        )
        .limit(MOST_LISTED)
    )
    return tuple(
        GlassView(
            glass_id=row.glass_id,
            staff_name=name,
            referral_id=row.referral_key,
            practice=row.practice_code,
            reason=row.reason,
            opened_at=row.opened_at,
            ends_at=row.ends_at,
            reviewed_at=row.reviewed_at,
            reviewed_by=reviewed_by,
        )
        for row, name, reviewed_by in rows
    )
