"""Small facts the tests build on: two practices of the example town, and tokens for them."""

from __future__ import annotations

from datetime import date

from service.identity.actors import Actor, operator
from service.identity.codes import OdsCode
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import PRACTICE_SYSTEM
from service.identity.tokens import create_token
from service.people.nhs_number import NhsNumber
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.store.work import Store

WIDNES = OdsCode("N81011")
RUNCORN = OdsCode("N81019")
TODAY = date(2026, 11, 25)
SYSTEM = Actor("token:1", PRACTICE_SYSTEM, frozenset({WIDNES}))
OTHER_SYSTEM = Actor("token:2", PRACTICE_SYSTEM, frozenset({RUNCORN}))


def add_practices(store: Store) -> None:
    """The two practices, so that referrals and tokens have somewhere to belong."""
    with store.work() as work:
        for code, name in ((WIDNES, "Bevan Group Practice"), (RUNCORN, "Castlefields")):
            work.session.add(NhsOrg(ods_code=code, kind=NhsOrgKind.PRACTICE, name=name))


def token_for(store: Store, practice: OdsCode) -> str:
    """A token that works for a day."""
    with store.work() as work:
        return create_token(work, by=operator(), practice=practice, days=1).secret


def request(**changes: object) -> ReferralRequest:
    """A referral of an invented person, changed as a test needs."""
    given: dict[str, object] = {
        "practice": WIDNES,
        "person": PersonGiven(NhsNumber("9990000018"), "Example", "Person", date(1951, 3, 9)),
        "consent": ConsentGiven(True, TODAY, "GP", "in person"),
        "needs": ("loneliness_isolation",),
        "facts": {"gender": "female"},
        "postcode": None,
        "reason": "On her own since last year.",
    }
    return ReferralRequest(**{**given, **changes})  # type: ignore[arg-type]
