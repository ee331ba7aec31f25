"""From a GTFS feed (a zip or a folder) to the arrays of a timetable."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo import projection
from geo.network.faults import BadTimetable
from geo.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

BUS_TYPES: Final = frozenset({3, 11, 800, *range(700, 717)})
"""Route types that are buses: GTFS's own 3 and 11 (trolleybus) and the extended 7xx and 800. A
coach (200 to 209) is not among them: most must be booked ahead."""

_STEPS = 6
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOT_FREELY = frozenset({"1", "2"})
"""`pickup_type` and `drop_off_type`: not at all, and only by arrangement with the agency."""


def read_feed(
    path: Path, progress: Progress, route_types: Collection[int] = BUS_TYPES
) -> dict[str, NDArray[Any]]:
    """The stops, rides and days of a feed.

    Parameters
    ----------
    path : Path
        A zip or a folder with stops.txt, routes.txt, trips.txt, stop_times.txt, and calendar.txt
        or calendar_dates.txt; feed_info.txt and frequencies.txt are heeded where they are.
    progress : Progress
    route_types : collection of int
        Which kinds of route count.

    Returns
    -------
    dict of ndarray
        `stop_e`, `stop_n` (s,) float64, EPSG:27700, only of stops that are called at; `from`, `to`,
        `trip` (c,) int32, `dep`, `arr` (c,) int32 (seconds after midnight, past 86,400 after the
        next), `board`, `alight` (c,) bool: one ride from a stop to the next, in order of departure;
        `service` (t,) int32, `no_wheels` (t,) bool and `line` (t,) text for each trip; `runs`
        (v, days) bool for each service; `first_day` (1,) int64, the ordinal of the first day in
        `runs`; `stop_name` (s,) text and `stop_no_wheels` (s,) bool for each stop; `publisher` (1,)
        text, whose timetable it is.

    Raises
    ------
    BadTimetable
        If a table or column is missing or a value cannot be read: the message says which.

    Notes
    -----
    A call without times is passed over, because when the bus is there is not known; so are trips of
    frequencies.txt, which have no times of their own.
    """
    progress.begin("Reading the timetable", _STEPS)
    with _opened(path) as tables:
        trips = _trips(tables, route_types)
        progress.advance(1)
        services, runs, first_day = _days(tables, trips)
        progress.advance(1)
        calls = _calls(tables, trips)
        progress.advance(2)
        used = np.unique(calls["stop_id"].to_numpy(dtype=str))
        stops = _places(tables, used)
        lines, publisher = _lines(tables, trips), _publisher(tables)
        progress.advance(1)
    rides = _rides(calls, used)
    order = {name: number for number, name in enumerate(services)}
    progress.advance(1)
    progress.end()
    return {
        **stops,
        **rides,
        "line": lines,
        "publisher": np.array([publisher]),
        "service": trips["service_id"].map(order).to_numpy(dtype=np.int32),
        "no_wheels": (trips["wheelchair_accessible"] == "2").to_numpy(dtype=np.bool_),
        "runs": runs,
        "first_day": np.array([first_day], dtype=np.int64),
    }


class _Tables:
    """The tables of a feed, wherever they lie."""

    def __init__(self, feed: str, holder: zipfile.ZipFile | Path) -> None:
        self.feed = feed
        self._holder = holder

    def read(
        self, name: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """A table as text; optional columns that are missing come out empty."""
        import pandas as pd

        if not self.has(name):
            raise self.fault(f"has no {name}", table=name)
        wanted = {*needed, *optional}
        try:
            with self._open(name) as file:
                table = pd.read_csv(
                    file,
                    dtype=str,
                    usecols=lambda column: column.strip() in wanted,
                    encoding="utf-8-sig",
                    keep_default_na=False,
                )
        except (ValueError, zipfile.BadZipFile) as fault:
            raise self.fault(f"has a {name} that is not a table of UTF-8 text", table=name) from (
                fault
            )
        table.columns = table.columns.str.strip()
        for column in needed:
            if column not in table:
                raise self.fault(f"has no column {column} in {name}", table=name, column=column)
        for column in optional:
            if column not in table:
                table[column] = ""
        stripped: pd.DataFrame = table.apply(lambda values: values.str.strip())
        return stripped

    def has(self, name: str) -> bool:
        if isinstance(self._holder, Path):
            return (self._holder / name).is_file()
        return name in self._holder.namelist()

    def fault(self, what: str, **fields: Any) -> BadTimetable:  # noqa: ANN401  # public JSON facts
        return BadTimetable(
            f"The timetable {self.feed} {what}. Give a complete GTFS feed.",
            feed=self.feed,
            **fields,
        )

    def _open(self, name: str) -> IO[bytes]:
        if isinstance(self._holder, Path):
            return (self._holder / name).open("rb")
        return self._holder.open(name)


@contextmanager
def _opened(path: Path) -> Iterator[_Tables]:
    if path.is_dir():
        yield _Tables(path.name, path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Tables(path.name, archive)
    except (OSError, zipfile.BadZipFile) as fault:
        raise BadTimetable(
            f"The timetable {path.name} cannot be opened as a zip file. Give a GTFS feed, or leave "
            "the setting empty to go without buses.",
            feed=path.name,
        ) from fault


def _trips(tables: _Tables, route_types: Collection[int]) -> pd.DataFrame:
    """The trips that count, numbered by position."""
    routes = tables.read("routes.txt", ("route_id", "route_type"))
    wanted = routes.loc[routes["route_type"].isin([str(kind) for kind in route_types]), "route_id"]
    trips = tables.read(
        "trips.txt", ("route_id", "service_id", "trip_id"), ("wheelchair_accessible",)
    )
    trips = trips[trips["route_id"].isin(wanted)]
    if tables.has("frequencies.txt"):
        timeless = tables.read("frequencies.txt", ("trip_id",))["trip_id"]
        trips = trips[~trips["trip_id"].isin(timeless)]
    if trips.empty:
        raise tables.fault("has no bus in it", table="trips.txt")
    if trips["trip_id"].duplicated().any():
        raise tables.fault("has the same trip_id twice in trips.txt", table="trips.txt")
    return trips.reset_index(drop=True)


def _days(tables: _Tables, trips: pd.DataFrame) -> tuple[list[str], NDArray[np.bool_], int]:
    """The services of the trips, the days each runs, and the first day the feed speaks for."""
    services = sorted(set(trips["service_id"]))
    number = {name: at for at, name in enumerate(services)}
    weeks: list[tuple[str, list[bool], int, int]] = []
    extra: list[tuple[str, int, bool]] = []
    if tables.has("calendar.txt"):
        table = tables.read("calendar.txt", ("service_id", *_DAYS, "start_date", "end_date"))
        for row in table.to_dict("records"):
            on = [row[day] == "1" for day in _DAYS]
            start, end = (_day(tables, row[name]) for name in ("start_date", "end_date"))
            weeks.append((row["service_id"], on, start, end))
    if tables.has("calendar_dates.txt"):
        table = tables.read("calendar_dates.txt", ("service_id", "date", "exception_type"))
        for row in table.to_dict("records"):
            added = row["exception_type"] == "1"
            extra.append((row["service_id"], _day(tables, row["date"]), added))
    said = [day for _, _, start, end in weeks for day in (start, end)]
    said += [day for _, day, added in extra if added]
    if not said:
        raise tables.fault("does not say on which days its buses run", table="calendar.txt")
    first, last = _validity(tables, min(said), max(said))
    runs = np.zeros((len(services), last - first + 1), dtype=np.bool_)
    for name, on, start, end in weeks:
        for day in range(max(start, first), min(end, last) + 1) if name in number else ():
            runs[number[name], day - first] = on[date.fromordinal(day).weekday()]
    for name, day, added in extra:
        if name in number and first <= day <= last:
            runs[number[name], day - first] = added
    return services, runs, first


def _validity(tables: _Tables, first: int, last: int) -> tuple[int, int]:
    """The days the feed speaks for: those of its calendar that its publisher vouches for."""
    if tables.has("feed_info.txt"):
        info = tables.read("feed_info.txt", (), ("feed_start_date", "feed_end_date"))
        for row in info.to_dict("records"):
            if row["feed_start_date"]:
                first = max(first, _day(tables, row["feed_start_date"]))
            if row["feed_end_date"]:
                last = min(last, _day(tables, row["feed_end_date"]))
    if last < first:
        raise tables.fault("ends before it begins (feed_info.txt against its calendar)")
    return first, last


def _day(tables: _Tables, text: str) -> int:
    try:
        return datetime.strptime(text, "%Y%m%d").date().toordinal()  # noqa: DTZ007  # a day only
    except ValueError as fault:
        raise tables.fault(f"has '{text[:20]}' where a day like 20260131 belongs") from fault


def _calls(tables: _Tables, trips: pd.DataFrame) -> pd.DataFrame:
    """Every timed call of the trips that count, in order of trip and then of calling."""
    calls = tables.read(
        "stop_times.txt",
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
        ("pickup_type", "drop_off_type"),
    )
    number = {name: at for at, name in enumerate(trips["trip_id"])}
    calls["trip"] = calls["trip_id"].map(number)
    calls = calls[calls["trip"].notna()]
    for one, other in (("arrival_time", "departure_time"), ("departure_time", "arrival_time")):
        calls[one] = calls[one].where(calls[one] != "", calls[other])
    calls = calls[calls["arrival_time"] != ""]
    if not calls["stop_sequence"].str.fullmatch(r"\d+").all():
        raise tables.fault("has a stop_sequence that is no whole number", table="stop_times.txt")
    calls = calls.assign(
        trip=calls["trip"].astype(np.int32),
        sequence=calls["stop_sequence"].astype(np.int64),
        arr=_seconds(tables, calls["arrival_time"]),
        dep=_seconds(tables, calls["departure_time"]),
    )
    return calls.sort_values(["trip", "sequence"], kind="stable").reset_index(drop=True)


def _seconds(tables: _Tables, times: pd.Series[str]) -> pd.Series[int]:
    parts = times.str.extract(r"^(\d{1,3}):(\d\d):(\d\d)$")
    wrong = parts[0].isna()
    if wrong.any():
        raise tables.fault(
            f"has '{str(times[wrong].iloc[0])[:20]}' where a time like 09:30:00 belongs",
            table="stop_times.txt",
        )
    hours, minutes, seconds = (parts[at].astype(np.int32) for at in range(3))
    return hours * 3600 + minutes * 60 + seconds


def _lines(tables: _Tables, trips: pd.DataFrame) -> NDArray[np.str_]:
    """What stands on the front of each trip's bus: its short name, else its long one."""
    routes = tables.read("routes.txt", ("route_id",), ("route_short_name", "route_long_name"))
    short, long = routes["route_short_name"], routes["route_long_name"]
    names = dict(zip(routes["route_id"], short.where(short != "", long), strict=True))
    return np.array([names[each] for each in trips["route_id"]], dtype=np.str_)


