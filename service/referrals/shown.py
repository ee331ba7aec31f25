"""What is remembered of a list that was shown: turns fairly taken, and needs that went unmet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from service.matching.match import MatchResult
from service.matching.rank import Exposure, exposure_at
from service.referrals.model import AssetShown, UnmetNeed
from service.register.documents import AssetDocument, snapshot_of
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import chunks, snapshots
from service.store.upsert import upsert
from service.store.work import UnitOfWork

SHOWN: Final = "referral.matched"
"""What the audit calls it that the groups for a referral were shown."""


def exposures(session: Session, asset_ids: Collection[int], *, before: date) -> dict[int, Exposure]:
    """How much each asset has been shown up to the day before `before`. One statement."""
    if not asset_ids:
        return {}
    rows = session.execute(
        select(AssetShown.asset_id, func.sum(AssetShown.exposure), func.sum(AssetShown.merit))
        .where(AssetShown.asset_id.in_(asset_ids), AssetShown.shown_on < before)
        .group_by(AssetShown.asset_id)
    )
    return {asset_id: Exposure(seen, merit) for asset_id, seen, merit in rows}


_JUDGED_AND_SHOWN: Final = (
    select(
        AssetDocument.asset_id,
        AssetDocument.document,
        func.sum(AssetShown.exposure),
        func.sum(AssetShown.merit),
    )
    .outerjoin(
        AssetShown,
        and_(
            AssetShown.asset_id == AssetDocument.asset_id,
            AssetShown.shown_on < bindparam("before", type_=AssetShown.shown_on.type),
        ),
    )
    .where(AssetDocument.asset_id.in_(bindparam("ids", expanding=True)))
    .group_by(AssetDocument.asset_id)
)


def judged_and_shown(
    session: Session, asset_ids: Collection[int], *, before: date
) -> tuple[dict[int, AssetSnapshot], dict[int, Exposure]]:
    """As `register.documents.judged_assets` and `exposures` in one statement for every `CHUNK`.

    None for none. An asset without a document is read from its tables.
    """
    found: dict[int, AssetSnapshot] = {}
    shown: dict[int, Exposure] = {}
    for ids in chunks(sorted(set(asset_ids))):
        rows = session.execute(_JUDGED_AND_SHOWN, {"ids": ids, "before": before})
        for asset_id, document, seen, merit in rows:
            found[asset_id] = snapshot_of(document)
            if seen is not None:
                shown[asset_id] = Exposure(seen, merit)
    missing = set(asset_ids) - found.keys()
    found.update(snapshots(session, missing))
    shown.update(exposures(session, missing, before=before))
    return found, shown


def remember(
    work: UnitOfWork,
    *,
    referral_id: str,
    result: MatchResult,
    needs: Sequence[str],
    district: str,
    visible: int | None = None,
) -> None:
    """Keep what was shown today, and the needs for which there was nothing.

    A list that is asked for again on the same day counts again: it was seen again. Rows are added
    to in order of asset, so that two lists at once wait for each other and never in a circle.
    """
    session, today = work.session, result.judged_on
    shown = sorted(result.matches[:visible], key=lambda each: each.asset.asset_id)
    if shown:
        row = upsert(session, AssetShown).values(
            [
                {
                    "asset_id": match.asset.asset_id,
                    "shown_on": today,
                    "exposure": exposure_at(match.rank),
                    "merit": match.score,
                }
                for match in shown
            ]
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["asset_id", "shown_on"],
                set_={
                    "exposure": AssetShown.exposure + row.excluded.exposure,
                    "merit": AssetShown.merit + row.excluded.merit,
                },
            )
        )
    gaps = unmet(result, needs)
    if gaps:
        noted = upsert(session, UnmetNeed).values(
            [
                {
                    "referral_id": referral_id,
                    "need": need,
                    "district": district,
                    "barrier": barrier.rule,
                    "nearest_asset_id": barrier.asset_id,
                    "nearest_min": barrier.minutes,
                    "noted_on": today,
                }
                for need, barrier in gaps.items()
            ]
        )
        session.execute(noted.on_conflict_do_nothing(index_elements=["referral_id", "need"]))


@dataclass(frozen=True, slots=True)
class Barrier:
    """What stood in the way of the nearest group that serves a need; no group at all is no rule."""

    rule: str = ""
    asset_id: int | None = None
    minutes: float | None = None


def unmet(result: MatchResult, needs: Sequence[str]) -> dict[str, Barrier]:
    """Needs that no match serves, each with what excluded the nearest group."""
    met = {served.need for match in result.matches for served in match.needs}
    return {need: _barrier(result, need) for need in needs if need not in met}


def _barrier(result: MatchResult, need: str) -> Barrier:
    for miss in result.near_misses:
        if any(served.need == need for served in miss.asset.needs):
            return Barrier(miss.rule_id.value, miss.asset.asset_id, miss.journey.minutes)
    return Barrier()
