"""How far one walks from a place, for whoever has a travel model and does not know of what kind."""

from __future__ import annotations

from geo.network.faults import OutsideNetwork
from geo.network.isochrone import walk_isochrone
from geo.network.street_travel import NetworkTravel
from geo.point import GridPoint
from geo.shape import Area
from geo.travel import TravelModel


def knows_streets(travel: TravelModel) -> bool:
    """Whether walks are measured along streets, so that an area can be drawn at all."""
    return isinstance(travel, NetworkTravel)


def streets_digest(travel: TravelModel) -> str:
    """What tells one edition of the streets from another; empty for a model without streets."""
    return travel.walks.graph.digest if isinstance(travel, NetworkTravel) else ""


def walked_within(
    travel: TravelModel,
    origin: GridPoint,
    minutes: float,
    speed_m_per_s: float,
    *,
    on_wheels: bool = False,
) -> Area | None:
    """The area that is reached on foot within so many minutes, along streets that are known.

    None where nothing can be claimed: the model knows no streets, or the place is too far from
    every one of them. See `walk_isochrone`.

    Raises
    ------
    BadTravelData
        If minutes or speed cannot be used.
    """
    if not isinstance(travel, NetworkTravel):
        return None
    try:
        return walk_isochrone(travel.walks, origin, minutes, speed_m_per_s, on_wheels=on_wheels)
    except OutsideNetwork:
        return None
