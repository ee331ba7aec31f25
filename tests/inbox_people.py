"""Invented people in the inbox: somebody in danger, somebody twice, and the ordinary."""

from __future__ import annotations

from datetime import date, timedelta

from town import RUNCORN, WIDNES

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import PRACTICE_SYSTEM
from service.parts import Kith
from service.people.nhs_number import NhsNumber
from service.referrals.actions.refer import refer
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest

NORA = PersonGiven(NhsNumber("9990000018"), "Nora", "Larkrise", date(1948, 5, 2))
NORAH = PersonGiven(None, "Norah", "Larkrise", date(1948, 5, 2))
IVO = PersonGiven(NhsNumber("9990000026"), "Ivo", "Thistlewood", date(1990, 2, 28))
ODA = PersonGiven(NhsNumber("9990000034"), "Oda", "Fernshaw", date(1971, 11, 30))

LONELY = "Lives alone since her husband died in spring and sees nobody. Would like to sing again."
DANGER = "Low since losing his job. Says he has thought of ending his life this week."
VAGUE = "Please help."


def received(
    kith: Kith,
    person: PersonGiven = NORA,
    note: str = LONELY,
    practice: OdsCode = WIDNES,
    key: str | None = None,
) -> str:
    """One referral with a note, read as it would be at the door; returns its id."""
    system = Actor("token:1", PRACTICE_SYSTEM, frozenset({practice}))
    reading = kith.reader.read(note)
    with kith.store.work() as work:
        return refer(
            work,
            by=system,
            request=ReferralRequest(
                practice=practice,
                person=person,
                consent=ConsentGiven(True, kith.today(), "Dr Marshwick", "in person"),
                needs=(),
                facts={},
                reason=note,
                referrer_name="Dr Lena Marshwick",
                referrer_role="GP",
            ),
            gazetteer=kith.gazetteer,
            today=kith.today(),
            key=key or f"{person.given_name}-{note[:5]}-{practice}".replace(" ", "-"),
            reading=reading,
        ).referral_id


def soon(kith: Kith, days: int = 7) -> dict[str, str]:
    """A date some days from now, as the three fields of a form."""
    day = kith.today() + timedelta(days=days)
    return {
        "next_action_on-day": str(day.day),
        "next_action_on-month": str(day.month),
        "next_action_on-year": str(day.year),
    }


def inbox_of_the_town(kith: Kith) -> dict[str, str]:
    """Four people in Widnes, one of them twice and one in danger, and one in Runcorn."""
    return {
        "nora": received(kith),
        "norah": received(kith, NORAH, "Wants company, and has not been out for weeks."),
        "ivo": received(kith, IVO, DANGER),
        "oda": received(kith, ODA, VAGUE),
        "far": received(kith, ODA, LONELY, RUNCORN),
    }
