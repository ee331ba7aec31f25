"""Who asks, and how far their token reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from service.api.context import HolderDep
from service.api.fhir.errors import OutOfScope
from service.identity.actors import Actor
from service.identity.scopes import covers


@dataclass(frozen=True, slots=True)
class Caller:
    """A system with a token.

    Attributes
    ----------
    actor : Actor
        What it may do and where.
    scopes : frozenset of str or None
        SMART scopes of its token, as `system/Task.ru`; None for a token made by `kith token
        create`, which reaches as far as its role.
    """

    actor: Actor
    scopes: frozenset[str] | None = None

    def may(self, kind: str, interaction: str) -> bool:
        """Whether the scopes cover it; as `require`, for what is left out and not refused."""
        try:
            self.require(kind, interaction)
        except OutOfScope:
            return False
        return True

    def require(self, kind: str, interaction: str) -> None:
        """Go no further unless the scopes cover it.

        Parameters
        ----------
        kind : str
            A resource type.
        interaction : str
            One of c, r, u, d, s: create, read, update, delete, search.

        Raises
        ------
        OutOfScope
        """
        if self.scopes is None or covers(self.scopes, kind, interaction):
            return
        raise OutOfScope(
            f"The token's scopes do not cover this. It needs system/{kind}.{interaction}."
        )


def caller_of(holder: HolderDep) -> Caller:
    """Whoever holds the token of this request, a practice's own or an access token."""
    return Caller(holder.actor, holder.scopes)


CallerDep = Annotated[Caller, Depends(caller_of)]
