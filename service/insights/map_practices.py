"""Whose maps somebody plans with: the practices of their places."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import UnknownPractice
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import Permission, PlaceRule
from service.insights.queries import MOST_LISTED, PracticeView, practice, view_of


def practices_for(session: Session, *, by: Actor) -> tuple[PracticeView, ...]:
    """The active practices of an actor's places, by name, at most `MOST_LISTED`. One statement.

    A role that is given for no place, such as the steward's, has the practices of every place:
    there is nothing about people on a map.

    Raises
    ------
    NotAllowed
        Without `Permission.READ_MAPS`.
    """
    by.require(Permission.READ_MAPS)
    statement = select(NhsOrg).where(NhsOrg.kind == NhsOrgKind.PRACTICE, NhsOrg.is_active)
    if not _everywhere(by):
        statement = statement.where(NhsOrg.ods_code.in_(sorted(by.places(Permission.READ_MAPS))))
    rows = session.scalars(statement.order_by(NhsOrg.name, NhsOrg.ods_code).limit(MOST_LISTED))
    return tuple(view_of(row) for row in rows)


def practice_for(session: Session, *, by: Actor, code: OdsCode) -> PracticeView:
    """One practice of an actor's places. One statement.

    Raises
    ------
    NotAllowed
    UnknownPractice
        If there is none, or it is in nobody's place but others'.
    """
    by.require(Permission.READ_MAPS)
    if not _everywhere(by) and code not in by.places(Permission.READ_MAPS):
        raise UnknownPractice(f"Practice {code} is not in your places.", practice=str(code))
    return practice(session, code)


def _everywhere(by: Actor) -> bool:
    return any(
        Permission.READ_MAPS in grant.role.permissions and grant.role.place is PlaceRule.NOT_USED
        for grant in by.grants()
    )
