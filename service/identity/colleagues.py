"""Who works where, and what people and places are called: for lists of work to share out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from service.identity.codes import OdsCode
from service.identity.model import NhsOrg
from service.identity.roles import ROLES, Permission
from service.identity.staff_model import StaffMember, StaffRole


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be given work. `practices` are those of the ones asked about."""

    actor_id: str
    name: str
    practices: frozenset[str]


def colleagues(
    session: Session, practices: Collection[str], permission: Permission
) -> tuple[Colleague, ...]:
    """Staff who hold `permission` at any of these practices, by name, then by number.

    One statement. Those who have left are not among them. No practice gives nobody.
    """
    up = (
        select(NhsOrg.ods_code.label("practice"), NhsOrg.ods_code.label("code"))
        .where(NhsOrg.ods_code.in_(sorted(practices)))
        .cte("up", recursive=True)
    )
    # UNION, not UNION ALL: a ring of parents in bad data must end.
    up = up.union(
        select(up.c.practice, NhsOrg.parent_code)
        .join(up, NhsOrg.ods_code == up.c.code)
        .where(NhsOrg.parent_code.is_not(None))
    )
    roles = sorted(role.name for role in ROLES.values() if permission in role.permissions)
    rows = session.execute(
        select(StaffMember.staff_id, StaffMember.display_name, up.c.practice)
        .join(StaffRole, StaffRole.staff_id == StaffMember.staff_id)
        .join(up, up.c.code == StaffRole.place_code)
        .where(StaffRole.role.in_(roles), StaffMember.ended_at.is_(None))
        .distinct()
    )
    found: dict[int, tuple[str, set[str]]] = {}
    for staff_id, name, practice in rows:
        found.setdefault(staff_id, (name, set()))[1].add(practice)
    return tuple(
        Colleague(f"staff:{number}", name, frozenset(places))
        for number, (name, places) in sorted(found.items(), key=lambda each: (each[1][0], each[0]))
    )


def works_at(session: Session, actor_id: str, practice: OdsCode) -> bool:
    """Whether this member of staff works with the people of a practice. One statement."""
    return any(
        each.actor_id == actor_id
        for each in colleagues(session, {practice}, Permission.WORK_REFERRALS)
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What codes of practices and identifiers of actors are called."""

    practices: dict[str, str] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)

    def practice(self, code: str) -> str:
        """A practice's name; its code when the register does not have it."""
        return self.practices.get(code, code)

    def person(self, actor_id: str | None) -> str:
        """Who that is: a name for staff, those who have left too; what it is for a machine."""
        if not actor_id:
            return "nobody"
        if actor_id in self.staff:
            return self.staff[actor_id]
        return "a computer system" if actor_id.startswith("token:") else "somebody"


def names_for(session: Session, practices: Collection[str], staff: Collection[str]) -> Names:
    """The names of practices and of actors together. One statement; the unknown are left out."""
    number = literal("staff:") + cast(StaffMember.staff_id, String)
    rows = session.execute(
        union_all(
            select(literal("practice"), cast(NhsOrg.ods_code, String), NhsOrg.name).where(
                NhsOrg.ods_code.in_(sorted(practices))
            ),
            select(literal("staff"), number, StaffMember.display_name).where(
                StaffMember.staff_id.in_(sorted(_numbers(staff)))
            ),
        )
    )
    known = Names()
    for kind, key, name in rows:
        (known.practices if kind == "practice" else known.staff)[key] = name
    return known


def _numbers(staff: Collection[str]) -> set[int]:
    own = {each.removeprefix("staff:") for each in staff if each.startswith("staff:")}
    return {int(each) for each in own if each.isascii() and each.isdecimal()}
