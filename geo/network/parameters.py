"""The numbers behind a journey by street and bus, each with where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from geo.journey import BadTravelData
from geo.network.snap import SNAP_LIMIT_M


@dataclass(frozen=True, slots=True)
class NetworkParameters:
    """What a street network and a timetable leave open. All are defaults of this project.

    Attributes
    ----------
    snap_limit_m : float
        100: a place farther from every street is outside the network.
    bus_walk_m : float
        2,000: the longest walk from home to a bus and from a bus to the place. Whoever goes by bus
        walks all the way where that is no farther and no slower.
    change_walk_m : float
        400: the longest walk from one stop to another to change.
    board_s : float
        60: seconds to be at a stop before the bus leaves, at the start and at each change.
    search_min : float
        120: how long before the session one may leave home.
    stay_min : float
        60: how long a session is taken to last when nobody has said.
    return_min : float
        120: how long after the session one may be home again. Later than that there is no bus back.

    Raises
    ------
    BadTravelData
        If one of them is not a number above 0.
    """

    snap_limit_m: float = SNAP_LIMIT_M
    bus_walk_m: float = 2_000.0
    change_walk_m: float = 400.0
    board_s: float = 60.0
    search_min: float = 120.0
    stay_min: float = 60.0
    return_min: float = 120.0

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not (math.isfinite(value) and value > 0.0):
                raise BadTravelData(
                    f"{each.name} must be a number above 0, and is {value}.", setting=each.name
                )
