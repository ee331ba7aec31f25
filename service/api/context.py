"""What every endpoint is given: the wired application and whoever is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.identity.actors import Actor
from service.identity.errors import NotSignedIn
from service.identity.tokens import actor_of
from service.parts import Kith

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="machine token",
    description="A practice's token, as `kith token create --practice N81011 --days 30` prints it.",
)


def kith_of(request: Request) -> Kith:
    """The application as `create_app` wired it."""
    kith: Kith = request.app.state.kith
    return kith


KithDep = Annotated[Kith, Depends(kith_of)]


def signed_in(
    kith: KithDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Actor:
    """Whoever holds the token of this request; no token is `NotSignedIn`, a bad one `BadToken`."""
    if credentials is None:
        raise NotSignedIn(
            "Send a token: `Authorization: Bearer kith_...`. Whoever runs this server makes one "
            "with `kith token create`."
        )
    with kith.store.read() as session:
        return actor_of(session, credentials.credentials)


ActorDep = Annotated[Actor, Depends(signed_in)]
