"""NHS organisations taken in as they are published: practices, networks, boards, list sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from geo.errors import Json
from geo.progress import Progress, Quiet
from service.identity import audit, org_rows
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import IdentityError
from service.identity.model import NhsOrgKind
from service.identity.org_facts import OrgFacts, OrgReport
from service.identity.roles import Permission
from service.store.work import UnitOfWork

LEAST_REMAINING_RATIO = 0.5
"""An import after which fewer than this share of the active organisations of a kind remain is
refused. Our own choice: the national count moves by a few in a hundred in a year."""

TOLD = 20
"""How many codes an audit event names; the count is always whole."""
LONGEST_REASON = 300


class OrganisationsRefused(IdentityError):
    """A file of NHS organisations was read, and taking it would do harm: nothing was taken."""

    slug = "organisations-refused"
    title = "Nothing was imported"


def import_organisations(
    work: UnitOfWork,
    *,
    by: Actor,
    facts: Sequence[OrgFacts],
    source: str,
    source_on: date | None = None,
    rejected: int = 0,
    max_reject_ratio: float = 0.5,
    complete: bool = False,
    force_reason: str = "",
    progress: Progress | None = None,
) -> OrgReport:
    """Add and update NHS organisations; codes that are there keep their list size and network.

    The same facts twice change nothing. Organisations that are closed are kept, as inactive.

    Parameters
    ----------
    facts : sequence of OrgFacts
        Each code once.
    source, source_on : str, date
        Which publication this is, and of what day.
    rejected, max_reject_ratio : int, float
        How many practices could not be read, and the share above which the file is refused.
    complete : bool
        The file lists every practice: those it does not list become inactive.
    force_reason : str
        Why the checks against a bad file are passed over; kept in the audit. Empty: they are not.

    Raises
    ------
    NotAllowed
        If `by` may not import.
    OrganisationsRefused
        If there is no practice in it, too many are bad, or fewer than half of the active
        organisations of a kind would remain. Nothing is to be kept of `work` then.
    """
    by.require(Permission.IMPORT)
    session = work.session
    practices = sum(each.kind is NhsOrgKind.PRACTICE for each in facts)
    if not force_reason.strip():
        _require_enough_good(practices, rejected, max_reject_ratio)
    if not practices:
        raise OrganisationsRefused("There is no GP practice in the file. Is it the right file?")
    before = org_rows.active_by_kind(session)
    outcomes = org_rows.write(
        session, facts, source=source, source_on=source_on, progress=progress or Quiet()
    )
    missing = org_rows.close_unlisted(session, {each.ods_code for each in facts}, close=complete)
    after = org_rows.active_by_kind(session)
    if not force_reason.strip():
        _require_enough_left(before, after)
    report = OrgReport(outcomes["added"], outcomes["changed"], outcomes["same"], after, missing)
    forced: dict[str, Json] = {"forced": force_reason.strip()[:LONGEST_REASON]}
    details: dict[str, Json] = {"source": source, **report.as_json()}
    _tell(work, by, "practices.imported", details | forced if force_reason.strip() else details)
    return report


def import_membership(
    work: UnitOfWork,
    *,
    by: Actor,
    networks: Sequence[OrgFacts],
    members: Mapping[OdsCode, OdsCode],
    source: str,
    source_on: date | None = None,
    rejected: int = 0,
    max_reject_ratio: float = 0.5,
) -> list[OdsCode]:
    """Put practices into their primary care networks; networks without a known practice stay out.

    Parameters
    ----------
    networks : sequence of OrgFacts
        The networks; a parent that is not in the register is left out.
    members : mapping
        Practice to network.

    Returns
    -------
    list of OdsCode
        Practices of the file that the register does not have, sorted.

    Raises
    ------
    NotAllowed
        If `by` may not import.
    OrganisationsRefused
        If none of the practices is in the register (import them first), or too many rows are bad.
    """
    by.require(Permission.IMPORT)
    _require_enough_good(len(members), rejected, max_reject_ratio)
    session = work.session
    practices = org_rows.rows_of(session, members)
    _require_some(practices)
    joined = {members[OdsCode(code)] for code in practices}
    parents = {each.parent_code for each in networks if each.parent_code}
    boards = org_rows.rows_of(session, parents)
    facts = [
        each if each.parent_code in boards else replace(each, parent_code=None)
        for each in networks
        if each.ods_code in joined
    ]
    org_rows.write(session, facts, source=source, source_on=source_on, progress=Quiet())
    for code, row in practices.items():
        row.parent_code = str(members[OdsCode(code)])
    session.flush()
    unknown = sorted(code for code in members if code not in practices)
    details: dict[str, Json] = {"practices": len(practices), "networks": len(facts)}
    _tell(work, by, "networks.imported", {"source": source, **details, **_unknown(unknown)})
    return unknown


def import_list_sizes(
    work: UnitOfWork,
    *,
    by: Actor,
    sizes: Mapping[OdsCode, int],
    source: str,
    rejected: int = 0,
    max_reject_ratio: float = 0.5,
) -> list[OdsCode]:
    """Set how many people are registered with each practice.

    Returns
    -------
    list of OdsCode
        Codes of the file that are no practice of the register, sorted.

    Raises
    ------
    NotAllowed
        If `by` may not import.
    OrganisationsRefused
        If none of the codes is in the register (import the practices first), or too many rows are
        bad.
    """
    by.require(Permission.IMPORT)
    _require_enough_good(len(sizes), rejected, max_reject_ratio)
    found = org_rows.rows_of(work.session, sizes)
    rows = {code: row for code, row in found.items() if row.kind is NhsOrgKind.PRACTICE}
    _require_some(rows)
    for code, row in rows.items():
        row.list_size = sizes[OdsCode(code)]
    work.session.flush()
    unknown = sorted(code for code in sizes if code not in rows)
    details: dict[str, Json] = {"source": source, "practices": len(rows)}
    _tell(work, by, "list_sizes.imported", {**details, **_unknown(unknown)})
    return unknown


def _require_enough_good(good: int, bad: int, max_reject_ratio: float) -> None:
    if bad <= max_reject_ratio * (good + bad):
        return
    raise OrganisationsRefused(
        f"{bad:,} of {good + bad:,} rows have something wrong; up to {max_reject_ratio:.0%} may "
        "be left out. Mend the rows that are listed and import again.",
        rejected=bad,
        good=good,
    )


def _require_some(found: Mapping[str, object]) -> None:
    if not found:
        raise OrganisationsRefused(
            "None of the file's practices is in the register. Import the practices first: kith "
            "import practices FILE."
        )


def _require_enough_left(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    if not after.get(NhsOrgKind.PRACTICE):
        raise OrganisationsRefused(
            "No active practice would remain. Check the column “status” of the file."
        )
    for kind, was in before.items():
        now = after.get(kind, 0)
        if now < LEAST_REMAINING_RATIO * was:
            raise OrganisationsRefused(
                f"There are {was:,} active organisations of the kind “{kind}” and {now:,} would "
                "remain. Check that the file is whole, or use --force with the reason.",
                kind=kind,
                before=was,
                after=now,
            )


def _unknown(codes: Sequence[str]) -> dict[str, Json]:
    return {"unknown": len(codes), "unknown_codes": list[Json](codes[:TOLD])}


def _tell(work: UnitOfWork, by: Actor, action: str, details: dict[str, Json]) -> None:
    event = audit.record(work, by=by, action=action, subject="nhs_org", details=details)
    work.announce(action, key=f"{action}:{event.event_id}", body={"subject": "nhs_org"})
