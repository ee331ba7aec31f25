"""The groups for a referral as its page shows them: narrowed by what the link worker asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from geo.gazetteer import Located
from seed_data import needs as need_list
from service.matching.explain import Match
from service.matching.match import MatchResult
from service.referrals.queries import Matched, ReferralView, Seeking, matches
from service.register.vocabulary import Delivery, Weekday

BEST: Final = 30
"""Groups that a page chooses from. Our own choice: nobody reads farther, and filters need room."""

FIRST: Final = 10
"""Groups on a page before "show more"."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the link worker asks of the list. Empty asks nothing.

    A group that has not said passes none of these: unknown is never read as yes.

    Attributes
    ----------
    days : frozenset of Weekday
        It meets on any of these.
    most_min : int or None
        Minutes there at most; a group to which nobody travels passes.
    free : bool
        Known to cost nothing.
    how : frozenset of Delivery
        It can be joined in any of these ways.
    kinds : frozenset of str
        Kinds of group, as the taxonomy names them.
    """

    days: frozenset[Weekday] = frozenset()
    most_min: int | None = None
    free: bool = False
    how: frozenset[Delivery] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return self != Narrowed()

    def keeps(self, match: Match) -> bool:
        """Whether one group is among what is asked for."""
        asset, minutes = match.asset, match.journey.minutes
        meets = frozenset[Weekday]().union(*(each.weekdays for each in asset.meetings))
        return (
            (not self.days or bool(self.days & meets))
            and (self.most_min is None or (minutes is not None and minutes <= self.most_min))
            and (not self.free or asset.cost_pence == 0)
            and (not self.how or bool(self.how & asset.deliveries))
            and (not self.kinds or asset.group_kind in self.kinds)
        )


@dataclass(frozen=True, slots=True)
class Groups:
    """What the page lists.

    Attributes
    ----------
    found : Matched
        All that was found, before any filter.
    shown : tuple of Match
        Those that pass, in order; the first of them unless more were asked for.
    passing, best : int
        How many of the best groups pass, and how many those are.
    kinds : tuple of (str, str)
        Kinds among them, with their labels, to choose from.
    """

    found: Matched
    shown: tuple[Match, ...]
    passing: int
    best: int
    kinds: tuple[tuple[str, str], ...]

    @property
    def result(self) -> MatchResult | None:
        """The whole answer; None while something must happen first."""
        return self.found.result

    @property
    def home(self) -> Located | None:
        """Where distances were measured from."""
        return self.found.home


def groups_for(
    session: Session, view: ReferralView, seeking: Seeking, narrowed: Narrowed, *, more: bool
) -> Groups:
    """The best groups for a referral, narrowed. As many statements as a match takes.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
        If the postcode or the circumstances cannot be used.
    """
    found = matches(session, view, replace(seeking, limit=BEST))
    listed = () if found.result is None else found.result.matches
    passing = [each for each in listed if narrowed.keeps(each)]
    return Groups(
        found=found,
        shown=tuple(passing if more else passing[:FIRST]),
        passing=len(passing),
        best=len(listed),
        kinds=_kinds(listed, narrowed.kinds),
    )


def _kinds(listed: Sequence[Match], chosen: frozenset[str]) -> tuple[tuple[str, str], ...]:
    known = need_list.load().kinds
    there = {each.asset.group_kind for each in listed} | chosen
    named = [(code, known[code].label) for code in there if code in known]
    return tuple(sorted(named, key=lambda each: (each[1], each[0])))
