"""Corrections: proposed by anybody, accepted or refused by a steward, withdrawn by who proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from service.identity import audit
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register import actions
from service.register.correction_model import (
    LONGEST_KNOWN,
    LONGEST_PROPOSED,
    CorrectedField,
    Correction,
    CorrectionState,
)
from service.register.errors import BadCorrection, UnknownCorrection
from service.register.facts_in_words import DIRECT, columns_of
from service.register.model import Asset
from service.store.base import utc_now
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

MOST_WAITING = 50
"""Corrections that may wait for one asset: enough for a bad day, and no place to fill a disk."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody says: which fact, what is right, how they know. Blanks are made single."""

    field: CorrectedField
    proposed: str
    how_known: str


def propose(work: UnitOfWork, *, by: Actor, asset_id: int, proposal: Proposal) -> int:
    """Keep a correction for the steward; returns its number. Anybody may, without an account too.

    The same said twice by the same, while the first still waits, is one. Two who say different
    things of one fact both stay.

    Raises
    ------
    UnknownAsset
    BadCorrection
        If it does not say what is right (for all but CLOSED), or how that is known; if a text is
        too long; or if too many wait already for this asset.
    """
    actions.known_asset(work, asset_id)
    text, how = _tidy(proposal.proposed), _tidy(proposal.how_known)
    if not text and proposal.field is not CorrectedField.CLOSED:
        raise BadCorrection("Say what is right.", field="proposed")
    if len(text) > LONGEST_PROPOSED:
        said = f"This is {len(text)} characters long; shorten it to {LONGEST_PROPOSED}."
        raise BadCorrection(said, field="proposed")
    if not how:
        raise BadCorrection("Say how you know.", field="how_known")
    if len(how) > LONGEST_KNOWN:
        said = f"This is {len(how)} characters long; shorten it to {LONGEST_KNOWN}."
        raise BadCorrection(said, field="how_known")
    waiting = work.session.scalars(
        select(Correction).where(
            Correction.asset_id == asset_id, Correction.state == CorrectionState.PROPOSED
        )
    ).all()
    for each in waiting:
        if (each.field, each.proposed, each.proposed_by) == (proposal.field, text, by.actor_id):
            return each.correction_id
    if len(waiting) >= MOST_WAITING:
        raise BadCorrection(
            "So many corrections wait for this group that no more can be taken until somebody has "
            "looked at them. Try again in a few days."
        )
    row = Correction(
        asset_id=asset_id,
        field=proposal.field,
        proposed=text,
        how_known=how,
        proposed_by=by.actor_id,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, by, "correction.proposed", row.correction_id, asset_id, proposal.field)
    return row.correction_id


@dataclass(frozen=True, slots=True)
class Seen:
    """What a steward had before them: the correction's version, and when its asset last changed."""

    version: int
    asset_at: datetime


def accept(
    work: UnitOfWork,
    *,
    by: Actor,
    correction_id: int,
    seen: Seen,
    value: str,
    confirmed_by: str,
    today: date,
) -> None:
    """Put a correction into the register, as the steward worded it, checked today.

    Parameters
    ----------
    value : str
        What the register is to say; for CLOSED nothing, and the asset is retired.
    confirmed_by : str
        By what role or way it was confirmed: it stands at the asset's check.

    Raises
    ------
    NotAllowed, UnknownCorrection, UnknownAsset
    EditConflict
        If the correction was decided, or its asset changed, since it was looked at.
    BadCorrection
        If `value` cannot be read, or the fact is one of those that the asset's own form changes.
    BadChange
        If nothing is said of how it was confirmed.
    """
    row = _decide(work, by, correction_id, seen.version, CorrectionState.ACCEPTED)
    by.require(Permission.EDIT_REGISTER)
    if row.field not in DIRECT:
        raise BadCorrection("Change this in the group’s own form, and save it there.")
    asset = actions.known_asset(work, row.asset_id)
    if asset.updated_at != seen.asset_at:
        raise conflict()
    if row.field is CorrectedField.CLOSED:
        actions.assure(
            work, by=by, asset_id=row.asset_id, on=today, by_role=confirmed_by, today=today
        )
        actions.retire(
            work, by=by, asset_id=row.asset_id, reason="It has closed: a correction was accepted."
        )
    else:
        changed = _set(asset, row.field, value)
        actions.changed_asset(work, by, "asset.corrected", asset, {"columns": list(changed)})
        actions.assure(
            work, by=by, asset_id=row.asset_id, on=today, by_role=confirmed_by, today=today
        )
    _tell(work, by, "correction.accepted", correction_id, row.asset_id, row.field)


