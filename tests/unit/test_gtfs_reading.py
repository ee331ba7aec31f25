import zipfile
from datetime import date, time

import numpy as np
import pytest
from network_worlds import clock, write_feed
from shared import shared_path

from geo.network import BadTimetable, NetworkTravel, open_network, open_timetable
from geo.point import GridPoint
from geo.travel import DetourTravel, Edition, Method, Mode, Traveller

NEWPORT = "data/geo/gtfs/newport-20230613_gtfs.zip"
PBF = "data/geo/network/newport-2023-06-13.osm.pbf"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def call(trip, at, stop, number, **more):
    times = {"arrival_time": at, "departure_time": at}
    row = {"trip_id": trip, **times, "stop_id": stop, "stop_sequence": number}
    return row | {"pickup_type": "", "drop_off_type": ""} | more


def tables():
    """A bus on weekdays from A by B to C, and a coach."""
    week = {day: int(day not in ("saturday", "sunday")) for day in DAYS}
    return {
        "stops": [
            {"stop_id": name, "stop_lat": 53.36, "stop_lon": -2.73 + 0.01 * number}
            for number, name in enumerate("ABCX")
        ],
        "routes": [{"route_id": "1", "route_type": 3}, {"route_id": "2", "route_type": 200}],
        "trips": [
            {"route_id": "1", "service_id": "week", "trip_id": "t1", "wheelchair_accessible": 2},
            {"route_id": "2", "service_id": "week", "trip_id": "coach", "wheelchair_accessible": 1},
        ],
        "calendar": [
            {"service_id": "week", **week, "start_date": "20240101", "end_date": "20240131"}
        ],
        "calendar_dates": [
            {"service_id": "week", "date": "20240108", "exception_type": 2},
            {"service_id": "week", "date": "20240113", "exception_type": 1},
        ],
        "stop_times": [
            call("t1", "9:10:00", "C", 30),
            call("t1", "09:00:00", "A", 2, drop_off_type="1"),
            call("t1", "09:05:30", "B", 10),
            call("coach", "09:00:00", "A", 1),
            call("coach", "09:30:00", "X", 2),
        ],
    }


def opened(tmp_path, **changed):
    whole = {name: rows for name, rows in (tables() | changed).items() if rows is not None}
    return open_timetable(write_feed(tmp_path / "feed.zip", **whole), tmp_path / "kept")


def hops(timetable, on, on_wheels=False):
    rides = timetable.rides(on, on_wheels)
    return list(zip(rides.start, rides.end, rides.departs_s, rides.arrives_s, strict=True))


def test_calls_are_put_in_order_and_coaches_left_out(tmp_path):
    timetable = opened(tmp_path)
    assert len(timetable.stops) == 3
    assert hops(timetable, date(2024, 1, 9)) == [
        (0, 1, clock(9), clock(9, 5, 30)),
        (1, 2, clock(9, 5, 30), clock(9, 10)),
    ]
    assert hops(timetable, date(2024, 1, 9), on_wheels=True) == []


def test_the_calendar_and_its_exceptions_decide_the_days(tmp_path):
    timetable = opened(tmp_path)
    running = [day for day in range(1, 32) if hops(timetable, date(2024, 1, day))]
    weekdays = [day for day in range(1, 32) if date(2024, 1, day).weekday() < 5]
    assert running == sorted({*weekdays, 13} - {8})
    assert (timetable.valid_from, timetable.valid_to) == (date(2024, 1, 1), date(2024, 1, 31))
    assert not timetable.covers(date(2024, 2, 1))
    assert hops(timetable, date(2024, 2, 1)) == []


def test_the_publisher_may_vouch_for_fewer_days(tmp_path):
    info = [{"feed_start_date": "20240105", "feed_end_date": "20240120"}]
    timetable = opened(tmp_path, feed_info=info)
    assert (timetable.valid_from, timetable.valid_to) == (date(2024, 1, 5), date(2024, 1, 20))


