"""What may be read of referrals, shaped for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from geo.errors import Json
from geo.gazetteer import Gazetteer, Located
from geo.travel import TravelModel
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.matching.match import MatchResult
from service.matching.parameters import MatchParameters
from service.matching.wanted import WantedNeed
from service.people.circumstances import person_facts
from service.people.model import Consent, Person
from service.people.places import home_of
from service.referrals.finding import find
from service.referrals.model import Referral, ReferralState
from service.register.vocabulary import ReferralRoute


@dataclass(frozen=True, slots=True)
class ReferralView:
    """One referral as its own practice sees it."""

    referral_id: str
    practice: str
    state: ReferralState
    received_at: datetime
    needs: tuple[WantedNeed, ...]
    facts: dict[str, Json]
    postcode: str | None
    reason: str
    nhs_number: str | None
    given_name: str
    family_name: str
    birth_date: date | None
    consent_given: bool
    consent_on: date


def referral(session: Session, *, by: Actor, referral_id: str) -> ReferralView:
    """One referral, if `by` may read it. Three statements.

    Raises
    ------
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    row = session.execute(
        select(Referral, Person, Consent)
        .join(Person, Person.person_id == Referral.person_id)
        .join(Consent, Consent.referral_id == Referral.referral_id)
        .where(
            Referral.referral_id == referral_id,
            readable(by).rows(Referral.practice_code),
            Consent.recipient == "link-worker",
        )
        .options(selectinload(Referral.needs))
        .order_by(Consent.consent_id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    found, person, consent = row
    return ReferralView(
        referral_id=found.referral_id,
        practice=found.practice_code,
        state=found.state,
        received_at=found.received_at,
        needs=tuple(WantedNeed(each.need, each.confidence) for each in found.needs),
        facts=found.facts,
        postcode=found.postcode,
        reason=found.reason,
        nhs_number=person.nhs_number,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        consent_given=consent.given,
        consent_on=consent.asked_on,
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found for somebody, and from where distances were measured."""

    home: Located | None
    result: MatchResult


def matches(
    session: Session,
    view: ReferralView,
    *,
    gazetteer: Gazetteer,
    travel: TravelModel,
    parameters: MatchParameters,
    today: date,
    limit: int,
) -> Matched:
    """The groups near this referral's person that serve its needs, best first.

    The page of a link worker and the API call this same query.
    """
    return matches_for(
        session,
        needs=view.needs,
        postcode=view.postcode,
        facts=view.facts,
        birth_date=view.birth_date,
        route=ReferralRoute.GP,
        gazetteer=gazetteer,
        travel=travel,
        parameters=parameters,
        today=today,
        limit=limit,
    )


def matches_for(
    session: Session,
    *,
    needs: Sequence[WantedNeed],
    postcode: str | None,
    facts: Mapping[str, Json],
    route: ReferralRoute | None,
    gazetteer: Gazetteer,
    travel: TravelModel,
    parameters: MatchParameters,
    today: date,
    limit: int,
    birth_date: date | None = None,
) -> Matched:
    """The groups that serve `needs` for somebody in these circumstances, best first.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
        If the postcode or the circumstances cannot be used.
    """
    home = None if postcode is None else home_of(postcode, gazetteer)
    person = person_facts(facts, today=today, home=home, birth_date=birth_date, route=route)
    result = find(
        session, needs=needs, person=person, travel=travel, parameters=parameters, limit=limit
    )
    return Matched(home, result)
