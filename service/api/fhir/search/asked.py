"""A search as it was asked: which parameters are used, and what stands in its links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from service.api.fhir.errors import BadSearch
from service.api.fhir.search import cursor as cursors
from service.api.fhir.search.cursor import Cursor
from service.api.fhir.search.parameters import HIDDEN, SEARCHES, Parameter

LARGEST_PAGE: Final = 100
_PAGE: Final = 20
"""Resources on a page when nobody says how many; ours."""
_LONGEST: Final = 2_000
_MOST: Final = 60
"""Parameters of one search, and characters of one value; ours, far beyond any honest search."""

_CONTROLS: Final = frozenset(
    {"_count", "_sort", "_include", "_revinclude", "_format", "_page", "_total", "_pretty"}
)
_STRING_WAYS: Final = {"": "starts", "contains": "contains", "exact": "exact"}


@dataclass(frozen=True, slots=True)
class Use:
    """One parameter with its value as it was sent; `way` is the modifier of a text."""

    parameter: Parameter
    name: str
    value: str
    way: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, read.

    Attributes
    ----------
    used : tuple of Use
        The conditions, those that a link hides among them.
    shown : tuple of pairs
        Every parameter that was used and may stand in a link.
    hidden : tuple of pairs
        Those that may not.
    """

    kind: str
    used: tuple[Use, ...]
    count: int
    newest_first: bool
    includes: frozenset[str]
    shown: tuple[tuple[str, str], ...]
    hidden: tuple[tuple[str, str], ...]
    cursor: Cursor = field(default_factory=Cursor)


def asked(
    kind: str, given: Iterable[tuple[str, str]], *, secret: str, strict: bool, by_post: bool
) -> Asked:
    """Read the parameters of a search.

    Parameters
    ----------
    given : pairs of str
        Names and values in the order they came.
    secret : str
        What hidden parameters of a link are encrypted with: the caller's token.
    strict : bool
        Refuse what is not known (`Prefer: handling=strict`); otherwise it is passed over, and is
        not in the links.
    by_post : bool
        Everything that is looked for stays out of the links.

    Raises
    ------
    BadSearch
        If a value cannot be used, or, when strict, a parameter is not known.
    """
    pairs = [(name, value) for name, value in given if value.strip()]
    if len(pairs) > _MOST or any(len(value) > _LONGEST * 3 for _, value in pairs):
        raise BadSearch(f"A search has at most {_MOST} parameters, each reasonably short.")
    if any("\x00" in text for pair in pairs for text in pair):
        raise BadSearch("There is a character in it that no text has. Take it out.")
    cursor = _cursor(pairs, secret)
    search = SEARCHES[kind]
    used: list[Use] = []
    shown: list[tuple[str, str]] = []
    hidden = list(cursor.hidden)
    for name, value in pairs:
        if name in _CONTROLS:
            continue
        use = _use(kind, name, value)
        if use is None:
            if strict:
                known = ", ".join(each.name for each in search.parameters)
                raise BadSearch(f"A {kind} is not searched for by that. Known are: {known}.")
            continue
        is_hidden = by_post or (use.parameter.name in HIDDEN and kind not in _PUBLIC)
        (hidden if is_hidden else shown).append((name, value))
        used.append(use)
    used += [use for name, value in cursor.hidden if (use := _use(kind, name, value)) is not None]
    controls = _controls(kind, pairs, strict=strict)
    return Asked(
        kind=kind,
        used=tuple(used),
        count=_count(pairs),
        newest_first=("_sort", "-_lastUpdated") in controls,
        includes=frozenset(v for n, v in controls if n in {"_include", "_revinclude"}),
        shown=(*shown, *controls),
        hidden=tuple(hidden),
        cursor=cursor,
    )


_PUBLIC: Final = frozenset({"HealthcareService", "Location", "Organization"})
"""Types of the directory: nobody is identified by what is looked for in them."""


def _use(kind: str, name: str, value: str) -> Use | None:
    search = SEARCHES[kind]
    exact = search.named(name)
    if exact is not None:
        return Use(exact, name, value)
    base, _, modifier = name.partition(":")
    parameter = search.named(base)
    if parameter is None or not modifier:
        return None
    if parameter.kind == "string" and modifier in _STRING_WAYS:
        return Use(parameter, name, value, modifier)
    if parameter.kind == "reference" and modifier in _KINDS:
        # `patient:Patient=id` is `patient=Patient/id`.
        return Use(parameter, name, value if "/" in value else f"{modifier}/{value}")
    raise BadSearch(f"`{parameter.name}` takes no `:{modifier[:40]}`. Leave it out.")


_KINDS: Final = frozenset(
    {
        "Patient",
        "ServiceRequest",
        "Task",
        "Organization",
        "HealthcareService",
        "Location",
        "PractitionerRole",
        "Practitioner",
    }
)


def way_of(use: Use) -> str:
    """How a text is looked for."""
    return _STRING_WAYS[use.way]


def _cursor(pairs: list[tuple[str, str]], secret: str) -> Cursor:
    pages = [value for name, value in pairs if name == "_page"]
    if len(pages) > 1:
        raise BadSearch("Give `_page` once, as it stands in a link.")
    return cursors.read(pages[0], secret) if pages else Cursor()


def _count(pairs: list[tuple[str, str]]) -> int:
    counts = [value for name, value in pairs if name == "_count"]
    if not counts:
        return _PAGE
    text = counts[-1].strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadSearch(f"Give `_count` a whole number from 0 to {LARGEST_PAGE}.")
    return min(int(text), LARGEST_PAGE)


def _controls(
    kind: str, pairs: list[tuple[str, str]], *, strict: bool
) -> tuple[tuple[str, str], ...]:
    search = SEARCHES[kind]
    known = {
        "_include": search.includes,
        "_revinclude": search.reverse_includes,
        "_sort": ("_lastUpdated", "-_lastUpdated") if search.sorts else ("_id",),
    }
    found: list[tuple[str, str]] = []
    for name, value in pairs:
        if name == "_count":
            found.append((name, str(_count(pairs))))
        elif name in known:
            for each in value.split(","):
                # The type of the target may stand behind: `Task:focus:ServiceRequest`.
                plain = ":".join(each.split(":")[:2])
                if plain in known[name]:
                    found.append((name, plain))
                elif strict:
                    what = ", ".join(known[name]) or "nothing"
                    raise BadSearch(f"For a {kind}, `{name}` can be: {what}.")
    sorts = [pair for pair in found if pair[0] == "_sort"]
    if len(sorts) > 1:
        raise BadSearch("Give `_sort` once.")
    return tuple(dict.fromkeys(found))
