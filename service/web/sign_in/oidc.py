"""The OpenID Connect client: authorisation code with PKCE, and an id token that is really checked.

Follows OpenID Connect Core 1.0 section 3.1 and Discovery 1.0; PKCE is RFC 7636 with S256 only.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from service.identity.errors import SignInFailed
from service.identity.sign_in import Attempt
from service.web.sign_in.mode import require_safe

LEEWAY_S = 60
"""Clocks of two computers differ; a minute is what providers commonly allow."""
TIMEOUT_S = 10.0
AGREED_S = 600
"""How long a provider's own description is believed before it is asked again."""

AWAY = "Your organisation's sign-in cannot be reached at the moment. Try again in a few minutes."
UNFIT = "Your organisation's sign-in gave an answer that cannot be trusted. Tell your IT help desk."


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows this Kith as, and what is taken from it."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    algorithms: tuple[str, ...]
    redirect_uri: str
    acr_values: str = ""
    authenticates_by: str = "client_secret_basic"


class Provider:
    """An identity provider, as it describes itself."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._described: dict[str, Any] = {}
        self._described_at = 0.0

    def authorise_url(self, client: Client, attempt: Attempt) -> str:
        """Where a browser is sent to sign in."""
        asked = {"acr_values": client.acr_values} if client.acr_values else {}
        return str(
            prepare_grant_uri(
                self._address("authorization_endpoint"),
                client.client_id,
                "code",
                redirect_uri=client.redirect_uri,
                scope=client.scopes,
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                **asked,
            )
        )

    def redeem(self, client: Client, attempt: Attempt, code: str) -> dict[str, object]:
        """The claims about whoever came back with `code`, every one of them checked.

        Raises
        ------
        SignInFailed
            If the provider refuses the code, cannot be reached, or its token does not hold: its
            signature, issuer, audience, times or nonce.
        """
        body = prepare_token_request(
            "authorization_code",
            "",
            client.redirect_uri,
            code=code,
            code_verifier=attempt.verifier,
            client_id=client.client_id,
            **_in_body(client),
        )
        answer = self._asked(
            "POST",
            self._address("token_endpoint"),
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded", **_basic(client)},
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed(UNFIT, why="no-id-token")
        claims = self._checked(client, attempt, token)
        return self._with_userinfo(claims, answer.get("access_token"))

    def _checked(self, client: Client, attempt: Attempt, token: str) -> dict[str, object]:
        rules = JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": client.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            found = jwt.decode(token, self._keys(), algorithms=list(client.algorithms))
            rules.validate(found.claims)
        except (JoseError, ValueError) as error:
            raise SignInFailed(UNFIT, why="id-token") from error
        claims: dict[str, object] = dict(found.claims)
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != client.client_id:
            raise SignInFailed(UNFIT, why="authorised-party")
        return claims

    def _with_userinfo(self, claims: dict[str, object], access: object) -> dict[str, object]:
        """Providers such as CIS2 tell the name only there. It must be of the same person."""
        if (
            "name" in claims
            or not isinstance(access, str)
            or "userinfo_endpoint" not in self._own()
        ):
            return claims
        more = self._asked(
            "GET",
            self._address("userinfo_endpoint"),
            headers={"Authorization": f"Bearer {access}"},
        )
        if not secrets.compare_digest(str(more.get("sub", "")), str(claims["sub"])):
            raise SignInFailed(UNFIT, why="userinfo")
        return {**more, **claims}

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._asked("GET", self._address("jwks_uri")))  # type: ignore[arg-type]

    def _own(self) -> Mapping[str, Any]:
        if not self._described or time.monotonic() - self._described_at > AGREED_S:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            described = self._asked("GET", address)
            if described.get("issuer") != self.issuer:
                raise SignInFailed(UNFIT, why="issuer")
            self._described, self._described_at = described, time.monotonic()
        return self._described

    def _address(self, name: str) -> str:
        address = self._own().get(name)
        if not isinstance(address, str):
            raise SignInFailed(UNFIT, why="description")
        require_safe(address)
        return address

    def _asked(self, method: str, address: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own
        try:
            answer = httpx.request(method, address, timeout=TIMEOUT_S, **sent)
        except httpx.HTTPError as error:
            raise SignInFailed(AWAY, why="unreachable") from error
        if answer.status_code != 200:
            raise SignInFailed(UNFIT, why=f"status-{answer.status_code}")
        try:
            body = answer.json()
        except ValueError as error:
            raise SignInFailed(UNFIT, why="not-json") from error
        if not isinstance(body, dict):
            raise SignInFailed(UNFIT, why="not-json")
        return body


def _in_body(client: Client) -> dict[str, str]:
    """The client's own credential among what is sent, where the provider wants it there."""
    wanted = client.client_secret and client.authenticates_by == "client_secret_post"
    return {"client_secret": client.client_secret} if wanted else {}


def _basic(client: Client) -> dict[str, str]:
    """The client's own credential (RFC 6749 section 2.3.1); none for a public client."""
    if not client.client_secret or client.authenticates_by == "client_secret_post":
        return {}
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
