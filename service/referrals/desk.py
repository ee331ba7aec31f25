"""What the link worker's page of one referral shows, in few statements however much it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.model import AuditEvent
from service.identity.roles import Permission
from service.matching.wanted import WantedNeed
from service.people.circumstances import age_on
from service.people.model import Consent, Person
from service.referrals.groups_beside import Listed, OfferShown, groups_beside
from service.referrals.lifecycle import OFFER_ENDS, REFERRAL_ENDS, WORKED
from service.referrals.model import Referral
from service.referrals.people_search import Candidate, like
from service.referrals.queries import ReferralView, flag_of
from service.referrals.record_head import Head, Record, find_record
from service.referrals.referral_page import NeedShown, needs_shown
from service.referrals.safety import Flag, Triage
from service.referrals.setting_out import Surgery
from service.referrals.shown import SHOWN
from service.referrals.turns import Turn, is_overdue, turn
from service.referrals.work_model import Plan, SafeguardingConcern
from service.store.base import utc_now

THROUGH: Final = "link-worker"
AGAIN_AFTER: Final = timedelta(hours=12)
"""Until then, looking at the same list again is the same look: each click shows the page anew."""


@dataclass(frozen=True, slots=True)
class Desk(Head):
    """One referral as its page shows it; rows are read only and detached.

    Attributes
    ----------
    concerns, concerns_untold : int
        Live safeguarding concerns, and those of which nobody has been told.
    signposted : tuple of (date, str)
        Groups the person was told about.
    may_change : bool
        Whether this actor may change it: they work there, and it has not ended.
    works_here : bool
        Whether they work there at all: the person's own word is written down after the end too.
    groups_seen : bool
        Whether somebody saw its groups within `AGAIN_AFTER`.
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
    works_here: bool
    groups_seen: bool

    @property
    def may_ask(self) -> bool:
        """Whether groups may be asked now: nothing open stands in the way."""
        ready = self.referral.state in WORKED and not self.danger and not self.concerns_untold
        return self.may_change and ready

    @property
    def triage(self) -> Triage | None:
        """What must happen before groups are shown."""
        return self.view.triage

    @property
    def shortlisted(self) -> frozenset[int]:
        """The asset ids on the shortlist."""
        return frozenset(each.asset_id for each in self.shortlist)

    @property
    def asked(self) -> frozenset[int]:
        """The asset ids with an open offer."""
        return frozenset(each.asset_id for each in self.offers if each.state not in OFFER_ENDS)


def desk(
    session: Session, *, by: Actor, referral_id: str, today: date, whole: bool = False
) -> Desk:
    """One referral for the page of whoever works on it. Three statements at most.

    Parameters
    ----------
    whole : bool
        With records that may be the same person: one statement more.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    record = find_record(session, by=by, referral_id=referral_id, more=_more(referral_id))
    referral, own, person = record.referral, record.own, record.person
    plan, practice = record.plan, record.practice
    given, asked_on, concerns, untold, is_seen = record.more
    candidates = like(session, by, own) if whole else ()
    surgery = Surgery.of(practice)
    groups = groups_beside(session, referral_id, today)
    flags = tuple(flag_of(each) for each in referral.flags)
    works_here = by.may(Permission.WORK_REFERRALS, at=OdsCode(referral.practice_code))
    born = person.birth_date
    stated = referral.facts.get("age")
    found = Desk(
        referral=referral,
        person=person,
        practice_name=practice.name,
        practice_point=surgery.point,
        plan=plan,
        needs=needs_shown(referral),
        flags=flags,
        offers=groups.offers,
        shortlist=groups.shortlist,
        signposted=groups.signposted,
        candidates=candidates,
        concerns=concerns,
        concerns_untold=untold,
        view=_view(record, flags, surgery, given=bool(given), asked_on=asked_on or today),
        turn=turn(
            referral.state,
            [each.state for each in groups.offers if each.state not in OFFER_ENDS],
            flag_open=any(each.is_open for each in flags),
            concern_blocks=bool(untold),
            next_action_on=referral.next_action_on,
            today=today,
        ),
        overdue=is_overdue(referral.next_action_on, today),
        age=age_on(born, today) if born else stated if isinstance(stated, int) else None,
        may_change=works_here and referral.state not in REFERRAL_ENDS,
        works_here=works_here,
        groups_seen=bool(is_seen),
    )
    session.flush()
    for each in (referral, person, plan):
        if each is not None:
            session.expunge(each)
    return found


def _more(referral_id: str) -> tuple[ColumnElement[Any] | ScalarSelect[Any], ...]:
    """The last word on sharing with the link worker; live concerns, all and untold; whether groups
    were seen lately.
    """
    seen = select(AuditEvent.event_id).where(
        AuditEvent.subject == f"referral:{referral_id}",
        AuditEvent.action == SHOWN,
        AuditEvent.at > utc_now() - AGAIN_AFTER,
    )
    concern = SafeguardingConcern
    live = and_(concern.referral_id == Referral.referral_id, concern.settled_at.is_(None))
    consent = (Consent.referral_id == Referral.referral_id, Consent.recipient == THROUGH)
    last = Consent.consent_id.desc()
    counted = select(func.count()).select_from(concern)
    return (
        select(Consent.given).where(*consent).order_by(last).limit(1).scalar_subquery(),
        select(Consent.asked_on).where(*consent).order_by(last).limit(1).scalar_subquery(),
        counted.where(live).scalar_subquery(),
        counted.where(live, concern.escalated_at.is_(None)).scalar_subquery(),
        seen.exists(),
    )


def _view(
    record: Record, flags: tuple[Flag, ...], surgery: Surgery, *, given: bool, asked_on: date
) -> ReferralView:
    referral, person = record.referral, record.person
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
        address_protected=person.address_protected,
        next_action_on=referral.next_action_on,
        route=referral.route,
        surgery=surgery,
    )
