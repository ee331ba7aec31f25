"""One asset added or changed by a steward's form: the importer's writing, for a file of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from geo.errors import Json
from geo.progress import Quiet
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register import actions, indexing
from service.register.actions.corrections import conflict
from service.register.imports.facts import AssetFile
from service.register.model import Asset
from service.store.work import UnitOfWork


def save_asset(
    work: UnitOfWork, *, by: Actor, file: AssetFile, seen_at: datetime | None
) -> tuple[int, bool]:
    """Make the register say what the form says; returns the asset's number, and whether it changed.

    Parameters
    ----------
    file : AssetFile
        What `imports.one_asset.read_one` gave: exactly one asset.
    seen_at : datetime or None
        When the asset had last changed as the form was opened; None adds a new one.

    Raises
    ------
    NotAllowed
    UnknownAsset
        If the one to change is not there, or was retired.
    EditConflict
        If it was changed since, or if one to be added is there already.
    """
    by.require(Permission.EDIT_REGISTER)
    facts = file.assets[0]
    standing = work.session.scalar(select(Asset).where(Asset.code == facts.code).with_for_update())
    if seen_at is None and standing is not None:
        raise conflict()
    if seen_at is not None:
        known = actions.known_asset(work, standing.asset_id if standing else 0)
        if known.updated_at != seen_at:
            raise conflict()
    try:
        written = actions.write_file(work, file, actions.ImportChoices(), Quiet())
        work.session.flush()
    except IntegrityError as error:
        # Somebody added the same asset, organisation or venue in the same moment.
        raise conflict() from error
    asset_id = work.session.scalars(select(Asset.asset_id).where(Asset.code == facts.code)).one()
    if written.touched:
        indexing.reindex(work, written.touched)
        details: dict[str, Json] = {"code": facts.code, "meetings": len(facts.meetings)}
        action = "asset.added" if seen_at is None else "asset.edited"
        actions.tell(work, by, action, f"asset:{asset_id}", details)
    return asset_id, bool(written.touched)


def free_code(work: UnitOfWork, wanted: str) -> str:
    """A code that no asset has: `wanted`, or that with a number. One statement."""
    taken = set(work.session.scalars(select(Asset.code).where(Asset.code.startswith(wanted))))
    if wanted not in taken:
        return wanted
    return next(
        code for number in range(2, len(taken) + 3) if (code := f"{wanted}-{number}") not in taken
    )
