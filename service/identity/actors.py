"""The typed caller: who asks is a parameter of every action and of every gated query."""

from __future__ import annotations

from dataclasses import dataclass

from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed
from service.identity.roles import OPERATOR, PUBLIC_VISITOR, Permission, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is asking.

    Attributes
    ----------
    actor_id : str
        Stable and not personal: `token:12`, `operator`.
    role : Role
        What they may do.
    practices : frozenset[OdsCode]
        Where they may do it. Empty means nowhere: there is no wildcard.
    """

    actor_id: str
    role: Role
    practices: frozenset[OdsCode] = frozenset()

    def may(self, permission: Permission, *, at: OdsCode | None = None) -> bool:
        """Whether this actor holds `permission`, at practice `at` when one is given."""
        if permission not in self.role.permissions:
            return False
        return at is None or at in self.practices

    def require(self, permission: Permission, *, at: OdsCode | None = None) -> None:
        """Go no further unless `may`.

        Raises
        ------
        NotAllowed
            With the permission that was missing and, when given, the practice.
        """
        if self.may(permission, at=at):
            return
        if at is not None and permission in self.role.permissions:
            raise NotAllowed(
                f"This token is not for practice {at}. Use a token of that practice.",
                practice=str(at),
                permission=permission.value,
            )
        raise NotAllowed("You are not allowed to do this.", permission=permission.value)


def operator() -> Actor:
    """The person at the command line of the machine itself."""
    return Actor("operator", OPERATOR)


def visitor() -> Actor:
    """Anybody who has not said who they are."""
    return Actor("visitor", PUBLIC_VISITOR)
