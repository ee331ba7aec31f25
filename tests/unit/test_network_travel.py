from datetime import date, time, timedelta

import pytest
from network_worlds import MONDAY, at, clock, long_street, streets, timetable

from geo.network import NetworkParameters, NetworkTravel
from geo.travel import DetourTravel, Journey, Method, Mode, Traveller

STREET = long_street(6_000)
TEN = time(10)
# Out at 9:30 and 9:33, home from 11:10: 4 km in six minutes.
OUT = [(0, clock(9, 30), clock(9, 30)), (1, clock(9, 36), clock(9, 36))]
LATER = [(0, clock(9, 53), clock(9, 53)), (1, clock(9, 59), clock(9, 59))]
HOME = [(1, clock(11, 10), clock(11, 10)), (0, clock(11, 16), clock(11, 16))]
STOPS = [(500, 0), (4_500, 0)]


def going(*modes, rest_limit_m=None, speed=1.0):
    return Traveller(speed, frozenset(modes), rest_limit_m)


def ask(travel, origin, place, traveller, **when):
    [journey] = travel.journeys(origin, [place], traveller, **when)
    return journey


def by_bus(trips, place=None, when=TEN, on=MONDAY, traveller=None, **more):
    travel = NetworkTravel(STREET, DetourTravel(), timetable(STOPS, trips, **more))
    place = place or at(4_800)
    return ask(travel, at(0), place, traveller or going(Mode.BUS), on=on, at=when)


def test_a_walk_along_the_street_is_measured_and_says_so():
    journey = ask(NetworkTravel(STREET, DetourTravel()), at(0, 30), at(900, 40), going(Mode.WALK))
    assert journey.method is Method.NETWORK
    assert journey.distance_m == pytest.approx(30 + 900 + 40)
    assert journey.minutes == pytest.approx(970 / 60)
    assert journey.found_by == "measured along streets and paths"


@pytest.mark.parametrize("pair", [(at(0), at(900, 101)), (at(0, 101), at(900))])
def test_outside_the_network_the_fallback_answers_and_says_so(pair):
    fallback = DetourTravel()
    journey = ask(NetworkTravel(STREET, fallback), *pair, going(Mode.WALK))
    assert journey == ask(fallback, *pair, going(Mode.WALK))
    assert journey.method is Method.DETOUR


def test_cars_are_left_to_the_fallback_and_the_best_way_wins():
    travel = NetworkTravel(STREET, DetourTravel())
    far = ask(travel, at(0), at(5_000), going(Mode.WALK, Mode.CAR))
    near = ask(travel, at(0), at(100), going(Mode.WALK, Mode.CAR))
    assert (far.mode, far.method) == (Mode.CAR, Method.DETOUR)
    assert (near.mode, near.method) == (Mode.WALK, Method.NETWORK)


def test_where_only_steps_lead_wheels_are_unknown_and_not_guessed():
    graph = streets([(0, 0), (300, 0), (300, 400), (600, 400)], [(0, 1), (1, 2), (2, 3)], [(1, 2)])
    travel = NetworkTravel(graph, DetourTravel())
    assert ask(travel, at(0), at(600, 400), going(Mode.WALK)).distance_m == pytest.approx(1_000)
    assert ask(travel, at(0), at(600, 400), going(Mode.WHEEL)).method is Method.UNKNOWN
    assert ask(travel, at(0), at(300), going(Mode.WHEEL)).distance_m == pytest.approx(300)
    assert ask(travel, at(0), at(900, 900), going(Mode.WHEEL)).method is Method.DETOUR


def test_home_itself_is_no_walk_and_a_long_walk_needs_rest():
    travel = NetworkTravel(STREET, DetourTravel())
    assert ask(travel, at(0, 50), at(0, 50), going(Mode.WALK)).distance_m == 0.0
    assert ask(travel, at(0), at(100), going(Mode.WALK, rest_limit_m=99)).needs_rest
    assert not ask(travel, at(0), at(100), going(Mode.WALK, rest_limit_m=100)).needs_rest


def test_no_places_and_no_ways():
    travel = NetworkTravel(STREET, DetourTravel())
    assert travel.journeys(at(0), [], going(Mode.WALK)) == []
    assert ask(travel, at(0), at(100), going(Mode.PHONE)).method is Method.UNAVAILABLE


def test_a_bus_is_walk_wait_ride_and_walk():
    # 500 m to the stop, a minute there, six on the bus, 300 m on.
    assert by_bus([OUT, HOME]) == Journey(
        Mode.BUS,
        pytest.approx((500 + 60 + 360 + 300) / 60),
        pytest.approx(500 + 4_000 + 300),
        4_800.0,
        Method.NETWORK,
    )


