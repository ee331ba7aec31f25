from datetime import date, time

import pytest
from shapely.geometry import Polygon, box

from geo.point import GridPoint
from geo.travel import (
    BadTravelData,
    Barrier,
    Crossing,
    DetourTravel,
    Journey,
    Method,
    Mode,
    NullTravel,
    OpenHours,
    Traveller,
    TravelModel,
    TravelParameters,
    no_journey,
)

HOME = GridPoint(350_000, 385_000)
NEAR = GridPoint(350_000, 384_000)
OVER = GridPoint(350_000, 383_000)
RIVER = Barrier("r", "River", box(340_000, 383_400, 360_000, 383_800))
EVERYONE = frozenset({Mode.WALK, Mode.WHEEL, Mode.CAR})
WALKER = Traveller(1.33)


def bridge(easting_m, name="The bridge", **changes):
    ends = (GridPoint(easting_m, 383_800), GridPoint(easting_m, 383_400))
    facts = {"id": name, "name": name, "ends": ends, "length_m": 400.0, "modes": EVERYONE}
    return Crossing(**(facts | changes))


def going(*modes, rest_limit_m=None):
    return Traveller(1.33, frozenset(modes), rest_limit_m)


def only(travel, traveller=WALKER, to=OVER, **when):
    [journey] = travel.journeys(HOME, [to], traveller, **when)
    return journey


def test_on_dry_land_the_walk_is_the_straight_line_with_its_detours():
    assert only(DetourTravel(), to=NEAR) == Journey(
        Mode.WALK, pytest.approx(1_400 / 1.33 / 60), pytest.approx(1_400), 1_000.0, Method.DETOUR
    )


def test_a_river_is_crossed_where_there_is_a_bridge_and_the_bridge_is_named():
    journey = only(DetourTravel([RIVER], [bridge(350_000)]))
    assert journey.method is Method.CROSSING
    assert journey.crossing == "The bridge"
    assert journey.distance_m == pytest.approx(1_200 * 1.4 + 400 + 400 * 1.4)
    assert journey.straight_m == 2_000.0
    assert journey.found_by == "estimated, by way of The bridge"


@pytest.mark.parametrize("crossings", [[], [bridge(350_000, modes=frozenset({Mode.CAR}))]])
def test_without_an_open_crossing_there_is_no_way_and_never_the_straight_line(crossings):
    journey = only(DetourTravel([RIVER], crossings))
    assert journey == Journey(Mode.WALK, None, None, 2_000.0, Method.UNAVAILABLE)


def test_the_shortest_of_several_bridges_is_taken():
    travel = DetourTravel([RIVER], [bridge(358_000, "Far"), bridge(351_000, "Near")])
    assert only(travel).crossing == "Near"


def test_equally_good_bridges_are_decided_by_id():
    pair = [bridge(349_000, "West", id="2"), bridge(351_000, "East", id="1")]
    assert only(DetourTravel([RIVER], pair)).crossing == "East"
    assert only(DetourTravel([RIVER], pair[::-1])).crossing == "East"


def test_a_leg_that_meets_another_barrier_is_treated_the_same_way():
    railway = Barrier("rail", "Railway", box(340_000, 384_200, 360_000, 384_500))
    footbridge = bridge(
        350_500,
        "Footbridge",
        ends=(GridPoint(350_500, 384_500), GridPoint(350_500, 384_200)),
        length_m=300.0,
    )
    journey = only(DetourTravel([RIVER, railway], [bridge(350_000), footbridge]))
    legs_m = [(500**2 + 500**2) ** 0.5, (500**2 + 400**2) ** 0.5, 400]
    assert journey.crossing == "Footbridge, then The bridge"
    assert journey.distance_m == pytest.approx(1.4 * sum(legs_m) + 300 + 400)
    assert only(DetourTravel([RIVER, railway], [bridge(350_000)])).method is Method.UNAVAILABLE


def test_the_way_back_is_as_long_and_names_the_crossings_in_its_own_order():
    railway = Barrier("rail", "Railway", box(340_000, 384_200, 360_000, 384_500))
    ends = (GridPoint(350_500, 384_500), GridPoint(350_500, 384_200))
    footbridge = bridge(350_500, "Footbridge", ends=ends, length_m=300.0)
    travel = DetourTravel([RIVER, railway], [bridge(350_000), footbridge])
    [back] = travel.journeys(OVER, [HOME], WALKER)
    assert back.distance_m == pytest.approx(only(travel).distance_m)
    assert back.crossing == "The bridge, then Footbridge"


