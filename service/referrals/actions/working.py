"""Beginning, pausing and going on with a referral, as a link workers' own system says it."""

from __future__ import annotations

from datetime import date

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals.actions.contacts import after_hold
from service.referrals.actions.safeguarding import end_hold
from service.referrals.actions.task_words import require_day
from service.referrals.errors import BadMove
from service.referrals.lifecycle import WORKED, ReferralState, spoken
from service.referrals.model import Referral
from service.referrals.opening import opened, words, written
from service.referrals.reasons import LONGEST
from service.store.work import UnitOfWork


def begin(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    on: date | None,
    today: date,
) -> int:
    """The first contact with the person was on this day. Returns the new version.

    Raises
    ------
    BadEntry
        If no day is given, or it is to come.
    BadMove, NotAllowed, NotFound, EditConflict
    """
    referral = _opened(work, by, referral_id, seen_version)
    _first_contact(work, referral, require_day(on, today))
    return written(work, referral, by=by, what="contact_recorded", to=ReferralState.CONTACTED)


def hold(work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int, text: str) -> int:
    """Let a referral wait, for a reason that is no worry about safety. Returns the new version.

    Outside it is told like any hold.

    Raises
    ------
    BadEntry, BadMove, NotAllowed, NotFound, EditConflict
    """
    referral = _opened(work, by, referral_id, seen_version)
    why = words(text, field="reason_text", longest=LONGEST)
    before = referral.state
    version = written(work, referral, by=by, what="on_hold", to=ReferralState.ON_HOLD, text=why)
    referral.held_from = before
    return version


def go_on(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    on: date | None,
    today: date,
    to_end: bool = False,
) -> int:
    """Go on where a hold interrupted. Returns the new version.

    A referral in which nobody has been in touch with the person yet goes on with the first
    contact, and needs its day, unless it goes on only to end (`to_end`).

    Raises
    ------
    BadEntry
        If that day is needed and is not given, or is to come.
    BadMove
        If the referral had not been accepted when the hold began.
    SafeguardingOpen, NotAllowed, NotFound, EditConflict
    """
    referral = _opened(work, by, referral_id, seen_version)
    back = referral.held_from or ReferralState.TRIAGED
    if back not in WORKED:
        raise BadMove(
            f"This referral was {spoken(back)} when the hold began: it has to be accepted first.",
            at=referral.state.value,
        )
    if referral.state is ReferralState.ON_HOLD and to_end:
        return referral.version
    if back is ReferralState.TRIAGED and referral.first_contact_on is None and not to_end:
        _first_contact(work, referral, require_day(on, today))
    if referral.state is ReferralState.ON_HOLD:
        return written(work, referral, by=by, what="hold_ended", to=after_hold(referral))
    if not to_end:
        referral.held_from = after_hold(referral)
    return end_hold(work, by=by, referral_id=referral_id, seen_version=seen_version)


def _opened(work: UnitOfWork, by: Actor, referral_id: str, seen_version: int) -> Referral:
    return opened(
        work,
        by=by,
        permission=Permission.WORK_REFERRALS,
        referral_id=referral_id,
        seen_version=seen_version,
    )


def _first_contact(work: UnitOfWork, referral: Referral, on: date) -> None:
    if referral.first_contact_on is not None:
        return
    referral.first_contact_on = on
    # The referral's code goes to the record once for each episode, at the first contact.
    work.announce(
        "referral.first_contact",
        key=f"referral.first_contact:{referral.referral_id}",
        body={"referral": referral.referral_id},
    )
