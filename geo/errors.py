"""The root of Kith's one tree of errors, and the part of it that geography raises.

An error is a fact about the world, not about a protocol: it carries a stable slug, a sentence
for the person who asked, and public fields. Which HTTP status, FHIR issue or exit code it becomes
is decided by one table at each edge.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


class DomainError(Exception):
    """Something Kith can explain to whoever asked for it.

    Parameters
    ----------
    message : str
        One or two sentences: what was wrong, where, and how to put it right. Shown to people, so
        it never quotes a note, a name or an NHS number.
    **fields
        Public, JSON-ready facts that a machine can use (the row, the field, the allowed values).
    """

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, **fields: Json) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, Json] = fields


class GeoError(DomainError):
    """A place, distance or map could not be worked out as asked."""

    slug = "geo-error"
    title = "The place could not be used"


class BadPostcode(GeoError):
    """The text is not shaped like a UK postcode."""

    slug = "postcode-malformed"
    title = "That is not a postcode"


class BadCoordinate(GeoError):
    """A coordinate is missing a half, swapped, not a number, or outside Great Britain."""

    slug = "coordinate-invalid"
    title = "That position cannot be right"


class InconsistentCoordinates(BadCoordinate):
    """Two positions given for one place lie too far apart to be the same place."""

    slug = "coordinates-inconsistent"
    title = "The two positions differ"


class BadRadius(GeoError):
    """A radius is negative, not a number, or larger than is allowed."""

    slug = "radius-invalid"
    title = "That distance cannot be used"


class CrsMismatch(GeoError):
    """Two things in different coordinate systems met, or one does not say which it is in."""

    slug = "crs-mismatch"
    title = "The coordinate systems differ"


class BadGeoFile(GeoError):
    """A file of places is not in any published layout Kith knows, or failed its own checks."""

    slug = "geo-file-invalid"
    title = "The file could not be read"


class GazetteerOutdated(GeoError):
    """The gazetteer holds imported files in a form that this version can no longer read."""

    slug = "gazetteer-outdated"
    title = "The postcodes must be imported again"


class GazetteerMissing(GeoError):
    """No gazetteer has been built where one was expected."""

    slug = "gazetteer-missing"
    title = "There are no postcodes to look in"