def test_a_bend_on_the_same_bank_is_gone_round_by_a_crossing_of_no_length():
    bend = Barrier("bend", "Bend", box(349_000, 384_000, 350_200, 384_400))
    road = GridPoint(350_500, 384_200)
    around = bridge(0, "The road round", ends=(road, road), length_m=0.0)
    to = GridPoint(350_000, 383_800)
    assert only(DetourTravel([bend], []), to=to).method is Method.UNAVAILABLE
    journey = only(DetourTravel([bend], [around]), to=to)
    assert journey.method is Method.DETOUR
    assert journey.crossing is None
    legs_m = (500**2 + 800**2) ** 0.5 + (500**2 + 400**2) ** 0.5
    assert journey.distance_m == pytest.approx(1.4 * legs_m)


def test_a_crossing_that_the_way_passes_and_does_not_use_is_not_named():
    bend = Barrier("bend", "Bend", box(349_000, 384_000, 350_290, 384_400))
    ends = (GridPoint(350_300, 384_400), GridPoint(350_300, 384_000))
    subway = bridge(0, "Subway", ends=ends, length_m=2_000.0)
    journey = only(DetourTravel([bend], [subway]), to=GridPoint(350_000, 383_800))
    assert journey.method is Method.DETOUR
    legs_m = (300**2 + 600**2) ** 0.5, 400, (300**2 + 200**2) ** 0.5
    assert journey.distance_m == pytest.approx(1.4 * sum(legs_m))


def test_two_bridges_that_share_an_end_are_crossed_one_after_the_other():
    island = GridPoint(350_000, 383_600)
    first = bridge(0, "First", ends=(GridPoint(350_000, 383_800), island), length_m=200.0)
    second = bridge(0, "Second", ends=(island, GridPoint(350_000, 383_400)), length_m=200.0)
    waters = Polygon(
        RIVER.geometry.exterior.coords,
        [box(349_990, 383_590, 350_010, 383_610).exterior.coords],
    )
    journey = only(DetourTravel([Barrier("w", "Water", waters)], [first, second]))
    assert journey.crossing == "First, then Second"
    assert journey.distance_m == pytest.approx(1_200 * 1.4 + 400 + 400 * 1.4)


def test_a_car_pays_the_toll_and_a_walker_does_not():
    travel = DetourTravel([RIVER], [bridge(350_000, toll_modes=frozenset({Mode.CAR}))])
    assert only(travel, going(Mode.LIFT)).toll
    assert not only(travel).toll


def test_a_car_goes_at_road_speed_by_the_roads_detour_and_has_to_park():
    journey = only(DetourTravel(), going(Mode.CAR))
    assert journey.distance_m == pytest.approx(2_800)
    assert journey.minutes == pytest.approx(5 + 2_800 / 8.2 / 60)
    assert journey.method is Method.DETOUR


def test_a_car_is_kept_to_the_bridges_for_cars():
    travel = DetourTravel([RIVER], [bridge(350_000, modes=frozenset({Mode.WALK}))])
    assert only(travel, going(Mode.CAR)).method is Method.UNAVAILABLE
    assert only(travel, going(Mode.CAR, Mode.WALK)).mode is Mode.WALK


def test_the_bus_is_never_guessed():
    journey = only(DetourTravel(), going(Mode.BUS), to=NEAR)
    assert journey == Journey(Mode.BUS, None, None, 1_000.0, Method.UNKNOWN)


def test_a_known_walk_is_preferred_to_an_unknown_bus_and_that_to_no_way_at_all():
    both = going(Mode.BUS, Mode.WALK)
    assert only(DetourTravel(), both, to=NEAR).mode is Mode.WALK
    over = only(DetourTravel([RIVER]), both)
    assert (over.mode, over.method) == (Mode.BUS, Method.UNKNOWN)


def test_the_mode_with_the_most_access_is_chosen_although_another_is_as_quick():
    far = GridPoint(350_000, 380_000)
    assert only(DetourTravel(), going(Mode.WALK, Mode.CAR), to=far).mode is Mode.CAR
    close = GridPoint(350_000, 384_900)
    assert only(DetourTravel(), going(Mode.WALK, Mode.CAR), to=close).mode is Mode.WALK


