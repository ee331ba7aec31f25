"""In which shape a failure is told where no route has told it: by the address that was asked."""

from __future__ import annotations

from fastapi import Response

from geo.errors import DomainError
from service.api.fhir import BASE
from service.api.fhir.route import told
from service.api.problems import from_domain


def tell(path: str, error: DomainError) -> Response:
    """An OperationOutcome below the FHIR address, a problem elsewhere."""
    return told(error) if path.startswith(f"{BASE}/") or path == BASE else from_domain(error)
