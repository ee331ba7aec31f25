"""What every endpoint is given: the wired application and whoever is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from geo.errors import Json
from service.api.errors import BadRequest
from service.identity.access_tokens import Holder, holder_of
from service.identity.actors import Actor
from service.identity.errors import NotSignedIn
from service.parts import Kith

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="machine_token",
    description="A practice's token, as `kith token create --practice N81011 --days 30` prints it, "
    "or an access token from `POST /oauth2/token`.",
)


def kith_of(request: Request) -> Kith:
    """The application as `create_app` wired it."""
    kith: Kith = request.app.state.kith
    return kith


KithDep = Annotated[Kith, Depends(kith_of)]


def holder(
    request: Request,
    kith: KithDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Holder:
    """Whoever holds the token of this request; no token is `NotSignedIn`, a bad one `BadToken`."""
    if credentials is None:
        raise NotSignedIn(
            "Send a token: `Authorization: Bearer kith_...`. Whoever runs this server makes one "
            "with `kith token create`."
        )
    with kith.store.read() as session:
        found = holder_of(session, credentials.credentials)
    # For the record, should they try what they may not.
    request.state.actor = found.actor
    return found


HolderDep = Annotated[Holder, Depends(holder)]


def signed_in(holder: HolderDep) -> Actor:
    """The same as an actor, for whoever needs no more."""
    return holder.actor


ActorDep = Annotated[Actor, Depends(signed_in)]


class Scoped:
    """A dependency: the holder's scopes reach each of these (`"Patient.r"`); gives the actor.

    A practice's own token has no scopes and reaches as far as its role.
    """

    def __init__(self, *needed: str) -> None:
        self.needed = tuple(each.split(".") for each in needed)

    def __call__(self, holder: HolderDep) -> Actor:
        """Raise `NotAllowed` unless all are reached."""
        for kind, interaction in self.needed:
            holder.require(kind, interaction)
        return holder.actor


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
