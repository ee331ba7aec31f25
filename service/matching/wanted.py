"""A need that a match should serve, and how sure anybody is of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.matching.errors import BadWantedNeed


@dataclass(frozen=True, slots=True)
class WantedNeed:
    """A need of the person.

    Attributes
    ----------
    need : str
        An id of the taxonomy.
    confidence : float
        From 0 to 1, both included; 1.0 for a need that a person has confirmed.
    words : str
        The words of the note that led to it; empty when nobody wrote any.

    Raises
    ------
    BadWantedNeed
        If `confidence` is not a number from 0 to 1.
    """

    need: str
    confidence: float
    words: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise BadWantedNeed(
                f"The confidence in the need '{self.need}' is not a number from 0 to 1. "
                "Give 1 for a need that a person has confirmed.",
                need=self.need,
            )


def strongest(wanted: Iterable[WantedNeed]) -> dict[str, WantedNeed]:
    """Each need once, by id, in the order first met: where one is given twice, the surer one.

    Counting a need twice would make one worry look like two. A confidence of 0 is left out, for
    it can serve nothing.
    """
    kept: dict[str, WantedNeed] = {}
    for each in wanted:
        held = kept.get(each.need)
        if each.confidence > 0.0 and (held is None or each.confidence > held.confidence):
            kept[each.need] = each
    return kept
