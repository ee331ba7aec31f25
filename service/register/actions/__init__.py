"""The only code that changes the register: permit, do, write down, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from geo.errors import Json
from geo.progress import Progress, Quiet
from service.identity import audit
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register import indexing
from service.register.errors import ImportRefused, RegisterError, UnknownAsset
from service.register.imports.against_register import (
    require_enough_good,
    require_enough_left,
    standing,
    without_claimed,
)
from service.register.imports.facts import AssetFile
from service.register.imports.report import AssetReport
from service.register.imports.standing_rows import (
    clear_unused,
    write_organisations,
    write_venues,
)
from service.register.imports.writing import Outcome, Written, retire_missing, write_assets
from service.register.model import Asset, Assurance
from service.register.vocabulary import Capacity
from service.store.base import utc_now
from service.store.chunks import chunks
from service.store.work import UnitOfWork

MAX_PLACES_PER_WEEK = 10_000
LONGEST_TEXT = 120
LONGEST_REASON = 300


class BadChange(RegisterError):
    """A change of the register cannot be made as it was asked for."""

    slug = "register-change-invalid"
    title = "That could not be changed"


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What whoever imports may choose.

    Attributes
    ----------
    max_reject_ratio : float
        Share of an import's assets that may be bad before the whole of it is refused.
    complete : bool
        The file is all there is: assets of its sources that it does not list are retired.
    take_over : bool
        Assets whose id belongs to another source are taken over instead of rejected.
    revive : bool
        Assets of the file that had been retired come back.
    force_reason : str
        Why both checks against a bad import are passed over; written into the audit. Empty: they
        are not.
    """

    max_reject_ratio: float = 0.5
    complete: bool = False
    take_over: bool = False
    revive: bool = False
    force_reason: str = ""


def import_assets(
    work: UnitOfWork,
    *,
    by: Actor,
    file: AssetFile,
    choices: ImportChoices | None = None,
    progress: Progress | None = None,
) -> AssetReport:
    """Take the good assets of a file into the register: all of them, or nothing.

    An asset keeps its number for as long as its id stays the same. The same file twice leaves the
    register as it was after the first time. A file that does not state capacity leaves it, and an
    older check never makes an asset less fresh. What was retired stays so unless `choices.revive`.

    Parameters
    ----------
    by : Actor
        Needs `Permission.IMPORT`.
    file : AssetFile
        What `imports.assets.read_asset_file` gave.

    Raises
    ------
    NotAllowed
        If `by` may not import.
    ImportRefused
        If too many assets of the file are bad, none is good, or fewer than half of those already
        there from the same source would remain. Nothing is to be kept of `work` then.
    """
    by.require(Permission.IMPORT)
    choices, progress = choices or ImportChoices(), progress or Quiet()
    session = work.session
    if not choices.take_over:
        file = without_claimed(session, file)
    if not choices.force_reason.strip():
        require_enough_good(file, choices.max_reject_ratio)
    elif not file.assets:
        raise ImportRefused("No asset of the file can be taken, so there is nothing to force.")
    before = standing(session, file.sources)
    written = write_file(work, file, choices, progress)
    retired = retire_missing(session, file) if choices.complete else set()
    after = standing(session, file.sources)
    if not choices.force_reason.strip():
        require_enough_left(before, after)
    if changed := written.touched | retired:
        indexing.reindex(work, changed)
    report = AssetReport(
        file=file,
        added=written.outcomes[Outcome.ADDED],
        changed=written.outcomes[Outcome.CHANGED],
        same=written.outcomes[Outcome.SAME],
        rejected=len(file.rejected),
        retired=len(retired),
        still_retired=written.still_retired,
        in_register=after.in_all,
    )
    tell(work, by, "register.imported", "register", _details(report, choices))
    return report


def _details(report: AssetReport, choices: ImportChoices) -> dict[str, Json]:
    file = report.file
    details: dict[str, Json] = {
        "file": file.table.name[:LONGEST_TEXT],
        "sources": list[Json](sorted(file.sources)[:20]),
        **report.counts,
    }
    if choices.force_reason.strip():
        details["forced"] = choices.force_reason.strip()[:LONGEST_REASON]
    return details


def write_file(
    work: UnitOfWork, file: AssetFile, choices: ImportChoices, progress: Progress
) -> Written:
    """Write what a file says; whoever calls permits, reindexes what was touched, and audits."""
    session = work.session
    organisation_ids = write_organisations(session, file)
    venue_ids, changed_venues = write_venues(session, file)
    written = write_assets(
        session,
        file,
        organisation_ids=organisation_ids,
        venue_ids=venue_ids,
        revive=choices.revive,
        progress=progress,
    )
    for venues in chunks(changed_venues):
        written.touched.update(indexing.assets_at(session, venues))
    clear_unused(session, written.left_venues, written.left_organisations)
    return written


