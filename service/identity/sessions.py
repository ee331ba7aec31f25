"""Sessions of people who signed in: kept in the database, ended by time, by hand or by leaving."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.errors import UnknownStaff
from service.identity.session_model import KeptForm, RateBucket, SignInAttempt, StaffSession
from service.identity.staff import actor_of_facts, facts_of_staff
from service.store.base import utc_now
from service.store.work import UnitOfWork

TOUCH_S = 60
"""A session is marked as used at most this often, so that reading a page writes nothing."""
KEEP_H = 24
"""How long an ended session is remembered, to know whose late form it is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without use, and at most."""

    idle_min: int = 30
    longest_min: int = 720


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a browser's secret.

    Attributes
    ----------
    staff_id : int
        Whose session it is or was.
    is_live : bool
        Whether it still holds; otherwise only a late form may be kept for them.
    is_due : bool
        Whether it is time to mark it as used.
    said : tuple of str
        What is to be said on the next page.
    actor : Actor or None
        Whoever it is; None when it holds no longer, and for somebody who has left.
    """

    staff_id: int
    is_live: bool
    is_due: bool
    said: tuple[str, ...] = ()
    actor: Actor | None = None


def digest_of(secret: str) -> str:
    """What is kept of a secret: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A secret for one browser: 32 random bytes."""
    return secrets.token_urlsafe(32)


def open_session(work: UnitOfWork, *, by: Actor, limits: Limits) -> str:
    """A new session for a member of staff; returns the secret for their browser.

    Always a new secret, so that one planted in a browser before signing in is worth nothing.
    Whatever is too old to be of use is cleared away on the way.
    """
    now = utc_now()
    _clear(work.session, now)
    secret = new_secret()
    work.session.add(
        StaffSession(
            digest=digest_of(secret),
            staff_id=by.staff_id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(minutes=limits.longest_min),
            said=[],
        )
    )
    audit.record(work, by=by, action="sign_in.done", subject=f"staff:{by.staff_id}")
    return secret


def known(session: Session, secret: str, limits: Limits) -> Known | None:
    """What is known of this secret; None when it never was a session, or ended too long ago.

    Whoever it belongs to is in it as long as the session holds. One statement.
    """
    mine = StaffSession.digest == digest_of(secret)
    facts = facts_of_staff(select(StaffSession.staff_id).where(mine).scalar_subquery()).subquery()
    rows = session.execute(
        select(StaffSession, *facts.c).outerjoin(facts, true()).where(mine)
    ).all()
    if not rows:
        return None
    row, now = rows[0][0], utc_now()
    idle = now - row.seen_at
    is_live = (
        row.ended_at is None and now < row.expires_at and idle < timedelta(minutes=limits.idle_min)
    )
    said = tuple(str(each) for each in row.said)
    told = [(kind, first, second) for _, kind, first, second in rows if kind is not None]
    actor = None
    if is_live:
        with suppress(UnknownStaff):
            actor = actor_of_facts(row.staff_id, told)
    return Known(row.staff_id, is_live, idle >= timedelta(seconds=TOUCH_S), said, actor)


def touch(work: UnitOfWork, secret: str) -> None:
    """Mark a session as used now."""
    work.session.execute(
        update(StaffSession)
        .where(StaffSession.digest == digest_of(secret), StaffSession.ended_at.is_(None))
        .values(seen_at=utc_now())
    )


def end_session(work: UnitOfWork, *, by: Actor, secret: str) -> None:
    """End a session now. An unknown or ended one changes nothing."""
    row = work.session.get(StaffSession, digest_of(secret))
    if row is not None and row.ended_at is None:
        row.ended_at = utc_now()
        audit.record(work, by=by, action="sign_out", subject=f"staff:{row.staff_id}")


def say(work: UnitOfWork, secret: str, sentence: str) -> None:
    """Have `sentence` said on the next page of this session."""
    row = work.session.get(StaffSession, digest_of(secret))
    if row is not None:
        said: list[Json] = [*row.said, sentence]
        row.said = said[-5:]


def hear(work: UnitOfWork, secret: str) -> None:
    """What was to be said has been said."""
    row = work.session.get(StaffSession, digest_of(secret))
    if row is not None:
        row.said = []


def _clear(session: Session, now: datetime) -> None:
    old = now - timedelta(hours=KEEP_H)
    session.execute(delete(StaffSession).where(StaffSession.expires_at < old))
    session.execute(delete(SignInAttempt).where(SignInAttempt.started_at < old))
    session.execute(delete(KeptForm).where(KeptForm.kept_at < old))
    session.execute(delete(RateBucket).where(RateBucket.counted_at < old))


def session_rows(session: Session, staff_id: int) -> int:
    """How many live sessions somebody has."""
    rows = session.scalars(
        select(StaffSession.digest).where(
            StaffSession.staff_id == staff_id,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > utc_now(),
        )
    )
    return len(rows.all())
