"""Staff: who may use Kith, as what, and where. Only these actions change it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, ScalarSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from service.identity import audit
from service.identity.actors import Actor, Grant, Opened, nobody
from service.identity.codes import OdsCode
from service.identity.errors import BadPlace, BadStaff, UnknownStaff
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.places import roles_with_practices
from service.identity.roles import ROLES, Permission, PlaceRule, staff_role
from service.identity.session_model import StaffSession
from service.identity.staff_model import BreakGlass, StaffMember, StaffRole
from service.store.base import utc_now
from service.store.work import UnitOfWork

DEVELOPMENT = "development"
"""Issuer of the people whom the built-in development sign-in offers."""

_PLACES = (NhsOrgKind.PRACTICE, NhsOrgKind.PCN, NhsOrgKind.ICB)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class StaffView:
    """A member of staff as a list shows them. `roles` are (role, place code), '' for no place."""

    staff_id: int
    display_name: str
    email: str
    issuer: str
    subject: str
    roles: tuple[tuple[str, str], ...]
    is_active: bool


def add_staff(
    work: UnitOfWork, *, by: Actor, issuer: str, subject: str, name: str, email: str = ""
) -> int:
    """List somebody who may sign in; returns their number. They can do nothing until `grant`.

    Somebody who is listed already keeps their number and roles; name and e-mail are brought up to
    date, and if they had been ended they may sign in again.

    Raises
    ------
    NotAllowed
        If `by` may not manage staff.
    BadStaff
        If the subject, issuer or name is empty or too long, or the e-mail is not one.
    """
    by.require(Permission.MANAGE_STAFF)
    issuer, subject, name, email = (each.strip() for each in (issuer, subject, name, email))
    _check(issuer, subject, name, email)
    row = work.session.scalar(
        select(StaffMember).where(StaffMember.issuer == issuer, StaffMember.subject == subject)
    )
    action = "staff.added" if row is None else "staff.changed"
    if row is None:
        row = StaffMember(issuer=issuer, subject=subject, display_name=name, email=email)
        work.session.add(row)
    elif (row.display_name, row.email, row.ended_at) == (name, email, None):
        return row.staff_id
    row.display_name, row.email, row.ended_at = name, email, None
    work.session.flush()
    audit.record(work, by=by, action=action, subject=f"staff:{row.staff_id}")
    return row.staff_id


def grant(work: UnitOfWork, *, by: Actor, staff_id: int, role: str, place: str = "") -> None:
    """Give somebody a role for a place. The same grant twice changes nothing.

    Parameters
    ----------
    place : str
        ODS code of a practice, PCN or ICB: the role holds for every practice below it. Empty for
        a role that is not about people.

    Raises
    ------
    NotAllowed, UnknownStaff, UnknownRole
        As they say.
    BadPlace
        If the place is missing, not wanted, unknown, or no practice, PCN or ICB.
    """
    by.require(Permission.MANAGE_STAFF)
    person, found = _known(work.session, staff_id), staff_role(role)
    code = _place(work.session, found.place, place)
    if work.session.get(StaffRole, (person.staff_id, found.name, code)) is not None:
        return
    work.session.add(StaffRole(staff_id=person.staff_id, role=found.name, place_code=code))
    _tell(work, by, "staff.granted", staff_id, found.name, code)


def revoke(work: UnitOfWork, *, by: Actor, staff_id: int, role: str, place: str = "") -> bool:
    """Take a role for a place away; False when they did not have it. It ends at once.

    Raises
    ------
    NotAllowed, UnknownStaff
        As they say.
    """
    by.require(Permission.MANAGE_STAFF)
    _known(work.session, staff_id)
    code, name = place.strip().upper(), role.strip().lower().replace("-", "_")
    row = work.session.get(StaffRole, (staff_id, name, code))
    if row is None:
        return False
    work.session.delete(row)
    _tell(work, by, "staff.revoked", staff_id, name, code)
    return True


def end_staff(work: UnitOfWork, *, by: Actor, staff_id: int) -> None:
    """Somebody has left: they are signed out everywhere and cannot sign in. Twice changes nothing.

    Raises
    ------
    NotAllowed, UnknownStaff
        As they say.
    """
    by.require(Permission.MANAGE_STAFF)
    person = _known(work.session, staff_id)
    if person.ended_at is not None:
        return
    person.ended_at = now = utc_now()
    for each in work.session.scalars(select(StaffSession).where(StaffSession.staff_id == staff_id)):
        each.ended_at = each.ended_at or now
    audit.record(work, by=by, action="staff.ended", subject=f"staff:{staff_id}")


def staff_list(session: Session) -> tuple[StaffView, ...]:
    """Everybody who is listed, by number, those who have left too. Two statements."""
    roles: dict[int, list[tuple[str, str]]] = {}
    for each in session.scalars(select(StaffRole).order_by(StaffRole.role, StaffRole.place_code)):
        roles.setdefault(each.staff_id, []).append((each.role, each.place_code))
    return tuple(
        StaffView(
            staff_id=row.staff_id,
            display_name=row.display_name,
            email=row.email,
            issuer=row.issuer,
            subject=row.subject,
            roles=tuple(roles.get(row.staff_id, ())),
            is_active=row.ended_at is None,
        )
        for row in session.scalars(select(StaffMember).order_by(StaffMember.staff_id))
    )


def actor_of_staff(session: Session, staff_id: int) -> Actor:
    """A member of staff as an actor: roles, practices below their places, records opened.

    One statement. The main role is the first in the order of `roles.ROLES`; somebody without a
    role is an actor who may do nothing.

    Raises
    ------
    UnknownStaff
        If nobody has this number, or they have left.
    """
    rows = session.execute(facts_of_staff(staff_id)).all()
    return actor_of_facts(staff_id, [(kind, first, second) for kind, first, second in rows])


def actor_of_facts(staff_id: int, facts: Iterable[tuple[str, str, str]]) -> Actor:
    """As `actor_of_staff` from the rows of `facts_of_staff`.

    Raises
    ------
    UnknownStaff
    """
    name, held, opened = _sorted_out(facts)
    if name is None:
        raise UnknownStaff("Nobody with that number is listed here.", staff=staff_id)
    actor_id = f"staff:{staff_id}"
    grants = [
        Grant(role, frozenset(held[role.name])) for role in ROLES.values() if role.name in held
    ]
    if not grants:
        return nobody(actor_id, name)
    main, *also = grants
    return Actor(actor_id, main.role, main.practices, name, tuple(also), frozenset(opened))


def facts_of_staff(staff_id: int | ScalarSelect[int]) -> CompoundSelect[str, str, str]:
    """What makes somebody an actor, as a SELECT of rows of three texts.

    `name` and the name, once, of somebody who has not left; `role`, the role and a practice or "";
    `opened`, a referral and a person whose records they opened.
    """
    roles = roles_with_practices(staff_id).subquery()
    return union_all(
        select(
            literal("name").label("kind"),
            StaffMember.display_name.label("first"),
            literal("").label("second"),
        ).where(StaffMember.staff_id == staff_id, StaffMember.ended_at.is_(None)),
        select(literal("role"), roles.c.role, func.coalesce(roles.c.ods_code, "")),
        select(literal("opened"), BreakGlass.referral_key, BreakGlass.person_key).where(
            BreakGlass.staff_id == staff_id, BreakGlass.ends_at > utc_now()
        ),
    )


def _sorted_out(
    facts: Iterable[tuple[str, str, str]],
) -> tuple[str | None, dict[str, set[OdsCode]], set[Opened]]:
    """The name, practices by role, and the records opened."""
    name: str | None = None
    held: dict[str, set[OdsCode]] = {}
    opened: set[Opened] = set()
    for kind, first, second in facts:
        if kind == "name":
            name = first
        elif kind == "opened":
            opened |= {Opened("referral", first), Opened("person", second)}
        else:
            practices = held.setdefault(first, set())
            practices |= {OdsCode(second)} if second else set()
    return name, held, opened


def _check(issuer: str, subject: str, name: str, email: str) -> None:
    for what, text, most in (
        ("subject", subject, 255),
        ("issuer", issuer, 255),
        ("name", name, 120),
    ):
        if not 1 <= len(text) <= most:
            raise BadStaff(f"Give a {what} of 1 to {most} characters.", field=what)
    if email and (len(email) > 254 or not _EMAIL.fullmatch(email)):
        raise BadStaff("That is not an e-mail address, such as jo@example.org.", field="email")


def _known(session: Session, staff_id: int) -> StaffMember:
    row = session.get(StaffMember, staff_id)
    if row is None:
        raise UnknownStaff(
            f"Nobody is listed with the number {staff_id}. See `kith staff list`.", staff=staff_id
        )
    return row


def _place(session: Session, rule: PlaceRule, place: str) -> str:
    if rule is PlaceRule.NOT_USED:
        if place.strip():
            raise BadPlace("This role is not given for a place. Leave the place out.")
        return ""
    if not place.strip():
        raise BadPlace("Say for which practice, PCN or ICB, by its ODS code.", field="place")
    code = OdsCode(place)
    org = session.get(NhsOrg, code)
    if org is None or org.kind not in _PLACES:
        raise BadPlace(
            f"There is no practice, PCN or ICB with the code {code} in the register.",
            field="place",
            place=str(code),
        )
    return str(code)


def _tell(work: UnitOfWork, by: Actor, action: str, staff_id: int, role: str, code: str) -> None:
    audit.record(
        work,
        by=by,
        action=action,
        subject=f"staff:{staff_id}",
        details={"role": role, "place": code},
    )