def assure(
    work: UnitOfWork, *, by: Actor, asset_id: int, on: date, by_role: str, today: date
) -> None:
    """Write down that somebody checked an asset's facts with the group on a day.

    The same check twice is one. A check older than the last one is kept in the history and does
    not make the asset look less fresh.

    Parameters
    ----------
    on : date
        The day of the check, not after `today`.
    by_role : str
        A role or a way ("telephone call by the register steward"), never a person's name.

    Raises
    ------
    NotAllowed, UnknownAsset
    BadChange
        If the day is to come, or nothing is said of the role.
    """
    by.require(Permission.EDIT_REGISTER)
    asset = known_asset(work, asset_id)
    role = " ".join(by_role.split())
    if on > today:
        raise BadChange(f"A check lies in the past, and {on} is to come.", field="on")
    if not 1 <= len(role) <= LONGEST_TEXT:
        raise BadChange(
            f"Say by what role or how it was checked, in up to {LONGEST_TEXT} characters.",
            field="by_role",
        )
    known = select(Assurance.assurance_id).where(
        Assurance.asset_id == asset_id, Assurance.assured_on == on, Assurance.assured_by == role
    )
    if work.session.scalar(known.limit(1)) is not None:
        return
    work.session.add(Assurance(asset_id=asset_id, assured_on=on, assured_by=role))
    if asset.assured_on is None or on > asset.assured_on:
        asset.assured_on = on
    changed_asset(work, by, "asset.assured", asset, {"on": on.isoformat(), "role": role})


def retire(work: UnitOfWork, *, by: Actor, asset_id: int, reason: str) -> None:
    """Take an asset out of searches, maps and matches; its history stays.

    Raises
    ------
    NotAllowed
    UnknownAsset
        If there is none, or it is retired already.
    BadChange
        If no reason is given.
    """
    by.require(Permission.EDIT_REGISTER)
    asset = known_asset(work, asset_id)
    why = " ".join(reason.split())
    if not 1 <= len(why) <= LONGEST_REASON:
        raise BadChange(f"Give the reason, in up to {LONGEST_REASON} characters.", field="reason")
    asset.is_retired = True
    changed_asset(work, by, "asset.retired", asset, {"reason": why})


def set_capacity(
    work: UnitOfWork,
    *,
    by: Actor,
    asset_id: int,
    capacity: Capacity,
    places_per_week: int | None = None,
) -> None:
    """Say whether an asset can take somebody now, and how many new people in a week.

    Saying what is known already changes nothing. `places_per_week` None leaves it as it was.

    Raises
    ------
    NotAllowed, UnknownAsset
    BadChange
        If `places_per_week` is not from 0 to `MAX_PLACES_PER_WEEK`.
    """
    by.require(Permission.EDIT_REGISTER)
    asset = known_asset(work, asset_id)
    if places_per_week is None:
        places_per_week = asset.places_per_week
    elif not 0 <= places_per_week <= MAX_PLACES_PER_WEEK:
        raise BadChange(
            f"Places in a week are from 0 to {MAX_PLACES_PER_WEEK:,}.", field="places_per_week"
        )
    if (asset.capacity, asset.places_per_week) == (capacity, places_per_week):
        return
    asset.capacity, asset.places_per_week = capacity, places_per_week
    details: dict[str, Json] = {"capacity": capacity.value, "places_per_week": places_per_week}
    changed_asset(work, by, "asset.capacity", asset, details)


def note_reply(work: UnitOfWork, asset_id: int, *, accepted: bool) -> None:
    """Count a group's answer to an offer, for the score by which turns are taken.

    Called by the action that records the answer, in its transaction; that one permits and audits.
    No answer counts as a no. The asset's facts are not fresher for it.
    """
    work.session.execute(
        update(Asset)
        .where(Asset.asset_id == asset_id)
        .values(
            times_asked=Asset.times_asked + 1,
            times_accepted=Asset.times_accepted + int(accepted),
            updated_at=Asset.updated_at,
        )
        .execution_options(synchronize_session="fetch")
    )
    indexing.reindex(work, [asset_id])


def known_asset(work: UnitOfWork, asset_id: int) -> Asset:
    """The asset, for an action that changes it.

    Raises
    ------
    UnknownAsset
        If there is none, or it has been retired.
    """
    # No register has so many, and a database refuses a number that is too long.
    asset = (
        work.session.get(Asset, asset_id, with_for_update=True) if 0 < asset_id < 2**31 else None
    )
    if asset is None or asset.is_retired:
        raise UnknownAsset(
            "There is no such asset in the register, or it has been retired.", asset=asset_id
        )
    return asset


def changed_asset(
    work: UnitOfWork, by: Actor, action: str, asset: Asset, details: dict[str, Json]
) -> None:
    """Keep what is derived true, and write down what was done: the end of every such action."""
    asset.updated_at = utc_now()
    work.session.flush()
    indexing.reindex(work, [asset.asset_id])
    tell(work, by, action, f"asset:{asset.asset_id}", details)


def tell(work: UnitOfWork, by: Actor, action: str, subject: str, details: dict[str, Json]) -> None:
    """Write down what was done, and announce it."""
    event = audit.record(work, by=by, action=action, subject=subject, details=details)
    work.announce(action, key=f"{action}:{event.event_id}", body={"subject": subject})
