"""Where and how a token is to be had: `.well-known/smart-configuration` below the FHIR address."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from service.api.addresses import token_url
from service.api.context import KithDep
from service.api.documents import problems
from service.api.fhir import BASE
from service.identity.client_keys import ALGORITHMS
from service.identity.scopes import supported

router = APIRouter(prefix=BASE, tags=["tokens"])


class SmartConfiguration(BaseModel):
    """What SMART App Launch 2.2 asks of a server for systems; people do not sign in here."""

    token_endpoint: str = Field(description="An absolute address.")
    grant_types_supported: list[str] = ["client_credentials"]
    token_endpoint_auth_methods_supported: list[str] = ["private_key_jwt"]
    token_endpoint_auth_signing_alg_values_supported: list[str] = list(ALGORITHMS)
    scopes_supported: list[str]
    capabilities: list[str] = ["client-confidential-asymmetric"]
    # Required of every server by the text of the standard, though nobody signs in by a code here.
    code_challenge_methods_supported: list[str] = ["S256"]


@router.get(
    "/.well-known/smart-configuration",
    summary="How a system gets an access token",
    response_model=SmartConfiguration,
    responses=problems("unforeseen", "store-busy"),
)
def get_smart_configuration(request: Request, kith: KithDep) -> Response:
    """Open to anybody, and JSON whatever `Accept` says."""
    told = SmartConfiguration(
        token_endpoint=token_url(request, kith.settings), scopes_supported=supported()
    )
    return JSONResponse(told.model_dump(), headers={"Access-Control-Allow-Origin": "*"})
