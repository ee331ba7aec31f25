"""What the page for asking groups shows: each group, and exactly what it would be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from geo.errors import Json
from service.identity.actors import Actor
from service.people.levels import DisclosureLevel
from service.referrals.actions.looking import preview_disclosure
from service.register.model import Asset
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ToAsk:
    """One group, and what it would be told at each level."""

    asset_id: int
    name: str
    invented: bool
    introduction: dict[str, Json]
    full: dict[str, Json]

    def told(self, level: DisclosureLevel) -> dict[str, Json]:
        """What it would be told at this level; nothing for a signpost."""
        if level is DisclosureLevel.FULL:
            return self.full
        return self.introduction if level is DisclosureLevel.INTRODUCTION else {}


def to_ask(
    work: UnitOfWork, *, by: Actor, referral_id: str, asset_ids: Collection[int]
) -> tuple[ToAsk, ...]:
    """These groups by name, each with what it would be told. Groups no longer listed are left out.

    Raises
    ------
    NotAllowed, NotFound
    """
    rows = work.session.execute(
        select(Asset.asset_id, Asset.name, Asset.invented)
        .where(Asset.asset_id.in_(asset_ids), Asset.is_retired.is_(False))
        .order_by(Asset.name, Asset.asset_id)
    ).all()

    def told(asset_id: int, level: DisclosureLevel) -> dict[str, Json]:
        return preview_disclosure(
            work, by=by, referral_id=referral_id, asset_id=asset_id, level=level
        )

    return tuple(
        ToAsk(
            asset_id,
            name,
            invented,
            told(asset_id, DisclosureLevel.INTRODUCTION),
            told(asset_id, DisclosureLevel.FULL),
        )
        for asset_id, name, invented in rows
    )
