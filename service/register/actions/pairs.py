"""Two assets that look alike: made one, or told apart for good."""

from __future__ import annotations

from sqlalchemy import update

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register import actions
from service.register.correction_model import (
    AssetPair,
    Correction,
    CorrectionState,
    PairDecision,
)
from service.register.model import Asset
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

_FILLED = (
    *("summary", "min_age", "max_age", "open_to", "cost_pence", "group_size"),
    *("welcomes_newcomers", "places_per_week", "contact", "website", "checks_valid_until"),
)
"""Facts that the one that goes on takes over, where it says nothing itself."""


def merge(work: UnitOfWork, *, by: Actor, keep_id: int, drop_id: int) -> None:
    """Let one of two go on and take the other out of the register; what it alone said is kept.

    Facts that the one that goes on does not state are filled in from the other; when and where
    stay as they are. Corrections that wait for the other wait for it from now on. Offers to the
    other stay in the record as they were.

    Raises
    ------
    NotAllowed
    UnknownAsset
        If one of them is not there, or is retired.
    BadChange
        If both are the same one.
    EditConflict
        If somebody has decided about the two already.
    """
    by.require(Permission.EDIT_REGISTER)
    keep, drop = _both(work, keep_id, drop_id)
    _decide(work, by, keep_id, drop_id, PairDecision.SAME, keep_id)
    filled = []
    for name in _FILLED:
        if getattr(keep, name) in (None, "") and getattr(drop, name) not in (None, ""):
            setattr(keep, name, getattr(drop, name))
            filled.append(name)
    if keep.min_age is not None and keep.max_age is not None and keep.min_age > keep.max_age:
        # Half of the ages of each would let in nobody.
        raise actions.BadChange(
            "The ages that the two let in do not go together. Change one of them first.",
            field="decision",
        )
    work.session.execute(
        update(Correction)
        .where(Correction.asset_id == drop_id, Correction.state == CorrectionState.PROPOSED)
        .values(asset_id=keep_id, version=Correction.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    actions.retire(
        work, by=by, asset_id=drop_id, reason=f"It is the same as {keep.code}, which goes on."
    )
    actions.changed_asset(
        work, by, "asset.merged", keep, {"dropped": drop_id, "filled": list(filled)}
    )


def tell_apart(work: UnitOfWork, *, by: Actor, first_id: int, second_id: int) -> None:
    """Remember that two are not the same, so that nobody is asked again.

    Raises
    ------
    NotAllowed, UnknownAsset, BadChange, EditConflict
        As `merge`.
    """
    by.require(Permission.EDIT_REGISTER)
    _both(work, first_id, second_id)
    _decide(work, by, first_id, second_id, PairDecision.NOT_SAME, None)
    low, high = sorted((first_id, second_id))
    actions.tell(work, by, "asset.told_apart", f"asset:{low}", {"other": high})


def _both(work: UnitOfWork, one_id: int, other_id: int) -> tuple[Asset, Asset]:
    if one_id == other_id:
        raise actions.BadChange("An asset cannot be joined with itself.", field="decision")
    # In order of number, so that two stewards who choose differently wait and do not lock.
    low, high = sorted((one_id, other_id))
    found = {number: actions.known_asset(work, number) for number in (low, high)}
    return found[one_id], found[other_id]


def _decide(
    work: UnitOfWork,
    by: Actor,
    one_id: int,
    other_id: int,
    decision: PairDecision,
    kept_id: int | None,
) -> None:
    low, high = sorted((one_id, other_id))
    if work.session.get(AssetPair, (low, high)) is not None:
        raise EditConflict("Somebody has decided about these two already. Look again.")
    work.session.add(
        AssetPair(
            first_id=low,
            second_id=high,
            decision=decision,
            kept_id=kept_id,
            decided_by=by.actor_id,
        )
    )
    work.session.flush()
