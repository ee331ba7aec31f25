"""How far a token reaches: SMART scopes of systems, as data and rules.

Written as `system/Task.ru` (SMART App Launch 2.2) or, as older systems do, `system/Task.read`.
Scopes with search conditions behind a `?` are not taken: Kith narrows by practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from geo.errors import Json
from service.identity.errors import BadScope
from service.identity.roles import PRACTICE_SYSTEM, Permission, Role

LETTERS: Final = "cruds"
"""Create, read, update, delete, search: always in this order."""

SUPPORTED: Final = {
    "CapabilityStatement": "r",
    "Condition": "crs",
    "Consent": "crs",
    "DocumentReference": "rs",
    "HealthcareService": "rs",
    "Location": "rs",
    "Organization": "crs",
    "Patient": "crs",
    "Practitioner": "crs",
    "PractitionerRole": "crs",
    "ServiceRequest": "cruds",
    "Task": "cruds",
}
"""What can be asked for, by resource type. That a scope is given does not make a door: no door
deletes."""

LONGEST: Final = 1000
"""Characters of all scopes together."""

_SCOPE: Final = re.compile(r"system/(?P<kind>\*|[A-Z][A-Za-z]+)\.(?P<may>[cruds]+|read|write|\*)")
_OLDER: Final = {"read": "rs", "write": "cud", "*": LETTERS}


def read_scopes(text: str) -> frozenset[str]:
    """The scopes in `text`, each in one spelling; older spellings are turned into letters.

    Raises
    ------
    BadScope
        For the first that is not written as scopes of systems are, or names a resource type that
        Kith does not have.
    """
    found: dict[str, set[str]] = {}
    for each in text.split():
        parts = _SCOPE.fullmatch(each)
        if parts is None or len(text) > LONGEST:
            raise BadScope(
                "A scope is written as system/ServiceRequest.crs: `system/`, a resource type, a "
                "dot, and letters of cruds in that order. Conditions behind a `?` are not taken."
            )
        kind = parts["kind"]
        may = _OLDER.get(parts["may"], parts["may"])
        if "".join(letter for letter in LETTERS if letter in may) != may:
            raise BadScope("Write the letters of a scope once each and in the order of cruds.")
        if kind != "*" and kind not in SUPPORTED:
            raise BadScope(
                f"Kith has nothing of that resource type. It has: {', '.join(sorted(SUPPORTED))}.",
                allowed=list[Json](sorted(SUPPORTED)),
            )
        found.setdefault(kind, set()).update(may)
    return _spelt(found)


def granted(asked: Iterable[str], allowed: Iterable[str]) -> frozenset[str]:
    """What both reach: never more than was asked for, never more than is allowed.

    A star stands for every type; where both have one, so has the answer.
    """
    found: dict[str, set[str]] = {}
    allows = [_parts(each) for each in allowed]
    for kind, may in (_parts(each) for each in asked):
        for other, bounds in allows:
            if kind == other or "*" in {kind, other}:
                both = set(may) & set(bounds)
                if both:
                    found.setdefault(other if kind == "*" else kind, set()).update(both)
    return _spelt(found)


def covers(scopes: Iterable[str], kind: str, interaction: str) -> bool:
    """Whether one of these scopes reaches `interaction`, a letter of cruds, of a resource type."""
    return any(named in {kind, "*"} and interaction in may for named, may in map(_parts, scopes))


def permissions(scopes: Iterable[str], role: Role = PRACTICE_SYSTEM) -> frozenset[Permission]:
    """The most that a system of this role may do anywhere in Kith with these scopes.

    A door asks for the one scope that it needs besides; this is the net below all doors.
    """
    scopes = list(scopes)
    found = set()
    if covers(scopes, "ServiceRequest", "c"):
        found.add(Permission.REFER)
    about_people = ("ServiceRequest", "Task", "Patient", "Consent", "Condition")
    if any(covers(scopes, kind, letter) for kind in about_people for letter in "crus"):
        found.add(Permission.READ_REFERRALS)
    if covers(scopes, "HealthcareService", "s"):
        found.add(Permission.MATCH)
    if covers(scopes, "Task", "u"):
        found |= {Permission.CLOSE_FLAG, Permission.TRIAGE, Permission.WORK_REFERRALS}
    return frozenset(found) & role.permissions


def supported() -> list[str]:
    """Every scope that can be asked for, one a resource type, as it is published."""
    return [f"system/{kind}.{may}" for kind, may in sorted(SUPPORTED.items())]


def _parts(scope: str) -> tuple[str, str]:
    kind, _, may = scope.removeprefix("system/").partition(".")
    return kind, may


def _spelt(found: dict[str, set[str]]) -> frozenset[str]:
    return frozenset(
        f"system/{kind}.{''.join(letter for letter in LETTERS if letter in may)}"
        for kind, may in found.items()
    )
