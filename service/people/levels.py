"""How much a recipient may be told, in three steps."""

from __future__ import annotations

from enum import StrEnum


class DisclosureLevel(StrEnum):
    """How much a recipient is told."""

    SIGNPOST = "signpost"
    INTRODUCTION = "introduction"
    FULL = "full"

    def covers(self, other: DisclosureLevel) -> bool:
        """Whether a consent to this level is enough for `other`."""
        order = list(DisclosureLevel)
        return order.index(self) >= order.index(other)
