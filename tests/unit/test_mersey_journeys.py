"""The Mersey between Widnes and Runcorn: practices of NHS ODS (February 2026) on both banks."""

import json
from datetime import date

import pytest
import shapely
from shared import shared_path

from geo import projection
from geo.point import GridPoint
from geo.travel import Barrier, Crossing, DetourTravel, Method, Mode, Traveller

NEWTOWN_SURGERY = GridPoint(351_137, 385_284)  # N81064, Widnes
PEELHOUSE = GridPoint(352_023, 386_381)  # N81045, Widnes
TOWER_HOUSE = GridPoint(351_329, 382_947)  # N81057, Runcorn
CASTLEFIELDS = GridPoint(354_034, 382_657)  # N81019, Runcorn

JUBILEE_ENDS = (GridPoint(351_000, 383_731), GridPoint(351_000, 383_385))
JUBILEE = Crossing(
    "sjb",
    "Silver Jubilee Bridge",
    JUBILEE_ENDS,
    346.0,
    frozenset({Mode.WALK, Mode.WHEEL, Mode.BUS, Mode.CAR}),
    toll_modes=frozenset({Mode.CAR, Mode.BUS}),
)
GATEWAY = Crossing(
    "mgb",
    "Mersey Gateway Bridge",
    (GridPoint(352_000, 384_700), GridPoint(352_900, 383_500)),
    1_500.0,
    frozenset({Mode.BUS, Mode.CAR}),
    valid_from=date(2017, 10, 14),
)
ROUND_ASTMOOR = Crossing(
    "astmoor",
    "the road through Astmoor",
    (GridPoint(352_600, 383_000), GridPoint(352_600, 383_000)),
    0.0,
    frozenset({Mode.WALK}),
)
STRAIGHT_RIVER = shapely.box(340_000, 383_385, 362_000, 383_731)


def real_river():
    """The gap between the local authorities on either side, from Hale to Warrington."""
    path = shared_path("data/geo/demo_halton/lad_halton_and_neighbours.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    land = shapely.union_all([shapely.geometry.shape(f["geometry"]) for f in features])

    def to_grid(lonlats):
        return shapely.transform(
            lonlats, lambda xy: [*zip(*projection.to_grid(xy[:, 0], xy[:, 1]), strict=True)]
        )

    gaps = shapely.box(342_000, 378_000, 362_000, 391_000).difference(to_grid(land))
    return max(shapely.get_parts(gaps), key=shapely.area)


@pytest.fixture(params=["straight", "real"], scope="module")
def travel(request):
    river = STRAIGHT_RIVER if request.param == "straight" else real_river()
    mersey = Barrier("mersey", "River Mersey", river)
    return DetourTravel([mersey], [JUBILEE, GATEWAY, ROUND_ASTMOOR])


@pytest.mark.parametrize(
    ("home", "practice", "crow_m", "ignoring_m", "legs_m", "minutes"),
    [
        (NEWTOWN_SURGERY, TOWER_HOUSE, 2_345, 3_190, (2_178, 767), 41.2),
        (PEELHOUSE, CASTLEFIELDS, 4_232, 5_316, (3_799, 4_127), 103.7),
    ],
)
def test_the_worked_walks_from_widnes_to_runcorn(
    travel, home, practice, crow_m, ignoring_m, legs_m, minutes
):
    [journey] = travel.journeys(home, [practice], Traveller(1.33))
    assert round(journey.straight_m) == crow_m
    assert round(float(travel.parameters.on_foot_m(journey.straight_m))) == ignoring_m
    to_bridge, from_bridge = (
        travel.journeys(a, [b], Traveller(1.33))[0].distance_m
        for a, b in ((home, JUBILEE_ENDS[0]), (JUBILEE_ENDS[1], practice))
    )
    assert (round(to_bridge), round(from_bridge)) == legs_m
    assert round(journey.distance_m) == sum(legs_m) + 346
    assert round(journey.minutes, 1) == minutes
    assert journey.method is Method.CROSSING
    assert journey.crossing == "Silver Jubilee Bridge"


def test_ignoring_the_river_would_promise_forty_minutes():
    [journey] = DetourTravel().journeys(NEWTOWN_SURGERY, [TOWER_HOUSE], Traveller(1.33))
    assert round(journey.minutes, 1) == 40.0


def test_the_gateway_bridge_is_for_cars_only(travel):
    east_widnes, east_runcorn = GridPoint(352_000, 385_200), GridPoint(353_000, 383_200)
    [car] = travel.journeys(east_widnes, [east_runcorn], Traveller(1.33, frozenset({Mode.CAR})))
    [walk] = travel.journeys(east_widnes, [east_runcorn], Traveller(1.33))
    assert car.crossing == "Mersey Gateway Bridge"
    assert walk.crossing == "Silver Jubilee Bridge"


def test_with_the_footway_shut_nobody_walks_to_runcorn():
    road_only = Crossing("sjb", JUBILEE.name, JUBILEE_ENDS, 346.0, frozenset({Mode.CAR}))
    travel = DetourTravel([Barrier("m", "River Mersey", STRAIGHT_RIVER)], [road_only, GATEWAY])
    [journey] = travel.journeys(NEWTOWN_SURGERY, [TOWER_HOUSE], Traveller(1.33))
    assert journey.method is Method.UNAVAILABLE
    assert journey.minutes is None
