"""From a place to the practices below it."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.orm import Session, aliased

from service.identity.codes import OdsCode
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.staff_model import StaffRole


def roles_with_practices(staff_id: int | ScalarSelect[int]) -> Select[str, str | None]:
    """Each role that somebody has, with every practice at or below the places it is for: a SELECT.

    Closed practices are in: the people who were referred there still need somebody. A role without
    a place, or for a place that the register no longer has, comes once, with no practice.
    """
    below = (
        select(StaffRole.role.label("role"), StaffRole.place_code.label("code"))
        .where(StaffRole.staff_id == staff_id)
        .cte("below", recursive=True)
    )
    child = aliased(NhsOrg)
    # UNION, not UNION ALL: a ring of parents in bad data must end, and one place twice is one.
    below = below.union(
        select(below.c.role, child.ods_code).join(below, child.parent_code == below.c.code)
    )
    return select(below.c.role, NhsOrg.ods_code).outerjoin(
        NhsOrg, (NhsOrg.ods_code == below.c.code) & (NhsOrg.kind == NhsOrgKind.PRACTICE)
    )


def names_of(session: Session, codes: frozenset[OdsCode]) -> dict[str, str]:
    """Names of organisations by code; one that is not in the register is left out."""
    rows = session.execute(
        select(NhsOrg.ods_code, NhsOrg.name).where(NhsOrg.ods_code.in_(sorted(codes)))
    )
    return {row.ods_code: row.name for row in rows}
