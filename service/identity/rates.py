"""How often something may be asked: buckets that fill again with time, kept in the database."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.errors import TooMany
from service.identity.session_model import RateBucket
from service.store.base import utc_now
from service.store.upsert import upsert
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Rate:
    """`at_once` requests in a burst, and `per_min` more each minute after that."""

    what: str
    at_once: int
    per_min: float


# A practice may share one address, and everybody signs in at nine.
SIGN_IN = Rate("sign-in", at_once=60, per_min=30)
PUBLIC_FORM = Rate("public form", at_once=10, per_min=4)
SEARCH = Rate("search", at_once=60, per_min=30)


def take(work: UnitOfWork, rate: Rate, whose: str) -> None:
    """Count one request of `whose`: an address, or an actor's id. Only a digest of it is kept.

    Raises
    ------
    TooMany
        If none is left; `retry_after_s` says when there is one again. Nothing is counted then.
    """
    now, bucket = utc_now(), _bucket(rate, whose)
    fresh = upsert(work.session, RateBucket).values(
        bucket=bucket, tokens=float(rate.at_once), counted_at=now
    )
    work.session.execute(fresh.on_conflict_do_nothing())
    row = work.session.get_one(RateBucket, bucket, with_for_update=True, populate_existing=True)
    tokens = _tokens(rate, row, now)
    if tokens < 1:
        raise _too_many(rate, tokens)
    row.tokens, row.counted_at = tokens - 1, now


def require_left(session: Session, rate: Rate, whose: str) -> None:
    """The same question without counting: for what is counted only when it goes wrong.

    Raises
    ------
    TooMany
    """
    row = session.get(RateBucket, _bucket(rate, whose))
    if row is not None and (tokens := _tokens(rate, row, utc_now())) < 1:
        raise _too_many(rate, tokens)


def have_left(session: Session, asked: Collection[tuple[Rate, str]]) -> bool:
    """Whether each of these has at least one left. Nothing is counted. One statement."""
    wanted = {_bucket(rate, whose): rate for rate, whose in asked}
    rows = session.scalars(select(RateBucket).where(RateBucket.bucket.in_(sorted(wanted))))
    now = utc_now()
    return all(_tokens(wanted[row.bucket], row, now) >= 1 for row in rows)


def _bucket(rate: Rate, whose: str) -> str:
    return hashlib.sha256(f"{rate.what}|{whose}".encode()).hexdigest()


def _tokens(rate: Rate, row: RateBucket, now: datetime) -> float:
    passed_min = max(0.0, (now - row.counted_at).total_seconds() / 60)
    return min(float(rate.at_once), row.tokens + passed_min * rate.per_min)


def _too_many(rate: Rate, tokens: float) -> TooMany:
    wait_s = max(1, math.ceil((1 - tokens) / rate.per_min * 60))
    return TooMany(
        f"That was asked too often. Wait {_time(wait_s)} and try again; nothing is lost.",
        retry_after_s=wait_s,
    )


def _time(wait_s: int) -> str:
    return f"{wait_s} seconds" if wait_s < 90 else f"{math.ceil(wait_s / 60)} minutes"
