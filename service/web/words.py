"""Small turns of phrase that templates share: dates and numbers as the NHS writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from service.identity.roles import ROLES
from service.parts import BRITAIN
from service.referrals.lifecycle import ReferralState


def day(value: date | datetime | None) -> str:
    """3 March 2026; “not known” for None. An instant is told by the day in Britain."""
    if value is None:
        return "not known"
    if isinstance(value, datetime):
        value = value.astimezone(BRITAIN)
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """3 March 2026 at 2:05pm, in Britain's own time."""
    if value is None:
        return "not known"
    local = value.astimezone(BRITAIN)
    hour, half = local.hour % 12 or 12, "am" if local.hour < 12 else "pm"
    return f"{day(local)} at {hour}:{local:%M}{half}"


def number(value: float | None) -> str:
    """1,234; “not known” for None."""
    return "not known" if value is None else f"{value:,}"


STAGES: Final = {
    ReferralState.RECEIVED: "New",
    ReferralState.TRIAGE_FIRST: "A clinician first",
    ReferralState.NEEDS_MORE: "More is needed",
    ReferralState.OUT_OF_SCOPE: "Perhaps out of scope",
    ReferralState.RETURNED: "Returned",
    ReferralState.TRIAGED: "Taken on",
    ReferralState.CONTACTED: "Contacted",
    ReferralState.PLAN_AGREED: "Plan agreed",
    ReferralState.REVIEW: "In review",
    ReferralState.SIGNPOSTED: "Told about groups",
    ReferralState.NO_SUITABLE_ASSET: "No suitable group",
    ReferralState.ON_HOLD: "On hold",
    ReferralState.SAFEGUARDING_HOLD: "On hold for safety",
    ReferralState.CLOSED: "Closed",
    ReferralState.WITHDRAWN: "Left",
    ReferralState.ENTERED_IN_ERROR: "Entered in error",
}


def stage(state: ReferralState) -> str:
    """Where a referral stands, in words."""
    return STAGES[state]


_DEEDS = {
    "referral.read": "looked at it",
    "referral.matched": "was shown groups for it",
    "referral.searched": "was shown it among others",
    "people.listed": "was shown it in a list",
    "person.searched": "found the person by a search",
    "person.compared": "compared the person’s records",
    "message_back.read": "read the messages back",
    "audit.read": "looked at this page",
    "break_glass.opened": "opened it in an emergency",
    "break_glass.reviewed": "reviewed an opening in an emergency",
    "refused": "tried, and was refused",
}


def deed(action: str) -> str:
    """What the audit says was done, in words; a word of the record's own history as it is."""
    own = action.removeprefix("referral.").replace(".", ": ").replace("_", " ")
    return _DEEDS.get(action, own)


def role_title(name: str) -> str:
    """A role by the name that its holders see; several are joined by "+"."""
    known = (ROLES.get(each) for each in name.split("+"))
    return ", ".join(
        role.title if role and role.title else each.replace("_", " ")
        for role, each in zip(known, name.split("+"), strict=True)
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "number": number,
    "stage": stage,
    "deed": deed,
    "role": role_title,
}
