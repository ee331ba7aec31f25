"""What the standard has besides, and Kith does not: refused by name."""

from __future__ import annotations

from fastapi import Request

from service.api.fhir.bars.errors import NotBuilt
from service.api.fhir.bars.headers import check_version
from service.api.fhir.bars.route import bars_router
from service.api.fhir.context import CallerDep
from service.api.fhir.media import FhirResponse

router = bars_router()

NOT_BUILT = ("Slot", "Appointment", "DocumentReference", "Endpoint", "HealthcareService")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def not_built(request: Request, caller: CallerDep) -> FhirResponse:
    """Say that this is not done here."""
    check_version(request)
    raise NotBuilt("Kith takes referrals as messages, and does not do this.")


for _kind in NOT_BUILT:
    for _path in (f"/{_kind}", f"/{_kind}/{{rest:path}}"):
        router.add_api_route(
            _path,
            not_built,
            methods=_METHODS,
            name=f"bars_{_kind.lower()}",
            include_in_schema=False,
        )
for _path, _methods in (
    ("/ServiceRequest", ["POST"]),
    ("/ServiceRequest/{rest:path}", ["PUT", "PATCH", "DELETE"]),
):
    router.add_api_route(
        _path, not_built, methods=_methods, name="bars_service_request", include_in_schema=False
    )
