"""What every endpoint is given: the wired application and whoever is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from geo.errors import Json
from service.api.errors import BadRequest
from service.identity.actors import Actor
from service.identity.errors import NotSignedIn
from service.identity.tokens import actor_of
from service.parts import Kith

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="machine_token",
    description="A practice's token, as `kith token create --practice N81011 --days 30` prints it.",
)


def kith_of(request: Request) -> Kith:
    """The application as `create_app` wired it."""
    kith: Kith = request.app.state.kith
    return kith


KithDep = Annotated[Kith, Depends(kith_of)]


def signed_in(
    request: Request,
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
        actor = actor_of(session, credentials.credentials)
    # For the record, should they try what they may not.
    request.state.actor = actor
    return actor


ActorDep = Annotated[Actor, Depends(signed_in)]


def only_known_parameters(request: Request) -> None:
    """Refuse a parameter that the endpoint does not have, or one of a single value given twice.

    A misspelt filter that is passed over would answer another question than the one asked.
    """
    known = _takes_several(request)
    asked = request.query_params
    wrong: list[Json] = []
    for name in dict.fromkeys(asked):
        if name not in known:
            what = "There is no such parameter. Check its spelling, or leave it out."
        elif not known[name] and len(asked.getlist(name)) > 1:
            what = "Give this once."
        else:
            continue
        wrong.append({"where": f"query.{name[:80]}", "what": what})
    if wrong:
        raise BadRequest("Something is wrong with what stands after the “?”.", errors=wrong[:50])


def _takes_several(request: Request) -> dict[str, bool]:
    """The parameters of the endpoint as the API describes them, and which take several values."""
    path = request.app.openapi()["paths"][request.scope["route"].path]
    described = path[request.method.lower()].get("parameters", [])
    return {
        each["name"]: each["schema"].get("type") == "array"
        for each in described
        if each["in"] == "query"
    }
