"""What the link worker's page of one referral shows, in few statements however much it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from geo.point import GridPoint
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.identity.roles import Permission
from service.matching.wanted import WantedNeed
from service.people.circumstances import age_on
from service.people.model import Consent, Person
from service.referrals.lifecycle import OFFER_ENDS, REFERRAL_ENDS, WORKED
from service.referrals.model import Referral
from service.referrals.offer_model import Signpost
from service.referrals.people_search import Candidate, like
from service.referrals.queries import ReferralView, flag_of
from service.referrals.referral_page import NeedShown, OfferShown, offers_of
from service.referrals.safety import Flag, Triage
from service.referrals.shortlist_model import Shortlisted
from service.referrals.turns import Turn, is_overdue, turn
from service.referrals.work_model import Plan, SafeguardingConcern
from service.register.model import Asset

THROUGH: Final = "link-worker"


@dataclass(frozen=True, slots=True)
class Listed:
    """A group on the shortlist."""

    asset_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One referral as its page shows it; rows are read only and detached.

    Attributes
    ----------
    concerns, concerns_untold : int
        Live safeguarding concerns, and those of which nobody has been told.
    signposted : tuple of (date, str)
        Groups the person was told about.
    may_change : bool
        Whether this actor may change it: they work there, and it has not ended.
    """

    referral: Referral
    person: Person
    practice_name: str
    practice_point: GridPoint | None
    plan: Plan | None
    needs: tuple[NeedShown, ...]
    flags: tuple[Flag, ...]
    offers: tuple[OfferShown, ...]
    shortlist: tuple[Listed, ...]
    signposted: tuple[tuple[date, str], ...]
    candidates: tuple[Candidate, ...]
    concerns: int
    concerns_untold: int
    view: ReferralView
    turn: Turn
    overdue: bool
    age: int | None
    may_change: bool

    @property
    def referral_id(self) -> str:
        """The referral's id."""
        return self.referral.referral_id

    @property
    def name(self) -> str:
        """The person's name, or that none was given."""
        return f"{self.person.given_name} {self.person.family_name}".strip() or "Name not given"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.referral.state in REFERRAL_ENDS

    @property
    def may_ask(self) -> bool:
        """Whether groups may be asked now: nothing open stands in the way."""
        ready = self.referral.state in WORKED and not self.danger and not self.concerns_untold
        return self.may_change and ready

    @property
    def danger(self) -> tuple[Flag, ...]:
        """The danger signs a clinician must still see."""
        return tuple(each for each in self.flags if each.is_open)

    @property
    def triage(self) -> Triage | None:
        """What must happen before groups are shown."""
        return self.view.triage

    @property
    def is_guarded(self) -> bool:
        """Whether nothing may be sent to the person without thinking of their safety."""
        return bool(self.referral.safe_contact) or self.person.address_protected

    @property
    def shortlisted(self) -> frozenset[int]:
        """The asset ids on the shortlist."""
        return frozenset(each.asset_id for each in self.shortlist)

    @property
    def asked(self) -> frozenset[int]:
        """The asset ids with an open offer."""
        return frozenset(each.asset_id for each in self.offers if each.state not in OFFER_ENDS)


