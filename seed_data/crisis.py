"""Where help is now: who to ring when somebody is in danger, one list for every door.

The words and numbers live in `crisis_routes.toml`, each with the place that publishes it; this
module only reads them, once, when first asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from seed_data.errors import SeedDataBroken

EVERY = "*"
"""Stands among a route's flags for all of them."""


@dataclass(frozen=True, slots=True)
class CrisisRoute:
    """One way to help now.

    Attributes
    ----------
    when : str
        The beginning of a sentence that ends with whom to ring.
    number : str
        As people read it ("116 123"); empty where each council has one of its own.
    option : str
        What to choose when asked; empty for nothing.
    source, seen : str
        Where the number is published, and the month it was last compared with that.
    flags : frozenset of str
        The danger signs it is shown for; `EVERY` for all.
    public : bool
        Whether it stands on the form that anybody may fill in.
    """

    id: str
    who: str
    when: str
    about: str
    source: str
    seen: str
    flags: frozenset[str]
    public: bool
    number: str = ""
    option: str = ""

    @property
    def telephone(self) -> str:
        """The number as a telephone dials it."""
        return self.number.replace(" ", "")

    @property
    def sentence(self) -> str:
        """All of it, in plain words."""
        if not self.number:
            ring = f"ring {self.who}"
        elif self.who == self.number:
            ring = f"ring {self.number}"
        else:
            ring = f"ring {self.who} on {self.number}"
        option = f" and choose option {self.option}" if self.option else ""
        return f"{self.when}, {ring}{option}. {self.about}"


@cache
def routes() -> tuple[CrisisRoute, ...]:
    """Every route, in the order in which to show them.

    Raises
    ------
    SeedDataBroken
        If the file contradicts itself.
    """
    text = files("seed_data").joinpath("crisis_routes.toml").read_text(encoding="utf-8")
    try:
        read = tuple(
            CrisisRoute(**{**each, "flags": frozenset(each["flags"])})
            for each in tomllib.loads(text)["route"]
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise SeedDataBroken(
            "Put crisis_routes.toml right, or install Kith again.", file="crisis_routes.toml"
        ) from fault
    return read


def routes_for(flags: Iterable[str]) -> tuple[CrisisRoute, ...]:
    """The routes for some danger signs, in the order of the list; none without a sign."""
    raised = frozenset(flags)
    if not raised:
        return ()
    return tuple(each for each in routes() if EVERY in each.flags or each.flags & raised)


def public_routes() -> tuple[CrisisRoute, ...]:
    """Those that stand on the form for the public."""
    return tuple(each for each in routes() if each.public)
