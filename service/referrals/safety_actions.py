"""Raising and closing danger signs: what the software may do, and what only a person may."""

from __future__ import annotations

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.matching.notes.model import FoundFlag
from service.referrals.errors import BadClosing
from service.referrals.lifecycle import ReferralState
from service.referrals.model import RaisedFlag, Referral
from service.referrals.opening import flag_is_open, written
from service.store.base import utc_now
from service.store.work import UnitOfWork

LEAST_REASON = 10
"""Characters of a reason at least: "ok" is not one. Our own choice."""


def raise_flags(
    work: UnitOfWork, *, referral: Referral, flags: tuple[FoundFlag, ...], tell: str
) -> None:
    """Keep the danger signs of a referral, and announce those that a clinician must see.

    Called where the referral is taken, in the same transaction; the caller has permitted and
    audits the whole. The message carries identifiers and statuses only.
    """
    for found in flags:
        work.session.add(
            RaisedFlag(
                referral_id=referral.referral_id,
                flag=found.flag,
                status=found.status,
                words=found.words,
                what_to_do=found.what_to_do,
                tell=tell,
            )
        )
    serious = [found for found in flags if found.status.needs_clinician]
    if serious:
        work.announce(
            "referral.flagged",
            # The note of a referral may be read again when its sender amends it.
            key=f"referral.flagged:{referral.referral_id}:{referral.version}",
            body={
                "referral": referral.referral_id,
                "flags": {found.flag: found.status.value for found in serious},
            },
        )


def close_flag(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    flag: str,
    name: str,
    role: str,
    outcome: str,
) -> bool:
    """Record that a named clinician has seen a danger sign and what they did about it.

    When the last open one is closed the referral goes on, and groups may be suggested. A sign that
    is closed already stays as it was closed.

    Parameters
    ----------
    by : Actor
        The system that says so, of the referral's own practice.
    name, role : str
        Who has seen it. Software never closes a sign by itself.
    outcome : str
        What was done and why the person may now be matched.

    Returns
    -------
    bool
        False if it was closed already: then nothing of this was kept.

    Raises
    ------
    NotFound
        If there is no such referral or sign, or it is another practice's.
    BadClosing
        If nobody is named, or no reason is given.
    """
    by.require(Permission.CLOSE_FLAG)
    if not name.strip() or not role.strip():
        raise BadClosing(
            "Say who has seen this, by name and role. Only a person can close a danger sign.",
            field="name" if not name.strip() else "role",
        )
    if len(outcome.strip()) < LEAST_REASON:
        raise BadClosing(
            "Say what was done and why it is safe to go on, in a sentence.", field="outcome"
        )
    session = work.session
    referral = session.scalar(
        select(Referral)
        .where(Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code))
        .with_for_update()
    )
    raised = session.get(RaisedFlag, (referral_id, flag)) if referral is not None else None
    if referral is None or raised is None:
        raise NotFound("There is no such danger sign, or it is not yours to see.")
    by.require(Permission.CLOSE_FLAG, at=OdsCode(referral.practice_code))
    if raised.closed_at is not None:
        return False
    raised.closed_at = utc_now()
    raised.closed_by, raised.closed_role = name.strip(), role.strip()
    raised.outcome = outcome.strip()
    session.flush()
    goes_on = referral.state is ReferralState.TRIAGE_FIRST and not flag_is_open(
        session, referral_id
    )
    written(
        work,
        referral,
        by=by,
        what="flag_closed",
        to=ReferralState.RECEIVED if goes_on else None,
        details={"flag": flag, "status": raised.status.value},
    )
    if goes_on:
        referral.state_reason = "A clinician has seen every danger sign. Matching may go on."
    work.announce(
        "referral.flag_closed",
        key=f"referral.flag_closed:{referral_id}:{flag}",
        body={"referral": referral_id, "flag": flag},
    )
    return True
