"""Where an asset happens: from a postcode, from coordinates, or from both when they agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from geo.distance import straight_line_m
from geo.errors import BadCoordinate, BadPostcode
from geo.gazetteer import Gazetteer, Located, Quality
from geo.point import GridPoint, LonLat, require_agreement
from geo.postcode import Postcode
from service.register.imports.cells import Cells
from service.register.imports.facts import VenueFacts
from service.register.vocabulary import AccessFeature

MAX_APART_M = 2_000.0
"""How far coordinates may lie from their postcode's centre before somebody must look. Libraries in
England lie 11 m (median) and 147 m (19 in 20) from it; rural postcodes reach over a kilometre."""

Lookup: TypeAlias = Callable[[Postcode], Located]


def lookup_in(gazetteer: Gazetteer) -> Lookup:
    """The gazetteer, asked about each postcode of a file once."""

    @cache
    def found(postcode: Postcode) -> Located:
        return gazetteer.locate(postcode.text)

    return found


def venue(cells: Cells, lookup: Lookup, *, max_apart_m: float = MAX_APART_M) -> VenueFacts | None:
    """The venue of one row, or None for a row without one.

    Coordinates that are given win when they agree with the postcode; with a postcode alone the
    point is its centre, and its accuracy is kept with it.
    """
    name, address = cells.text("venue_name", 200), cells.text("address", 400)
    has, lacks = _access(cells)
    given = _coordinates(cells)
    postcode = _postcode(cells)
    located = lookup(postcode) if postcode is not None else None
    if located is not None:
        _judge(cells, located, given)
    if located is not None and located.point is not None and given is not None:
        _compare(cells, given, located.point, max(max_apart_m, 2 * (located.accuracy_m or 0.0)))
    if not (name or address or postcode or given):
        if has or lacks:
            column = "access_yes" if has else "access_no"
            cells.fault(column, "Access is of a place: fill in the venue, or leave it empty.")
        return None
    centre = located.point if located is not None else None
    if not cells.row.cells.get("postcode") and given is None and not cells.problems:
        said = "Nobody can be told how far this venue is. Give its postcode or its coordinates."
        cells.warn("postcode", said)
    return VenueFacts(
        name=name or address or (postcode.text if postcode else "Meeting place"),
        is_named=bool(name),
        address=address,
        postcode=postcode.text if postcode else None,
        point=given or centre,
        accuracy_m=located.accuracy_m if located is not None and given is None else None,
        has=has,
        lacks=lacks,
    )


def _postcode(cells: Cells) -> Postcode | None:
    text = cells.row.cells.get("postcode", "")
    if not text:
        return None
    try:
        return Postcode.parse(text)
    except BadPostcode as error:
        cells.fault("postcode", error.message)
        return None


def _judge(cells: Cells, located: Located, given: GridPoint | None) -> None:
    """Say what is to be said of a well-formed postcode that is not simply there."""
    if located.quality is Quality.NOT_IN_GREAT_BRITAIN:
        cells.fault("postcode", located.sentence)
    elif given is None and located.point is None:
        cells.fault("postcode", f"{located.sentence} Or give easting_m and northing_m.")
    elif located.quality is not Quality.LIVE:
        used = "The coordinates are used." if given else "Its old place is used."
        cells.warn("postcode", f"{located.sentence} {used}")


def _coordinates(cells: Cells) -> GridPoint | None:
    of = cells.row.cells.get
    east, north = of("easting_m", ""), of("northing_m", "")
    lat, lon = of("latitude", ""), of("longitude", "")
    metres, degrees = bool(east or north), bool(lat or lon)
    point: GridPoint | None = None
    try:
        if metres:
            point = GridPoint.parse(east, north)
    except BadCoordinate as error:
        cells.fault("easting_m" if east else "northing_m", error.message)
    try:
        if degrees:
            lonlat = LonLat.parse(lon, lat)
            if not metres:
                return GridPoint.from_lonlat(lonlat)
            if point is not None:
                require_agreement(point, lonlat)
    except BadCoordinate as error:
        cells.fault("longitude" if lon else "latitude", error.message)
    return point


def _compare(cells: Cells, given: GridPoint, centre: GridPoint, limit_m: float) -> None:
    apart_m = straight_line_m(given, centre)
    if apart_m <= limit_m:
        return
    column = "easting_m" if cells.row.cells.get("easting_m") else "longitude"
    hint = "Correct the one that is wrong, or leave the coordinates out."
    if column == "easting_m" and _near(given.northing_m, given.easting_m, centre, limit_m):
        hint = "Easting and northing look swapped."
    cells.fault(
        column,
        f"This is {apart_m / 1000:,.1f} km from the postcode; up to {limit_m / 1000:,.1f} km is "
        f"taken. {hint}",
    )


def _near(easting_m: float, northing_m: float, centre: GridPoint, limit_m: float) -> bool:
    try:
        return straight_line_m(GridPoint(easting_m, northing_m), centre) <= limit_m
    except BadCoordinate:
        return False


def _access(cells: Cells) -> tuple[frozenset[AccessFeature], frozenset[AccessFeature]]:
    has = cells.choices("access_yes", AccessFeature)
    lacks = cells.choices("access_no", AccessFeature)
    both = [feature.value for feature in has if feature in lacks]
    if both:
        cells.fault("access_no", f"{', '.join(both)} is in access_yes too. Keep one of the two.")
    return frozenset(has), frozenset(lacks)
