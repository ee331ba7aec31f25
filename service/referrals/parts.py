"""Parts of referrals that came before them: who may name them, and how they are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.gate import readable
from service.referrals.arrivals import SenderNumber
from service.referrals.part_model import ReferralPart, ReferralPartNumber


def part(
    session: Session, *, by: Actor, kind: str, part_id: str, now: datetime
) -> ReferralPart | None:
    """One part, if `by` sent it and it is still kept; anybody else's is not there."""
    return session.scalar(
        select(ReferralPart).where(
            ReferralPart.part_id == part_id,
            ReferralPart.kind == kind,
            ReferralPart.client == by.actor_id,
            readable(by).rows(ReferralPart.practice_code),
            ReferralPart.expires_at > now,
        )
    )


def parts_with(
    session: Session,
    *,
    by: Actor,
    practice: OdsCode,
    numbers: Sequence[SenderNumber],
    now: datetime,
) -> list[str]:
    """Ids of the parts of `by` that bear one of these numbers, each once, oldest first.

    A number without a system (None is not possible here: it is empty) is only found as such.
    """
    found: list[str] = []
    for each in numbers:
        found += session.scalars(
            select(ReferralPartNumber.part_id)
            .join(ReferralPart, ReferralPart.part_id == ReferralPartNumber.part_id)
            .where(
                ReferralPartNumber.client == by.actor_id,
                ReferralPartNumber.practice_code == practice,
                ReferralPartNumber.kind == each.kind,
                ReferralPartNumber.system == each.system,
                ReferralPartNumber.value == each.value,
                ReferralPart.expires_at > now,
            )
            .order_by(ReferralPartNumber.number_id)
        )
    return list(dict.fromkeys(found))
