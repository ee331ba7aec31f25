"""A bus timetable: which rides there are on a day, and what it does not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.bus_times import Edition
from geo.distance import FloatArray
from geo.network.cache import Arrays, cached, file_digest
from geo.network.faults import BadTimetable
from geo.network.gtfs import read_feed
from geo.progress import Progress, Quiet

Times: TypeAlias = "NDArray[np.int32]"

_LAYOUT = 2
_DAY_S = 86_400
_DAYS_REMEMBERED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """Rides from one stop to the next, in order of departure. Arrays of shape (c,).

    Attributes
    ----------
    start, end : ndarray of int32
        Stops.
    departs_s, arrives_s : ndarray of int32
        Seconds after midnight of the day asked for.
    trip : ndarray of int32
        One bus on one run.
    board, alight : ndarray of bool
        Whether one may get on at the start, and off at the end.
    """

    start: Times
    end: Times
    departs_s: Times
    arrives_s: Times
    trip: Times
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]

    def between(self, earliest_s: float, latest_s: float) -> Rides:
        """Those that depart in a stretch of time, both ends included."""
        low = int(np.searchsorted(self.departs_s, earliest_s, side="left"))
        high = int(np.searchsorted(self.departs_s, latest_s, side="right"))
        return self.take(slice(low, high))

    def take(self, which: slice | NDArray[np.intp]) -> Rides:
        """Some of them."""
        return Rides(
            self.start[which],
            self.end[which],
            self.departs_s[which],
            self.arrives_s[which],
            self.trip[which],
            self.board[which],
            self.alight[which],
        )

    def backwards(self) -> Rides:
        """The same rides with time and direction turned round: a search to a place as one from it.

        Departures become minus arrivals, so that the order is again that of departure.
        """
        # Reversed before the stable sort, so that a trip's rides of no duration are reversed too.
        turned = Rides(
            self.end[::-1],
            self.start[::-1],
            -self.arrives_s[::-1],
            -self.departs_s[::-1],
            self.trip[::-1],
            self.alight[::-1],
            self.board[::-1],
        )
        return turned.take(np.argsort(turned.departs_s, kind="stable"))


class Timetable:
    """The buses of a GTFS feed. Made by `open_timetable` or `Timetable.of`.

    Parameters
    ----------
    arrays : mapping of name to ndarray
        In the layout of `geo.network.gtfs.read_feed`.
    digest : str
        Of the file they came from; "" when there is none.

    Attributes
    ----------
    stops : ndarray of float64, shape (s, 2)
        Easting and northing of every stop that is called at.
    valid_from, valid_to : date
        The first and the last day that the feed speaks for.
    edition : Edition
        The same, with whose timetable it is.
    """

    def __init__(self, arrays: Arrays, digest: str = "") -> None:
        self.digest = digest
        self._arrays = arrays
        self.stops: FloatArray = np.column_stack((arrays["stop_e"], arrays["stop_n"]))
        first, days = int(arrays["first_day"][0]), arrays["runs"].shape[1]
        self.valid_from = date.fromordinal(first)
        self.valid_to = date.fromordinal(first + days - 1)
        self.edition = Edition(str(arrays["publisher"][0]), self.valid_from, self.valid_to)
        self.rides = lru_cache(maxsize=_DAYS_REMEMBERED)(self._rides)

    def covers(self, on: date) -> bool:
        """Whether the feed speaks for that day. If not, buses are unknown and not guessed."""
        return self.edition.covers(on)

    def line(self, trip: int) -> str:
        """What stands on the front of the bus; `trip` as in `Rides`, the night before's too."""
        lines = self._arrays["line"]
        return str(lines[trip % len(lines)])

    def stop_name(self, stop: int) -> str:
        """What a stop is called."""
        return str(self._arrays["stop_name"][stop])

    def fastest_m_per_s(self, board_s: float) -> float:
        """Straight metres a second that no ride beats, `board_s` seconds to get on included.

        The seconds are counted once for a whole ride on one bus, however many stops it passes, so
        that feeds which round to minutes (two stops in no time) still have a bound.
        """
        arrays = self._arrays
        order = np.lexsort((arrays["dep"], arrays["trip"]))
        start, end = self.stops[arrays["from"][order]], self.stops[arrays["to"][order]]
        dep, arr, trip = (arrays[name][order] for name in ("dep", "arr", "trip"))
        fastest, ahead = 0.0, 0
        while ahead < len(order):
            # A ride that begins with each row and ends `ahead` rows on, while on the same trip.
            same = trip[ahead:] == trip[: len(trip) - ahead]
            first = np.flatnonzero(same)
            if not len(first):
                break
            gone = np.hypot(*(end[first + ahead] - start[first]).T)
            took = arr[first + ahead] - dep[first] + board_s
            fastest = max(fastest, float((gone / took).max()))
            ahead += 1
        return fastest

    def _rides(self, on: date, on_wheels: bool) -> Rides:
        """The rides of one day, those of the night before that run past midnight included."""
        today = self._of_day(on, on_wheels)
        night = self._of_day(on - timedelta(days=1), on_wheels).between(_DAY_S, np.inf)
        trips = len(self._arrays["service"])
        whole = Rides(
            np.concatenate((night.start, today.start)),
            np.concatenate((night.end, today.end)),
            np.concatenate((night.departs_s - _DAY_S, today.departs_s)),
            np.concatenate((night.arrives_s - _DAY_S, today.arrives_s)),
            # Last night's run of a trip is another bus than today's.
            np.concatenate((night.trip + trips, today.trip)),
            np.concatenate((night.board, today.board)),
            np.concatenate((night.alight, today.alight)),
        )
        return whole.take(np.argsort(whole.departs_s, kind="stable"))

    def _of_day(self, on: date, on_wheels: bool) -> Rides:
        arrays = self._arrays
        runs = np.zeros(len(arrays["service"]), dtype=np.bool_)
        if self.covers(on):
            day = on.toordinal() - self.valid_from.toordinal()
            runs = arrays["runs"][arrays["service"], day]
        if on_wheels:
            runs = runs & ~arrays["no_wheels"]
        which = np.flatnonzero(runs[arrays["trip"]])
        names = ("from", "to", "dep", "arr", "trip", "board", "alight")
        columns: list[NDArray[Any]] = [arrays[name][which] for name in names]
        if on_wheels:
            # Ridden through, but nobody gets on or off on wheels there.
            shut = arrays["stop_no_wheels"]
            columns[5] = columns[5] & ~shut[columns[0]]
            columns[6] = columns[6] & ~shut[columns[1]]
        return Rides(*columns)


def open_timetable(path: Path, directory: Path, *, progress: Progress | None = None) -> Timetable:
    """The timetable of a GTFS feed, read once and then mapped into memory from `directory`.

    Parameters
    ----------
    path : Path
        A GTFS zip.
    directory : Path
        Where to keep what was read. Made if need be.
    progress : Progress, optional

    Raises
    ------
    BadTimetable
        If the file is missing, or is not a complete feed.
    CacheUnusable
        If the folder cannot be written.
    """
    try:
        digest = file_digest(path)
    except OSError as fault:
        raise BadTimetable(
            f"The timetable {path.name} cannot be opened: {fault.strerror}. Correct the setting, "
            "or leave it empty to go without buses.",
            feed=path.name,
        ) from fault
    told = progress or Quiet()
    stamp = f"{digest} layout {_LAYOUT}"
    return Timetable(cached(directory, "timetable", stamp, lambda: read_feed(path, told)), digest)
