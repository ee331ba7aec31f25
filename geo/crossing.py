"""Where a barrier can be crossed, by whom and when: dated data, never code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from geo.distance import straight_line_m
from geo.journey import BadTravelData, Mode
from geo.point import GridPoint

_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Hours in local British clock time on some days of the week.

    `days` counts Monday as 0, like `date.weekday`. `opens` belongs to the hours and `closes` does
    not. Hours that close at or before they open run past midnight into the next day.
    """

    opens: time
    closes: time
    days: frozenset[int] = _EVERY_DAY

    def includes(self, on: date, at: time) -> bool:
        """Whether it is open at that moment."""
        if self.opens < self.closes:
            return on.weekday() in self.days and self.opens <= at < self.closes
        evening = on.weekday() in self.days and at >= self.opens
        morning = (on - timedelta(days=1)).weekday() in self.days and at < self.closes
        return evening or morning


@dataclass(frozen=True, slots=True)
class Crossing:
    """One way over or under a barrier.

    A crossing of no length, with both ends in one place, is a place that roads pass on one bank: a
    way may go round a bend of the river by it, and crosses nothing there.

    Parameters
    ----------
    id, name : str
        The name is shown to people, and ids decide between equally good crossings.
    ends : tuple of two GridPoint
        Where it leaves the ground on either side; both directions are open.
    length_m : float
        Along the crossing, at least the straight line between its ends.
    modes : frozenset of Mode
        Who may use it. A lift goes wherever CAR may go; WHEEL is not implied by WALK, because a
        footbridge may have steps.
    toll_modes : frozenset of Mode
        Who pays. The price is left out: it changes, and a wrong one is worse than none.
    hours : tuple of OpenHours
        Empty means at all hours.
    valid_from, valid_to : date | None
        First and last day in use, both included; None means no such day is known.
    verified_on : date | None
        When somebody last checked all this; None is unverified.

    Raises
    ------
    BadTravelData
        If the length is less than the straight line, nobody may use it, or it ends before it
        begins.
    """

    id: str
    name: str
    ends: tuple[GridPoint, GridPoint]
    length_m: float
    modes: frozenset[Mode]
    toll_modes: frozenset[Mode] = frozenset()
    hours: tuple[OpenHours, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    verified_on: date | None = None

    def __post_init__(self) -> None:
        straight_m = straight_line_m(*self.ends)
        if not self.length_m >= straight_m:
            raise BadTravelData(
                f"The crossing '{self.name}' is {straight_m:,.1f} m from end to end, so it cannot "
                f"be {self.length_m:,.1f} m long. Correct its length or its ends.",
                crossing=self.id,
                straight_m=straight_m,
            )
        if not self.modes:
            raise BadTravelData(
                f"The crossing '{self.name}' is open to nobody. Name who may use it.",
                crossing=self.id,
            )
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise BadTravelData(
                f"The crossing '{self.name}' ends before it begins. Swap or correct the dates.",
                crossing=self.id,
            )

    def admits(self, mode: Mode) -> bool:
        """Whether it is meant for that mode at all, whatever the day."""
        return (Mode.CAR if mode is Mode.LIFT else mode) in self.modes

    def tolls(self, mode: Mode) -> bool:
        """Whether that mode pays."""
        return (Mode.CAR if mode is Mode.LIFT else mode) in self.toll_modes

    def is_open(self, mode: Mode, on: date | None = None, at: time | None = None) -> bool | None:
        """Whether the mode may cross on that day at that time; None when that cannot be said.

        Without a day, a crossing with a last day, and without a day and a time, one with limited
        hours, cannot be said to be open. A first day alone is taken to have come.
        """
        if not self.admits(mode):
            return False
        if on is None:
            return None if self.valid_to is not None or self.hours else True
        if (self.valid_from and on < self.valid_from) or (self.valid_to and on > self.valid_to):
            return False
        if not self.hours:
            return True
        return None if at is None else any(hours.includes(on, at) for hours in self.hours)
