"""What can be wrong with a request before anything of it reaches a room."""

from __future__ import annotations

from geo.errors import DomainError


class RequestError(DomainError):
    """The request could not be read."""

    slug = "request-malformed"
    title = "The request could not be read"


class BodyNotJson(RequestError):
    """The body is not JSON, or not in a form that can be read."""

    slug = "body-not-json"
    title = "The body is not JSON"


class BodyTooLarge(RequestError):
    """The body has more bytes than are taken."""

    slug = "body-too-large"
    title = "The body is too large"


class NotJsonType(RequestError):
    """The body is said to be something else than JSON."""

    slug = "media-type"
    title = "Not a format Kith reads"


class BadRequest(RequestError):
    """Fields or parameters are missing, misspelt or of the wrong kind; each is listed."""

    slug = "request-invalid"
    title = "Check the request"


class NoSuchAddress(RequestError):
    """There is nothing at this address."""

    slug = "address-unknown"
    title = "Nothing is there"


class NoSuchMethod(RequestError):
    """The address is right and does not take this method."""

    slug = "method-not-allowed"
    title = "Not possible here"


class Unforeseen(DomainError):
    """A fault of Kith itself; the request may have been right."""

    slug = "unforeseen"
    title = "Something went wrong"