def test_days_may_be_given_one_by_one(tmp_path):
    days = [{"service_id": "week", "date": "20240109", "exception_type": 1}]
    timetable = opened(tmp_path, calendar=None, calendar_dates=days)
    assert timetable.valid_from == timetable.valid_to == date(2024, 1, 9)
    assert len(hops(timetable, date(2024, 1, 9))) == 2


def test_who_may_not_get_off_is_remembered_for_the_stop(tmp_path):
    calls = [
        call("t1", "09:00:00", "A", 1),
        call("t1", "09:05:00", "B", 2, pickup_type="1"),
        call("t1", "09:10:00", "C", 3, drop_off_type="2"),
    ]
    rides = opened(tmp_path, stop_times=calls).rides(date(2024, 1, 9), False)
    assert rides.board.tolist() == [True, False]
    assert rides.alight.tolist() == [True, False]


def test_a_call_without_times_is_passed_over_and_trips_without_times_left_out(tmp_path):
    calls = [call("t1", "09:00:00", "A", 1), call("t1", "", "B", 2), call("t1", "25:10:00", "C", 3)]
    [ride] = hops(opened(tmp_path, stop_times=calls), date(2024, 1, 9))
    assert ride == (0, 1, clock(9), clock(25, 10))
    often = [{"trip_id": "t1", "start_time": "06:00:00"}]
    with pytest.raises(BadTimetable, match="has no bus in it"):
        opened(tmp_path, frequencies=often)


