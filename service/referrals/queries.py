"""What may be read of referrals, shaped for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from geo.errors import Json
from geo.gazetteer import Gazetteer, Located
from geo.travel import TravelModel
from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.matching.match import MatchResult
from service.matching.notes.model import Action, NoteReading
from service.matching.parameters import MatchParameters
from service.matching.wanted import WantedNeed
from service.people.circumstances import person_facts
from service.people.facts import PersonFacts, SetsOut
from service.people.model import Consent, Person
from service.referrals.finding import find_each
from service.referrals.gathered import Gathered
from service.referrals.lifecycle import ReferralState
from service.referrals.model import RaisedFlag, Referral
from service.referrals.safety import Flag, Triage, unkept
from service.referrals.setting_out import SAID, Surgery, set_out, sets_out, surgery_of
from service.referrals.understanding import understood
from service.referrals.waiting import Question
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
    state_reason: str = ""
    referrer_name: str = ""
    referrer_role: str = ""
    safe_contact: str = ""
    reading: dict[str, Json] | None = None
    flags: tuple[Flag, ...] = ()
    route: ReferralRoute = ReferralRoute.GP
    next_action_on: date | None = None
    address_protected: bool = False
    surgery: Surgery | None = None

    @property
    def sets_out(self) -> SetsOut:
        """What distances are measured from."""
        return sets_out(self.postcode, protected=self.address_protected)

    @property
    def measured(self) -> str:
        """What must be said of distances not measured from a home; "" of those that are."""
        return SAID[self.sets_out]

    @property
    def triage(self) -> Triage | None:
        """What must happen before groups are suggested; None when nothing stands in the way."""
        if any(flag.is_open for flag in self.flags):
            return Triage(Action.TRIAGE_FIRST, self.state_reason, self.flags)
        if self.state is ReferralState.NEEDS_MORE:
            return Triage(Action.ASK_FOR_MORE, self.state_reason, self.flags)
        if self.state is ReferralState.OUT_OF_SCOPE:
            return Triage(Action.OUT_OF_SCOPE, self.state_reason, self.flags)
        return None


def referral(session: Session, *, by: Actor, referral_id: str) -> ReferralView:
    """One referral, if `by` may read it. One statement.

    Raises
    ------
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    last = (
        select(func.max(Consent.consent_id))
        .where(Consent.referral_id == referral_id, Consent.recipient == "link-worker")
        .scalar_subquery()
    )
    row = (
        session.execute(
            select(Referral, Person, Consent, NhsOrg)
            .join(Person, Person.person_id == Referral.person_id)
            .join(Consent, Consent.referral_id == Referral.referral_id)
            .join(NhsOrg, NhsOrg.ods_code == Referral.practice_code)
            .where(
                Referral.referral_id == referral_id,
                readable(by).rows(Referral.practice_code),
                Consent.consent_id == last,
            )
            .options(joinedload(Referral.needs), joinedload(Referral.flags))
        )
        .unique()
        .first()
    )
    if row is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    found, person, consent, practice = row
    return ReferralView(
        referral_id=found.referral_id,
        practice=found.practice_code,
        state=found.state,
        received_at=found.received_at,
        needs=tuple(WantedNeed(each.need, each.confidence, each.words) for each in found.needs),
        facts=found.facts,
        postcode=found.postcode,
        reason=found.reason,
        nhs_number=person.nhs_number,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        consent_given=consent.given,
        consent_on=consent.asked_on,
        state_reason=found.state_reason,
        referrer_name=found.referrer_name,
        referrer_role=found.referrer_role,
        safe_contact=found.safe_contact,
        reading=found.reading,
        flags=tuple(flag_of(each) for each in found.flags),
        route=found.route,
        address_protected=person.address_protected,
        next_action_on=found.next_action_on,
        surgery=Surgery.of(practice),
    )