def test_a_later_bus_that_is_too_late_is_not_taken():
    slow = [(0, clock(9, 30), clock(9, 30)), (1, clock(9, 50), clock(9, 50))]
    assert by_bus([slow, LATER, HOME]).minutes == pytest.approx((500 + 60 + 1200 + 300) / 60)
    assert by_bus([slow, LATER, HOME], when=time(10, 4)).minutes == pytest.approx(1_220 / 60)


def test_without_a_bus_back_there_is_no_bus():
    assert by_bus([OUT]).method is Method.UNAVAILABLE
    early = [(1, clock(10, 50), clock(10, 50)), (0, clock(10, 56), clock(10, 56))]
    assert by_bus([OUT, early]).method is Method.UNAVAILABLE


def test_when_the_session_ends_decides_about_the_bus_back():
    travel = NetworkTravel(STREET, DetourTravel(), timetable(STOPS, [OUT, HOME]))
    methods = [
        travel.journeys_to_session(
            at(0), [at(4_800)], going(Mode.BUS), on=MONDAY, at=TEN, until=until
        )[0].method
        # 300 m and a minute before 11:10.
        for until in (time(11, 4), time(11, 4, 1), time(9))
    ]
    assert methods == [Method.NETWORK, Method.UNAVAILABLE, Method.UNAVAILABLE]


def test_no_bus_that_day_is_no_bus_and_a_day_outside_the_timetable_is_unknown():
    assert by_bus([OUT, HOME], on=MONDAY + timedelta(days=6)).method is Method.NETWORK
    assert by_bus([OUT, HOME], on=MONDAY + timedelta(days=7)).method is Method.UNKNOWN
    assert by_bus([OUT, HOME], on=MONDAY - timedelta(days=1)).method is Method.UNKNOWN
    quiet = timetable(STOPS, [OUT, HOME])
    quiet._arrays["runs"][0, 6] = False
    travel = NetworkTravel(STREET, DetourTravel(), quiet)
    sunday = {"on": MONDAY + timedelta(days=6), "at": TEN}
    assert ask(travel, at(0), at(4_800), going(Mode.BUS), **sunday).method is Method.UNAVAILABLE


def test_without_day_or_time_or_timetable_buses_are_unknown():
    travel = NetworkTravel(STREET, DetourTravel(), timetable(STOPS, [OUT, HOME]))
    for when in ({}, {"on": MONDAY}, {"at": TEN}):
        assert ask(travel, at(0), at(4_800), going(Mode.BUS), **when).method is Method.UNKNOWN
    none = NetworkTravel(STREET, DetourTravel())
    journey = ask(none, at(0), at(4_800), going(Mode.BUS), on=MONDAY, at=TEN)
    assert (journey.mode, journey.method) == (Mode.BUS, Method.UNKNOWN)


def test_whoever_goes_by_bus_walks_where_that_is_as_quick():
    near = by_bus([OUT, HOME], place=at(600))
    assert (near.mode, near.distance_m) == (Mode.WALK, pytest.approx(600))
    rolling = by_bus([], place=at(600), traveller=going(Mode.BUS, Mode.WHEEL))
    assert rolling.mode is Mode.WHEEL
    assert by_bus([], place=at(2_001)).method is Method.UNAVAILABLE


def test_a_bus_that_takes_no_wheelchair_is_not_taken_on_wheels():
    wheeling = going(Mode.BUS, Mode.WHEEL)
    assert by_bus([OUT, HOME], traveller=wheeling).mode is Mode.BUS
    assert by_bus([OUT, HOME], traveller=wheeling, no_wheels=[1]).mode is Mode.WHEEL


def test_the_longest_walk_to_or_from_the_bus_is_what_tires():
    assert by_bus([OUT, HOME], traveller=going(Mode.BUS, rest_limit_m=499)).needs_rest
    assert not by_bus([OUT, HOME], traveller=going(Mode.BUS, rest_limit_m=500)).needs_rest


def test_last_night_s_bus_after_midnight_belongs_to_the_morning():
    night = [(0, clock(24, 10), clock(24, 10)), (1, clock(24, 16), clock(24, 16))]
    back = [(1, clock(25, 30), clock(25, 30)), (0, clock(25, 36), clock(25, 36))]
    tuesday = date(2024, 1, 9)
    assert by_bus([night, back], when=time(0, 30), on=tuesday).mode is Mode.BUS
    assert by_bus([night, back], when=time(0, 30)).method is Method.UNAVAILABLE


def test_parameters_that_cannot_be_are_refused():
    with pytest.raises(Exception, match="board_s must be a number above 0"):
        NetworkParameters(board_s=0.0)
