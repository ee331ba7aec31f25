"""Why somebody was not let in, or not let further."""

from __future__ import annotations

from geo.errors import DomainError


class IdentityError(DomainError):
    """Who asked, or what they may do, is the matter."""

    slug = "identity-error"
    title = "Not allowed"


class NotSignedIn(IdentityError):
    """No credential came with the request."""

    slug = "not-signed-in"
    title = "A token is needed"


class BadToken(IdentityError):
    """The credential is unknown, expired or withdrawn; which of these is not told."""

    slug = "token-invalid"
    title = "The token was not accepted"


class NotAllowed(IdentityError):
    """The actor is known, and may not do this."""

    slug = "not-allowed"
    title = "Not allowed"


class NotFound(DomainError):
    """There is no such thing, or it is not this actor's to see: the two are told the same way."""

    slug = "not-found"
    title = "Not found"


class BadOdsCode(IdentityError):
    """The text is not shaped like an ODS code."""

    slug = "ods-code-malformed"
    title = "That is not an ODS code"


class UnknownPractice(NotFound):
    """No organisation with this ODS code is in the register."""

    slug = "practice-unknown"
    title = "No such practice"


class BadExpiry(IdentityError):
    """A token cannot last that long, or no time at all."""

    slug = "token-expiry-invalid"
    title = "That is not a possible lifetime"
