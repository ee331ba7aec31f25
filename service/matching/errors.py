"""What matching raises when it is asked for something that cannot be judged."""

from __future__ import annotations

from geo.errors import DomainError


class MatchingError(DomainError):
    """A match was asked for in a way that cannot be answered."""

    slug = "matching-error"
    title = "The match could not be worked out"


class BadWantedNeed(MatchingError):
    """A wanted need carries a confidence that is not a number from 0 to 1."""

    slug = "wanted-need-invalid"
    title = "That need cannot be used"


class BadLimit(MatchingError):
    """A list of fewer than no groups was asked for."""

    slug = "match-limit-invalid"
    title = "That number of groups cannot be shown"


class UnknownParameter(MatchingError):
    """A configuration names a matching parameter that does not exist."""

    slug = "match-parameter-unknown"
    title = "There is no such matching parameter"


class BadParameter(MatchingError):
    """A matching parameter is of the wrong type or outside its range."""

    slug = "match-parameter-invalid"
    title = "That matching parameter cannot be used"
