"""The register as a FHIR directory: groups, where they meet, who runs them, and the NHS."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from geo.point import GridPoint
from service.api.fhir import systems
from service.api.fhir.present.parts import KITH_ID, Resource, coding, concept, meta, reference
from service.identity.model import NhsOrg
from service.register.listed import listed_id
from service.register.listing import Listing
from service.register.model import Organisation, Venue
from service.register.vocabulary import AreaKind, Capacity
from service.settings import Settings

_CAPACITY: Final = {
    Capacity.OPEN: ("capacity", "Has Capacity"),
    Capacity.WAITING_LIST: ("waitlist", "No Capacity - Has Waitlist"),
    Capacity.FULL: ("no-capacity", "No Capacity"),
    # Nobody has said: somebody has to ask before the answer is known.
    Capacity.UNKNOWN: ("additional-assessment-required", "Additional Assessment Required"),
}
_AREAS: Final = {
    AreaKind.POSTCODE_DISTRICT: f"{systems.KITH}/Id/postcode-district",
    AreaKind.LOCAL_AUTHORITY: f"{systems.KITH}/Id/local-authority",
}
_INVENTED: Final = coding(systems.TAG, "invented", "An example that does not exist")


def healthcare_service(listing: Listing) -> Resource:
    """One group of the register."""
    asset = listing.asset
    identity = listed_id(asset.code, asset.asset_id)
    found: Resource = {
        "resourceType": "HealthcareService",
        "id": identity,
        "meta": _labelled("HealthcareService", asset.updated_at, invented=listing.is_invented),
        "extension": _extensions(listing),
        "identifier": [{"system": systems.ASSET_CODE, "value": asset.code}],
        "active": not asset.is_retired,
        "providedBy": reference(
            "Organization", f"org-{asset.organisation_id}", listing.organisation_name
        ),
        "category": [concept(coding(systems.ASSET_KIND, asset.kind.value))],
        "name": asset.name,
        "location": [
            reference("Location", f"loc-{each.venue_id}", each.name) for each in listing.venues
        ],
    }
    if asset.group_kind:
        found["type"] = [concept(coding(systems.GROUP_KIND, asset.group_kind))]
    if asset.summary:
        found["comment"] = asset.summary
    details = [f"To get in touch: {asset.contact}"] if asset.contact else []
    details += [f"Cost: {asset.cost_note}"] if asset.cost_note else []
    if details:
        found["extraDetails"] = "  \n".join(details)
    if asset.website:
        found["telecom"] = [{"system": "url", "value": asset.website}]
    found["characteristic"] = [
        concept(coding(systems.ACCESS, feature)) for feature in listing.access
    ]
    found["coverageArea"] = [
        {
            "type": "Location",
            "identifier": {"system": _AREAS[each.kind], "value": each.value},
            "display": each.value,
        }
        for each in listing.areas
        if each.kind in _AREAS
    ]
    return _tidy(found)


def location(venue: Venue, *, at: datetime | None) -> Resource:
    """One place where groups meet; its position where that is known."""
    found: Resource = {
        "resourceType": "Location",
        "id": f"loc-{venue.venue_id}",
        "meta": meta("Location", at=at),
        "status": "active",
        "mode": "instance",
        "name": venue.name,
    }
    address: Resource = {}
    if venue.address:
        address["text"] = venue.address
    if venue.postcode:
        address["postalCode"] = venue.postcode
    if address:
        found["address"] = address
    if venue.easting_m is not None and venue.northing_m is not None:
        degrees = GridPoint(venue.easting_m, venue.northing_m).to_lonlat()
        position: Resource = {
            "longitude": round(degrees.lon, 6),
            "latitude": round(degrees.lat, 6),
        }
        if venue.accuracy_m is not None:
            position["extension"] = [
                {"url": systems.ACCURACY_EXTENSION, "valueDecimal": venue.accuracy_m}
            ]
        found["position"] = position
    return found


def nhs_organization(org: NhsOrg) -> Resource:
    """An organisation of the NHS, as the Organisation Data Service publishes it."""
    found: Resource = {
        "resourceType": "Organization",
        "id": org.ods_code,
        "meta": meta("Organization"),
        "identifier": [{"system": systems.ODS_ORGANISATION, "value": org.ods_code}],
        "active": org.is_active,
        "type": [concept(text=org.kind.value.upper() if len(org.kind) <= 3 else org.kind.value)],
        "name": org.name,
    }
    address: Resource = {}
    if org.address:
        address["text"] = org.address
    if org.postcode:
        address["postalCode"] = org.postcode
    if address:
        found["address"] = [address]
    if org.parent_code:
        found["partOf"] = reference("Organization", org.parent_code)
    return found


def group_organization(row: Organisation, *, at: datetime | None) -> Resource:
    """Who runs groups of the register."""
    found: Resource = {
        "resourceType": "Organization",
        "id": f"org-{row.organisation_id}",
        "meta": _labelled("Organization", at, invented=row.invented),
        "active": True,
        "name": row.name,
    }
    if row.website:
        found["telecom"] = [{"system": "url", "value": row.website}]
    return found


def own_organization(settings: Settings) -> Resource:
    """The link workers' own organisation, as this installation names it."""
    found: Resource = {
        "resourceType": "Organization",
        "id": KITH_ID,
        "meta": meta("Organization"),
        "active": True,
        "name": settings.organisation_name,
    }
    if settings.organisation_ods:
        found["identifier"] = [
            {"system": systems.ODS_ORGANISATION, "value": settings.organisation_ods}
        ]
    return found


def own_service(settings: Settings) -> Resource:
    """What that organisation does."""
    return {
        "resourceType": "HealthcareService",
        "id": KITH_ID,
        "meta": meta("HealthcareService"),
        "active": True,
        "providedBy": reference("Organization", KITH_ID, settings.organisation_name),
        "name": f"Social prescribing: {settings.organisation_name}",
    }


def _labelled(kind: str, at: datetime | None, *, invented: bool) -> Resource:
    found = meta(kind, at=at)
    return {**found, "tag": [_INVENTED]} if invented else found


def _extensions(listing: Listing) -> list[Resource]:
    asset = listing.asset
    code, display = _CAPACITY[asset.capacity]
    found: list[Resource] = [
        {
            "url": systems.CAPACITY_EXTENSION,
            "extension": [
                {
                    "url": "capacityStatus",
                    "valueCodeableConcept": concept(coding(systems.GRAVITY, code, display)),
                }
            ],
        }
    ]
    if asset.assured_on is not None:
        found.append({"url": systems.ASSURED_EXTENSION, "valueDate": asset.assured_on.isoformat()})
    return found


def _tidy(found: Resource) -> Resource:
    return {name: value for name, value in found.items() if value != []}
