"""One referral as the pages about its work see it: who it is, what is next, what must be known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.people.circumstances import age_on
from service.people.model import Person
from service.referrals.lifecycle import OFFER_ENDS, REFERRAL_ENDS, ReferralState
from service.referrals.model import Referral
from service.referrals.offer_model import Offer
from service.referrals.queries import flag_of
from service.referrals.record_head import Head, find_record
from service.referrals.safety import Flag
from service.referrals.turns import is_overdue
from service.referrals.work_model import Plan, Risk, SafeguardingConcern
from service.register.model import Asset


@dataclass(frozen=True, slots=True)
class Case(Head):
    """One referral for a page about the work on it.

    Attributes
    ----------
    safeguarding : tuple of SafeguardingConcern
        Every concern, oldest first; `concerns` and `concerns_untold` count those that are live.
    age : int or None
        By the birth date, else as it was stated; None when neither is known.
    may_change : bool
        Whether this actor may change it: they work there, and it has not ended.
    """

    referral: Referral
    person: Person
    practice_name: str
    plan: Plan | None
    flags: tuple[Flag, ...]
    safeguarding: tuple[SafeguardingConcern, ...]
    age: int | None
    overdue: bool
    may_change: bool

    @property
    def practice(self) -> OdsCode:
        """The practice it belongs to."""
        return OdsCode(self.referral.practice_code)

    @property
    def version(self) -> int:
        """To be sent back with every change."""
        return self.referral.version

    @property
    def concerns(self) -> int:
        """Safeguarding concerns that are not settled: the banner is shown while there is one."""
        return sum(each.settled_at is None for each in self.safeguarding)

    @property
    def concerns_untold(self) -> int:
        """Those of which nobody has been told."""
        return sum(each.blocks for each in self.safeguarding)

    @property
    def on_hold(self) -> bool:
        """Whether a safeguarding hold keeps everything waiting."""
        return self.referral.state is ReferralState.SAFEGUARDING_HOLD


def case_of(session: Session, *, by: Actor, referral_id: str, today: date) -> Case:
    """One referral for whoever works on it. Two statements.

    Raises
    ------
    NotAllowed
        If `by` does not work on referrals.
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    record = find_record(session, by=by, referral_id=referral_id)
    referral, person = record.referral, record.person
    concerns = session.scalars(
        select(SafeguardingConcern)
        .where(SafeguardingConcern.referral_id == referral_id)
        .order_by(SafeguardingConcern.raised_at, SafeguardingConcern.concern_id)
    )
    works_here = by.may(Permission.WORK_REFERRALS, at=OdsCode(referral.practice_code))
    return Case(
        referral=referral,
        person=person,
        practice_name=record.practice.name,
        plan=record.plan,
        flags=tuple(flag_of(each) for each in referral.flags),
        safeguarding=tuple(concerns),
        age=_age(person.birth_date, referral.facts.get("age"), today),
        overdue=is_overdue(referral.next_action_on, today) and referral.state not in REFERRAL_ENDS,
        may_change=works_here and referral.state not in REFERRAL_ENDS,
    )


def groups_still_asked(session: Session, referral_id: str) -> tuple[str, ...]:
    """Names of the groups with an open offer, as first offered. One statement."""
    return tuple(
        session.scalars(
            select(Asset.name)
            .join(Offer, Offer.asset_id == Asset.asset_id)
            .where(Offer.referral_id == referral_id, Offer.state.not_in(sorted(OFFER_ENDS)))
            .order_by(Offer.offered_at, Offer.offer_id)
        )
    )


@dataclass(frozen=True, slots=True)
class RisksAsked:
    """What the question about risks came to.

    `asked_on` None is "nobody has asked", which is never the same as `standing` being empty.
    """

    asked_on: date | None
    standing: tuple[Risk, ...]
    ended: tuple[Risk, ...]

    @property
    def none_known(self) -> bool:
        """Whether somebody asked, and no risk is known now."""
        return self.asked_on is not None and not self.standing


def risks_asked(risks: tuple[Risk, ...]) -> RisksAsked:
    """The answer that the entries come to, whatever their order; none gives "nobody has asked"."""
    told = [each for each in risks if not each.none_known]
    return RisksAsked(
        asked_on=max((each.asked_on for each in risks), default=None),
        standing=tuple(each for each in told if each.ended_on is None),
        ended=tuple(each for each in told if each.ended_on is not None),
    )


def _age(born: date | None, stated: object, today: date) -> int | None:
    if born is not None:
        return age_on(born, today)
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None
