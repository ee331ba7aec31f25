"""What each FHIR door does, said beside its route: the CapabilityStatement is made of this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute

_F = TypeVar("_F", bound=Callable[..., Any])
_NAME: Final = "kith_fhir_interactions"

OF_TYPES: Final = (
    "read",
    "vread",
    "update",
    "create",
    "history-instance",
    "search-type",
    "operation",
)
OF_SYSTEM: Final = ("transaction", "capabilities", "operation")


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that a door does.

    Attributes
    ----------
    kind : str
        A resource type; empty for what is done to the server as a whole.
    code : str
        A code of FHIR's: of `OF_TYPES` with a `kind`, of `OF_SYSTEM` without.
    operation : str
        Name of an operation, without the `$`.
    definition : str
        The address of the operation's definition.
    conditional : bool
        A create that takes If-None-Exist.
    """

    kind: str
    code: str
    operation: str = ""
    definition: str = ""
    conditional: bool = False

    def __post_init__(self) -> None:
        known = OF_TYPES if self.kind else OF_SYSTEM
        if self.code not in known or bool(self.operation) != (self.code == "operation"):
            raise ValueError(f"no such interaction: {self.kind} {self.code}")


def does(*interactions: Interaction) -> Callable[[_F], _F]:
    """Say what an endpoint does: `@does(Interaction("Task", "update"))` below its route."""

    def said(endpoint: _F) -> _F:
        setattr(endpoint, _NAME, interactions)
        return endpoint

    return said


def declared(routers: Iterable[APIRouter]) -> Iterator[tuple[APIRoute, tuple[Interaction, ...]]]:
    """Every route with what it says it does; nothing for one that has not said."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route, getattr(route.endpoint, _NAME, ())
