"""Small turns of phrase that templates share: dates and numbers as the NHS writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

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


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "number": number,
    "stage": stage,
}
