from datetime import date, time

import pytest

from geo.point import GridPoint
from geo.travel import BadTravelData, Crossing, Mode, OpenHours

MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)
NORTH, SOUTH = GridPoint(351_000, 383_731), GridPoint(351_000, 383_385)


def bridge(**changes):
    facts = {
        "id": "b",
        "name": "The bridge",
        "ends": (NORTH, SOUTH),
        "length_m": 346.0,
        "modes": frozenset({Mode.WALK, Mode.CAR}),
    }
    return Crossing(**(facts | changes))


def test_only_the_modes_listed_may_cross_and_a_lift_is_a_car():
    crossing = bridge(toll_modes=frozenset({Mode.CAR}))
    assert crossing.is_open(Mode.WALK) is True
    assert crossing.is_open(Mode.LIFT) is True
    assert crossing.is_open(Mode.WHEEL) is False
    assert crossing.is_open(Mode.BUS) is False
    assert crossing.tolls(Mode.LIFT)
    assert not crossing.tolls(Mode.WALK)


@pytest.mark.parametrize(
    ("on", "is_open"),
    [
        (date(2021, 2, 25), False),
        (date(2021, 2, 26), True),
        (date(2022, 3, 1), True),
        (date(2022, 3, 2), False),
        (None, None),
    ],
)
def test_both_days_of_validity_are_in_and_without_a_day_an_end_cannot_be_judged(on, is_open):
    crossing = bridge(valid_from=date(2021, 2, 26), valid_to=date(2022, 3, 1))
    assert crossing.is_open(Mode.WALK, on) is is_open


def test_without_a_day_a_first_day_is_taken_to_have_come():
    assert bridge(valid_from=date(2021, 2, 26)).is_open(Mode.WALK) is True


@pytest.mark.parametrize(
    ("on", "at", "is_open"),
    [
        (MONDAY, time(8), True),
        (MONDAY, time(7, 59), False),
        (MONDAY, time(17, 59), True),
        (MONDAY, time(18), False),
        (SATURDAY, time(12), False),
        (MONDAY, None, None),
        (None, time(12), None),
    ],
)
def test_weekday_hours_open_at_the_first_minute_and_close_at_the_last(on, at, is_open):
    weekdays = OpenHours(time(8), time(18), frozenset(range(5)))
    assert bridge(hours=(weekdays,)).is_open(Mode.WALK, on, at) is is_open


@pytest.mark.parametrize(
    ("on", "at", "is_open"),
    [
        (SATURDAY, time(22), True),
        (SUNDAY, time(1, 59), True),
        (SUNDAY, time(2), False),
        (SUNDAY, time(23), False),
        (SATURDAY, time(1), False),
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began(on, at, is_open):
    saturday_night = OpenHours(time(22), time(2), frozenset({5}))
    assert saturday_night.includes(on, at) is is_open


def test_several_hours_are_open_when_one_of_them_is():
    crossing = bridge(hours=(OpenHours(time(6), time(9)), OpenHours(time(16), time(19))))
    assert crossing.is_open(Mode.WALK, MONDAY, time(17)) is True
    assert crossing.is_open(Mode.WALK, MONDAY, time(12)) is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"length_m": 345.9}, "346.0 m from end to end"),
        ({"length_m": float("nan")}, "Correct its length"),
        ({"modes": frozenset()}, "open to nobody"),
        ({"valid_from": MONDAY, "valid_to": date(2026, 3, 1)}, "ends before it begins"),
    ],
)
def test_a_crossing_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(BadTravelData, match=said) as caught:
        bridge(**changes)
    assert caught.value.fields["crossing"] == "b"
