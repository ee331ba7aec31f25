"""The provider of this Kith, and what it knows us as: from settings, or the development one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Request

from service.identity.errors import SignInMisconfigured
from service.identity.staff import DEVELOPMENT
from service.settings import Settings
from service.web import development_provider as development
from service.web.sign_in.mode import Mode, mode_of
from service.web.sign_in.oidc import Client, Provider
from service.web.visit import kith_of

RETURN_PATH = "/sign-in/return"


@dataclass(slots=True)
class SignIn:
    """How this Kith signs staff in; kept on the application."""

    mode: Mode
    provider: Provider | None


def settle(app: FastAPI, settings: Settings) -> SignIn:
    """Decide how staff sign in, and keep it on `app`.

    Raises
    ------
    SignInMisconfigured
        If the settings cannot work or would let anybody in: the application does not start.
    """
    mode = mode_of(settings)
    provider = Provider(settings.oidc_issuer) if mode is Mode.OIDC else None
    app.state.sign_in = found = SignIn(mode, provider)
    return found


def sign_in_of(request: Request) -> SignIn:
    """How staff sign in here."""
    found: SignIn = request.app.state.sign_in
    return found


def party(request: Request) -> tuple[Provider, Client, str]:
    """The provider, what it knows us as, and the name its people are listed under.

    Raises
    ------
    SignInMisconfigured
        If staff cannot sign in here at all.
    """
    settled, settings = sign_in_of(request), kith_of(request).settings
    origin = settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    back = f"{origin}{RETURN_PATH}"
    if settled.mode is Mode.DEVELOPMENT:
        development.require_local(request)
        issuer = f"{origin}{development.PATH}"
        client = Client(issuer, development.CLIENT_ID, "", "openid", ("ES256",), back)
        return Provider(issuer), client, DEVELOPMENT
    if settled.provider is None:
        raise SignInMisconfigured(
            "Staff cannot sign in here yet. Whoever runs Kith sets KITH_OIDC_ISSUER."
        )
    client = Client(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_scopes,
        settings.oidc_algorithms,
        back,
        settings.oidc_acr_values,
        settings.oidc_client_auth,
    )
    return settled.provider, client, settings.oidc_issuer


def provider_name(request: Request) -> str:
    """What the button on the sign-in page calls it."""
    settled = sign_in_of(request)
    if settled.mode is Mode.DEVELOPMENT:
        return "the development sign-in"
    return urlsplit(kith_of(request).settings.oidc_issuer).hostname or "your organisation"
