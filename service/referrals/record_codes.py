"""SNOMED CT codes that a practice may put in a person's record, and when each is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.errors import Json
from service.referrals.lifecycle import ReferralState

SYSTEM: Final = "http://snomed.info/sct"

REFERRED: Final = ("871731000000106", "Referral to social prescribing service (procedure)")
"""Due once for each referral, at the first contact (interoperability standard, sections 4 and 7,
where both codes stand as verified)."""

DECLINED: Final = ("871711000000103", "Social prescribing declined (situation)")
"""Due when it was the person's own choice not to go on."""

_OWN_CHOICE: Final = {
    ReferralState.WITHDRAWN: frozenset(
        {"changed_mind", "already_supported", "not_safe_or_welcome"}
    ),
    ReferralState.RETURNED: frozenset({"did_not_agree"}),
}


@dataclass(frozen=True, slots=True)
class RecordCode:
    """One code for the record, with the day it is about."""

    code: str
    display: str
    on: date

    def document(self) -> dict[str, Json]:
        """As JSON, with the system that the code is of."""
        return {
            "system": SYSTEM,
            "code": self.code,
            "display": self.display,
            "on": self.on.isoformat(),
        }


def codes_due(
    *,
    state: ReferralState,
    reason: str,
    first_contact_on: date | None,
    ended_on: date | None,
    told: Collection[str],
) -> tuple[RecordCode, ...]:
    """The codes that a message sent now brings; none that an earlier one of the referral brought.

    Parameters
    ----------
    state, reason : ReferralState, str
        Where the referral stands, and why it ended there, as a code of the reasons' lists.
    first_contact_on, ended_on : date or None
        When somebody first spoke with the person, and when the referral ended.
    told : collection of str
        Codes that went before.
    """
    due = []
    if first_contact_on is not None:
        due.append(RecordCode(*REFERRED, first_contact_on))
    if ended_on is not None and reason in _OWN_CHOICE.get(state, ()):
        due.append(RecordCode(*DECLINED, ended_on))
    return tuple(each for each in due if each.code not in told)
