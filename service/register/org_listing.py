"""Organisations of both kinds in one list: those of the NHS, and those that run groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from service.identity.model import NhsOrg, NhsOrgKind
from service.register.listing import Words
from service.register.model import Organisation

PREFIX = "org-"
"""What stands before the number of one that runs groups."""


@dataclass(frozen=True, slots=True)
class OrgsWanted:
    """Which organisations; every condition that is given must hold, any value of it will do."""

    ids: tuple[str, ...] | None = None
    ods_codes: tuple[str, ...] | None = None
    name: tuple[Words, ...] | None = None
    kinds: tuple[str, ...] | None = None
    postcodes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OrgIds:
    """Ids in order, and how many there are in all."""

    ids: list[str]
    total: int


def listed_orgs(session: Session, wanted: OrgsWanted, *, after: str, limit: int) -> OrgIds:
    """The ids of organisations in order, those after `after`. Two statements."""
    nhs = select(cast(NhsOrg.ods_code, String).label("id")).where(*_of_nhs(wanted))
    # Only the NHS's have a code, a kind and a place.
    is_nhs_only = any(
        each is not None for each in (wanted.ods_codes, wanted.kinds, wanted.postcodes)
    )
    own = literal(PREFIX).concat(cast(Organisation.organisation_id, String))
    conditions: list[ColumnElement[bool]] = [false()] if is_nhs_only else []
    if wanted.ids is not None:
        conditions.append(own.in_(wanted.ids))
    if wanted.name is not None:
        conditions.append(or_(false(), *(e.found_in(Organisation.name) for e in wanted.name)))
    both = union_all(nhs, select(own.label("id")).where(*conditions)).subquery()
    total = session.scalar(select(func.count()).select_from(both)) or 0
    ids = session.scalars(
        select(both.c.id).where(both.c.id > after).order_by(both.c.id).limit(limit)
    )
    return OrgIds(list(ids), total)


def nhs_organisations(session: Session, codes: Sequence[str]) -> list[NhsOrg]:
    """Those of the NHS with these codes. One statement."""
    return list(session.scalars(select(NhsOrg).where(NhsOrg.ods_code.in_(codes))))


def organisations(session: Session, numbers: Sequence[int]) -> list[Organisation]:
    """Those that run groups with these numbers. One statement."""
    return list(
        session.scalars(select(Organisation).where(Organisation.organisation_id.in_(numbers)))
    )


def _of_nhs(wanted: OrgsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        found.append(NhsOrg.ods_code.in_(wanted.ids))
    if wanted.ods_codes is not None:
        found.append(NhsOrg.ods_code.in_(wanted.ods_codes))
    if wanted.name is not None:
        found.append(or_(false(), *(each.found_in(NhsOrg.name) for each in wanted.name)))
    if wanted.kinds is not None:
        found.append(NhsOrg.kind.in_([each for each in NhsOrgKind if each.value in wanted.kinds]))
    if wanted.postcodes is not None:
        starts = (NhsOrg.postcode.startswith(e, autoescape=True) for e in wanted.postcodes)
        found.append(or_(false(), *starts))
    return found
