"""What may be read of the register, shaped for a door, a page, a map or a match."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.candidates import candidates, nearest_assets, remote_candidates
from service.register.errors import UnknownAsset
from service.register.model import Asset, RegisterVersion
from service.register.search import search
from service.register.snapshots import AssetRecord, records, snapshots

__all__ = [
    "AssetRecord",
    "asset",
    "candidates",
    "nearest_assets",
    "register_version",
    "remote_candidates",
    "search",
    "snapshots",
]


def asset(session: Session, code: str) -> AssetRecord:
    """One asset by its code. Five statements.

    Raises
    ------
    UnknownAsset
        If there is none, or it has been retired.
    """
    asset_id = session.scalar(select(Asset.asset_id).where(Asset.code == code))
    found = None if asset_id is None else records(session, [asset_id]).get(asset_id)
    if found is None or found.is_retired:
        raise UnknownAsset(
            "There is no group with that code, or it is no longer listed. Search for it again.",
            code=code[:80],
        )
    return found


def register_version(session: Session) -> int:
    """How often the register has changed; 0 before it ever did. For caches and ETags."""
    statement = select(RegisterVersion.version).where(RegisterVersion.version_id == 1)
    return session.scalar(statement) or 0
