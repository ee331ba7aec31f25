from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from network_worlds import MONDAY, at, clock, long_street, streets, timetable

from geo.network import NetworkParameters, NetworkTravel
from geo.travel import (
    BusRide,
    BusTimes,
    DetourTravel,
    Edition,
    Journey,
    Method,
    Mode,
    Session,
    Traveller,
)

STREET = long_street(6_000)
TEN = time(10)
# Out at 9:30 and 9:33, home from 11:10: 4 km in six minutes.
OUT = [(0, clock(9, 30), clock(9, 30)), (1, clock(9, 36), clock(9, 36))]
LATER = [(0, clock(9, 53), clock(9, 53)), (1, clock(9, 59), clock(9, 59))]
HOME = [(1, clock(11, 10), clock(11, 10)), (0, clock(11, 16), clock(11, 16))]
LATE_OUT = [(0, clock(22), clock(22)), (1, clock(22, 6), clock(22, 6))]
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
    journey = by_bus([OUT, HOME])
    assert replace(journey, bus=None) == Journey(
        Mode.BUS,
        pytest.approx((500 + 60 + 360 + 300) / 60),
        pytest.approx(500 + 4_000 + 300),
        4_800.0,
        Method.NETWORK,
    )
    # Half a minute is never lost: out the earlier, there and home the later.
    assert journey.bus == BusTimes(
        Edition("Example Buses", MONDAY, MONDAY + timedelta(days=6)),
        Session(MONDAY, TEN),
        time(9, 20),
        (BusRide("10", "Stop 0", time(9, 30), "Stop 1", time(9, 36)),),
        time(9, 41),
        (BusRide("11", "Stop 1", time(11, 10), "Stop 0", time(11, 16)),),
        time(11, 25),
        last_home_at=time(11, 10),
        end_is_guessed=True,
    )


def test_the_first_way_home_and_the_last():
    half_past = [(1, clock(11, 30), clock(11, 30)), (0, clock(11, 36), clock(11, 36))]
    night = [(1, clock(23, 55), clock(23, 55)), (0, clock(24, 1), clock(24, 1))]
    bus = by_bus([OUT, HOME, half_past, night]).bus
    assert (bus.home[0].line, bus.home_at, bus.last_home_at) == ("11", time(11, 25), time(23, 55))
    late = by_bus([LATE_OUT, night], when=time(22, 30)).bus
    assert (late.home_at, late.home_days) == (time(0, 10), 1)


def test_the_way_home_is_not_a_long_walk_for_the_sake_of_minutes():
    # Home at 11:53 with 2,400 m to walk, or later with 500 m: each metre to walk counts twice.
    stops = [*STOPS, (2_400, 0)]
    walk = [(1, clock(11, 10), clock(11, 10)), (2, clock(11, 13), clock(11, 13))]
    for arrives, line in ((clock(12, 16), "12"), (clock(12, 17), "11")):
        ride = [(1, clock(11, 30), clock(11, 30)), (0, arrives, arrives)]
        travel = NetworkTravel(
            STREET,
            DetourTravel(),
            timetable(stops, [OUT, walk, ride]),
            network_parameters=NetworkParameters(bus_walk_m=2_500.0),
        )
        bus = ask(travel, at(0), at(4_800), going(Mode.BUS), on=MONDAY, at=TEN).bus
        assert bus.home[0].line == line


def test_a_bus_that_is_home_too_late_does_not_count():
    travel = NetworkTravel(STREET, DetourTravel(), timetable(STOPS, [OUT, HOME]))
    # 500 m from the stop at 11:16 is 11:24 and 20 seconds.
    for home_by, method in ((time(11, 25), Method.NETWORK), (time(11, 24), Method.UNAVAILABLE)):
        [journey] = travel.journeys(
            at(0), [at(4_800)], going(Mode.BUS), on=MONDAY, at=TEN, home_by=home_by
        )
        assert journey.method is method


