"""What the map beside a referral's list needs: the practice, and the groups asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from geo.travel import Mode, Traveller
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.identity.roles import Permission
from service.matching.reach import traveller_of
from service.people.circumstances import person_facts
from service.people.facts import PersonFacts
from service.people.model import Person
from service.referrals.model import Referral
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import snapshots


@dataclass(frozen=True, slots=True)
class MapPlaces:
    """The practice of a referral and some groups; of the person only the pace of their walk."""

    practice: str
    code: str
    point: GridPoint | None
    assets: tuple[AssetSnapshot, ...]
    walker: Traveller


def map_places(
    session: Session, *, by: Actor, referral_id: str, asset_ids: Collection[int], today: date
) -> MapPlaces:
    """The practice and these groups, in the order asked for. Five statements.

    Raises
    ------
    NotAllowed
    NotFound
        If there is no such referral, or it is another practice's.
    BadFacts
        If the circumstances that are kept contradict each other.
    """
    by.require(Permission.WORK_REFERRALS)
    row = session.execute(
        select(
            NhsOrg.name,
            NhsOrg.ods_code,
            NhsOrg.easting_m,
            NhsOrg.northing_m,
            Referral.facts,
            Person.birth_date,
        )
        .join(Referral, Referral.practice_code == NhsOrg.ods_code)
        .join(Person, Person.person_id == Referral.person_id)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
    ).first()
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    name, code, easting_m, northing_m, facts, birth_date = row
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
        _walker(person_facts(facts, today=today, home=None, birth_date=birth_date)),
    )


def _walker(person: PersonFacts) -> Traveller:
    """How the person goes on their own, by wheelchair or on foot, whatever else they can take."""
    return traveller_of(person, Mode.WHEEL if person.wheelchair else Mode.WALK)
