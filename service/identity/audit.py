"""The record of what was done and seen, chained so that tampering shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity.actors import Actor
from service.identity.model import AuditEvent, AuditHead
from service.store.base import utc_now
from service.store.work import UnitOfWork

START = "0" * 64
"""What stands before the first event."""


_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """A unit of work's turn in the chain: nobody else writes an event until it is committed.

    Attributes
    ----------
    head : AuditHead
        The end of the chain, locked.
    at : datetime
        The instant of the event to come: later than that of every event before it, and so than
        of everything that was committed with one, whoever's clock was read.
    """

    head: AuditHead
    at: datetime


def turn(work: UnitOfWork) -> Turn:
    """Wait for one's turn in the chain.

    What is changed now and bears this instant is in order of commit: whoever has seen a later
    instant has seen this one, unless it was undone.
    """
    session = work.session
    head = session.get(AuditHead, 1, with_for_update=True)
    if head is None:
        head = AuditHead(head_id=1, event_id=0, digest=START)
        session.add(head)
    now = utc_now()
    return Turn(head, now if head.at is None else max(now, head.at + _LEAST))


def latest_at(session: Session) -> datetime | None:
    """The instant of the latest event that is committed; None when there is none.

    Whatever bears an instant up to this one is committed too, and can be seen from now on.
    """
    return session.scalar(select(AuditHead.at).where(AuditHead.head_id == 1))


def record(
    work: UnitOfWork,
    *,
    by: Actor,
    action: str,
    subject: str,
    details: dict[str, Json] | None = None,
    at: Turn | None = None,
) -> AuditEvent:
    """Write down that `by` did `action` to `subject`, in the transaction of the act itself.

    Parameters
    ----------
    work : UnitOfWork
        The unit of work of the change; if it is undone, so is this.
    by : Actor
        Who did it.
    action : str
        `referral.received`, `token.created`.
    subject : str
        What it was done to: `referral:<id>`. Identifiers, never a name.
    details : dict, optional
        Public or organisational facts; never a name, address, NHS number or note.
    at : Turn, optional
        The turn that this work has taken already.

    Returns
    -------
    AuditEvent
        The event, with its place in the chain.
    """
    session = work.session
    event = _next(at or turn(work), by, Told(action, subject, details or {}))
    session.add(event)
    session.flush()
    return event


@dataclass(frozen=True, slots=True)
class Told:
    """One event before it has its place in the chain; each as `record` has it."""

    action: str
    subject: str
    details: dict[str, Json] = field(default_factory=dict)


def record_together(work: UnitOfWork, *, by: Actor, told: Sequence[Told]) -> None:
    """As `record` for several events of one work, in order: three statements, however many."""
    if not told:
        return
    taken = turn(work)
    rows = []
    for each in told:
        event = _next(taken, by, each)
        rows.append({each.key: getattr(event, each.key) for each in AuditEvent.__table__.columns})
        taken = Turn(taken.head, event.at + _LEAST)
    work.session.execute(insert(AuditEvent).values(rows))
    work.session.flush()


def _next(taken: Turn, by: Actor, told: Told) -> AuditEvent:
    """The event that comes next in the chain, and the end of the chain moved on to it."""
    head = taken.head
    event = AuditEvent(
        event_id=head.event_id + 1,
        at=taken.at,
        actor=by.actor_id,
        role=by.role_names,
        action=told.action,
        subject=told.subject,
        details=told.details,
        previous=head.digest,
    )
    event.digest = digest_of(event)
    head.event_id, head.digest, head.at = event.event_id, event.digest, event.at
    return event


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over the event's facts and the digest before it; times to the microsecond, UTC."""
    facts = [
        event.event_id,
        _instant(event.at),
        event.actor,
        event.role,
        event.action,
        event.subject,
        event.details,
        event.previous,
    ]
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def first_break(session: Session) -> int | None:
    """The id of the first event that does not fit the chain, or None when all of it holds.

    A missing event is reported at the event after it; events missing at the end are reported as
    one past the last one found.
    """
    digest, expected = START, 1
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.event_id)).yield_per(1000):
        fits = event.event_id == expected and event.previous == digest
        if not fits or digest_of(event) != event.digest:
            return event.event_id
        digest, expected = event.digest, expected + 1
    head = session.get(AuditHead, 1)
    if head is not None and (head.event_id, head.digest) != (expected - 1, digest):
        return expected
    return None
