"""Assertions that a system signs with its own key (RFC 7523): read, and held to every rule.

The rules and their wording are those of the NHS token endpoint (identity-service-api); the SMART
profile of asymmetric client authentication asks for the same. What each costs is decided where
HTTP is spoken.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from service.identity.client_keys import ALGORITHMS
from service.identity.errors import AssertionRefused

LONGEST_S: Final = 300
"""How far ahead an assertion may end: five minutes, as both profiles say. No skew of clocks is
allowed for here, so that the bound is the bound: senders use four minutes."""

SKEW_S: Final = 60
"""How far ahead of ours a sender's clock may be in `iat` and `nbf`, which tell of its start."""

MOST_CHARACTERS: Final = 8_000
LONGEST_JTI: Final = 255

_OF: Final = "client_assertion JWT"


class Fault(StrEnum):
    """What is wrong with an assertion, in the words the sender is told."""

    MALFORMED = "Malformed JWT in client_assertion"
    ALGORITHM = f"Invalid 'alg' header in {_OF} - unsupported JWT algorithm - must be 'RS512'"
    KID_MISSING = f"Missing 'kid' header in {_OF}"
    KID_UNKNOWN = f"Invalid 'kid' header in {_OF} - no matching public key"
    KEYS_AWAY = "The keys are not to be had at the address that was registered - try again"
    JKU = f"Invalid 'jku' header in {_OF} - not the address of the keys that was registered"
    TYPE = f"Invalid 'typ' header in {_OF} - must be 'JWT'"
    CLIENT_UNKNOWN = f"Invalid 'iss'/'sub' claims in {_OF}"
    CLIENT_MISSING = f"Missing or non-matching 'iss'/'sub' claims in {_OF}"
    JTI_MISSING = f"Missing 'jti' claim in {_OF}"
    JTI_INVALID = f"Invalid 'jti' claim in {_OF} - must be a unique string value such as a GUID"
    JTI_USED = f"Non-unique 'jti' claim in {_OF}"
    AUDIENCE = f"Missing or invalid 'aud' claim in {_OF}"
    EXPIRY_MISSING = f"Missing 'exp' claim in {_OF}"
    EXPIRY_INVALID = f"Invalid 'exp' claim in {_OF} - must be an integer"
    EXPIRED = f"Invalid 'exp' claim in {_OF} - JWT has expired"
    EXPIRY_TOO_FAR = f"Invalid 'exp' claim in {_OF} - more than 5 minutes in future"
    NOT_YET = f"Invalid 'nbf' or 'iat' claim in {_OF} - in the future"
    ISSUED_MISSING = f"Missing 'iat' claim in {_OF}"
    SIGNATURE = f"Invalid signature of {_OF} - it was not made with the key named by 'kid'"


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT as it was sent. Nothing in it is true until its signature has been checked."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """Which algorithms are taken, and how they are named to somebody who used another."""

    algorithms: frozenset[str]

    @property
    def words(self) -> str:
        """What is said of any other."""
        named = " or ".join(f"'{each}'" for each in sorted(self.algorithms, reverse=True))
        return Fault.ALGORITHM.value.replace("'RS512'", named)


NHS: Final = Taken(frozenset({"RS512"}))
SMART: Final = Taken(frozenset(ALGORITHMS))
CDS_HOOKS: Final = Taken(frozenset({"ES384", "RS384"}))


def refuse(fault: Fault, words: str = "") -> AssertionRefused:
    """The refusal for a fault, in its own words unless others are given."""
    return AssertionRefused(words or fault.value, fault=fault.name)


def read(text: str) -> Assertion:
    """The parts of a compact JWS, believed in nothing.

    Raises
    ------
    AssertionRefused
        `MALFORMED`, if it is not two JSON objects and a signature, or a member stands twice.
    """
    parts = text.split(".")
    if len(parts) != 3 or len(text) > MOST_CHARACTERS or not all(parts[:2]):
        raise refuse(Fault.MALFORMED)
    try:
        header, claims = (_object(part) for part in parts[:2])
    except (ValueError, RecursionError) as error:
        raise refuse(Fault.MALFORMED) from error
    return Assertion(text, header, claims)


def check_header(assertion: Assertion, taken: Taken) -> tuple[str, str]:
    """The algorithm and the name of the key, once the header holds.

    Raises
    ------
    AssertionRefused
        `ALGORITHM`, `KID_MISSING`, `TYPE` or `MALFORMED` (critical extensions: none is known).
    """
    header = assertion.header
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in taken.algorithms:
        raise refuse(Fault.ALGORITHM, taken.words)
    if not isinstance(kid, str) or not kid:
        raise refuse(Fault.KID_MISSING)
    if header.get("typ") != "JWT":
        raise refuse(Fault.TYPE)
    if "crit" in header or "b64" in header:
        raise refuse(Fault.MALFORMED)
    return algorithm, kid


def client_named(assertion: Assertion) -> str:
    """Who says to have signed it.

    Raises
    ------
    AssertionRefused
        `CLIENT_MISSING`, if `iss` and `sub` are not the same text.
    """
    issuer, subject = assertion.claims.get("iss"), assertion.claims.get("sub")
    if not isinstance(issuer, str) or not issuer or issuer != subject:
        raise refuse(Fault.CLIENT_MISSING)
    return issuer


def check_claims(assertion: Assertion, *, audiences: frozenset[str], now_s: float) -> str:
    """The `jti`, once number, audience and times hold.

    Parameters
    ----------
    audiences : frozenset of str
        Addresses of ours that it may be meant for; one of them must be in `aud`.
    now_s : float
        Seconds since 1970.

    Raises
    ------
    AssertionRefused
        With the first of: `JTI_...`, `AUDIENCE`, `EXPIRY_...`, `EXPIRED`, `NOT_YET`.
    """
    claims = assertion.claims
    jti = claims.get("jti")
    if jti is None:
        raise refuse(Fault.JTI_MISSING)
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
        raise refuse(Fault.JTI_INVALID)
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each in audiences for each in meant):
        raise refuse(Fault.AUDIENCE)
    _check_times(claims, now_s)
    return jti


def ends_s(assertion: Assertion) -> int:
    """When a checked assertion ends, in seconds since 1970."""
    return int(assertion.claims["exp"])


def _check_times(claims: Mapping[str, Any], now_s: float) -> None:
    ends = claims.get("exp")
    if ends is None:
        raise refuse(Fault.EXPIRY_MISSING)
    if not _is_whole(ends):
        raise refuse(Fault.EXPIRY_INVALID)
    if ends <= now_s:
        raise refuse(Fault.EXPIRED)
    if ends > now_s + LONGEST_S:
        raise refuse(Fault.EXPIRY_TOO_FAR)
    for name in ("iat", "nbf"):
        begins = claims.get(name)
        if begins is not None and not (_is_number(begins) and begins <= now_s + SKEW_S):
            raise refuse(Fault.NOT_YET)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _object(part: str) -> dict[str, Any]:
    """One base64url part as a JSON object; a member that stands twice is refused."""
    if "=" in part:
        raise ValueError("padding")
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found
