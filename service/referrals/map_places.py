"""What the map beside a referral's list needs: the practice, and the groups asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.identity.roles import Permission
from service.referrals.model import Referral
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import snapshots


@dataclass(frozen=True, slots=True)
class MapPlaces:
    """The practice of a referral and some groups; of the person there is nothing."""

    practice: str
    code: str
    point: GridPoint | None
    assets: tuple[AssetSnapshot, ...]


def map_places(
    session: Session, *, by: Actor, referral_id: str, asset_ids: Collection[int]
) -> MapPlaces:
    """The practice and these groups, in the order asked for. Five statements.

    Raises
    ------
    NotAllowed
    NotFound
        If there is no such referral, or it is another practice's.
    """
    by.require(Permission.WORK_REFERRALS)
    row = session.execute(
        select(NhsOrg.name, NhsOrg.ods_code, NhsOrg.easting_m, NhsOrg.northing_m)
        .join(Referral, Referral.practice_code == NhsOrg.ods_code)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
    ).first()
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    name, code, easting_m, northing_m = row
    point = None
    if easting_m is not None and northing_m is not None:
        point = GridPoint(easting_m, northing_m)
    read = snapshots(session, asset_ids)
    wanted = list(dict.fromkeys(asset_ids))
    return MapPlaces(
        name,
        code,
        point,
        tuple(read[each] for each in wanted if each in read),
    )
