"""What a provider says of somebody, and what Kith makes of it.

With the settings as they come, and with those for NHS Care Identity Service 2 (CIS2). The columns
are setting names without KITH_OIDC_.

| Kith needs            | setting          | as it comes          | with CIS2                      |
| --------------------- | ---------------- | -------------------- | ------------------------------ |
| who it is, for good   | SUBJECT_CLAIM    | sub                  | sub: the person's UID          |
| the name to show      | NAME_CLAIM       | name                 | name (userinfo, scope profile) |
| e-mail                | EMAIL_CLAIM      | email                | email (userinfo, scope email)  |
| how sure it is        | ASSURANCE_CLAIM  | not asked            | authentication_assurance_level |
| what is sure enough   | ASSURANCE_VALUES | -                    | ["2", "3"], or ["3"]           |
| what is asked for     | ACR_VALUES       | not asked            | AAL2_OR_AAL3_ANY, or AAL3_ANY  |
| how Kith shows itself | CLIENT_AUTH      | client_secret_basic  | client_secret_post             |
| scopes                | SCOPES           | openid profile email | openid profile email           |

Scopes and their claims are those of NHS England's page "Scopes and claims", the levels those of its
page "Authenticator guidance for developers" (digital.nhs.uk, CIS2 Authentication, guidance for
developers; read in November 2026). `nhsid_useruid` would need the scope nhsperson. That the level
stands in the id token, as "3" or as 3, and how a client shows itself, is taken from public code of
services that sign people in with CIS2; it has not been tried against CIS2 itself.

CIS2's roles (`nhsid_nrbac_roles`, scope nationalrbacaccess) are not used: what somebody may do in
Kith is granted in Kith, for a place, where their lead can see it.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.identity.errors import SignInFailed
from service.identity.sign_in import Vouched
from service.settings import Settings

LONGEST = 255


def vouched(claims: Mapping[str, object], settings: Settings, *, issuer: str) -> Vouched:
    """Who somebody is, of claims whose signature has been checked.

    Parameters
    ----------
    issuer : str
        The name under which this provider's people are listed.

    Raises
    ------
    SignInFailed
        If there is no subject, or they were not identified surely enough.
    """
    subject = _text(claims, settings.oidc_subject_claim)
    if not subject or len(subject) > LONGEST:
        raise SignInFailed(
            "Your organisation did not say who you are. Tell your IT help desk.", why="no-subject"
        )
    if settings.oidc_assurance_claim:
        _require_sure(claims, settings)
    name = _text(claims, settings.oidc_name_claim) or " ".join(
        filter(None, (_text(claims, "given_name"), _text(claims, "family_name")))
    )
    return Vouched(issuer, subject, name[:120], _text(claims, settings.oidc_email_claim)[:254])


def _require_sure(claims: Mapping[str, object], settings: Settings) -> None:
    said = claims.get(settings.oidc_assurance_claim)
    values = {str(each) for each in said} if isinstance(said, list) else {str(said)}
    if said is None or not values & set(settings.oidc_assurance_values):
        raise SignInFailed(
            "You signed in in a way that is not sure enough for records about people. Sign in "
            "with your smartcard or security key.",
            why="assurance",
        )


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return str(value).strip() if isinstance(value, (str, int)) else ""
