"""What whoever runs Kith may see of addresses and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals.notice_model import Notice, Webhook

_MOST_TOLD: Final = 50


@dataclass(frozen=True, slots=True)
class Address:
    """One address, and how many notices were told there, wait, and were given up."""

    hook_id: int
    practice: str
    host: str
    note: str
    told: int
    waiting: int
    given_up: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A notice that was not taken. `status` is None before the first try, 0 for no answer;
    `due_at` is None when it was given up."""

    notice_id: int
    kind: str
    attempts: int
    status: int | None
    due_at: datetime | None


def addresses(session: Session, *, by: Actor) -> tuple[Address, ...]:
    """Every address, the oldest first; none when there are none. One statement.

    Raises
    ------
    NotAllowed
        If `by` may not manage the credentials of systems.
    """
    by.require(Permission.MANAGE_TOKENS)
    told = case((Notice.sent_at.is_not(None), 1))
    given_up = case((Notice.given_up_at.is_not(None), 1))
    rows = session.execute(
        select(
            Webhook,
            func.count(Notice.notice_id),
            func.count(told),
            func.count(given_up),
        )
        .join(Notice, Notice.hook_id == Webhook.hook_id, isouter=True)
        .group_by(*Webhook.__table__.columns)
        .order_by(Webhook.hook_id)
    )
    return tuple(
        Address(
            hook.hook_id,
            hook.practice_code,
            urlsplit(hook.url).hostname or "",
            hook.note,
            taken,
            every - taken - over,
            over,
            hook.withdrawn_at,
        )
        for hook, every, taken, over in rows
    )


def troubles(session: Session, *, by: Actor, hook_id: int) -> tuple[Trouble, ...]:
    """The newest notices that an address has not taken, at most fifty; none when all is well.

    Raises
    ------
    NotAllowed
    """
    by.require(Permission.MANAGE_TOKENS)
    rows = session.scalars(
        select(Notice)
        .where(Notice.hook_id == hook_id, Notice.sent_at.is_(None))
        .order_by(Notice.notice_id.desc())
        .limit(_MOST_TOLD)
    )
    return tuple(
        Trouble(
            each.notice_id,
            each.kind,
            each.attempts,
            each.last_status,
            None if each.given_up_at is not None else each.due_at,
        )
        for each in rows
    )