def test_a_change_of_bus_is_told_ride_by_ride():
    stops = [(500, 0), (2_500, 0), (2_600, 0), (4_500, 0)]
    first = [(0, clock(9, 30), clock(9, 30)), (1, clock(9, 33), clock(9, 33))]
    second = [(2, clock(9, 37), clock(9, 37)), (3, clock(9, 40), clock(9, 40))]
    back = [(3, clock(11, 10), clock(11, 10)), (2, clock(11, 13), clock(11, 13))]
    again = [(1, clock(11, 20), clock(11, 20)), (0, clock(11, 23), clock(11, 23))]
    travel = NetworkTravel(STREET, DetourTravel(), timetable(stops, [first, second, back, again]))
    bus = ask(travel, at(0), at(4_800), going(Mode.BUS), on=MONDAY, at=TEN).bus
    said = [(each.line, each.from_stop, each.to_stop) for each in (*bus.there, *bus.home)]
    assert said == [
        ("10", "Stop 0", "Stop 1"),
        ("11", "Stop 2", "Stop 3"),
        ("12", "Stop 3", "Stop 2"),
        ("13", "Stop 1", "Stop 0"),
    ]
    assert [each.leaves_at for each in bus.home] == [time(11, 10), time(11, 20)]


def test_what_was_looked_at_is_said_where_there_is_no_bus():
    edition = Edition("Example Buses", MONDAY, MONDAY + timedelta(days=6))
    sentence = "the bus timetable (Example Buses, 8 January 2024 to 14 January 2024)"
    none = by_bus([OUT])
    assert none.bus == BusTimes(edition, Session(MONDAY, TEN))
    assert none.found_by == (f"there is no bus there in time, or none back, in {sentence}")
    assert by_bus([OUT, HOME]).found_by == f"looked up in {sentence}"
    later = by_bus([OUT, HOME], on=MONDAY + timedelta(days=7))
    assert later.found_by == f"not known: 15 January 2024 is not in {sentence}"
    timeless = by_bus([OUT, HOME], when=None)
    assert timeless.bus == BusTimes(edition)
    assert timeless.found_by == "not known: a bus can only be looked up for a day and an hour"
    nothing = ask(NetworkTravel(STREET, DetourTravel()), at(0), at(4_800), going(Mode.BUS))
    assert (nothing.bus, nothing.found_by) == (None, "not known: there is no bus timetable for it")


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
        travel.journeys(at(0), [at(4_800)], going(Mode.BUS), on=MONDAY, at=TEN, until=until)[
            0
        ].method
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
    # Whoever goes by bus alone, and is on wheels, is not sent all the way on them.
    rolling = Traveller(1.0, frozenset({Mode.BUS}), on_wheels=True)
    assert by_bus([OUT, HOME], traveller=rolling).mode is Mode.BUS
    assert by_bus([OUT, HOME], traveller=rolling, no_wheels=[1]).method is Method.UNAVAILABLE


def test_nobody_gets_on_or_off_on_wheels_at_a_stop_that_takes_none():
    rolling = Traveller(1.0, frozenset({Mode.BUS}), on_wheels=True)
    for stop in (0, 1):
        shut = {"stops_no_wheels": [stop]}
        assert by_bus([OUT, HOME], traveller=rolling, **shut).method is Method.UNAVAILABLE
        assert by_bus([OUT, HOME], **shut).mode is Mode.BUS


def test_the_way_to_the_bus_keeps_off_steps_on_wheels():
    places = [(0, 0), (300, 0), (500, 0), (4_500, 0), (4_800, 0)]
    graph = streets(places, [(0, 1), (1, 2), (2, 3), (3, 4)], [(0, 1)])
    # Past the steps there is a way round, 800 m longer.
    round_it = streets(
        [*places, (0, 400), (300, 400)],
        [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (1, 6)],
        [(0, 1)],
    )
    rolling = Traveller(1.0, frozenset({Mode.BUS}), on_wheels=True)
    for which, expected in ((graph, None), (round_it, 500 + 800 + 60 + 360 + 300)):
        travel = NetworkTravel(which, DetourTravel(), timetable(STOPS, [OUT, HOME]))
        journey = ask(travel, at(0), at(4_800), rolling, on=MONDAY, at=TEN)
        if expected is None:
            assert journey.minutes is None
        else:
            assert journey.minutes == pytest.approx(expected / 60)


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
