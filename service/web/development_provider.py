"""A development identity provider: real OpenID Connect, and nobody's password is checked.

It exists so that the demonstration can be signed in to and so that the client has something real
to be tested with. It answers only while Kith listens on this machine itself, and only to requests
that come from it and through no proxy.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jwt import JWTClaimsRegistry

from service.identity.codes import OdsCode
from service.identity.errors import NotFound, SignInFailed
from service.identity.places import names_of
from service.identity.roles import ROLES
from service.identity.staff import DEVELOPMENT, StaffView, staff_list
from service.web.guard import KithDep
from service.web.render import page
from service.web.routing import pages
from service.web.sign_in.mode import LOCAL_HOSTS
from service.web.visit import kith_of

PATH = "/development-sign-in"
CLIENT_ID = "kith"
CODE_S, TOKEN_S = 60, 300
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def require_local(request: Request) -> None:
    """Answer only what was asked on this machine, of it, and through no proxy."""
    asker = request.client.host if request.client else ""
    local = request.url.hostname in LOCAL_HOSTS and asker in LOCAL_HOSTS
    if not local or any(each in request.headers for each in _FORWARDED):
        raise NotFound("There is nothing at this address.")


people = pages(public=True, counted=False)
"""What a browser sees."""
machines = APIRouter(include_in_schema=False, dependencies=[Depends(require_local)])
"""What the client asks."""


@machines.get(f"{PATH}/.well-known/openid-configuration")
def describe(request: Request) -> JSONResponse:
    """OpenID Connect Discovery 1.0."""
    issuer = _issuer(request)
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorise",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }
    )


@machines.get(f"{PATH}/jwks")
def jwks(kith: KithDep) -> JSONResponse:
    """The public half of the key."""
    return JSONResponse({"keys": [_key(kith.settings.var_dir).as_dict(private=False)]})


@people.get(f"{PATH}/authorise")
def choose(request: Request, kith: KithDep) -> Response:
    """Everybody who can be signed in as, by role."""
    require_local(request)
    asked = _asked(request, dict(request.query_params))
    with kith.store.read() as session:
        listed = [p for p in staff_list(session) if p.issuer == DEVELOPMENT and p.is_active]
        places = {OdsCode(place) for person in listed for _, place in person.roles if place}
        names = names_of(session, frozenset(places))
    shown = [(person, _roles(person, names)) for person in listed]
    return page(request, "development_sign_in.html", people=shown, asked=asked)


@people.post(f"{PATH}/authorise")
def chosen(request: Request, kith: KithDep) -> Response:
    """Back to the client with a code for whoever was chosen."""
    require_local(request)
    form = {name: str(value) for name, value in request.state.form.items()}
    asked = _asked(request, form)
    with kith.store.read() as session:
        known = {p.subject for p in staff_list(session) if p.issuer == DEVELOPMENT and p.is_active}
    if form.get("subject") not in known:
        raise NotFound("Nobody of that name can be chosen. Go back and choose again.")
    code = {
        "sub": form["subject"],
        "aud": "code",
        "exp": int(time.time()) + CODE_S,
        "nonce": asked["nonce"],
        "challenge": asked["code_challenge"],
        "redirect_uri": asked["redirect_uri"],
    }
    sealed = jwt.encode({"alg": "ES256"}, code, _key(kith.settings.var_dir))
    query = urlencode({"code": sealed, "state": asked["state"]})
    return RedirectResponse(f"{asked['redirect_uri']}?{query}", status_code=303)


@machines.post(f"{PATH}/token")
def redeem(
    request: Request,
    kith: KithDep,
    grant_type: str = Form(),
    code: str = Form(),
    redirect_uri: str = Form(),
    code_verifier: str = Form(),
    client_id: str = Form(),
) -> JSONResponse:
    """An id token for a code, to whoever can show the verifier it was asked with."""
    key = _key(kith.settings.var_dir)
    rules = JWTClaimsRegistry(aud={"essential": True, "value": "code"}, exp={"essential": True})
    try:
        claims = jwt.decode(code, key, algorithms=["ES256"]).claims
        rules.validate(claims)
    except (JoseError, ValueError):
        return _refused("invalid_grant")
    fits = (
        grant_type == "authorization_code"
        and client_id == CLIENT_ID
        and claims["redirect_uri"] == redirect_uri
        and secrets.compare_digest(
            str(claims["challenge"]), str(create_s256_code_challenge(code_verifier))
        )
    )
    if not fits:
        return _refused("invalid_grant")
    with kith.store.read() as session:
        person = next(
            p for p in staff_list(session) if (p.issuer, p.subject) == (DEVELOPMENT, claims["sub"])
        )
    now = int(time.time())
    about: dict[str, Any] = {
        "iss": _issuer(request),
        "aud": CLIENT_ID,
        "sub": person.subject,
        "iat": now,
        "exp": now + TOKEN_S,
        "nonce": claims["nonce"],
        "name": person.display_name,
        "email": person.email,
    }
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, about, key)
    body = {"id_token": token, "access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _refused(why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=400, headers={"Cache-Control": "no-store"})


def _issuer(request: Request) -> str:
    public = kith_of(request).settings.public_url.rstrip("/")
    return f"{public or f'{request.url.scheme}://{request.url.netloc}'}{PATH}"


def _asked(request: Request, given: dict[str, str]) -> dict[str, str]:
    """What the client asked for; it can only be this Kith itself."""
    wanted = ("state", "nonce", "code_challenge", "redirect_uri")
    own = urlsplit(_issuer(request))
    back = urlsplit(given.get("redirect_uri", ""))
    ours = (back.scheme, back.netloc, back.path) == (own.scheme, own.netloc, "/sign-in/return")
    if (
        not ours
        or not all(given.get(each) for each in wanted)
        or given.get("client_id") != CLIENT_ID
        or given.get("code_challenge_method") != "S256"
    ):
        raise SignInFailed("Begin at Kith's own sign-in page.", why="provider")
    also = {"client_id": CLIENT_ID, "code_challenge_method": "S256"}
    return {each: given[each][:500] for each in wanted} | also


def _roles(person: StaffView, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each role in words, with the name of the place it is for."""
    return tuple(
        (ROLES[role].title, names.get(place, place))
        for role, place in person.roles
        if role in ROLES
    )


def _key(var_dir: Path) -> ECKey:
    """The key of this installation's development sign-in: made once, shared by its processes."""
    path = var_dir / "development_sign_in.json"
    if not path.exists():
        made = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"})
        made.ensure_kid()
        fresh = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(made.as_dict(private=True)), encoding="utf-8")
        # A link, so that of two processes which begin together both use the first one's key.
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
