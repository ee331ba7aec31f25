"""Searching the register as a FHIR directory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from geo.distance import MAX_RADIUS_M
from geo.errors import GeoError
from geo.point import GridPoint, LonLat
from service.api.fhir import systems
from service.api.fhir.errors import BadSearch
from service.api.fhir.present import directory as present
from service.api.fhir.present.parts import KITH_ID
from service.api.fhir.search.asked import Use, way_of
from service.api.fhir.search.results import Results, Scope, many
from service.api.fhir.shown import Shown, number_of, numbered
from service.identity.model import NhsOrgKind
from service.register import listing
from service.register.listing import GroupsWanted, PlacesWanted, Words
from service.register.org_listing import (
    OrgsWanted,
    listed_orgs,
    nhs_organisations,
    organisations,
)

T = TypeVar("T")

_METRES: Final = {"km": 1000.0, "m": 1.0, "[mi_us]": 1609.347, "mi": 1609.344}
"""Metres in a unit, by UCUM code (and `mi`, the international mile)."""


def groups(scope: Scope) -> Results:
    """HealthcareServices: the groups of the register. Seven statements at most."""
    asked: dict[str, tuple[Any, ...]] = {}
    active: bool | None = None
    for use in scope.wanted.used:
        name = use.parameter.condition
        if name == "active":
            active = _yes_or_no(use)
        elif name in _GROUP_VALUES:
            field, read = _GROUP_VALUES[name]
            asked[field] = _both(asked.get(field), read(scope, use))
    wanted = GroupsWanted(is_active=active, **asked)
    found = listing.groups(scope.session, wanted, after=_after(scope), limit=scope.wanted.count + 1)
    rows = found.rows[: scope.wanted.count]
    shown = [numbered(present.healthcare_service(each), each.asset.updated_at) for each in rows]
    following = (str(rows[-1].asset.asset_id),) if rows and len(found.rows) > len(rows) else None
    return Results(shown, _hanging_on(scope, rows), found.total, following)


def places(scope: Scope) -> Results:
    """Locations: where groups meet. Three statements."""
    asked: dict[str, Any] = {}
    is_possible = True
    for use in scope.wanted.used:
        name = use.parameter.condition
        if name == "status":
            is_possible = is_possible and any(each.code == "active" for each in scope.tokens(use))
        elif name == "identifier":
            # Places have no identifiers of their own.
            is_possible = False
        elif name == "near":
            if "near" in asked:
                raise BadSearch("Give `near` once.")
            asked["near"] = near(use.value)
        else:
            field, read = _PLACE_VALUES[name]
            asked[field] = _both(asked.get(field), read(scope, use))
    if not is_possible:
        asked["ids"] = ()
    limit = scope.wanted.count + 1
    found = listing.places(scope.session, PlacesWanted(**asked), after=_after(scope), limit=limit)
    rows = found.rows[: scope.wanted.count]
    at = listing.changed_at(scope.session)
    shown = [numbered(present.location(each, at=at), at) for each in rows]
    following = (str(rows[-1].venue_id),) if rows and len(found.rows) > len(rows) else None
    return Results(shown, (), found.total, following)


def organizations(scope: Scope) -> Results:
    """Organizations: of the NHS, and those that run groups. Five statements at most."""
    asked: dict[str, Any] = {}
    for use in scope.wanted.used:
        field, read = _ORG_VALUES[use.parameter.condition]
        asked[field] = _both(asked.get(field), read(scope, use))
    after = scope.wanted.cursor.after
    found = listed_orgs(
        scope.session,
        OrgsWanted(**asked),
        after=after[0] if after else "",
        limit=scope.wanted.count + 1,
    )
    rows = found.ids[: scope.wanted.count]
    by_id = _organizations_shown(scope, rows)
    following = (rows[-1],) if rows and len(found.ids) > len(rows) else None
    return Results([by_id[each] for each in rows if each in by_id], (), found.total, following)


def near(text: str) -> tuple[GridPoint, float]:
    """`latitude|longitude|distance|units`: 10 km when no distance is given, km when no units.

    Raises
    ------
    BadSearch
        If it cannot be read, is outside Britain, or too wide.
    """
    parts = [each.strip() for each in text.split("|")]
    if not 2 <= len(parts) <= 4:
        raise BadSearch("Give `near` as latitude|longitude|distance|units, in degrees (WGS84).")
    try:
        middle = GridPoint.from_lonlat(LonLat.parse(parts[1], parts[0]))
    except GeoError as error:
        raise BadSearch(f"`near`: {error.message}") from error
    units = parts[3] if len(parts) == 4 and parts[3] else "km"
    if units not in _METRES:
        raise BadSearch("`near` takes the units km and m.")
    try:
        radius_m = float(parts[2]) * _METRES[units] if len(parts) > 2 and parts[2] else 10_000.0
    except ValueError as error:
        raise BadSearch("`near` needs a number as its distance.") from error
    if not 0 <= radius_m <= MAX_RADIUS_M:
        raise BadSearch(f"`near` reaches from 0 to {MAX_RADIUS_M / 1000:g} km.")
    return middle, radius_m


def _words(_scope: Scope, use: Use) -> tuple[Words, ...]:
    return tuple(Words(each, way_of(use)) for each in many(use))


def _numbers(prefix: str, kind: str) -> Callable[[Scope, Use], tuple[int, ...]]:
    def read(scope: Scope, use: Use) -> tuple[int, ...]:
        found = (
            number_of(each.identity, prefix) for each in scope.references(use) if each.of(kind)
        )
        return tuple(each for each in found if each is not None)

    return read


def _codes(*systems_known: str) -> Callable[[Scope, Use], tuple[str, ...]]:
    def read(scope: Scope, use: Use) -> tuple[str, ...]:
        return tuple(
            each.code
            for each in scope.tokens(use)
            if each.system is None or each.system in systems_known
        )

    return read


def _ids(_scope: Scope, use: Use) -> tuple[str, ...]:
    return tuple(many(use))


def _place_ids(_scope: Scope, use: Use) -> tuple[int, ...]:
    found = (number_of(each, "loc-") for each in many(use))
    return tuple(each for each in found if each is not None)


def _postcodes(_scope: Scope, use: Use) -> tuple[str, ...]:
    return tuple(" ".join(each.upper().split()) for each in many(use))


def _areas(scope: Scope, use: Use) -> tuple[str, ...]:
    # As the identifier of the area, or bare: `WA8`.
    return tuple(each.upper().rpartition("|")[2] for each in many(use))


_GROUP_VALUES: Final[dict[str, tuple[str, Callable[[Scope, Use], tuple[Any, ...]]]]] = {
    "_id": ("ids", _ids),
    "identifier": ("codes", _codes(systems.ASSET_CODE)),
    "name": ("name", _words),
    "organization": ("organisation_ids", _numbers("org-", "Organization")),
    "location": ("venue_ids", _numbers("loc-", "Location")),
    "service-category": ("kinds", _codes(systems.ASSET_KIND)),
    "service-type": ("group_kinds", _codes(systems.GROUP_KIND)),
    "characteristic": ("access", _codes(systems.ACCESS)),
    "coverage-area": ("areas", _areas),
}
_PLACE_VALUES: Final[dict[str, tuple[str, Callable[[Scope, Use], tuple[Any, ...]]]]] = {
    "_id": ("ids", _place_ids),
    "name": ("name", _words),
    "address-postalcode": ("postcodes", _postcodes),
    "organization": ("organisation_ids", _numbers("org-", "Organization")),
}


def _org_kinds(scope: Scope, use: Use) -> tuple[str, ...]:
    known = {each.value for each in NhsOrgKind}
    return tuple(each.code.lower() for each in scope.tokens(use) if each.code.lower() in known)


_ORG_VALUES: Final[dict[str, tuple[str, Callable[[Scope, Use], tuple[Any, ...]]]]] = {
    "_id": ("ids", _ids),
    "identifier": ("ods_codes", _codes(systems.ODS_ORGANISATION)),
    "name": ("name", _words),
    "type": ("kinds", _org_kinds),
    "address-postalcode": ("postcodes", _postcodes),
}


def _both(before: tuple[T, ...] | None, now: tuple[T, ...]) -> tuple[T, ...]:
    """What both of two conditions of one name leave."""
    return now if before is None else tuple(each for each in now if each in before)


def _yes_or_no(use: Use) -> bool:
    said = use.value.rpartition("|")[2].strip().lower()
    if said not in {"true", "false"}:
        raise BadSearch("Give `active` true or false.")
    return said == "true"


def _after(scope: Scope) -> int:
    after = scope.wanted.cursor.after
    if not after:
        return 0
    if len(after) == 1 and after[0].isascii() and after[0].isdigit() and len(after[0]) < 10:
        return int(after[0])
    raise BadSearch("The page in this link is not known. Search again from the start.")


def _hanging_on(scope: Scope, rows: list[Any]) -> list[Shown]:
    found: list[Shown] = []
    if "HealthcareService:location" in scope.wanted.includes:
        at = listing.changed_at(scope.session)
        venues = {venue.venue_id: venue for row in rows for venue in row.venues}
        found += [numbered(present.location(each, at=at), at) for each in venues.values()]
    if "HealthcareService:organization" in scope.wanted.includes:
        ids = [f"org-{each}" for each in {row.asset.organisation_id for row in rows}]
        found += _organizations_shown(scope, sorted(ids)).values()
    return found


def _organizations_shown(scope: Scope, ids: list[str]) -> dict[str, Shown]:
    found: dict[str, Shown] = {}
    numbers = [number for each in ids if (number := number_of(each, "org-")) is not None]
    codes = [each for each in ids if number_of(each, "org-") is None]
    for org in nhs_organisations(scope.session, codes) if codes else ():
        found[org.ods_code] = numbered(present.nhs_organization(org), None)
    if numbers:
        at = listing.changed_at(scope.session)
        for row in organisations(scope.session, numbers):
            shown = numbered(present.group_organization(row, at=at), at)
            found[f"org-{row.organisation_id}"] = shown
    if KITH_ID in ids:
        found[KITH_ID] = numbered(present.own_organization(scope.settings), None)
    return found
