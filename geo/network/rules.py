"""Who may use which street: from OpenStreetMap's tags to two yes-or-no answers.

Nothing here reads a file, so each rule can be tested with a handful of tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

FORMAT: Final = 1
"""Raise by one whenever a rule changes: streets stored under the old rules are read anew."""

WALKABLE: Final = frozenset(
    {
        "bridleway",
        "cycleway",
        "footway",
        "living_street",
        "path",
        "pedestrian",
        "primary",
        "primary_link",
        "residential",
        "road",
        "secondary",
        "secondary_link",
        "service",
        "steps",
        "tertiary",
        "tertiary_link",
        "track",
        "trunk",
        "trunk_link",
        "unclassified",
    }
)
"""Values of `highway` on which people walk in Britain unless a sign forbids it. Motorways, and
whatever is planned or being built, are not among them."""

_SHUT: Final = frozenset({"no", "private", "use_sidepath"})
_OPEN: Final = frozenset({"yes", "designated", "permissive"})
_NOT_FOR_WHEELS: Final = frozenset(
    {"stile", "kissing_gate", "turnstile", "full-height_turnstile", "cattle_grid", "log", "block"}
)


class Access(NamedTuple):
    """Whether a street is open on foot, and whether it is open to a wheelchair."""

    on_foot: bool
    on_wheels: bool


NOBODY: Final = Access(False, False)


def access(tags: Mapping[str, str]) -> Access:
    """Who may use a street with these tags.

    Parameters
    ----------
    tags : mapping
        The tags of one OpenStreetMap way.

    Returns
    -------
    Access
        `foot` decides where it is stated; otherwise `access`, and `motorroad=yes` forbids. Private
        ways are out. Steps are open on foot; to wheels only with `wheelchair=yes` or
        `ramp:wheelchair=yes`, and nothing with `wheelchair=no` is. Areas (`area=yes`) are left out:
        one crosses them by no line that the data holds. Kerbs, slopes and surfaces are not judged:
        they are stated too seldom.
    """
    highway = tags.get("highway")
    if highway not in WALKABLE or tags.get("area") == "yes":
        return NOBODY
    foot = tags.get("foot")
    if foot in _SHUT:
        return NOBODY
    stated_open = foot in _OPEN
    if not stated_open and (tags.get("access") in _SHUT or tags.get("motorroad") == "yes"):
        return NOBODY
    wheelchair = tags.get("wheelchair")
    ramp = wheelchair == "yes" or tags.get("ramp:wheelchair") == "yes"
    return Access(True, wheelchair != "no" and (highway != "steps" or ramp))


def stops_wheels(tags: Mapping[str, str]) -> bool:
    """Whether a point on the way (a stile, a kissing gate) lets no wheelchair through.

    Bollards and ordinary gates are taken to let one through.
    """
    return tags.get("barrier") in _NOT_FOR_WHEELS and tags.get("wheelchair") != "yes"
