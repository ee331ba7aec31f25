"""Whose turn it is, and whether a referral is overdue or stuck: rules on plain data."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Final

from service.referrals.lifecycle import REFERRAL_ENDS, OfferState, ReferralState

STUCK_DAYS: Final = 28
"""Days without any change after which a referral counts as stuck. Our own choice: the standard's
process measure looks for a known outcome at 28 days."""


class Turn(StrEnum):
    """Who has to act next."""

    CLINICIAN = "clinician"
    LINK_WORKER = "link_worker"
    GROUP = "group"
    PERSON = "person"
    NOBODY = "nobody"


def turn(
    state: ReferralState,
    offers: Collection[OfferState],
    *,
    flag_open: bool = False,
    concern_blocks: bool = False,
    next_action_on: date | None = None,
    today: date,
) -> Turn:
    """Who has to act next.

    A danger sign waits for a clinician. A concern that nobody was told of, and a next action that
    is due, are the link worker's whatever else is open. Otherwise a group that was asked answers, a
    person who was taken goes, and all the rest is the link worker's.
    """
    if state in REFERRAL_ENDS:
        return Turn.NOBODY
    if flag_open:
        return Turn.CLINICIAN
    due = next_action_on is not None and next_action_on <= today
    if concern_blocks or due or OfferState.OFFERED in offers:
        return Turn.LINK_WORKER
    if OfferState.SENT in offers or OfferState.WAITLISTED in offers:
        return Turn.GROUP
    if {OfferState.ACCEPTED, OfferState.FIRST_ATTENDED, OfferState.ATTENDING} & set(offers):
        return Turn.PERSON
    return Turn.LINK_WORKER


def is_overdue(next_action_on: date | None, today: date) -> bool:
    """Whether the next action's day has passed; on the day itself it has not."""
    return next_action_on is not None and next_action_on < today


def is_stuck(touched_on: date, next_action_on: date | None, today: date) -> bool:
    """Whether nothing happened for `STUCK_DAYS` and nothing is planned for a day to come."""
    planned = next_action_on is not None and next_action_on >= today
    return not planned and (today - touched_on).days >= STUCK_DAYS
