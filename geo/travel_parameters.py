"""The numbers behind an estimated journey, in one place, each with where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo.distance import FloatArray
from geo.journey import BadTravelData, Journey, Method, Mode


def _half_minutes() -> dict[Mode, float]:
    return {Mode.WALK: 10.0, Mode.WHEEL: 10.0, Mode.BUS: 20.0, Mode.LIFT: 20.0, Mode.CAR: 20.0}


@dataclass(frozen=True, slots=True)
class TravelParameters:
    """What turns a straight line into minutes, and minutes into access.

    Attributes
    ----------
    half_minutes : mapping of Mode to float
        Minutes after which a place counts half: 10 on foot or in a wheelchair, 20 by bus, lift or
        car (project default; negative-exponential decay fits walking better than power or
        Gaussian, Yang & Diez-Roux 2012).
    detour_knots : tuple of (straight metres, ratio)
        Path length over straight line on foot, joined by straight lines and flat beyond the ends:
        1.40 to 1.5 km, 1.33 at 3 km, 1.24 from 4.5 km. From 524 real walking routes (CycleStreets,
        cyipt/actdev): median 1.33, about 1.40 at 1-2 km, 1.24 beyond 4 km. The knots are this
        project's default.
    barrier_tolerance_m : float
        Metres of a straight line that may lie inside barriers before a crossing is needed
        (project default: 150).
    road_speed_m_per_s : float
        8.2: 18.4 mph, the average on urban classified local 'A' roads in England, 2017
        (Department for Transport, answer HL5955 of 14 March 2018).
    road_detour_ratio : float
        1.40, by road over straight line, at any distance (project default: no source checked).
    road_extra_min : float
        5.0, to get into the car, park, and walk to the door (project default: no source). Waiting
        for a booked lift is not in it, because nobody knows it.

    Raises
    ------
    BadTravelData
        If a half-time or speed is not positive; if a ratio is below 1 or grows with distance; or if
        the knots would make a farther place nearer (straight metres x ratio must always rise).
    """

    half_minutes: Mapping[Mode, float] = field(default_factory=_half_minutes)
    detour_knots: tuple[tuple[float, float], ...] = ((1500.0, 1.40), (3000.0, 1.33), (4500.0, 1.24))
    barrier_tolerance_m: float = 150.0
    road_speed_m_per_s: float = 8.2
    road_detour_ratio: float = 1.40
    road_extra_min: float = 5.0

    def __post_init__(self) -> None:
        missing = [
            mode.value for mode in Mode if not mode.is_remote and mode not in self.half_minutes
        ]
        if missing:
            raise BadTravelData(f"Give a half-time for: {', '.join(missing)}.", missing=[*missing])
        positive = [*self.half_minutes.values(), self.road_speed_m_per_s]
        if not all(math.isfinite(value) and value > 0.0 for value in positive):
            raise BadTravelData("Half-times and the road speed must be more than 0.")
        if not (self.barrier_tolerance_m >= 0.0 and self.road_extra_min >= 0.0):
            raise BadTravelData("The barrier tolerance and the extra minutes cannot be below 0.")
        if not self.road_detour_ratio >= 1.0:
            raise BadTravelData("No road is shorter than the straight line: give a ratio of 1 up.")
        _check_knots(self.detour_knots)

    def detour_ratio(self, straight_m: npt.ArrayLike) -> FloatArray:
        """Path length over straight line on foot (kappa): continuous, never rising, at least 1."""
        at_m, ratios = zip(*self.detour_knots, strict=True)
        kappa: FloatArray = np.interp(np.asarray(straight_m, dtype=np.float64), at_m, ratios)
        return kappa

    def on_foot_m(self, straight_m: npt.ArrayLike) -> FloatArray:
        """Metres walked over so many straight metres: always rising, any shape, NaN stays NaN."""
        straight = np.asarray(straight_m, dtype=np.float64)
        metres: FloatArray = straight * self.detour_ratio(straight)
        return metres

    def by_road_m(self, straight_m: npt.ArrayLike) -> FloatArray:
        """Metres driven over so many straight metres."""
        metres: FloatArray = np.asarray(straight_m, dtype=np.float64) * self.road_detour_ratio
        return metres

    def access(self, minutes: float | None, mode: Mode) -> float | None:
        """How much a place that far away counts, from 1 (at the door) down to 0.

        0.5 ** (minutes / half-time of the mode). Whatever needs no journey is 1. Unknown minutes
        are None, never 0: ask the journey's method whether it is unknown or unavailable.
        """
        if mode.is_remote:
            return 1.0
        return None if minutes is None else float(0.5 ** (minutes / self.half_minutes[mode]))

    def best(self, journeys: Iterable[Journey]) -> Journey:
        """The journey with the highest access, not the fewest minutes: half-times differ.

        Equal access goes to the mode named first in `Mode`. A journey of known length comes before
        an unknown one, and an unknown one before one that is unavailable.

        Raises
        ------
        BadTravelData
            If there is no journey to choose from.
        """
        found = list(journeys)
        if not found:
            raise BadTravelData("There is no journey to choose from.")
        return min(found, key=self._worse)

    def _worse(self, journey: Journey) -> tuple[int, float, int]:
        order = list(Mode).index(journey.mode)
        if journey.minutes is None:
            return (1 if journey.method is Method.UNKNOWN else 2, 0.0, order)
        if journey.mode.is_remote:
            return (0, 0.0, order)
        return (0, journey.minutes / self.half_minutes[journey.mode], order)


def _check_knots(knots: tuple[tuple[float, float], ...]) -> None:
    if not knots or any(not ratio >= 1.0 for _, ratio in knots):
        raise BadTravelData("Give at least one detour ratio, and none below 1.")
    for (near_m, near), (far_m, far) in pairwise(knots):
        if not far_m > near_m or far > near:
            raise BadTravelData("Detour knots must go outwards, with ratios that never grow.")
        # Between knots, metres x ratio is a parabola whose slope is least at the far end.
        if far + far_m * (far - near) / (far_m - near_m) <= 0.0:
            raise BadTravelData(
                f"Between {near_m:g} m and {far_m:g} m the detour ratio falls so fast that a "
                "farther place would seem nearer. Spread the knots, or bring the ratios closer.",
                from_m=near_m,
                to_m=far_m,
            )
