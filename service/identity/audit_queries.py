"""The audit, read: who saw and changed what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity.model import AuditEvent
from service.identity.staff_model import StaffMember

MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was done with a record. `who` is a name where a person did it."""

    event_id: int
    at: datetime
    actor: str
    who: str
    role: str
    action: str
    subject: str
    details: dict[str, Json]


def who_saw(session: Session, *subjects: str) -> tuple[Seen, ...]:
    """Everything the audit has about these records, newest first, at most `MOST_SHOWN`.

    Parameters
    ----------
    *subjects : str
        As they are recorded: `referral:<id>`, `person:<id>`. None gives nothing.

    Notes
    -----
    Two statements. Staff who have left keep their names here; machines and the operator have none
    and are told by what they are.
    """
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject.in_(subjects))
        .order_by(AuditEvent.event_id.desc())
        .limit(MOST_SHOWN)
    ).all()
    names = _names(session, events)
    return tuple(
        Seen(
            event_id=each.event_id,
            at=each.at,
            actor=each.actor,
            who=names.get(each.actor, _machine(each.actor)),
            role=each.role,
            action=each.action,
            subject=each.subject,
            details=each.details,
        )
        for each in events
    )


def _names(session: Session, events: Sequence[AuditEvent]) -> dict[str, str]:
    numbers = {
        int(each.actor.removeprefix("staff:")) for each in events if each.actor.startswith("staff:")
    }
    rows = session.execute(
        select(StaffMember.staff_id, StaffMember.display_name).where(
            StaffMember.staff_id.in_(sorted(numbers))
        )
    )
    return {f"staff:{number}": name for number, name in rows}


def _machine(actor: str) -> str:
    if actor.startswith("token:"):
        return f"A practice's computer system (token {actor.removeprefix('token:')})"
    return {"operator": "The operator", "visitor": "Somebody not signed in"}.get(actor, actor)
