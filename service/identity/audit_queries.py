"""The audit, read: who saw and changed what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, false, or_, select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity.model import AuditEvent
from service.identity.staff_model import StaffMember

MOST_SHOWN = 1_000
LISTS = "list:"
SEARCHES = "search:"
"""How the subject of an event begins that is about a list of records, or what a system found."""
LISTING = ("referrals", "people")
"""Details that name every record in a list or in what a search found."""


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

    A list or a search in which a record was shown counts as seeing it. Of such an event the details
    name no other record that was in it.

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
        .where(or_(AuditEvent.subject.in_(subjects), _listing(subjects)))
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
            details={k: v for k, v in each.details.items() if k not in LISTING},
        )
        for each in events
    )


def _listing(subjects: Collection[str]) -> ColumnElement[bool]:
    """Events about a list, or a search, that had any of these records in it."""
    keys = [each.partition(":")[2] for each in subjects]
    text = cast(AuditEvent.details, Text)
    named = or_(false(), *(text.contains(f'"{key}"', autoescape=True) for key in keys if key))
    of_many = or_(
        AuditEvent.subject.startswith(LISTS),
        AuditEvent.subject.startswith(SEARCHES),
        AuditEvent.subject == "people",
    )
    return and_(of_many, named)


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
