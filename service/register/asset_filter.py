"""What a search of the register may ask, and what it may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from geo.distance import checked_radius_m
from geo.errors import Json
from geo.point import GridPoint
from service.register.errors import BadFilter
from service.register.needs import check_needs
from service.register.vocabulary import AccessFeature, AssetKind, Delivery, Weekday

DEFAULT_WITHIN_M: Final = 5_000.0
"""Radius of a search near a place that names none: what ALISS takes (`ServiceSearch.cs`)."""

MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 1_000_000
MAX_TEXT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """One search. Every filter that is given must hold; several values of one mean any of them,
    except `access`, where all must hold. What is empty or None is not asked.

    Only `age` lets pass what is not stated, and the answer says so. For everything else a group
    that does not say is not among the answers: unknown is never read as yes.

    Attributes
    ----------
    needs : tuple of str
        Codes of the taxonomy.
    text : str
        Words, or a sentence. An asset that has any of them is an answer; those with more come
        first. Words nobody uses take nothing away.
    near : GridPoint | None
        Nearest first. Nothing farther than `within_m` is NEAR, and without `wider` nothing else
        is an answer.
    within_m : float | None
        Metres, at most 50 km; `DEFAULT_WITHIN_M` when None. The circle itself is within.
    wider : bool
        After the near ones, those that do not need to be near: they say that they take people
        from `near`, or they come to the person, or nobody has said where they are. Each is
        labelled (`Reach`).
    district, authority : str | None
        Postcode district (WA8) and ONS code (E06000006) of `near`, to know whose stated area holds
        it. A stated radius and "everywhere" need neither.
    days : frozenset of Weekday
        Days on which it meets at that place.
    age_from, age_to : int | None
        Overlap with the ages admitted: with only one given, that very age.
    access : frozenset of AccessFeature
        What the place is known to have. What comes to the person, or happens online or by phone,
        has no place to be in the way.
    free : bool
        Recorded as costing nothing.
    kinds, group_kinds, deliveries : frozenset
        Any of these.
    free_places : bool
        Known to have room now.
    updated_since : datetime | None
        Changed in the register at or after this instant.
    checked_since : date | None
        Its facts were checked with the group on this day or later.
    limit, offset : int
        Which part of the answers: 1 to 100 of them, from 0.
    """

    needs: tuple[str, ...] = ()
    text: str = ""
    near: GridPoint | None = None
    within_m: float | None = None
    wider: bool = False
    district: str | None = None
    authority: str | None = None
    days: frozenset[Weekday] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    access: frozenset[AccessFeature] = frozenset()
    free: bool = False
    kinds: frozenset[AssetKind] = frozenset()
    group_kinds: frozenset[str] = frozenset()
    deliveries: frozenset[Delivery] = frozenset()
    free_places: bool = False
    updated_since: datetime | None = None
    checked_since: date | None = None
    limit: int = 20
    offset: int = 0

    @property
    def radius_m(self) -> float:
        """The radius that holds."""
        return DEFAULT_WITHIN_M if self.within_m is None else self.within_m

    @property
    def ages(self) -> tuple[int, int] | None:
        """Youngest and oldest asked for, or None."""
        low = self.age_to if self.age_from is None else self.age_from
        high = self.age_from if self.age_to is None else self.age_to
        return None if low is None or high is None else (low, high)


def check(wanted: AssetFilter) -> None:
    """Go no further with a search that cannot be meant.

    Raises
    ------
    BadFilter
        With the `field` it is about.
    BadRadius
        If `within_m` is negative, not a number, or over 50 km.
    UnknownNeed
        For a need that is not in the taxonomy, with those nearest to it.
    """
    if wanted.needs:
        check_needs(wanted.needs)
    if wanted.within_m is not None:
        checked_radius_m(wanted.within_m)
    if wanted.near is None and (wanted.within_m is not None or wanted.wider):
        raise _refused("near", "A distance needs a place to measure from. Say near what.")
    if not 1 <= wanted.limit <= MAX_LIMIT:
        raise _refused("limit", f"Ask for 1 to {MAX_LIMIT} answers at a time.", wanted.limit)
    if not 0 <= wanted.offset <= MAX_OFFSET:
        raise _refused("offset", f"Begin at an answer from 0 to {MAX_OFFSET:,}.", wanted.offset)
    if len(wanted.text) > MAX_TEXT:
        raise _refused("text", f"Search with at most {MAX_TEXT} letters.")
    for field, age in (("age_from", wanted.age_from), ("age_to", wanted.age_to)):
        if age is not None and not 0 <= age <= 130:
            raise _refused(field, "An age is a whole number of years from 0 to 130.", age)
    if wanted.ages is not None and wanted.ages[0] > wanted.ages[1]:
        raise _refused("age_from", "The youngest age is over the oldest. Swap the two.")


def _refused(field: str, said: str, given: Json = None) -> BadFilter:
    return BadFilter(said, field=field, given=given)
