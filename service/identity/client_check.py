"""Whether a signed assertion really is from the system that it names."""

from __future__ import annotations

from service.identity import assertions
from service.identity.assertions import Assertion, Fault, Taken, refuse
from service.identity.client_keys import Keys, is_signed, key_for
from service.identity.clients import ClientRegistered
from service.identity.errors import KeysAway
from service.identity.key_sets import KeySets


def check_signed(
    assertion: Assertion,
    client: ClientRegistered | None,
    *,
    taken: Taken,
    audiences: frozenset[str],
    key_sets: KeySets,
    now_s: float,
    with_subject: bool = True,
) -> tuple[ClientRegistered, str]:
    """The system and the assertion's number, when every rule but the last holds.

    The last, that the number was never used, is for whoever keeps something: `use_up`. It comes
    after the signature, so that nobody can use up a number that is not theirs.

    Parameters
    ----------
    client : ClientRegistered or None
        Whoever `iss` names; None when nobody is registered so.
    with_subject : bool
        Whether `sub` must be the same as `iss`, as at the token endpoint. CDS Hooks has `iat`
        there, and no subject.

    Raises
    ------
    AssertionRefused
        With the first rule that is broken. Keys may be fetched: never call it in a unit of work.
    """
    algorithm, kid = assertions.check_header(assertion, taken)
    if with_subject:
        assertions.client_named(assertion)
    elif assertion.claims.get("iat") is None:
        raise refuse(Fault.ISSUED_MISSING)
    if client is None:
        raise refuse(Fault.CLIENT_UNKNOWN)
    jti = assertions.check_claims(assertion, audiences=audiences, now_s=now_s)
    key = key_for(_keys(assertion, client, key_sets, kid), kid, algorithm)
    if key is None:
        raise refuse(Fault.KID_UNKNOWN)
    if not is_signed(assertion.text, key, algorithm):
        raise refuse(Fault.SIGNATURE)
    return client, jti


def issuer_of(assertion: Assertion) -> str:
    """Who the assertion says it is from, believed in nothing; '' when it says nothing usable."""
    named = assertion.claims.get("iss")
    return named if isinstance(named, str) else ""


def _keys(assertion: Assertion, client: ClientRegistered, key_sets: KeySets, kid: str) -> Keys:
    # An address in the assertion is compared with the registered one, and never followed.
    if "jku" in assertion.header and (
        not client.jwks_url or assertion.header["jku"] != client.jwks_url
    ):
        raise refuse(Fault.JKU)
    if client.keys is not None:
        return client.keys
    try:
        return key_sets.keys(client.jwks_url, kid)
    except KeysAway as error:
        raise refuse(Fault.KEYS_AWAY) from error
