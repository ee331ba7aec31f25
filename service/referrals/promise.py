"""The best that an asset could score, from its rows of the narrowing table alone.

A search reads assets in the order of these bounds, so each must be at least the score that judging
gives, and may be more: whatever the rows do not say is taken to be as good as it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from geo.travel import Mode
from service.matching.hard_filter import hard_filter
from service.matching.parameters import MatchParameters
from service.matching.place_rules import access_needed
from service.matching.reach import unknown_access_ratio
from service.matching.score import room_ratio
from service.people.facts import PersonFacts, SetsOut
from service.register.candidates import CandidateRows
from service.register.narrowing import (
    AREA_BITS,
    CAPACITY_CODES,
    DAY_BITS,
    DELIVERY_BITS,
    HAS_CONDITIONS,
    OPEN_TO_CODES,
    PLACE_KNOWN,
    PLACE_UNKNOWN,
    ROUTE_BITS,
    SAYS_LANGUAGES,
    UNKNOWN,
)
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    Capacity,
    Delivery,
    Gender,
    OpenTo,
    ReferralRoute,
)

EPOCH: Final = date(1970, 1, 1)
OLDEST: Final = 130
"""The age from which a group is for everybody, as the rule on ages has it."""

ROUNDING: Final = 1e-9
"""Factors are multiplied here in another order than in a score."""

_AT_HOME: Final = (Delivery.HOME_VISIT, Delivery.PHONE, Delivery.ONLINE)
_GO_THERE: Final = DELIVERY_BITS[Delivery.IN_PERSON]

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Promise:
    """What one person's rows can at best be worth.

    Attributes
    ----------
    papers_required : bool
        Whether safeguarding papers that are not recorded are an unknown whatever the delivery.
    """

    person: PersonFacts
    parameters: MatchParameters
    papers_required: bool

    @classmethod
    def to(cls, person: PersonFacts, needs: list[str], parameters: MatchParameters) -> Promise:
        """The bounds for one person who has these needs."""
        young = person.age is not None and person.age < parameters.papers_under_age
        return cls(person, parameters, young or not parameters.papers_needs.isdisjoint(needs))

    def reliability(self, rows: CandidateRows) -> Floats:
        """Freshness x acceptance x room, as `score.reliability_factor` has them."""
        parameters = self.parameters
        today = (self.person.today - EPOCH).days
        age = np.where(
            rows.assured_day == UNKNOWN,
            parameters.never_checked_days,
            np.maximum(today - rows.assured_day, 0),
        )
        rooms = np.ones(len(rows))
        for capacity, code in CAPACITY_CODES.items():
            rooms[rows.capacity == code] = room_ratio(capacity, parameters)
        return np.asarray(
            0.5 ** (age / parameters.fresh_half_life_days)
            * np.minimum(rows.acceptance, 1.0)
            * rooms
        )

    def unknowns(self, rows: CandidateRows) -> Floats:
        """`unknown_ratio` for each rule about the asset itself that is sure to be unknown."""
        person = self.person
        stated = person.gender in (Gender.FEMALE, Gender.MALE)
        no_one_said = rows.open_to == UNKNOWN
        ageless = (rows.min_age == UNKNOWN) & (rows.max_age == UNKNOWN)
        if person.age is None:
            for_all = (rows.min_age <= 0) & ((rows.max_age == UNKNOWN) | (rows.max_age >= OLDEST))
            ageless = ageless | ~for_all
        unchecked = rows.assured_day == UNKNOWN
        undated = (rows.opens_day == UNKNOWN) & (rows.closes_day == UNKNOWN)
        visits = (rows.deliveries & DELIVERY_BITS[Delivery.HOME_VISIT]) > 0
        count = (
            ageless.astype(np.int64)
            + (no_one_said if stated else rows.open_to != OPEN_TO_CODES[OpenTo.EVERYONE])
            + no_one_said * (int(person.women_only) + int(person.men_only))
            + (rows.capacity == CAPACITY_CODES[Capacity.UNKNOWN])
            + unchecked
            + (unchecked & undated)
            + ((rows.checks_day == UNKNOWN) & (self.papers_required | visits))
            + (((rows.said & SAYS_LANGUAGES) == 0) if person.languages else 1)
            + (rows.deliveries == 0)
            + (rows.areas == 0)
            + (rows.routes == 0)
        )
        if not person.conditions and not person.housebound:
            count = count + ((rows.said & HAS_CONDITIONS) > 0)
        if person.max_cost_pence is not None:
            count = count + (rows.cost_pence == UNKNOWN)
        return np.asarray(self.parameters.unknown_ratio**count)

    def access(
        self, rows: CandidateRows, straight_m: Floats, beyond: Callable[[Floats], Floats]
    ) -> Floats:
        """Access x the unknowns of the best way of taking part.

        Parameters
        ----------
        straight_m : ndarray
            Metres below which no place of the row's asset is; NaN where no place is known at all.
        beyond : callable
            The best access of anything at least so many metres away.
        """
        unsaid = rows.deliveries == 0
        somewhere = ~np.isnan(straight_m)
        nowhere = unknown_access_ratio(None, self.parameters) * self.parameters.unknown_ratio
        there = np.full(len(rows), nowhere)
        there[somewhere] = beyond(straight_m[somewhere])
        # A place that nobody knows may be the better one; and whoever cannot go anywhere may still
        # join what has not said that one goes there.
        hidden = unsaid | ((rows.said & PLACE_UNKNOWN) > 0)
        there[hidden] = np.maximum(there[hidden], nowhere)
        best = np.where(unsaid | ((rows.deliveries & _GO_THERE) > 0), there, 0.0)
        for delivery in _AT_HOME:
            offered = (rows.deliveries & DELIVERY_BITS[delivery]) > 0
            best = np.maximum(best, np.where(offered, self._at_home(delivery), 0.0))
        return best

    def _at_home(self, delivery: Delivery) -> float:
        """Worth of a way that comes to the person: less when it is not known to be open to them."""
        person, unknown = self.person, self.parameters.unknown_ratio
        has = {
            Delivery.PHONE: (person.has_phone, Mode.PHONE),
            Delivery.ONLINE: (person.online, Mode.ONLINE),
        }
        worth = 1.0
        if delivery is Delivery.HOME_VISIT and person.sets_out is SetsOut.PRACTICE:
            worth = unknown
        if delivery in has:
            fact, mode = has[delivery]
            if fact is None and mode not in person.modes:
                worth = unknown
            elif fact is False:
                return 0.0
        signs = AccessFeature.SIGN_LANGUAGE in access_needed(person)
        return worth * unknown if signs else worth

    def surely_fails(self, rows: CandidateRows, straight_m: Floats) -> Mask:
        """Rows of assets that judging is sure to exclude.

        Only rules whose columns are the asset's own: steps are left to judging, because they
        belong to a place, and a ring may not hold all of them.

        Parameters
        ----------
        straight_m : ndarray
            As for `access`.
        """
        person, hard = self.person, hard_filter(self.person)
        today = (hard.today - EPOCH).days
        fails = (rows.capacity == CAPACITY_CODES[Capacity.FULL]) | (rows.opens_day > today)
        for last_day in (rows.closes_day, rows.checks_day):
            fails |= (last_day != UNKNOWN) & (last_day < today)
        if hard.excluded_open_to:
            fails |= np.isin(rows.open_to, [OPEN_TO_CODES[each] for each in hard.excluded_open_to])
        if hard.age is not None:
            fails |= (rows.min_age != UNKNOWN) & (rows.min_age > hard.age)
            fails |= (rows.max_age != UNKNOWN) & (rows.max_age < hard.age)
        if hard.remote_only:
            fails |= rows.deliveries == _GO_THERE
        if person.max_cost_pence is not None:
            fails |= rows.cost_pence > person.max_cost_pence
        if person.free_days:
            free = sum(DAY_BITS[each] for each in person.free_days)
            fails |= (rows.meets != UNKNOWN) & ((rows.meets & free) == 0)
        if person.route is not None:
            open_by = ROUTE_BITS[ReferralRoute.SELF] | ROUTE_BITS[person.route]
            fails |= (rows.routes != 0) & ((rows.routes & open_by) == 0)
        return np.asarray(fails | self._too_far(rows, straight_m))

    def _too_far(self, rows: CandidateRows, straight_m: Floats) -> Mask:
        """Rows of assets that take people from so far around, and from nowhere else."""
        places = rows.said & (PLACE_KNOWN | PLACE_UNKNOWN)
        circle = (rows.areas == AREA_BITS[AreaKind.RADIUS_M]) & (rows.serves_m != UNKNOWN)
        circle &= places == PLACE_KNOWN
        # The radius was rounded down by less than a metre.
        reach_m = rows.serves_m + 1 + self.person.whereabouts.blur_m
        return np.asarray(circle & (straight_m > reach_m))
