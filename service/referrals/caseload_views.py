"""Parts of a caseload: what is overdue, what is stuck, and where the link worker is next to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from service.referrals.caseload import Carried
from service.referrals.turns import Turn


class Show(StrEnum):
    """Which part of a caseload is wanted."""

    ALL = "all"
    OVERDUE = "overdue"
    STUCK = "stuck"
    LINK_WORKER = "link_worker"
    GROUP = "group"
    PERSON = "person"
    CLINICIAN = "clinician"


def belongs(item: Carried, show: Show) -> bool:
    """Whether a referral is in that part; one may be in several."""
    if show is Show.ALL:
        return True
    if show is Show.OVERDUE:
        return item.overdue
    if show is Show.STUCK:
        return item.stuck
    return item.turn is Turn(show.value)


def part(items: Sequence[Carried], show: Show) -> tuple[Carried, ...]:
    """The referrals of one part, in the order given."""
    return tuple(each for each in items if belongs(each, show))


def sizes(items: Sequence[Carried]) -> Mapping[Show, int]:
    """How many referrals each part has, none of them left out."""
    return {show: len(part(items, show)) for show in Show}
