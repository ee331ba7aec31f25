"""Machine tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import BadExpiry, BadToken, UnknownPractice
from service.identity.model import MachineToken, NhsOrg, NhsOrgKind
from service.identity.roles import PRACTICE_SYSTEM, Permission
from service.store.base import utc_now
from service.store.work import UnitOfWork

MAX_DAYS = 366
"""Longest life of a machine token: a year, so that a forgotten one dies. Our own choice."""

# 32 random bytes: with that much chance in it a plain digest is enough, no slow hash is needed.
_SHAPE = re.compile(r"kith_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown, once, to whoever asked for it."""

    token_id: int
    secret: str
    practice: OdsCode
    expires_at: datetime


def create_token(
    work: UnitOfWork, *, by: Actor, practice: OdsCode, days: int, note: str = ""
) -> NewToken:
    """Make a token that acts for `practice` during `days` days.

    Raises
    ------
    NotAllowed
        If `by` may not manage tokens.
    UnknownPractice
        If the register has no such practice.
    BadExpiry
        If `days` is not from 1 to `MAX_DAYS`.
    """
    by.require(Permission.MANAGE_TOKENS)
    if not 1 <= days <= MAX_DAYS:
        raise BadExpiry(f"A token lasts from 1 to {MAX_DAYS} days.", field="days", days=days)
    org = work.session.get(NhsOrg, practice)
    if org is None or org.kind is not NhsOrgKind.PRACTICE:
        raise UnknownPractice(
            f"There is no practice {practice} in the register. Import it, or check the code.",
            practice=str(practice),
        )
    secret = f"kith_{secrets.token_urlsafe(32)}"
    row = MachineToken(
        digest=_digest(secret),
        practice_code=practice,
        note=note[:120],
        expires_at=utc_now() + timedelta(days=days),
    )
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        by=by,
        action="token.created",
        subject=f"token:{row.token_id}",
        details={"practice": str(practice), "days": days},
    )
    return NewToken(row.token_id, secret, practice, row.expires_at)


def withdraw_token(work: UnitOfWork, *, by: Actor, token_id: int) -> None:
    """End a token now. Ending one twice changes nothing; an unknown one is `BadToken`."""
    by.require(Permission.MANAGE_TOKENS)
    row = work.session.get(MachineToken, token_id)
    if row is None:
        raise BadToken("There is no token with that number.", token=token_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = utc_now()
        audit.record(work, by=by, action="token.withdrawn", subject=f"token:{token_id}")


def actor_of(session: Session, secret: str) -> Actor:
    """Whoever holds this token.

    Raises
    ------
    BadToken
        If it is malformed, unknown, expired or withdrawn: all told the same way.
    """
    refused = BadToken("The token is not known or no longer valid. Ask for a new one.")
    if not _SHAPE.fullmatch(secret):
        raise refused
    row = session.scalar(select(MachineToken).where(MachineToken.digest == _digest(secret)))
    if row is None or row.withdrawn_at is not None or row.expires_at <= utc_now():
        raise refused
    return Actor(f"token:{row.token_id}", PRACTICE_SYSTEM, frozenset({OdsCode(row.practice_code)}))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