def flag_of(raised: RaisedFlag) -> Flag:
    """A raised danger sign as plain data."""
    return Flag(
        flag=raised.flag,
        label=need_list.load().red_flags[raised.flag].label,
        status=raised.status,
        words=raised.words,
        what_to_do=raised.what_to_do,
        tell=raised.tell,
        raised_at=raised.raised_at,
        closed_at=raised.closed_at,
        closed_by=raised.closed_by,
        outcome=raised.outcome,
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found for somebody.

    `home` is where distances were measured from, and `sets_out` says what that is. `result` is
    None exactly when `triage` says what must happen first: then no group was looked for. `needs`
    and `person` are what was looked for, and for whom; `gathered` is what was read for it, for
    whoever asks more about the same in the same transaction.
    """

    home: Located | None
    result: MatchResult | None
    triage: Triage | None = None
    flags: tuple[Flag, ...] = ()
    needs: tuple[WantedNeed, ...] = ()
    person: PersonFacts | None = None
    sets_out: SetsOut = SetsOut.HOME
    gathered: Gathered | None = field(default=None, repr=False, compare=False)

    @property
    def measured(self) -> str:
        """What must be said of distances not measured from a home; "" of those that are."""
        if self.sets_out is SetsOut.PRACTICE and self.home is None:
            return ""
        return SAID[self.sets_out]


def matches(session: Session, view: ReferralView, seeking: Seeking) -> Matched:
    """The groups near this referral's person that serve its needs, best first.

    None while a danger sign is open, or while nobody has said what is needed. The page of a link
    worker and the API call this same query.
    """
    if view.triage is not None:
        return Matched(None, None, view.triage, view.flags)
    person = person_of(view, seeking)
    found = _found(session, seeking, view.needs, person)
    return replace(found, flags=view.flags)


def person_of(view: ReferralView, seeking: Seeking) -> PersonFacts:
    """The facts of a referral's person, with the place that their journeys are measured from.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
        If the postcode or the circumstances cannot be used.
    """
    how = view.sets_out
    home = set_out(seeking.gazetteer, postcode=view.postcode, surgery=view.surgery, how=how)
    return person_facts(
        view.facts,
        today=seeking.today,
        home=home,
        birth_date=view.birth_date,
        route=view.route,
        sets_out=how,
    )


@dataclass(frozen=True, slots=True)
class Seeking:
    """With what a search is made, and how many groups are wanted."""

    gazetteer: Gazetteer
    travel: TravelModel
    parameters: MatchParameters
    today: date
    limit: int


def matches_for(
    session: Session,
    seeking: Seeking,
    *,
    needs: Sequence[WantedNeed],
    postcode: str | None,
    facts: Mapping[str, Json],
    route: ReferralRoute | None,
    practice: str | None = None,
) -> Matched:
    """The groups that serve `needs` for somebody in these circumstances, best first.

    Without a postcode distances are measured from `practice`, where that is given.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
        If the postcode or the circumstances cannot be used.
    """
    how = SetsOut.HOME if practice is None else sets_out(postcode, protected=False)
    surgery = None
    if practice is not None and how is not SetsOut.HOME:
        surgery = surgery_of(session, practice)
    home = set_out(seeking.gazetteer, postcode=postcode, surgery=surgery, how=how)
    person = person_facts(facts, today=seeking.today, home=home, route=route, sets_out=how)
    return _found(session, seeking, needs, person)


def _found(
    session: Session, seeking: Seeking, needs: Sequence[WantedNeed], person: PersonFacts
) -> Matched:
    question = Question(person, seeking.parameters, seeking.limit)
    (result,), gathered = find_each(
        session, needs=needs, questions=[question], travel=seeking.travel
    )
    return Matched(
        person.home,
        result,
        needs=tuple(needs),
        person=person,
        sets_out=person.sets_out,
        gathered=gathered,
    )


def matches_of_note(
    session: Session,
    seeking: Seeking,
    *,
    needs: Sequence[str],
    reading: NoteReading | None,
    postcode: str | None,
    facts: dict[str, Json],
    route: ReferralRoute | None,
    practice: str | None = None,
) -> Matched:
    """The groups for stated needs and a note together; none while the note has a danger sign."""
    found = understood(needs, facts, reading, today=seeking.today)
    flags = tuple(unkept(each) for each in found.flags)
    if found.action is not Action.MATCH:
        return Matched(None, None, Triage(found.action, found.sentence, flags), flags)
    matched = matches_for(
        session,
        seeking,
        needs=found.needs,
        postcode=postcode,
        facts=found.facts,
        route=route,
        practice=practice,
    )
    return replace(matched, flags=flags)
