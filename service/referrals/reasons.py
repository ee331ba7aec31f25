"""Reasons for the moves that need one: closed lists, codes with the words people see.

A group's reasons to decline are the BaRS list `dos-rejected-reasons` (codes 21 to 99); the others
are Kith's own, from the record standard's section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.referrals.errors import BadReason

LONGEST = 500
"""Characters of a reason's own words."""


class ReasonKind(StrEnum):
    """What a reason is for."""

    RETURN = "return"
    WITHDRAWAL = "withdrawal"
    NO_ASSET = "no_asset"
    CLOSING = "closing"
    DECLINE = "decline"
    END = "end"


REASONS: Final[Mapping[ReasonKind, Mapping[str, str]]] = MappingProxyType(
    {
        ReasonKind.RETURN: {
            "not_enough_information": "Not enough information to help",
            "needs_clinical_care": "Needs clinical care first",
            "out_of_scope": "Not something community groups can help with",
            "already_referred": "Referred already",
            "other_area": "Lives outside the area",
            "did_not_agree": "The person did not agree to be referred",
            "other": "Another reason",
        },
        ReasonKind.WITHDRAWAL: {
            "changed_mind": "Changed their mind",
            "already_supported": "Has support already",
            "moved_away": "Moved away",
            "unwell": "Unwell",
            "could_not_get_there": "Could not get there",
            "cost": "Cost",
            "not_safe_or_welcome": "Did not feel safe or welcome",
            "no_contact": "No contact possible",
            "died": "Died",
            "other": "Another reason",
        },
        ReasonKind.NO_ASSET: {
            "none_for_need": "No group for the need",
            "too_far": "Too far",
            "no_transport": "No transport",
            "wrong_time": "Wrong time",
            "full": "Full",
            "not_eligible": "Not eligible",
            "language": "Language",
            "access": "Access",
            "cost": "Cost",
            "other": "Another reason",
        },
        ReasonKind.CLOSING: {
            "goals_met": "Goals met",
            "goals_partly_met": "Goals met in part",
            "connected": "Connected to a group",
            "advice_given": "Advice given, nothing more wanted",
            "helped_elsewhere": "Helped by somebody else",
            "could_not_contact": "Could not be contacted",
            "moved_away": "Moved away",
            "died": "Died",
            "other": "Another outcome",
        },
        ReasonKind.DECLINE: {
            "21": "Unsuitable because of transport",
            "22": "No capacity",
            "23": "Not clinically appropriate",
            "24": "The group declined",
            "26": "The person's choice",
            "27": "The group could not be contacted",
            "31": "No appointments available",
            "32": "Appointments not suitable",
            "40": "The person is not eligible",
            "41": "The person asked for a home visit",
            "42": "Unsuitable because of distance",
            "99": "Another reason",
        },
        ReasonKind.END: {
            "goal_met": "Goal met",
            "other_group": "Moved to another group",
            "became_helper": "Became a volunteer or helper",
            "stopped": "Stopped attending",
            "group_closed": "The group closed",
            "unwell": "Unwell",
            "moved_away": "Moved away",
            "other": "Another reason",
        },
    }
)

OWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "referral_closed": "The referral was closed",
        "referral_withdrawn": "The person left social prescribing",
        "consent_withdrawn": "The person withdrew consent",
        "objected": "The person objected to sharing",
        "no_answer": "The group did not answer in time",
        "requester_withdrew": "The practice took the referral back",
        "not_carried_out": "It could not be carried out",
        "entered_in_error": "The referral was entered in error",
    }
)
"""Reasons that only Kith itself gives, or another system over its API; no form offers them."""

REQUESTER_WITHDREW: Final = "requester_withdrew"
NOT_CARRIED_OUT: Final = "not_carried_out"
ENTERED_IN_ERROR: Final = "entered_in_error"

FAILING: Final = frozenset({"could_not_contact", NOT_CARRIED_OUT})
"""Ends of a referral that FHIR calls failed; any other closing is completed."""

COMPLETING: Final = frozenset({"goal_met", "other_group", "became_helper", "referral_closed"})
"""Ends of attendance that FHIR calls completed; any other is failed."""

IN_OWN_WORDS: Final = frozenset({"other", "99"})


def check_reason(kind: ReasonKind, code: str, text: str) -> None:
    """Refuse a reason that is not in its list, or says "another" and no more.

    Raises
    ------
    BadReason
        With the codes that may be given.
    """
    known = REASONS[kind]
    if kind is ReasonKind.RETURN and code in REASONS[ReasonKind.DECLINE]:
        # Another system sends a referral back by the national list.
        known = REASONS[ReasonKind.DECLINE]
    if code not in known:
        raise BadReason(
            "Choose one of the reasons in the list.", field="reason", allowed=list(known)
        )
    if code in IN_OWN_WORDS and not text.strip():
        raise BadReason("Say what the other reason is.", field="reason_text")
    if len(text) > LONGEST:
        raise BadReason(f"Keep the reason under {LONGEST} characters.", field="reason_text")


def reason_label(code: str) -> str:
    """The words for a reason's code of any list; the code itself when it is not known."""
    if code in OWN:
        return OWN[code]
    return next((labels[code] for labels in REASONS.values() if code in labels), code)