def test_other_parameters_change_the_choice():
    patient = TravelParameters(half_minutes=dict.fromkeys(Mode, 10.0), road_extra_min=60.0)
    travel = DetourTravel(parameters=patient)
    assert only(travel, going(Mode.WALK, Mode.CAR), to=NEAR).mode is Mode.WALK


@pytest.mark.parametrize(
    ("on", "at", "method"),
    [
        (date(2026, 3, 2), time(12), Method.CROSSING),
        (date(2026, 3, 2), time(20), Method.UNAVAILABLE),
        (date(2026, 3, 2), None, Method.UNKNOWN),
        (None, None, Method.UNKNOWN),
    ],
)
def test_a_bridge_with_hours_is_open_shut_or_unknown(on, at, method):
    travel = DetourTravel([RIVER], [bridge(350_000, hours=(OpenHours(time(8), time(18)),))])
    journey = only(travel, on=on, at=at)
    assert journey.method is method
    assert (journey.minutes is None) is (method is not Method.CROSSING)


def test_a_bridge_that_may_be_open_does_not_hide_one_that_is():
    maybe = bridge(350_000, "Maybe", hours=(OpenHours(time(8), time(18)),))
    sure = bridge(351_000, "Sure")
    assert only(DetourTravel([RIVER], [maybe, sure])).crossing == "Sure"


@pytest.mark.parametrize(("limit_m", "needs_rest"), [(None, False), (1_400, False), (1_399, True)])
def test_a_walk_over_the_rest_limit_says_so(limit_m, needs_rest):
    traveller = going(Mode.WHEEL, rest_limit_m=limit_m)
    assert only(DetourTravel(), traveller, to=NEAR).needs_rest is needs_rest


def test_a_rest_limit_is_for_going_on_ones_own():
    assert not only(DetourTravel(), going(Mode.CAR, rest_limit_m=50), to=NEAR).needs_rest


def test_somebody_who_cannot_leave_home_has_no_journey_to_a_venue():
    journey = only(DetourTravel(), going(Mode.PHONE, Mode.HOME_VISIT), to=NEAR)
    assert journey == Journey(Mode.HOME_VISIT, None, None, 1_000.0, Method.UNAVAILABLE)


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.ONLINE, Mode.HOME_VISIT])
def test_what_comes_to_the_person_needs_no_journey(mode):
    assert no_journey(mode) == Journey(mode, 0.0, 0.0, None, Method.NONE_NEEDED)


def test_going_somewhere_is_not_no_journey():
    with pytest.raises(BadTravelData, match="by walk is a journey"):
        no_journey(Mode.WALK)


def test_many_destinations_keep_their_order_and_none_are_no_journeys():
    travel = DetourTravel([RIVER], [bridge(350_000)])
    several = [OVER, HOME, NEAR]
    assert travel.journeys(HOME, several, WALKER) == [only(travel, to=place) for place in several]
    assert travel.journeys(HOME, [], WALKER) == []
    assert only(travel, to=HOME).minutes == 0.0


def test_the_null_model_fits_the_same_protocol_and_knows_nothing():
    models: list[TravelModel] = [NullTravel(), DetourTravel()]
    nothing = models[0]
    assert (
        nothing.journeys(HOME, [NEAR, OVER], WALKER)
        == [Journey(Mode.WALK, None, None, None, Method.UNKNOWN)] * 2
    )
    assert nothing.fastest_minutes(1_000, WALKER) == 0.0
    assert nothing.most_access(1_000, WALKER) == 1.0


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"speed_m_per_s": 0.0}, "more than 0"),
        ({"speed_m_per_s": float("nan")}, "more than 0"),
        ({"speed_m_per_s": 1.0, "modes": frozenset()}, "at least one way"),
        ({"speed_m_per_s": 1.0, "rest_limit_m": -1.0}, "less than 0"),
    ],
)
def test_a_traveller_who_cannot_be_is_refused(facts, said):
    with pytest.raises(BadTravelData, match=said):
        Traveller(**facts)


def test_every_method_can_be_said():
    assert all(
        Journey(Mode.WALK, None, None, None, method, "The bridge").found_by for method in Method
    )


def test_nobody_beats_the_bound_of_somebody_who_goes_nowhere():
    travel = DetourTravel()
    for traveller in (going(Mode.PHONE), going(Mode.BUS)):
        assert travel.fastest_minutes(100, traveller) == float("inf")
        assert travel.most_access(100, traveller) == 0.0