def test_a_folder_is_as_good_as_a_zip_for_reading(tmp_path):
    from geo.network.gtfs import read_feed
    from geo.progress import Quiet

    path = write_feed(tmp_path / "feed.zip", **tables())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "feed")
    one, other = (read_feed(each, Quiet()) for each in (path, tmp_path / "feed"))
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stops": None}, "has no stops.txt"),
        ({"routes": "route_id\n1\n"}, "has no column route_type in routes.txt"),
        ({"stop_times": [call("t1", "nine", "A", 1)]}, "'nine' where a time like"),
        ({"stop_times": [call("t1", "09:00:00", "Q", 1)]}, r"not in stops.txt \(Q\)"),
        ({"stop_times": [call("t1", "09:00:00", "A", "x")]}, "stop_sequence that is no whole"),
        ({"stops": [{"stop_id": each, "stop_lat": "", "stop_lon": ""} for each in "ABCX"]}, "posi"),
        ({"calendar": None, "calendar_dates": None}, "on which days"),
        (
            {"calendar_dates": [{"service_id": "week", "date": "soon", "exception_type": 1}]},
            "'soon' where a day like 20260131",
        ),
        ({"feed_info": [{"feed_start_date": "20250101", "feed_end_date": ""}]}, "before it begins"),
        ({"trips": b"trip_id,route_id,service_id\n\xff\xfe,1,1\n"}, "not a table of UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_feed_is_said(tmp_path, changed, said):
    with pytest.raises(BadTimetable, match=said) as caught:
        opened(tmp_path, **changed)
    assert caught.value.fields["feed"] == "feed.zip"


def test_what_is_no_feed_is_refused(tmp_path):
    with pytest.raises(BadTimetable, match="cannot be opened"):
        open_timetable(tmp_path / "none.zip", tmp_path / "kept")
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(BadTimetable, match="as a zip file"):
        open_timetable(tmp_path / "text.zip", tmp_path / "kept")


def stops_with(**wheels):
    """The stops of `tables`, A and B of one station, with what is said of wheelchairs."""
    rows = [row | {"stop_name": f"{row['stop_id']} Road"} for row in tables()["stops"]]
    rows.append({"stop_id": "S", "stop_lat": 53.36, "stop_lon": -2.73, "stop_name": "Station"})
    return [
        row
        | {"wheelchair_boarding": wheels.get(row["stop_id"], "")}
        | {"parent_station": "S" if row["stop_id"] in "AB" else ""}
        for row in rows
    ]


def test_stops_that_take_no_wheelchair_are_known_by_themselves_or_by_their_station(tmp_path):
    trips = [row | {"wheelchair_accessible": 1} for row in tables()["trips"]]
    for wheels, boards, alights in (
        ({}, [True, True], [True, True]),
        ({"C": "2"}, [True, True], [True, False]),
        ({"B": "2", "A": "0"}, [True, False], [False, True]),
        ({"S": "2"}, [False, False], [False, True]),
        ({"S": "2", "A": "1"}, [True, False], [False, True]),
    ):
        feed = tmp_path / "-".join(wheels or ["none"])
        feed.mkdir()
        timetable = opened(feed, stops=stops_with(**wheels), trips=trips)
        rides = timetable.rides(date(2024, 1, 9), True)
        assert rides.board.tolist() == boards
        assert rides.alight.tolist() == alights
        assert timetable.rides(date(2024, 1, 9), False).board.all()


def test_lines_stops_and_publisher_are_called_what_the_feed_calls_them(tmp_path):
    routes = [
        {"route_id": "1", "route_type": 3, "route_short_name": "", "route_long_name": "Seafront"},
        {"route_id": "2", "route_type": 200, "route_short_name": "M1", "route_long_name": ""},
    ]
    named = opened(
        tmp_path,
        routes=routes,
        stops=stops_with(),
        agency=[{"agency_name": "Red Buses"}, {"agency_name": "Red Buses"}],
    )
    assert (named.line(0), named.stop_name(2)) == ("Seafront", "C Road")
    assert named.edition == Edition("Red Buses", date(2024, 1, 1), date(2024, 1, 31))
    (tmp_path / "plain").mkdir()
    plain = opened(tmp_path / "plain")
    assert (plain.line(0), plain.stop_name(0), plain.edition.name) == ("", "", "feed")
    (tmp_path / "info").mkdir()
    info = [{"feed_publisher_name": "The County", "feed_start_date": "20240103"}]
    told = opened(tmp_path / "info", feed_info=info, agency=[{"agency_name": "Red Buses"}])
    assert (told.edition.name, told.edition.valid_from) == ("The County", date(2024, 1, 3))


def test_newport_s_buses_on_a_day_of_theirs(tmp_path):
    pytest.importorskip("osmium")
    timetable = open_timetable(shared_path(NEWPORT), tmp_path)
    assert (timetable.valid_from, timetable.valid_to) == (date(2023, 6, 5), date(2024, 3, 1))
    graph = open_network(shared_path(PBF), tmp_path)
    travel = NetworkTravel(graph, DetourTravel(), timetable, directory=tmp_path)
    home, centre = GridPoint(329_943, 185_988), GridPoint(331_592, 188_116)
    person = Traveller(0.8, frozenset({Mode.BUS}))
    day = {"on": date(2023, 6, 14), "at": time(14)}
    [journey] = travel.journeys(home, [centre], person, **day)
    [walk] = travel.journeys(home, [centre], Traveller(0.8))
    assert (journey.mode, journey.method) == (Mode.BUS, Method.NETWORK)
    assert journey.minutes < walk.minutes
    assert journey.bus.edition.name == "ITO World"
    assert [each.line for each in journey.bus.there] == ["2A"]
    assert journey.bus.leave_at < journey.bus.there[0].leaves_at
    assert journey.bus.there[-1].arrives_at <= journey.bus.arrive_at <= time(14)
    assert time(15) <= journey.bus.home[0].leaves_at <= journey.bus.last_home_at
    [late] = travel.journeys(home, [centre], person, on=date(2024, 3, 2), at=time(14))
    assert late.method is Method.UNKNOWN
    [night] = travel.journeys(home, [centre], person, on=date(2023, 6, 14), at=time(4))
    assert night.method is Method.UNAVAILABLE
