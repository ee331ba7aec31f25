"""Keeping parts of a referral until it comes, and throwing them away when it does not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.referrals.actions.refer import Received
from service.referrals.arrivals import SenderNumber
from service.referrals.part_model import ReferralPart, ReferralPartNumber
from service.referrals.parts import parts_with
from service.store.work import UnitOfWork

KEPT: Final = timedelta(hours=24)
"""How long a part waits for its referral. Our own choice: a queue that is held up overnight."""


def keep_part(
    work: UnitOfWork,
    *,
    by: Actor,
    practice: OdsCode,
    kind: str,
    document: dict[str, Json],
    numbers: Sequence[SenderNumber],
    now: datetime,
) -> Received:
    """Keep one part for `KEPT`: once for each of its numbers, however often it is sent.

    Parts whose time is over are thrown away first.

    Returns
    -------
    Received
        Its id; `repeated` when the same system sent one with the same number before.

    Raises
    ------
    NotAllowed
        If `by` may not refer from this practice.
    """
    by.require(Permission.REFER, at=practice)
    session = work.session
    _expire(session, now)
    known = parts_with(session, by=by, practice=practice, numbers=numbers, now=now)
    if known:
        return Received(known[0], repeated=True)
    made = str(uuid.uuid4())
    own = {"client": by.actor_id, "practice_code": practice, "kind": kind}
    try:
        with session.begin_nested():
            session.add(
                ReferralPart(
                    part_id=made, document=document, received_at=now, expires_at=now + KEPT, **own
                )
            )
            session.flush()
            session.add_all(
                ReferralPartNumber(part_id=made, system=each.system, value=each.value, **own)
                for each in dict.fromkeys(numbers)
            )
            session.flush()
    except IntegrityError:
        # The same number came at the same time.
        known = parts_with(session, by=by, practice=practice, numbers=numbers, now=now)
        if not known:
            raise
        return Received(known[0], repeated=True)
    audit.record(
        work, by=by, action="part.received", subject=f"part:{made}", details={"kind": kind}
    )
    return Received(made, repeated=False)


def purge_parts(work: UnitOfWork, *, by: Actor, now: datetime) -> int:
    """Throw away every part whose time is over; for the worker. Returns how many.

    Raises
    ------
    NotAllowed
        If `by` does not operate Kith.
    """
    by.require(Permission.OPERATE)
    gone = 0
    while some := _expire(work.session, now):
        gone += some
    audit.record(work, by=by, action="parts.purged", subject="parts", details={"count": gone})
    return gone


def _expire(session: Session, now: datetime) -> int:
    over = session.scalars(
        select(ReferralPart.part_id).where(ReferralPart.expires_at <= now).limit(500)
    ).all()
    if over:
        numbers = ReferralPartNumber.part_id.in_(over)
        session.execute(delete(ReferralPartNumber).where(numbers))
        session.execute(delete(ReferralPart).where(ReferralPart.part_id.in_(over)))
    return len(over)
