"""What is known of a person for one match: circumstances, never identity.

No name, number or address is here, so matching cannot leak what it never receives. `None` or an
empty set means not stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from geo.gazetteer import Located
from geo.travel import Mode
from service.register.areas import Whereabouts
from service.register.vocabulary import AccessFeature, Gender, ReferralRoute, Weekday


class Preference(StrEnum):
    """What a person would like but can do without. What they must have is a fact of its own."""

    SMALL_GROUP = "small_group"
    QUIET = "quiet"
    COMPANY_FIRST_VISIT = "company_first_visit"
    LOW_COST = "low_cost"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class SetsOut(StrEnum):
    """What `PersonFacts.home` is: a home, or what stands in for one that is not to be used."""

    HOME = "home"
    PRACTICE = "practice"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """The facts of one person that decide eligibility, travel and fit.

    Attributes
    ----------
    home : Located | None
        Where the person sets out from; None or without a point means no distance is computed.
    age : int | None
        Whole years, 0 to 130.
    languages : frozenset[str]
        ISO 639-1 codes the person is comfortable in. Empty means not stated.
    access_needed : frozenset[AccessFeature]
        What the place must have.
    free_days : frozenset[Weekday]
        Days the person can come. Empty means not stated.
    not_before, home_by : time | None
        The person's own hours, local British clock time.
    max_cost_pence : int | None
        What the person can pay for one session.
    online, has_phone : bool | None
        Whether the person can take part at a screen or by phone.
    housebound : bool
        Only home visits, phone and online are possible.
    modes : frozenset[Mode]
        Ways of travel open to this person; empty means on foot at the speed for their age.
    interests : frozenset[str]
        What the person enjoys, in plain words or kinds of group ("singing", "choir_singing").
    preferences : frozenset[Preference]
        What the person would like but can do without.
    sets_out : SetsOut
        PRACTICE: no home is known, and `home` is the practice's. NOT_MEASURED: the address is
        protected, `home` is the practice's without a point, so that no journey can be made of it,
        and only what comes to the person is open to them.
    area : Whereabouts | None
        Of where it is asked whether a group takes people from there; None is where `home` is.
    today : date
        The day the match is for; passed in so that the same question has the same answer.
    """

    today: date
    home: Located | None = None
    age: int | None = None
    gender: Gender | None = None
    languages: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    access_needed: frozenset[AccessFeature] = frozenset()
    free_days: frozenset[Weekday] = frozenset()
    not_before: time | None = None
    home_by: time | None = None
    max_cost_pence: int | None = None
    online: bool | None = None
    has_phone: bool | None = None
    housebound: bool = False
    women_only: bool = False
    men_only: bool = False
    mobility_difficulty: bool = False
    wheelchair: bool = False
    modes: frozenset[Mode] = frozenset()
    interests: frozenset[str] = frozenset()
    route: ReferralRoute | None = None
    preferences: frozenset[Preference] = frozenset()
    sets_out: SetsOut = SetsOut.HOME
    area: Whereabouts | None = None

    @property
    def whereabouts(self) -> Whereabouts:
        """Of where it is asked whether a group takes people from there."""
        return self.area or Whereabouts.of(self.home)

    @property
    def only_remote(self) -> bool:
        """Whether nothing is open to them but what comes to them."""
        return self.housebound or self.sets_out is SetsOut.NOT_MEASURED
