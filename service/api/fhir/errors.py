"""What can be wrong with a FHIR request before anything of it reaches a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from service.api.errors import RequestError


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, or noted, as an OperationOutcome tells it.

    Attributes
    ----------
    code : str
        A code of the FHIR issue type list: `required`, `value`, `code-invalid`.
    text : str
        What is wrong and how to put it right. Never what was sent: it may be a name or a number.
    expression : str
        The element's FHIRPath: `Bundle.entry[3].resource.identifier[0].value`.
    severity : str
        `error`, `warning` or `information`.
    """

    code: str
    text: str
    expression: str = ""
    severity: str = "error"


class FhirError(RequestError):
    """A FHIR request that cannot be answered; `issues` list each thing with its element.

    A subclass or a caller that gives no issues has one made of the message.
    """

    slug = "fhir-request"
    title = "The FHIR request cannot be answered"

    def __init__(self, message: str, *, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message)
        self.issues = issues

    @classmethod
    def at(cls, code: str, text: str, expression: str) -> Self:
        """One of a single issue at an element."""
        return cls(text, issues=(Issue(code, text, expression),))


class Unreadable(FhirError):
    """Not JSON, or not the resource that the address takes."""

    slug = "fhir-structure"
    title = "Not a resource that can be read"


class BadBundle(Unreadable):
    """The entries of a Bundle cannot be told apart."""

    slug = "fhir-bundle"
    title = "The Bundle cannot be read"


class BadSearch(FhirError):
    """A search parameter that cannot be used."""

    slug = "fhir-search"
    title = "That cannot be searched for so"


class Invalid(FhirError):
    """A resource breaks its profile or a rule; nothing was kept."""

    slug = "fhir-invalid"
    title = "The resource breaks a rule"


class Duplicate(FhirError):
    """This was sent before; the text names what was made of it then."""

    slug = "fhir-duplicate"
    title = "Sent before"


class Several(FhirError):
    """A condition fits more than one resource: none was made."""

    slug = "fhir-several"
    title = "The condition fits several"


class Stale(FhirError):
    """The version in If-Match is not the current one, or a condition fits several."""

    slug = "fhir-stale"
    title = "Somebody changed it since"


class VersionNeeded(FhirError):
    """An update needs If-Match."""

    slug = "fhir-version-needed"
    title = "An update needs If-Match"


class Gone(FhirError):
    """It was there and was deleted."""

    slug = "fhir-gone"
    title = "It was deleted"


class NotAcceptable(FhirError):
    """The caller takes no format that Kith gives."""

    slug = "fhir-not-acceptable"
    title = "Not a format Kith gives"


class NotFhirJson(FhirError):
    """The body is said to be something else than JSON."""

    slug = "fhir-media-type"
    title = "Not said to be FHIR JSON"


class OutOfScope(FhirError):
    """The token's scopes do not cover this."""

    slug = "fhir-scope"
    title = "The token does not reach that far"
