"""What the API can do, told from the routes themselves so that it cannot lie."""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import version
from typing import Any, Final

from fastapi import Request, Response

from service.api.context import KithDep
from service.api.fhir import routers, systems
from service.api.fhir.interactions import Interaction, declared, does
from service.api.fhir.media import MEDIA_TYPE, FhirResponse, check_accepts
from service.api.fhir.pages import base_of
from service.api.fhir.route import fhir_router
from service.api.fhir.search.parameters import SEARCHES
from service.parts import Kith

router = fhir_router()

SINCE: Final = "2026-11-25"
"""The day this statement took its present shape."""

_SMART: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
    "code": "SMART-on-FHIR",
}


@router.get("/metadata", include_in_schema=False)
@does(Interaction("", "capabilities"))
def metadata(kith: KithDep, request: Request) -> Response:
    """The CapabilityStatement: for anybody, without a token."""
    check_accepts(request)
    return FhirResponse(statement(kith, base_of(request, kith)))


def statement(kith: Kith, base: str) -> dict[str, Any]:
    """The CapabilityStatement of this server at `base`."""
    done: defaultdict[str, list[Interaction]] = defaultdict(list)
    for _route, interactions in declared(routers()):
        for each in interactions:
            if each not in done[each.kind]:
                done[each.kind].append(each)
    system = done.pop("", [])
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {
            "service": [{"coding": [_SMART]}],
            "description": "A Bearer token. Everything but this statement needs one.",
        },
        "resource": [_resource(kind, done[kind]) for kind in sorted(done)],
    }
    codes = [each.code for each in system if each.code == "transaction"]
    if codes:
        rest["interaction"] = [{"code": code} for code in codes]
    operations = _operations(system)
    if operations:
        rest["operation"] = operations
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": SINCE,
        "publisher": kith.settings.organisation_name,
        "kind": "instance",
        "software": {"name": "Kith", "version": version("kith")},
        "implementation": {
            "description": "Referrals to link workers, and what a community has.",
            "url": base,
        },
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE, "json"],
        "rest": [rest],
    }


def _resource(kind: str, interactions: list[Interaction]) -> dict[str, Any]:
    codes = [each.code for each in interactions if each.code != "operation"]
    found: dict[str, Any] = {
        "type": kind,
        "supportedProfile": [systems.profile(kind)],
        "interaction": [{"code": code} for code in dict.fromkeys(codes)],
        "versioning": "versioned-update"
        if "update" in codes
        else "versioned"
        if "vread" in codes
        else "no-version",
        "readHistory": "vread" in codes,
    }
    if "create" in codes:
        found["conditionalCreate"] = any(
            each.conditional for each in interactions if each.code == "create"
        )
    if "update" in codes:
        found["updateCreate"] = False
    if "search-type" in codes:
        found |= _searching(kind)
    operations = _operations(interactions)
    if operations:
        found["operation"] = operations
    return found


def _searching(kind: str) -> dict[str, Any]:
    search = SEARCHES[kind]
    found: dict[str, Any] = {}
    if search.includes:
        found["searchInclude"] = list(search.includes)
    if search.reverse_includes:
        found["searchRevInclude"] = list(search.reverse_includes)
    found["searchParam"] = [
        {
            "name": each.name,
            **({"definition": each.definition} if each.definition else {}),
            "type": each.kind,
        }
        for each in search.parameters
    ]
    return found


def _operations(interactions: list[Interaction]) -> list[dict[str, str]]:
    return [
        {"name": each.operation, "definition": each.definition}
        for each in interactions
        if each.code == "operation"
    ]
