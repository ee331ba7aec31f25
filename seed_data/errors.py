"""What seed data raises when it is asked for something it does not hold."""

from __future__ import annotations

from geo.errors import DomainError


class SeedDataError(DomainError):
    """The data shipped with Kith was asked for something it does not hold."""

    slug = "seed-data-error"
    title = "That is not in the example data"


class UnknownNeed(SeedDataError):
    """The need is not one of the taxonomy's."""

    slug = "need-unknown"
    title = "There is no such need"


class UnknownKind(SeedDataError):
    """The kind of group is not one of the taxonomy's closed list."""

    slug = "group-kind-unknown"
    title = "There is no such kind of group"


class SeedDataBroken(SeedDataError):
    """A shipped file contradicts itself or its manifest."""

    slug = "seed-data-broken"
    title = "The example data is damaged"