def desk(
    session: Session, *, by: Actor, referral_id: str, today: date, brief: bool = False
) -> Desk:
    """One referral for the page of whoever works on it. Six statements at most.

    Parameters
    ----------
    brief : bool
        Leave out records that may be the same person, and groups the person was told about.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    by.require(Permission.WORK_REFERRALS)
    row = session.execute(_query(by, referral_id)).unique().first()
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    referral, person, plan, practice, given, asked_on, concerns, untold = row
    candidates = () if brief else like(session, by, person)
    if person.joined_to is not None:
        person = session.get_one(Person, person.joined_to)
    offers = offers_of(session, referral_id, today)
    flags = tuple(flag_of(each) for each in referral.flags)
    born = person.birth_date
    stated = referral.facts.get("age")
    found = Desk(
        referral=referral,
        person=person,
        practice_name=practice.name,
        practice_point=_point(practice),
        plan=plan,
        needs=_needs(referral),
        flags=flags,
        offers=offers,
        shortlist=_shortlist(session, referral_id),
        signposted=() if brief else _signposts(session, referral_id),
        candidates=candidates,
        concerns=concerns,
        concerns_untold=untold,
        view=_view(referral, person, flags, given=bool(given), asked_on=asked_on or today),
        turn=turn(
            referral.state,
            [each.state for each in offers if each.state not in OFFER_ENDS],
            flag_open=any(each.is_open for each in flags),
            concern_blocks=bool(untold),
            next_action_on=referral.next_action_on,
            today=today,
        ),
        overdue=is_overdue(referral.next_action_on, today),
        age=age_on(born, today) if born else stated if isinstance(stated, int) else None,
        may_change=by.may(Permission.WORK_REFERRALS, at=OdsCode(referral.practice_code))
        and referral.state not in REFERRAL_ENDS,
    )
    session.flush()
    for each in (referral, person, plan):
        if each is not None:
            session.expunge(each)
    return found


def _query(
    by: Actor, referral_id: str
) -> Select[Referral, Person, Plan, NhsOrg, Any, Any, Any, Any]:
    concern = SafeguardingConcern
    live = and_(concern.referral_id == Referral.referral_id, concern.settled_at.is_(None))
    consent = (Consent.referral_id == Referral.referral_id, Consent.recipient == THROUGH)
    last = Consent.consent_id.desc()
    return (
        select(
            Referral,
            Person,
            Plan,
            NhsOrg,
            select(Consent.given).where(*consent).order_by(last).limit(1).scalar_subquery(),
            select(Consent.asked_on).where(*consent).order_by(last).limit(1).scalar_subquery(),
            select(func.count()).select_from(concern).where(live).scalar_subquery(),
            select(func.count())
            .select_from(concern)
            .where(live, concern.escalated_at.is_(None))
            .scalar_subquery(),
        )
        .join(Person, Person.person_id == Referral.person_id)
        .join(NhsOrg, NhsOrg.ods_code == Referral.practice_code)
        .outerjoin(Plan, Plan.referral_id == Referral.referral_id)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
        .options(joinedload(Referral.needs), joinedload(Referral.flags))
    )


def _view(
    referral: Referral, person: Person, flags: tuple[Flag, ...], *, given: bool, asked_on: date
) -> ReferralView:
    return ReferralView(
        referral_id=referral.referral_id,
        practice=referral.practice_code,
        state=referral.state,
        received_at=referral.received_at,
        needs=tuple(WantedNeed(each.need, each.confidence, each.words) for each in referral.needs),
        facts=referral.facts,
        postcode=referral.postcode,
        reason=referral.reason,
        nhs_number=person.nhs_number,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        consent_given=given,
        consent_on=asked_on,
        state_reason=referral.state_reason,
        referrer_name=referral.referrer_name,
        referrer_role=referral.referrer_role,
        safe_contact=referral.safe_contact,
        reading=referral.reading,
        flags=flags,
        route=referral.route,
    )


def _needs(referral: Referral) -> tuple[NeedShown, ...]:
    return tuple(
        NeedShown(
            each.need,
            each.confidence,
            each.words,
            each.confirmed_by is not None or not each.words,
        )
        for each in referral.needs
    )


def _point(practice: NhsOrg) -> GridPoint | None:
    if practice.easting_m is None or practice.northing_m is None:
        return None
    return GridPoint(practice.easting_m, practice.northing_m)


def _shortlist(session: Session, referral_id: str) -> tuple[Listed, ...]:
    rows = session.execute(
        select(Asset.asset_id, Asset.name)
        .join(Shortlisted, Shortlisted.asset_id == Asset.asset_id)
        .where(Shortlisted.referral_id == referral_id, Asset.is_retired.is_(False))
        .order_by(Asset.name, Asset.asset_id)
    )
    return tuple(Listed(asset_id, name) for asset_id, name in rows)


def _signposts(session: Session, referral_id: str) -> tuple[tuple[date, str], ...]:
    rows = session.execute(
        select(Signpost.told_on, Asset.name)
        .join(Asset, Asset.asset_id == Signpost.asset_id)
        .where(Signpost.referral_id == referral_id)
        .order_by(Signpost.signpost_id)
    )
    return tuple((told_on, name) for told_on, name in rows)
