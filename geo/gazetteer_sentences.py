"""A gazetteer's answers in words, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from geo.gazetteer_reading import Reading
from geo.postcode_elsewhere import POST_ONLY
from geo.postcode_shape import area_of, as_partial

LIVE_BEFORE = " is in use; most of its addresses are within "
LIVE_AFTER = " m of the point."


def live(name: str, accuracy_m: int) -> str:
    """About a live postcode with a location."""
    return f"{name}{LIVE_BEFORE}{accuracy_m}{LIVE_AFTER}"


def less_than_live(name: str, ended_on: str | None, is_ended: bool, has_point: bool) -> str:
    """About a postcode that is known but is out of use, or has no location, or both."""
    if not is_ended:
        return f"{name} is in use, but its location is not published. Ask for another near by."
    since = f" in {ended_on}" if ended_on else ""
    said = f"{name} went out of use{since}. Ask whether there is a new postcode"
    return said + ("; the point is where it was." if has_point else "; its location is not known.")


def part(name: str, live: int, radius_m: int) -> str:
    """About a sector or district that has live postcodes with locations."""
    return (
        f"{name} is only the first part of {_postcodes(live)}. The point is their middle; most "
        f"lie within {_distance(radius_m)} of it. Add the rest for a better one."
    )


def part_without_point(name: str, live: int) -> str:
    """About a sector or district whose live postcodes have no published location."""
    return f"{name} is the first part of {_postcodes(live)}, but their locations are not published."


def unknown(name: str, known: str | None) -> str:
    """About a well-formed postcode or part that does not exist, and the part that does."""
    purpose = POST_ONLY.get(area_of(name))
    if purpose is not None:
        return f"{name} is {purpose} and is no place. Ask where the person or group really is."
    if known is None:
        return f"There is no postcode {name}, and none in use begins like it. Check it."
    return f"There is no postcode {name}. Check its end, or use {known} alone for a rough position."


def elsewhere(name: str, where: str) -> str:
    """About a code of a place that is not in Great Britain."""
    return f"{name} belongs to {where}, not to Great Britain, so distances cannot be worked out."


def stands_for(name: str, meaning: str) -> str:
    """About one of the NHS's pseudo-postcodes."""
    return f"{name} is the NHS's code for {meaning}. It is no place: ask where the person can go."


def parts_to_try(reading: Reading) -> Iterator[str]:
    """Sector and district that an unknown name belongs to, the narrower first.

    A first part written without a space may have been meant as a sector ("WA86" as WA8 6).
    """
    name = reading.name
    if reading.is_full:
        yield name[:-2]
    if " " in name:
        yield name.partition(" ")[0]
    else:
        split = f"{name[:-1]} {name[-1]}"
        if as_partial(split) == split:
            yield split


def _postcodes(live: int) -> str:
    return "one postcode" if live == 1 else f"{live:,} postcodes"


def _distance(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:.1f} km"
