"""What can stand in the way of a figure or a map."""

from __future__ import annotations

from geo.errors import DomainError


class InsightError(DomainError):
    """The figure or map could not be made as asked."""

    slug = "insight-error"
    title = "That could not be shown"


class MapNotWritten(InsightError):
    """The file of a map could not be written where it was asked for."""

    slug = "map-not-written"
    title = "The map was not written"


class PracticeWithoutPlace(InsightError):
    """It is not known where the practice is."""

    slug = "practice-without-place"
    title = "This practice has no position"
