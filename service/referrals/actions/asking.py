"""Asking the practice for more, and reading over what it would be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.referrals.actions.letters import draft, facts_of
from service.referrals.errors import BadMove
from service.referrals.kinds import LetterKind
from service.referrals.letters import compose, spoken_day
from service.referrals.lifecycle import WAITING, ReferralState, spoken
from service.referrals.model import Referral
from service.referrals.opening import opened, words, written
from service.referrals.reasons import LONGEST, ReasonKind, check_reason
from service.store.work import UnitOfWork

ASKED: Final = "asked_for_more"
LEAST_QUESTION: Final = 10
"""Characters of a question at least: "more?" is not one. Our own choice."""


def ask_for_more(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    question: str,
    today: date,
) -> int:
    """Ask the practice for what is missing: the question goes to it as a message back at once.

    A new referral then waits for the answer. One with an open danger sign, or out of scope, is
    asked about too and stays where it is: a question never stands in for a clinician.

    Returns
    -------
    int
        The message's id.

    Raises
    ------
    NotAllowed, NotFound, EditConflict
    BadEntry
        If the question is too short or too long.
    BadMove
        If it has been triaged: then a message back is the way.
    """
    referral = opened(
        work,
        by=by,
        permission=Permission.TRIAGE,
        referral_id=referral_id,
        seen_version=seen_version,
    )
    if referral.state not in WAITING:
        raise BadMove(
            f"This referral is {spoken(referral.state)}. Write to the practice from its own page.",
            at=referral.state.value,
        )
    asked = words(question, field="question", longest=LONGEST, least=LEAST_QUESTION)
    waits = referral.state in {ReferralState.RECEIVED, ReferralState.NEEDS_MORE}
    written(
        work,
        referral,
        by=by,
        what=ASKED,
        to=ReferralState.NEEDS_MORE if waits else None,
        text=asked,
    )
    if waits:
        referral.state_reason = f"The practice was asked for more on {spoken_day(today)}."
    return draft(
        work,
        referral,
        by=by,
        kind=LetterKind.QUESTION,
        today=today,
        send=True,
        question=asked,
    )


def preview_return(
    session: Session, *, by: Actor, referral_id: str, reason: str, text: str, today: date
) -> str:
    """Exactly what the practice would be told if the referral were returned now. Nothing is sent.

    Raises
    ------
    NotAllowed, NotFound, BadReason
    """
    check_reason(ReasonKind.RETURN, reason, text)
    facts = facts_of(session, _readable(session, by, referral_id), LetterKind.RETURNED, today)
    return compose(replace(facts, reason=reason, reason_text=text.strip(), next_action=""))


def _readable(session: Session, by: Actor, referral_id: str) -> Referral:
    by.require(Permission.TRIAGE)
    referral = session.scalar(
        select(Referral).where(
            Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code)
        )
    )
    if referral is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    by.require(Permission.TRIAGE, at=OdsCode(referral.practice_code))
    return referral
