"""Who calls: a registered system that signs each call (CDS Hooks 2.0, trusting CDS clients)."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.addresses import origin_of
from service.api.context import KithDep
from service.identity import access_tokens, assertions
from service.identity.access_tokens import actor_of_client, note_refusal, use_up
from service.identity.actors import Actor
from service.identity.client_check import check_signed, issuer_of
from service.identity.clients import ClientRegistered, client_named
from service.identity.errors import AssertionRefused, NotSignedIn
from service.identity.roles import Permission
from service.parts import Kith

BASE = "/cds-services"

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="signed_call",
    description="A JWT, signed anew for each call, with ES384 or RS384: iss, aud (the "
    "address of the service), iat, a jti of its own, exp at most 300 seconds ahead.",
)


def calling(
    request: Request,
    kith: KithDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Actor:
    """The system that calls, as an actor of its practices.

    Raises
    ------
    NotSignedIn, AssertionRefused, TooMany, NotAllowed
    """
    if credentials is None:
        raise NotSignedIn(
            "Sign the call: `Authorization: Bearer` and a JWT of a registered system."
        )
    address = request.client.host if request.client else ""
    client: ClientRegistered | None = None
    try:
        assertion = assertions.read(credentials.credentials)
        with kith.store.read() as session:
            client = client_named(session, issuer_of(assertion))
            access_tokens.require_patience(session, _whose(address, client))
        client, jti = check_signed(
            assertion,
            client,
            taken=assertions.CDS_HOOKS,
            audiences=_audiences(request, kith),
            key_sets=kith.key_sets,
            now_s=time.time(),
            with_subject=False,
        )
        with kith.store.work() as work:
            use_up(
                work,
                issuer=client.client_id,
                assertion_id=f"cds|{jti}",
                ends_s=assertions.ends_s(assertion),
            )
    except AssertionRefused as refusal:
        with kith.store.work() as work:
            note_refusal(
                work,
                whose=_whose(address, client),
                client=client,
                what="cds.refused",
                why=str(refusal.fields["fault"]),
            )
        raise AssertionRefused(_words(refusal.message), fault=refusal.fields["fault"]) from refusal
    actor = actor_of_client(client, client.scopes)
    actor.require(Permission.MATCH)
    return actor


CallingDep = Annotated[Actor, Depends(calling)]


def _whose(address: str, client: ClientRegistered | None) -> str:
    return f"cds|{address}|{client.client_id if client else ''}"


def _audiences(request: Request, kith: Kith) -> frozenset[str]:
    """The service that is called, or all of them."""
    base = f"{origin_of(request, kith.settings)}{BASE}"
    service_id = str(request.path_params.get("service_id", ""))
    return frozenset({base, f"{base}/{service_id}", f"{base}/{service_id}/feedback"})


def _words(sentence: str) -> str:
    told = sentence.replace("JWT in client_assertion", "JWT").replace("client_assertion JWT", "JWT")
    return f"{told}."
