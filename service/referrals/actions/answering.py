"""What the side that referred answers about its referral, asked or unasked."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.matching.notes.model import NoteReading
from service.referrals.actions.amending import AMENDED, raise_new
from service.referrals.actions.asking import ASKED
from service.referrals.actions.calling_back import require_requester
from service.referrals.letters import spoken_day
from service.referrals.lifecycle import WAITING, ReferralState
from service.referrals.model import Referral, ReferralEvent, ReferralNeed
from service.referrals.opening import opened, words, written
from service.referrals.safety import whom_to_tell
from service.referrals.understanding import understood
from service.store.work import UnitOfWork

ANSWERED: Final = "answered_by_sender"
LONGEST_ANSWER: Final = 5_000


def note_answer(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    text: str,
    today: date,
    reading: NoteReading | None = None,
    ended_too: bool = False,
) -> int:
    """Keep what the sender answers: it is added to the note, and stands in the history.

    A referral that waited for the answer is back in the inbox. One with an open danger sign, out of
    scope, or in work stays where it is. The same answer again, with no new question between,
    changes nothing.

    Parameters
    ----------
    reading : NoteReading, optional
        What was read from the answer. Until the referral is taken on, needs and circumstances in it
        that are new are added; nothing that is known is taken away. A new danger sign is raised
        whenever it comes, and stops the ordinary path as one in the first note does.
    ended_too : bool
        Also when the referral has ended, where nobody waits for an answer any more.

    Returns
    -------
    int
        The referral's version.

    Raises
    ------
    NotAllowed
        If `by` is not of the side that referred.
    NotFound
    BadMove
        If it has ended.
    BadEntry
        If it says nothing, or more than `LONGEST_ANSWER` characters.
    """
    referral = opened(
        work, by=by, permission=Permission.REFER, referral_id=referral_id, ended_too=ended_too
    )
    require_requester(by, referral)
    said = words(text, field="answer", longest=LONGEST_ANSWER)
    last = _last_word(work, referral_id)
    if last is not None and (last.what, last.text) == (ANSWERED, said):
        return referral.version
    heading = f"Answer of the practice, {spoken_day(today)}:"
    referral.reason = f"{referral.reason}\n\n{heading}\n{said}".lstrip()
    is_danger = reading is not None and _understand_more(work, referral, reading, today)
    waited = referral.state is ReferralState.NEEDS_MORE
    if waited or (is_danger and referral.state in WAITING):
        referral.state_reason = f"The practice answered on {spoken_day(today)}."
    if is_danger and referral.state in WAITING:
        # No move of the lifecycle: the note is longer now, and stands where reading puts it.
        referral.state, waited = ReferralState.TRIAGE_FIRST, False
    return written(
        work,
        referral,
        by=by,
        what=ANSWERED,
        to=ReferralState.RECEIVED if waited else None,
        text=said,
    )


def open_question(work: UnitOfWork, referral_id: str) -> str:
    """What the sender was asked and has not answered yet, in words; "" when nothing."""
    last = _last_word(work, referral_id)
    return last.text if last is not None and last.what == ASKED else ""


def _last_word(work: UnitOfWork, referral_id: str) -> ReferralEvent | None:
    """The last that was asked of the sender, or that the sender said; None before either."""
    return work.session.scalar(
        select(ReferralEvent)
        .where(
            ReferralEvent.referral_id == referral_id,
            ReferralEvent.what.in_((ASKED, ANSWERED, AMENDED)),
        )
        .order_by(ReferralEvent.event_id.desc())
        .limit(1)
    )


def _understand_more(
    work: UnitOfWork, referral: Referral, reading: NoteReading, today: date
) -> bool:
    """Add what an answer says that was not known; whether a clinician must see it first."""
    session = work.session
    rows = session.scalars(
        select(ReferralNeed).where(ReferralNeed.referral_id == referral.referral_id)
    ).all()
    known = {each.need for each in rows}
    found = understood(sorted(known), referral.facts, reading, today=today)
    if referral.state in WAITING:
        referral.facts = found.facts
        first = max((each.position for each in rows), default=-1) + 1
        new = [each for each in found.needs if each.need not in known]
        session.add_all(
            ReferralNeed(
                referral_id=referral.referral_id,
                need=each.need,
                position=position,
                confidence=each.confidence,
                words=each.words,
            )
            for position, each in enumerate(new, first)
        )
    referral.safe_contact = referral.safe_contact or found.safe_contact
    tell = whom_to_tell(referral.referrer_name, referral.referrer_role)
    return raise_new(work, referral, found.flags, tell=tell)
