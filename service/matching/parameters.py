"""Every number that matching uses, in one place, with where it comes from.

Most are starting values of this project and not published figures: a deployment changes them by
configuration, and the version that made a match is kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import inf
from typing import Any, Final, TypeVar

from geo.travel import Mode
from service.matching.errors import BadParameter, UnknownParameter

T = TypeVar("T", float, int, bool, str, frozenset[str])

DEFAULT: Final = "project default, not a published figure"


def _sourced(value: T, source: str, *, least: float = 0.0, most: float | None = None) -> T:
    made: T = field(default=value, metadata={"source": source, "least": least, "most": most})
    return made


def _ratio(value: float, source: str = DEFAULT) -> float:
    return _sourced(value, source, most=1.0)


def _positive(value: float, source: str = DEFAULT) -> float:
    return _sourced(value, source, least=1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchParameters:
    """The parameters of one matching, with the source of each in its field's metadata.

    Read a source with ``parameter_sources()``. Numbers outside their range raise `BadParameter`
    when the object is made, so a match never runs on a value that makes no sense.

    Attributes
    ----------
    version : str
        Kept with every match. Change it whenever a value changes.
    half_foot_min, half_vehicle_min : float
        Minutes at which access halves: on foot or wheels, and by bus, lift or car.
    unknown_ratio : float
        What each unknown rule multiplies the score by.
    unknown_journey_ratio, unknown_journey_half_m : float
        Access when no minutes can be worked out: the ratio, halved with each so many straight
        metres. Without even a straight line the place counts as that many metres away, which by
        default makes it worth thirty minutes on foot.
    fit_met_ratio, fit_unknown_ratio, fit_unmet_ratio : float
        What each stated preference multiplies the score by.
    low_cost_pence, small_group_people : int
        What counts as cheap, and as a small group, when somebody prefers one; both included.
    fresh_half_life_days : float
        Days after which trust in a checked fact halves.
    never_checked_days : float
        How old a fact counts as when nobody has ever checked it.
    prior_accepted, prior_asked : float
        Imagined past replies that a new group starts with.
    open_room_ratio, waiting_room_ratio, unknown_room_ratio : float
        What capacity multiplies reliability by. A full group is not shown. An unknown capacity
        is already an unknown rule, so it costs nothing twice.
    papers_needs : frozenset[str]
        Needs whose groups must show safeguarding papers: work with children, and work alone with
        adults who may be at risk. For other needs, papers that are not recorded break no rule.
    papers_under_age : int
        Anybody younger needs them too, whatever the need.
    diversify, rotate : bool
        Whether step 4 runs: variety of kinds and organisations, and turns among near-ties.
    variety_pool : int
        How many times as many as are shown may be chosen from for variety and turns.
    variety_lambda, same_kind_ratio, same_organisation_ratio : float
        Maximal marginal relevance and its likeness of two assets.
    near_tie : float
        Scores no farther apart than this take turns.
    near_misses : int
        How many excluded assets are explained.
    counterfactual_places : int
        Places an asset must rise by before "if you could get a lift" is worth saying.
    """

    version: str = _sourced("kith-match-1", DEFAULT)

    half_foot_min: float = _positive(10.0, DEFAULT + "; agrees with Yang & Diez-Roux 2012")
    half_vehicle_min: float = _positive(20.0)

    unknown_ratio: float = _ratio(0.9)
    unknown_journey_ratio: float = _ratio(0.25)
    unknown_journey_half_m: float = _positive(5000.0)
    fit_met_ratio: float = _ratio(1.0)
    fit_unknown_ratio: float = _ratio(0.9)
    fit_unmet_ratio: float = _ratio(0.7)
    low_cost_pence: int = _sourced(300, DEFAULT)
    small_group_people: int = _sourced(12, DEFAULT)

    fresh_half_life_days: float = _positive(180.0)
    never_checked_days: float = _sourced(365.0, DEFAULT)
    prior_accepted: float = _sourced(4.0, DEFAULT)
    prior_asked: float = _positive(5.0)
    open_room_ratio: float = _ratio(1.0)
    waiting_room_ratio: float = _ratio(0.5)
    unknown_room_ratio: float = _ratio(1.0)

    papers_needs: frozenset[str] = _sourced(
        frozenset(
            {
                "young_person",
                "parenting_family",
                "perinatal_wellbeing",
                "homebound_companionship",
                "memory_dementia",
                "domestic_abuse_support",
            }
        ),
        DEFAULT,
    )
    papers_under_age: int = _sourced(18, DEFAULT)

    diversify: bool = _sourced(False, DEFAULT)
    rotate: bool = _sourced(False, DEFAULT)
    variety_pool: int = _sourced(3, DEFAULT, least=1)
    variety_lambda: float = _ratio(0.7)
    same_kind_ratio: float = _ratio(0.5)
    same_organisation_ratio: float = _ratio(0.5)
    near_tie: float = _ratio(0.03)

    near_misses: int = _sourced(10, DEFAULT)
    counterfactual_places: int = _sourced(2, DEFAULT, least=1)

    def half_minutes(self, mode: Mode) -> float:
        """Minutes at which access by this mode halves; infinite when nobody travels.

        Give a travel model the same half-times, so that it chooses the mode that scores best.
        """
        if mode.is_remote:
            return inf
        return self.half_foot_min if mode.is_on_foot else self.half_vehicle_min

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each.name, getattr(self, each.name), each.default, each.metadata)
        if self.prior_accepted > self.prior_asked:
            raise BadParameter(
                "prior_accepted is more than prior_asked: a group cannot have said yes more "
                "often than it was asked. Lower prior_accepted.",
                parameter="prior_accepted",
            )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> MatchParameters:
        """Parameters from configuration; what is not named keeps its default.

        A whole number may stand for a float, and any list of words for a set of them.

        Raises
        ------
        UnknownParameter
            If a key is not a parameter; says which key was probably meant.
        BadParameter
            If a value is of the wrong type or outside its range.
        """
        known = {each.name: each.default for each in fields(cls)}
        for key in values:
            if key not in known:
                raise UnknownParameter(_unknown(key, list(known)), parameter=str(key))
        return cls(**{key: _as_meant(known[key], value) for key, value in values.items()})


def parameter_sources() -> dict[str, str]:
    """Where each default comes from, by parameter, for the page that shows the calculation."""
    return {each.name: str(each.metadata["source"]) for each in fields(MatchParameters)}


def _unknown(key: object, known: list[str]) -> str:
    near = get_close_matches(str(key), known, n=1)
    meant = f"Did you mean '{near[0]}'?" if near else "See the list of matching parameters."
    return f"There is no matching parameter called '{key}'. {meant}"


def _as_meant(default: object, value: object) -> Any:  # noqa: ANN401 - checked when the object is made
    """A value in the type of its default, where that loses nothing; otherwise as it came."""
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(default, frozenset) and isinstance(value, (list, tuple, set)):
        return frozenset(value) if all(isinstance(each, str) for each in value) else value
    return value


def _check(name: str, value: object, default: object, metadata: Mapping[str, Any]) -> None:
    kind = type(default)
    if type(value) is not kind:
        raise BadParameter(
            f"The matching parameter '{name}' must be {_KINDS[kind]}.", parameter=name
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    least, most = metadata["least"], metadata["most"]
    if not value >= least or value == inf or (most is not None and value > most):
        upper = "and finite" if most is None else f"to {most:g}"
        raise BadParameter(
            f"The matching parameter '{name}' is outside its range: it must be from "
            f"{least:g} {upper}.",
            parameter=name,
        )


_KINDS: Final[Mapping[type, str]] = {
    float: "a number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
    frozenset: "a list of words",
}
