"""What a timetable really says of one journey by bus: which buses there, and which home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Edition:
    """Which timetable it is: who publishes it, and the days that it speaks for, both included."""

    name: str
    valid_from: date
    valid_to: date

    def covers(self, on: date) -> bool:
        """Whether it says anything of that day."""
        return self.valid_from <= on <= self.valid_to


@dataclass(frozen=True, slots=True)
class Session:
    """What somebody goes to: the day, and British clock times.

    `ends_at` is None when nobody has said; one before `starts_at` is of the next day.
    """

    on: date
    starts_at: time
    ends_at: time | None = None


@dataclass(frozen=True, slots=True)
class BusRide:
    """One bus from one stop to another, in the timetable's own words.

    `line` is the number on its front, and like the names of stops empty where the timetable has
    none. Where it has seconds, `leaves_at` is rounded down and `arrives_at` up to the minute, so
    that whoever goes by them is not late.
    """

    line: str
    from_stop: str
    leaves_at: time
    to_stop: str
    arrives_at: time


@dataclass(frozen=True, slots=True)
class BusTimes:
    """What is known of going by bus.

    Attributes
    ----------
    edition : Edition
        The timetable that was looked at.
    session : Session | None
        What the buses were looked up for; None when nobody knows when that is.
    leave_at, arrive_at : time | None
        From the door, and at the door of the place; None when there is no bus.
    there, home : tuple of BusRide
        The rides in their order; empty when there is no bus. Home is the way that is there
        soonest, its longest walk counted twice.
    home_at : time | None
        At one's own door again by that way.
    home_days : int
        0 when that is on the session's day, 1 when after midnight.
    last_home_at : time | None
        When the last bus leaves from near the place that still brings one home.
    end_is_guessed : bool
        Whether the session's end was assumed, because nobody has said.
    """

    edition: Edition
    session: Session | None = None
    leave_at: time | None = None
    there: tuple[BusRide, ...] = ()
    arrive_at: time | None = None
    home: tuple[BusRide, ...] = ()
    home_at: time | None = None
    home_days: int = 0
    last_home_at: time | None = None
    end_is_guessed: bool = False


def clock_down(seconds: float) -> time:
    """Seconds after midnight as clock time, rounded down to the minute, any number of days off."""
    minutes = int(seconds // 60) % 1440
    return time(minutes // 60, minutes % 60)


def clock_up(seconds: float) -> time:
    """The same, rounded up; a sum that is a hair above a whole minute counts as that minute."""
    return clock_down(seconds + 59.999)
