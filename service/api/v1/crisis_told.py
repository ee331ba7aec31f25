"""What version 1 says of where help is now."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from seed_data.crisis import CrisisRoute
from service.api.v1.fields import Told


class CrisisRouteTold(Told):
    """One way to help now: who to ring, when, and where the number is published."""

    id: str
    who: str
    when: str = Field(description="The beginning of a sentence that ends with whom to ring.")
    telephone: str | None = Field(
        description="Digits to dial; null where every council has a number of its own."
    )
    number: str | None = Field(description="The same as people read it.")
    option: str | None = Field(description="What to choose when asked.")
    about: str
    sentence: str = Field(description="All of it, in plain words.")
    source: str = Field(description="Where the number is published.")
    seen: str = Field(description="The month in which it was last compared with that.")


def routes_told(routes: Iterable[CrisisRoute]) -> list[CrisisRouteTold]:
    """Crisis routes in the API's words."""
    return [
        CrisisRouteTold(
            id=each.id,
            who=each.who,
            when=each.when,
            telephone=each.telephone or None,
            number=each.number or None,
            option=each.option or None,
            about=each.about,
            sentence=each.sentence,
            source=each.source,
            seen=each.seen,
        )
        for each in routes
    ]
