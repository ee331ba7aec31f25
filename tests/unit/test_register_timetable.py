"""What a recurrence rule means: the days of the week, and the words."""

from datetime import datetime, time
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from service.register.timetable import meeting_time, weekdays_of
from service.register.vocabulary import Weekday

WEEK = list(Weekday)


@pytest.mark.parametrize(
    ("rule", "starts", "ends", "days", "says"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", time(10), time(12), "TU", "Tuesdays, 10:00 to 12:00"),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            time(14),
            time(16),
            "MO",
            "first Monday of the month, 14:00 to 16:00",
        ),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", None, None, "MO", "last Monday of the month"),
        ("FREQ=MONTHLY;BYDAY=1WE,3WE", None, None, "WE", "first and third Wednesday of the month"),
        (
            "FREQ=WEEKLY;BYDAY=MO,WE",
            time(9, 30),
            None,
            "MO WE",
            "Mondays and Wednesdays, from 09:30",
        ),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", None, None, "MO TU WE TH FR", "Mondays to Fridays"),
        ("FREQ=DAILY", None, None, "MO TU WE TH FR SA SU", "every day"),
        ("FREQ=WEEKLY", time(10), time(11), "", "every week, 10:00 to 11:00"),
        (
            "DTSTART:20260106\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            None,
            None,
            "TU",
            "Tuesdays every other week",
        ),
        (
            "DTSTART:20260106\nRRULE:FREQ=WEEKLY;INTERVAL=3",
            None,
            None,
            "TU",
            "Tuesdays every 3 weeks",
        ),
        (
            "DTSTART:20260106\nRRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TU",
            None,
            None,
            "TU",
            "Tuesdays, 6 times from 6 January 2026",
        ),
        (
            "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261031",
            None,
            None,
            "SA",
            "Saturdays, until 31 October 2026",
        ),
        ("FREQ=WEEKLY;BYDAY=SA;BYMONTH=5,6", None, None, "SA", "Saturdays, in May and June"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,22",
            None,
            None,
            "MO TU WE TH FR SA SU",
            "the 1st and 22nd of the month",
        ),
        (
            "DTSTART:20260105\nRRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO",
            None,
            None,
            "MO",
            "first Monday of every other month",
        ),
        ("FREQ=MONTHLY", None, None, "", "once a month"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1SU", None, None, "SU", "some Sundays, in December"),
        ("", time(10), time(12), "", "10:00 to 12:00"),
        ("", None, None, "", ""),
        ("FREQ=FORTNIGHTLY;BYDAY=TU", time(10), None, "", "ask the group which days, from 10:00"),
        ("no rule at all", None, None, "", "ask the group which days"),
    ],
)
def test_a_rule_is_said_as_people_say_it(rule, starts, ends, days, says):
    meeting = meeting_time(rule, starts, ends)
    assert meeting.weekdays == {Weekday(day) for day in days.split()}
    assert meeting.says == says
    assert (meeting.rule, meeting.starts_at, meeting.ends_at) == (rule, starts, ends)


@given(
    days=st.sets(st.sampled_from(WEEK), min_size=1),
    interval=st.integers(1, 4),
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)
@settings(max_examples=60, deadline=None)
def test_the_weekdays_are_those_the_meetings_fall_on(days, interval, start):
    written = ",".join(sorted(days))
    rule = f"DTSTART:{start:%Y%m%d}\nRRULE:FREQ=WEEKLY;INTERVAL={interval};BYDAY={written}"
    held = {WEEK[each.weekday()] for each in islice(rrulestr(rule), 30)}
    assert weekdays_of(rule) == held == days
