"""What somebody needs before them to decide about a new referral, and the reading written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from seed_data import needs as need_list
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.colleagues import Colleague, colleagues
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import REFERRAL_MOVES, WAITING, ReferralState
from service.referrals.people_search import like
from service.referrals.queries import flag_of
from service.referrals.record_head import find_record
from service.referrals.safety import Flag
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NeedRead:
    """A need in words, with the words of the note it was read from; empty when it was stated."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class TriagePage:
    """One referral as it is looked at before it is taken on.

    `alike` counts records that may be the same person and are not joined. `colleagues` are those
    who could be given it, whoever asks among them.
    """

    referral_id: str
    version: int
    practice: str
    practice_name: str
    state: ReferralState
    state_reason: str
    urgency: Urgency
    received_at: datetime
    referrer: str
    note: str
    safe_contact: str
    assigned_to: str | None
    name: str
    birth_date: date | None
    nhs_number: str | None
    telephone: str
    reach_by: str
    protected: bool
    needs: tuple[NeedRead, ...]
    signs: tuple[Flag, ...]
    alike: int
    colleagues: tuple[Colleague, ...]

    @property
    def waits(self) -> bool:
        """Whether it has not been taken on or ended yet."""
        return self.state in WAITING

    @property
    def open_signs(self) -> tuple[Flag, ...]:
        """Danger signs that a clinician must still see: while there is one, no group is asked."""
        return tuple(each for each in self.signs if each.is_open)

    @property
    def may_accept(self) -> bool:
        """Whether it can be taken on as it stands."""
        return ReferralState.TRIAGED in REFERRAL_MOVES[self.state] and not self.open_signs

    def sign(self, flag: str) -> Flag:
        """One of the danger signs.

        Raises
        ------
        NotFound
            If the referral has no such sign.
        """
        found = next((each for each in self.signs if each.flag == flag), None)
        if found is None:
            raise NotFound("There is no such danger sign, or it is not yours to see.")
        return found


def see_for_triage(work: UnitOfWork, *, by: Actor, referral_id: str) -> TriagePage:
    """One referral for triage. Looking is itself recorded. Six statements.

    Raises
    ------
    NotAllowed
        If `by` does not triage at its practice.
    NotFound
        If there is none, or it is another practice's.
    """
    page = _page(work.session, by, referral_id)
    audit.record(work, by=by, action="referral.read", subject=f"referral:{page.referral_id}")
    return page


def _page(session: Session, by: Actor, referral_id: str) -> TriagePage:
    record = find_record(session, by=by, referral_id=referral_id, permission=Permission.TRIAGE)
    referral, person = record.referral, record.person
    by.require(Permission.TRIAGE, at=OdsCode(referral.practice_code))
    alike = [each for each in like(session, by, record.own) if not each.joined]
    known = need_list.load().needs
    told = (referral.referrer_name, referral.referrer_role)
    return TriagePage(
        referral_id=referral.referral_id,
        version=referral.version,
        practice=referral.practice_code,
        practice_name=record.practice.name,
        state=referral.state,
        state_reason=referral.state_reason,
        urgency=referral.urgency,
        received_at=referral.received_at,
        referrer=", ".join(each for each in told if each),
        note=referral.reason,
        safe_contact=referral.safe_contact,
        assigned_to=referral.assigned_to,
        name=f"{person.given_name} {person.family_name}".strip() or "Name not recorded",
        birth_date=person.birth_date,
        nhs_number=person.nhs_number,
        telephone="" if person.address_protected else person.telephone,
        reach_by=person.reach_by,
        protected=person.address_protected,
        needs=tuple(NeedRead(known[each.need].label, each.words) for each in referral.needs),
        signs=tuple(
            sorted(
                (flag_of(each) for each in referral.flags),
                key=lambda each: (each.closed_at is not None, each.status.rank, each.flag),
            )
        ),
        alike=len(alike),
        colleagues=colleagues(session, {referral.practice_code}, Permission.WORK_REFERRALS),
    )
