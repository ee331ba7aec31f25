"""What every door that writes shares: the body, who may, and the answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from service.api.fhir.context import Caller
from service.api.fhir.media import FhirResponse, body_of, check_accepts, versioned
from service.api.fhir.pages import base_of
from service.api.fhir.rules.context import Context, Purpose
from service.api.fhir.rules.requests import told_now
from service.api.fhir.shown import Shown, show
from service.parts import Kith
from service.store.work import UnitOfWork

Resource = dict[str, Any]


async def taken_body(request: Request) -> Resource:
    """The resource in the body, once it is known that its answer can be read."""
    check_accepts(request)
    return await body_of(request)


BodyDep = Annotated[Resource, Depends(taken_body)]


def rules_for(kith: Kith, purpose: Purpose) -> Context:
    """What the rules judge by now, on this installation."""
    return told_now(kith.today(), synthetic_only=kith.settings.synthetic_only, purpose=purpose)


def answer(request: Request, kith: Kith, shown: Shown, status: int) -> FhirResponse:
    """A resource that was written, with its version; without its body where none is wanted."""
    base = base_of(request, kith)
    kind, identity = shown.resource["resourceType"], shown.resource["id"]
    headers = versioned(shown.version, shown.updated_at)
    if status == 201:
        headers["Location"] = f"{base}/{kind}/{identity}/_history/{shown.version}"
    found = FhirResponse(shown.resource, status, headers)
    if "return=minimal" in request.headers.get("prefer", "").replace(" ", ""):
        found.body = b""
        found.headers["Content-Length"] = "0"
    return found


def reread(work: UnitOfWork, caller: Caller, kind: str, identity: str) -> Shown:
    """What was written, as it stands now. That it was written is in the record already."""
    return show(work.session, caller.actor, kind, identity)
