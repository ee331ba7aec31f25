"""How staff sign in here, decided once from the settings, and refused where it would let all in."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from service.identity.errors import SignInMisconfigured
from service.settings import Settings

LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class Mode(StrEnum):
    """How staff sign in."""

    DEVELOPMENT = "development"
    OIDC = "oidc"
    OFF = "off"


def mode_of(settings: Settings) -> Mode:
    """The mode that the settings come to.

    Raises
    ------
    SignInMisconfigured
        If the development sign-in is asked for where others could reach it, or a provider is asked
        for and not named, or an assurance claim without the values that are taken.
    """
    asked = settings.sign_in
    if asked == "auto":
        asked = "oidc" if settings.oidc_issuer else "development" if is_local(settings) else "off"
    if asked == "development" and not is_local(settings):
        raise SignInMisconfigured(
            "KITH_SIGN_IN=development lets anybody in who can reach the server, so it works only "
            "while Kith listens on this machine itself. Set KITH_HOST=127.0.0.1 and no "
            "KITH_PUBLIC_URL elsewhere, or set KITH_OIDC_ISSUER."
        )
    if asked == "oidc":
        _check(settings)
    return Mode(asked)


def is_local(settings: Settings) -> bool:
    """Whether only this machine can reach the server, as far as the settings say."""
    public = urlsplit(settings.public_url).hostname
    return settings.host in LOCAL_HOSTS and (public is None or public in LOCAL_HOSTS)


def _check(settings: Settings) -> None:
    if not settings.oidc_issuer or not settings.oidc_client_id:
        raise SignInMisconfigured("Set KITH_OIDC_ISSUER and KITH_OIDC_CLIENT_ID to sign in.")
    require_safe(settings.oidc_issuer)
    unsafe = {"none"} | {each for each in settings.oidc_algorithms if each.startswith("HS")}
    if not settings.oidc_algorithms or unsafe & set(settings.oidc_algorithms):
        raise SignInMisconfigured(
            "KITH_OIDC_ALGORITHMS takes signatures with a public key, such as RS256 or ES256."
        )
    if bool(settings.oidc_assurance_claim) != bool(settings.oidc_assurance_values):
        raise SignInMisconfigured(
            "Set KITH_OIDC_ASSURANCE_CLAIM and KITH_OIDC_ASSURANCE_VALUES together, or neither."
        )


def require_safe(address: str) -> None:
    """Refuse an address of the provider that is not over TLS, but for one on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        raise SignInMisconfigured("An identity provider is reached over https.", address=address)