def settle(work: UnitOfWork, *, by: Actor, correction_id: int, seen_version: int) -> None:
    """Count a correction as accepted, where the steward has put it into the asset's own form.

    Called by the door beside the action that saves the form, in its transaction.

    Raises
    ------
    NotAllowed, UnknownCorrection, EditConflict
    """
    row = _decide(work, by, correction_id, seen_version, CorrectionState.ACCEPTED)
    _tell(work, by, "correction.accepted", correction_id, row.asset_id, row.field)


def refuse(
    work: UnitOfWork, *, by: Actor, correction_id: int, seen_version: int, reason: str
) -> None:
    """Leave the register as it is, and say why.

    Raises
    ------
    NotAllowed, UnknownCorrection, EditConflict
    BadCorrection
        If there is no reason.
    """
    why = _tidy(reason)
    if not 1 <= len(why) <= LONGEST_KNOWN:
        by.require(Permission.REVIEW_CORRECTIONS)
        said = f"Give the reason, in up to {LONGEST_KNOWN} characters."
        raise BadCorrection(said, field="reason")
    row = _decide(work, by, correction_id, seen_version, CorrectionState.REFUSED, why)
    _tell(work, by, "correction.refused", correction_id, row.asset_id, row.field)


def withdraw(work: UnitOfWork, *, by: Actor, correction_id: int, seen_version: int) -> None:
    """Take back one's own correction while it waits.

    Raises
    ------
    UnknownCorrection
        If there is none, or it is somebody else's; what came without an account is nobody's.
    EditConflict
        If it was decided meanwhile.
    """
    row = work.session.get(Correction, correction_id)
    if row is None or not by.is_staff or row.proposed_by != by.actor_id:
        raise unknown(correction_id)
    _move(work, by, row, seen_version, CorrectionState.WITHDRAWN, "")
    _tell(work, by, "correction.withdrawn", correction_id, row.asset_id, row.field)


def unknown(correction_id: int) -> UnknownCorrection:
    """The refusal for a correction that is not there for this person."""
    return UnknownCorrection(
        "There is no such correction, or it is not yours.", correction=correction_id
    )


def conflict() -> EditConflict:
    """The refusal where somebody was quicker."""
    return EditConflict(
        "Somebody has decided this, or changed the group, since you opened it. Look again."
    )


def _decide(
    work: UnitOfWork,
    by: Actor,
    correction_id: int,
    seen_version: int,
    to: CorrectionState,
    reason: str = "",
) -> Correction:
    by.require(Permission.REVIEW_CORRECTIONS)
    row = work.session.get(Correction, correction_id)
    if row is None:
        raise unknown(correction_id)
    _move(work, by, row, seen_version, to, reason)
    return row


def _move(
    work: UnitOfWork, by: Actor, row: Correction, seen: int, to: CorrectionState, reason: str
) -> None:
    # In one statement, so that of two who decide at once the second finds nothing to change.
    moved = work.session.execute(
        update(Correction)
        .where(
            Correction.correction_id == row.correction_id,
            Correction.version == seen,
            Correction.state == CorrectionState.PROPOSED,
        )
        .values(
            state=to,
            version=seen + 1,
            decided_by=by.actor_id,
            decided_at=utc_now(),
            reason=reason,
        )
        .execution_options(synchronize_session="fetch")
        .returning(Correction.correction_id)
    ).all()
    if not moved:
        raise conflict()


def _set(asset: Asset, field: CorrectedField, value: str) -> list[str]:
    columns = columns_of(field, value)
    for name, said in columns.items():
        setattr(asset, name, said)
    return sorted(columns)


def _tidy(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _tell(
    work: UnitOfWork,
    by: Actor,
    action: str,
    correction_id: int,
    asset_id: int,
    field: CorrectedField,
) -> None:
    subject = f"correction:{correction_id}"
    event = audit.record(
        work,
        by=by,
        action=action,
        subject=subject,
        details={"asset": asset_id, "field": field.value},
    )
    work.announce(action, key=f"{action}:{event.event_id}", body={"subject": subject})
