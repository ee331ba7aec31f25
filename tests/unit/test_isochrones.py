from datetime import date, time

import numpy as np
import pytest
import shapely
import shapely.ops
from network_worlds import MONDAY, SOUTH, WEST, at, clock, long_street, streets, timetable
from shared import shared_path

from geo.network import (
    NetworkTravel,
    NoTimetable,
    OutsideNetwork,
    bus_isochrone,
    open_network,
    walk_isochrone,
)
from geo.network.walks import Walks
from geo.point import GridPoint
from geo.shape import checked_area
from geo.travel import BadTravelData, DetourTravel


def holds(area, east_m, north_m=0.0):
    return bool(shapely.intersects_xy(area, WEST + east_m, SOUTH + north_m))


def test_it_ends_where_the_minutes_end_part_of_the_way_along_a_street():
    walks = Walks(streets([(0, 0), (1_000, 0)], [(0, 1)]))
    area = walk_isochrone(walks, at(500, 60), 5.0, 1.0, buffer_m=40.0)
    # 300 m: 60 to the street, 240 along it.
    assert all(holds(area, east) for east in (260, 500, 740))
    assert holds(area, 500, 60)
    assert not holds(area, 500 - 240 - 41)
    assert not holds(area, 500 + 240 + 41)
    assert not holds(area, 400, 41)


def test_steps_are_left_out_on_wheels():
    walks = Walks(streets([(0, 0), (200, 0), (200, 200)], [(0, 1), (1, 2)], steps=[(1, 2)]))
    assert holds(walk_isochrone(walks, at(0), 10.0, 1.0), 200, 200)
    assert not holds(walk_isochrone(walks, at(0), 10.0, 1.0, on_wheels=True), 200, 200)


def test_minutes_too_few_to_reach_the_street_are_an_area_all_the_same():
    area = walk_isochrone(Walks(long_street()), at(300, 90), 1.0, 1.0, buffer_m=20.0)
    assert holds(area, 300, 30)
    assert not holds(area, 300, 5)
    at_door = walk_isochrone(Walks(long_street()), at(300), 0.001, 0.001, buffer_m=20.0)
    assert holds(at_door, 300)


def test_by_bus_there_is_an_island_round_the_far_stop():
    stops = [(100, 0), (5_000, 0)]
    trip = [(0, clock(9, 30), clock(9, 30)), (1, clock(9, 35), clock(9, 35))]
    travel = NetworkTravel(long_street(), DetourTravel(), timetable(stops, [trip]))
    area = bus_isochrone(
        travel.walks, travel.buses, at(0), 10.0, 1.0, on=MONDAY, leaves=time(9), buffer_m=30.0
    )
    # 100 s to the stop, a minute there, five minutes on the bus: 140 s are left.
    assert all(holds(area, east) for east in (0, 600, 4_860, 5_140))
    assert not any(holds(area, east) for east in (632, 2_500, 4_828, 5_172))
    walk = walk_isochrone(travel.walks, at(0), 10.0, 1.0, buffer_m=30.0)
    assert not holds(walk, 5_000)
    too_late = bus_isochrone(
        travel.walks, travel.buses, at(0), 10.0, 1.0, on=MONDAY, leaves=time(9, 28), buffer_m=30.0
    )
    assert not holds(too_late, 5_000)
    with pytest.raises(NoTimetable, match="08 January 2024 to 14 January 2024"):
        bus_isochrone(
            travel.walks, travel.buses, at(0), 10.0, 1.0, on=date(2025, 1, 1), leaves=time(9)
        )


@pytest.mark.parametrize(
    ("minutes", "speed", "buffer_m"),
    [(0, 1, 40), (121, 1, 40), (10, 0, 40), (10, 1, 0), (float("nan"), 1, 40)],
)
def test_what_cannot_be_drawn_is_refused(minutes, speed, buffer_m):
    with pytest.raises(BadTravelData):
        walk_isochrone(Walks(long_street()), at(0), minutes, speed, buffer_m=buffer_m)


def test_from_outside_there_is_none():
    with pytest.raises(OutsideNetwork):
        walk_isochrone(Walks(long_street()), at(0, 200), 10.0, 1.0)


@pytest.mark.parametrize("minutes", [3.0, 10.0, 20.0])
def test_in_a_real_town_it_holds_every_corner_reached_and_no_other(minutes, tmp_path):
    pytest.importorskip("osmium")
    pbf = shared_path("data/geo/network/newport-2023-06-13.osm.pbf")
    walks = Walks(open_network(pbf, tmp_path))
    home = GridPoint(331_000, 188_000)
    area = walk_isochrone(walks, home, minutes, 1.33, buffer_m=40.0)
    checked_area(area)
    limit_m = minutes * 60 * 1.33
    run = walks.run(home, False, 10_000.0)
    east, north = run.variant.eastings_m, run.variant.northings_m
    reached = np.flatnonzero(run.node_m <= limit_m)
    assert len(reached) > 10
    assert shapely.intersects_xy(area, east[reached], north[reached]).all()
    assert shapely.intersects_xy(area, home.easting_m, home.northing_m)
    # Every corner inside lies within the buffer of some stretch of street that is reached.
    inside = np.flatnonzero(shapely.intersects_xy(area, east, north) & (run.node_m > limit_m))
    stretches = reached_stretches(run, limit_m)
    tree = shapely.STRtree(stretches)
    points = shapely.points(east[inside], north[inside])
    _, away_m = tree.query_nearest(points, return_distance=True, all_matches=False)
    assert (away_m <= 40.0).all()
    assert area.within(shapely.union_all(shapely.buffer(stretches, 41.0)))


def reached_stretches(run, limit_m):
    """Each stretch of street that is reached, cut by shapely, one at a time."""
    variant = run.variant
    found = []
    for start, end in zip(variant.starts.tolist(), variant.ends.tolist(), strict=True):
        for here, there in ((start, end), (end, start)):
            left = limit_m - run.node_m[here]
            if left >= 0:
                line = shapely.LineString(
                    [
                        (variant.eastings_m[here], variant.northings_m[here]),
                        (variant.eastings_m[there], variant.northings_m[there]),
                    ]
                )
                found.append(shapely.ops.substring(line, 0, min(left, line.length)))
    home = shapely.Point(run.origin.easting_m, run.origin.northing_m)
    found.append(home.buffer(run.snap.aside_m[0]))
    return np.array(found, dtype=object)
