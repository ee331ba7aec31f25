"""The typed caller: who asks is a parameter of every action and of every gated query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed
from service.identity.roles import NO_ROLE, OPERATOR, PUBLIC_VISITOR, Permission, Role

_LONGEST_ROLE = 40
"""Characters of a role in the audit."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the practices it holds for. No practice means nowhere: there is no wildcard."""

    role: Role
    practices: frozenset[OdsCode] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """A record outside somebody's places that they opened for a reason, for a short time.

    `kind` is the table it is kept in, `key` its primary key there.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is asking.

    Attributes
    ----------
    actor_id : str
        Stable and not personal: `token:12`, `staff:3`, `operator`.
    role : Role
        What they may do; the first of their roles when they have several.
    practices : frozenset[OdsCode]
        Where they may do it. Empty means nowhere: there is no wildcard.
    name : str
        What others call them. Personal: for pages and records, never for logs or the audit.
    also : tuple of Grant
        Further roles, each with its own practices.
    opened : frozenset of Opened
        Records open to them for a short time although they lie outside their places.
    """

    actor_id: str
    role: Role
    practices: frozenset[OdsCode] = frozenset()
    name: str = ""
    also: tuple[Grant, ...] = ()
    opened: frozenset[Opened] = frozenset()

    def grants(self) -> Iterator[Grant]:
        """Every role with its practices, the main one first."""
        yield Grant(self.role, self.practices)
        yield from self.also

    def may(self, permission: Permission, *, at: OdsCode | None = None) -> bool:
        """Whether this actor holds `permission`, at practice `at` when one is given."""
        return any(
            permission in grant.role.permissions and (at is None or at in grant.practices)
            for grant in self.grants()
        )

    def places(self, permission: Permission) -> frozenset[OdsCode]:
        """The practices where this actor holds `permission`; none when nowhere."""
        held = (g.practices for g in self.grants() if permission in g.role.permissions)
        return frozenset[OdsCode]().union(*held)

    def require(self, permission: Permission, *, at: OdsCode | None = None) -> None:
        """Go no further unless `may`.

        Raises
        ------
        NotAllowed
            With the permission that was missing and, when given, the practice.
        """
        if self.may(permission, at=at):
            return
        if at is not None and self.may(permission):
            credential = "Your role" if self.is_staff else "This token"
            remedy = (
                "Ask whoever leads your team."
                if self.is_staff
                else ("Use a token of that practice.")
            )
            raise NotAllowed(
                f"{credential} is not for practice {at}. {remedy}",
                practice=str(at),
                permission=permission.value,
            )
        raise NotAllowed("You are not allowed to do this.", permission=permission.value)

    @property
    def is_staff(self) -> bool:
        """Whether this is a person who signed in."""
        return self.actor_id.startswith("staff:")

    @property
    def staff_id(self) -> int | None:
        """Their number among the staff; None for machines, the operator and visitors."""
        return int(self.actor_id.removeprefix("staff:")) if self.is_staff else None

    @property
    def role_names(self) -> str:
        """All roles in one short text, as the audit keeps it."""
        names = list(dict.fromkeys(grant.role.name for grant in self.grants()))
        text = "+".join(names)
        return text if len(text) <= _LONGEST_ROLE else f"{names[0]}+{len(names) - 1}"


def operator() -> Actor:
    """The person at the command line of the machine itself."""
    return Actor("operator", OPERATOR)


def worker() -> Actor:
    """What Kith does without anybody asking, beside the server."""
    return Actor("worker", OPERATOR)


def visitor() -> Actor:
    """Anybody who has not said who they are."""
    return Actor("visitor", PUBLIC_VISITOR)


def nobody(actor_id: str, name: str = "") -> Actor:
    """Somebody who is known and has no role."""
    return Actor(actor_id, NO_ROLE, name=name)
