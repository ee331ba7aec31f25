"""In which shape a failure is told where no route has told it: by the address that was asked."""

from __future__ import annotations

from fastapi import Response

from geo.errors import DomainError
from service.api.fhir import BASE
from service.api.fhir.bars import BASE as BARS
from service.api.fhir.bars.route import rec_told
from service.api.fhir.route import told
from service.api.problems import from_domain


def tell(path: str, error: DomainError) -> Response:
    """An OperationOutcome below a FHIR address, a problem elsewhere."""
    if is_below(path, BARS):
        return rec_told(error)
    return told(error) if is_below(path, BASE) else from_domain(error)


def is_below(path: str, base: str) -> bool:
    """Whether an address is `base` or one below it."""
    return path == base or path.startswith(f"{base}/")
