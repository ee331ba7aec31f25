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


class UnknownRole(IdentityError):
    """No role of this name can be given to staff."""

    slug = "role-unknown"
    title = "No such role"


class BadPlace(IdentityError):
    """A role was given for a place it cannot be given for, or without one it needs."""

    slug = "role-place-invalid"
    title = "That role cannot be given there"


class UnknownStaff(NotFound):
    """Nobody is listed under this number."""

    slug = "staff-unknown"
    title = "No such member of staff"


class BadStaff(IdentityError):
    """A member of staff cannot be listed like this."""

    slug = "staff-invalid"
    title = "That member of staff cannot be added"


class SignInMisconfigured(IdentityError):
    """The settings of signing in cannot work, or would let anybody in."""

    slug = "sign-in-misconfigured"
    title = "Signing in is not set up"


class SignInFailed(IdentityError):
    """Somebody came back from the identity provider with nothing that can be accepted."""

    slug = "sign-in-failed"
    title = "You are not signed in"


class NotListed(SignInFailed):
    """The identity provider knows them, and Kith does not."""

    slug = "staff-not-listed"
    title = "You are not on the list yet"


class SignedOut(NotSignedIn):
    """A page needs somebody who is signed in."""

    slug = "signed-out"
    title = "Sign in first"


class BadForm(IdentityError):
    """A form did not come from a page of ours, or from one that is too old."""

    slug = "form-refused"
    title = "The form was not accepted"


class TooMany(IdentityError):
    """The same thing was asked too often in a short time."""

    slug = "too-many"
    title = "Too many at once"


class BadReason(IdentityError):
    """A reason is needed that somebody else can understand."""

    slug = "reason-missing"
    title = "Say why"


class BadClient(IdentityError):
    """A system cannot be registered like this."""

    slug = "client-invalid"
    title = "That system cannot be registered"


class BadKeys(BadClient):
    """Keys that are not public keys of a kind that is taken, or not fit to be told apart."""

    slug = "client-keys-invalid"
    title = "Those keys cannot be used"


class BadScope(IdentityError):
    """A scope is not written as scopes are, or names what Kith does not have."""

    slug = "scope-invalid"
    title = "That scope cannot be used"


class UnknownClient(NotFound):
    """No system is registered under this id."""

    slug = "client-unknown"
    title = "No such system"


class KeysAway(IdentityError):
    """A system's keys could not be fetched from where it said they are."""

    slug = "client-keys-away"
    title = "The keys cannot be fetched"


class AssertionRefused(IdentityError):
    """A signed assertion does not hold; `fault` says which of its rules it breaks."""

    slug = "assertion-refused"
    title = "The signed assertion was not accepted"
