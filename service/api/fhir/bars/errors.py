"""What can be wrong with a message, beyond what is wrong with the resources in it."""

from __future__ import annotations

from service.api.fhir.errors import FhirError


class BadHeader(FhirError):
    """A header that every message has is missing, or cannot be read."""

    slug = "bars-header"
    title = "A header is missing or cannot be read"


class NotBuilt(FhirError):
    """The standard has it, and Kith does not."""

    slug = "bars-not-implemented"
    title = "Kith does not do this"


class OtherVersion(FhirError):
    """A version of the standard that Kith does not speak."""

    slug = "bars-version"
    title = "Not a version Kith speaks"


class SameMessage(FhirError):
    """This very message was processed before."""

    slug = "bars-duplicate"
    title = "Processed before"


class OtherMessage(FhirError):
    """It contradicts a message that was processed before."""

    slug = "bars-conflict"
    title = "Contradicts an earlier message"