def _publisher(tables: _Tables) -> str:
    """Who answers for the feed: its publisher, else the companies in it, else the file's name."""
    for table, column in (("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")):
        if tables.has(table):
            said = [each for each in tables.read(table, (), (column,))[column] if each]
            if said:
                return ", ".join(dict.fromkeys(said))
    return Path(tables.feed).stem


def _places(tables: _Tables, used: NDArray[np.str_]) -> dict[str, NDArray[Any]]:
    """Where the stops are, what they are called, and which are stated to take no wheelchair."""
    more = ("stop_name", "wheelchair_boarding", "parent_station")
    stops = tables.read("stops.txt", ("stop_id", "stop_lat", "stop_lon"), more)
    stops = stops.drop_duplicates("stop_id").set_index("stop_id")
    missing = sorted(set(used.tolist()) - set(stops.index))
    if missing:
        raise tables.fault(
            f"calls at a stop that is not in stops.txt ({missing[0][:40]})", table="stops.txt"
        )
    wheels = stops["wheelchair_boarding"]
    # A stop that does not say goes by its station.
    of_station = stops["parent_station"].map(wheels).fillna("")
    wheels = wheels.where(~wheels.isin(["", "0"]), of_station)
    found = stops.loc[used.tolist()]
    try:
        lons, lats = (found[name].to_numpy(dtype=np.float64) for name in ("stop_lon", "stop_lat"))
    except ValueError as fault:
        raise tables.fault("has a stop without a position", table="stops.txt") from fault
    eastings, northings = projection.to_grid(lons, lats)
    return {
        "stop_e": eastings,
        "stop_n": northings,
        "stop_name": found["stop_name"].to_numpy(dtype=np.str_),
        "stop_no_wheels": (wheels.loc[used.tolist()] == "2").to_numpy(dtype=np.bool_),
    }


def _rides(calls: pd.DataFrame, used: NDArray[np.str_]) -> dict[str, NDArray[Any]]:
    trip = calls["trip"].to_numpy(dtype=np.int32)
    arr, dep = (calls[name].to_numpy(dtype=np.int32) for name in ("arr", "dep"))
    stop = np.searchsorted(used, calls["stop_id"].to_numpy(dtype=str)).astype(np.int32)
    board = ~calls["pickup_type"].isin(_NOT_FREELY).to_numpy(dtype=np.bool_)
    alight = ~calls["drop_off_type"].isin(_NOT_FREELY).to_numpy(dtype=np.bool_)
    # A bus that arrives before it left is a mistake in the feed; it is not ridden there.
    on = np.flatnonzero((trip[1:] == trip[:-1]) & (arr[1:] >= dep[:-1]))
    # Stable, so that a trip's rides of no duration stay in order.
    on = on[np.argsort(dep[on], kind="stable")]
    return {
        "from": stop[on],
        "to": stop[on + 1],
        "trip": trip[on],
        "dep": dep[on],
        "arr": arr[on + 1],
        "board": board[on],
        "alight": alight[on + 1],
    }
