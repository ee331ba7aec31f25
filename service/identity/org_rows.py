"""The rows of NHS organisations: found, added, brought up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.progress import Progress
from service.identity.codes import OdsCode
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.org_facts import OrgFacts
from service.store.chunks import chunks

_UNNAMED = {
    NhsOrgKind.REGION: "NHS region",
    NhsOrgKind.ICB: "Integrated care board",
    NhsOrgKind.PCN: "Primary care network",
}
"""What an organisation is called while only its code is known."""


def rows_of(session: Session, codes: Collection[str]) -> dict[str, NhsOrg]:
    """The organisations with these codes, by code; unknown codes are left out."""
    found: dict[str, NhsOrg] = {}
    for some in chunks(sorted({str(code) for code in codes})):
        rows = session.scalars(select(NhsOrg).where(NhsOrg.ods_code.in_(some)))
        found.update({row.ods_code: row for row in rows})
    return found


def active_by_kind(session: Session) -> dict[str, int]:
    """How many organisations of each kind are active; kinds with none are left out."""
    active = (
        select(NhsOrg.kind, func.count()).where(NhsOrg.is_active.is_(True)).group_by(NhsOrg.kind)
    )
    return {kind.value: count for kind, count in session.execute(active)}


def close_unlisted(session: Session, listed: Collection[str], *, close: bool) -> int:
    """How many active practices are not among `listed`; with `close` they are inactive now."""
    active = select(NhsOrg).where(NhsOrg.kind == NhsOrgKind.PRACTICE, NhsOrg.is_active.is_(True))
    missing = [row for row in session.scalars(active) if row.ods_code not in listed]
    if close:
        for row in missing:
            row.is_active = False
        session.flush()
    return len(missing)


def write(
    session: Session,
    facts: Sequence[OrgFacts],
    *,
    source: str,
    source_on: date | None,
    progress: Progress,
) -> Counter[str]:
    """Add and change organisations; how many were `added`, `changed`, and the `same`.

    A practice in a network whose file names only its board stays in the network. The board that
    most of a network's practices name becomes the network's parent.
    """
    outcomes: Counter[str] = Counter()
    networks = set(session.scalars(select(NhsOrg.ods_code).where(NhsOrg.kind == NhsOrgKind.PCN)))
    networks |= {each.ods_code for each in facts if each.kind is NhsOrgKind.PCN}
    boards: dict[str, Counter[str]] = {}
    published: dict[str, object] = {"source": source, "source_on": source_on}
    progress.begin("Writing", len(facts))
    for some in chunks(facts):
        rows = rows_of(session, [each.ods_code for each in some])
        for each in some:
            row = rows.get(each.ods_code)
            outcome = "same"
            if row is None:
                row = NhsOrg(ods_code=str(each.ods_code), kind=each.kind, address="", name="")
                session.add(row)
                outcome = "added"
            parent = each.parent_code
            if parent and row.parent_code in networks and parent not in networks:
                if each.is_active:
                    boards.setdefault(row.parent_code, Counter())[parent] += 1
                parent = None
            changed = _set(row, _wanted(row, each, parent) | published)
            outcomes["changed" if changed and outcome == "same" else outcome] += 1
        session.flush()
        progress.advance(len(some))
    for code, network in rows_of(session, boards).items():
        network.parent_code = min(boards[code], key=lambda board: (-boards[code][board], board))
    session.flush()
    progress.end()
    return outcomes


def _set(row: NhsOrg, wanted: dict[str, object]) -> bool:
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _wanted(row: NhsOrg, facts: OrgFacts, parent: OdsCode | None) -> dict[str, object]:
    unnamed = f"{_UNNAMED.get(facts.kind, facts.kind.value)} {facts.ods_code}"
    point: dict[str, object] = {}
    if facts.point is not None:
        point = {"easting_m": facts.point.easting_m, "northing_m": facts.point.northing_m}
    elif facts.postcode != row.postcode:
        # The old point would be a wrong one.
        point = {"easting_m": None, "northing_m": None}
    return {
        "kind": facts.kind,
        "name": facts.name or row.name or unnamed,
        "parent_code": str(parent) if parent else row.parent_code,
        "address": facts.address or row.address,
        "postcode": facts.postcode,
        **point,
        "is_active": facts.is_active,
        "opened_on": facts.opened_on,
        "closed_on": facts.closed_on,
        "list_size": row.list_size if facts.list_size is None else facts.list_size,
    }
