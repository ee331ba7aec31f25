"""Public keys of other systems (RFC 7517): which are taken, and which of them signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from geo.errors import Json
from service.identity.errors import BadKeys

ALGORITHMS: Final = {"RS384": "RSA", "ES384": "EC", "RS512": "RSA"}
"""Signatures that are taken, each with the kind of key it needs. Nothing symmetric, never none."""

LEAST_RSA_BITS: Final = 2048
MOST_KEYS: Final = 20
_PUBLIC: Final = {"RSA": ("kty", "kid", "n", "e"), "EC": ("kty", "kid", "crv", "x", "y")}
_OPTIONAL: Final = ("alg", "use")

Keys = Sequence[dict[str, Any]]


def read_keys(text: str) -> list[Json]:
    """A key set as it was given, checked, with nothing kept but what is public and used.

    Raises
    ------
    BadKeys
        If it is not a set of public keys, one of them is of a kind that is not taken, has no
        `kid` or one that another has, or is a private key: that must never leave its owner.
    """
    try:
        document = json.loads(text)
        listed = document["keys"]
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadKeys(
            'The keys are not a JSON Web Key Set. It is a JSON object: {"keys": [...]}.'
        ) from error
    if not 1 <= len(listed) <= MOST_KEYS:
        raise BadKeys(f"Give from 1 to {MOST_KEYS} keys.")
    found = [_checked(each, number) for number, each in enumerate(listed, start=1)]
    if len({each["kid"] for each in found}) != len(found):
        raise BadKeys("Two keys have the same `kid`. Give each its own.")
    return list[Json](found)


def usable(document: object) -> list[dict[str, Any]]:
    """Those keys of a fetched set that can be used; the others are passed over (RFC 7517, 5)."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found = []
    for number, each in enumerate(listed[:MOST_KEYS] if isinstance(listed, list) else ()):
        try:
            found.append(_checked(each, number))
        except BadKeys:
            continue
    return found


def key_for(keys: Keys, kid: str, algorithm: str) -> RSAKey | ECKey | None:
    """The key of that name that can have made such a signature; None when there is none."""
    kind = ALGORITHMS[algorithm]
    for each in keys:
        fits = each["kid"] == kid and each["kty"] == kind
        if fits and each.get("alg") in {None, algorithm}:
            return _imported(each)
    return None


def is_signed(text: str, key: RSAKey | ECKey, algorithm: str) -> bool:
    """Whether the compact JWS `text` was signed with `key`."""
    try:
        jws.deserialize_compact(text, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _checked(given: Any, number: int) -> dict[str, Any]:  # noqa: ANN401 - a part of a JSON document
    named = f"Key number {number}"
    if not isinstance(given, dict):
        raise BadKeys(f"{named} is not a key.")
    if {"d", "p", "q", "k"} & given.keys():
        raise BadKeys(
            f"{named} is a private or a shared key. It has been seen by others now: make a new "
            "pair, and give the public half alone."
        )
    kind = given.get("kty")
    if kind not in _PUBLIC:
        raise BadKeys(f"{named} is of a kind that is not taken. Use RSA, or EC on P-384.")
    kid = given.get("kid")
    if not isinstance(kid, str) or not 1 <= len(kid) <= 255:
        raise BadKeys(f"{named} has no `kid`. Give each key a name of its own.")
    if given.get("use", "sig") != "sig":
        raise BadKeys(f"{named} is not for signatures. Its `use` must be sig.")
    algorithm = given.get("alg")
    if algorithm is not None and ALGORITHMS.get(str(algorithm)) != kind:
        raise BadKeys(f"{named} is for another signature. Use {', '.join(ALGORITHMS)}.")
    kept = {name: given[name] for name in (*_PUBLIC[kind], *_OPTIONAL) if name in given}
    _require_strong(kept, named)
    _imported(kept, named)
    return kept


def _imported(kept: dict[str, Any], named: str = "A key") -> RSAKey | ECKey:
    try:
        if kept["kty"] == "RSA":
            return RSAKey.import_key(kept)
        return ECKey.import_key(kept)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise BadKeys(f"{named} cannot be read. Export it again as a JSON Web Key.") from error


def _require_strong(kept: dict[str, Any], named: str) -> None:
    # Before the library reads it, which warns of a weak key and takes it.
    if kept["kty"] == "EC":
        if kept.get("crv") != "P-384":
            raise BadKeys(f"{named} is on another curve. ES384 needs one on P-384.")
        return
    modulus = kept.get("n")
    bits = len(modulus) * 6 if isinstance(modulus, str) else 0
    # Six bits a letter, and up to four left over.
    if bits < LEAST_RSA_BITS - 4:
        raise BadKeys(f"{named} is too short. An RSA key has {LEAST_RSA_BITS} bits or more.")
