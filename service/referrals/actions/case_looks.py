"""Opening a part of somebody's record, which is itself written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.referrals.actions.answering import open_question
from service.referrals.actions.calling_back import is_requester
from service.referrals.case_file import Case, case_of
from service.referrals.kinds import LetterState
from service.referrals.lifecycle import WAITING, ReferralState
from service.referrals.model import Referral
from service.referrals.queries import ReferralView, referral
from service.referrals.sent import turn_of_sent
from service.referrals.turns import Turn
from service.referrals.work_model import MessageBack
from service.store.work import UnitOfWork


def look_at_case(work: UnitOfWork, *, by: Actor, referral_id: str, part: str, today: date) -> Case:
    """One referral for a page about it; who looked at which part of it is kept. Five statements.

    A record that was opened in an emergency is shown, and the look is kept, like any other.

    Parameters
    ----------
    part : str
        Which page: `contacts`, `plan`.

    Raises
    ------
    NotAllowed, NotFound
        As `case_of` does.
    """
    case = case_of(work.session, by=by, referral_id=referral_id, today=today)
    audit.record(
        work,
        by=by,
        action="referral.read",
        subject=f"referral:{referral_id}",
        details={"person": case.person.person_id, "part": part},
    )
    return case


@dataclass(frozen=True, slots=True)
class Letter:
    """A message back as it went. `sent_at` is None only for one of an earlier version."""

    body: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentView:
    """A referral as whoever sent it sees it: what became of it, and what came back.

    `question` is one that nobody has answered yet. `may_answer` is whether the caller is of the
    side that sent it, while more is waited for: a question, or a note that says too little.
    """

    view: ReferralView
    letters: tuple[Letter, ...]
    turn: Turn
    question: str = ""
    may_answer: bool = False


def look_at_sent(work: UnitOfWork, *, by: Actor, referral_id: str, today: date) -> SentView:
    """One referral for the practice that sent it, with the messages back; the look is kept.

    Raises
    ------
    NotFound
        If there is none, or it is another practice's: the two are told the same way.
    """
    by.require(Permission.READ_REFERRALS)
    view = referral(work.session, by=by, referral_id=referral_id)
    rows = work.session.scalars(
        select(MessageBack)
        .where(MessageBack.referral_id == referral_id, MessageBack.state == LetterState.SENT)
        .order_by(MessageBack.message_id)
    )
    letters = tuple(Letter(each.body, each.sent_at) for each in rows)
    audit.record(
        work,
        by=by,
        action="referral.read",
        subject=f"referral:{referral_id}",
        details={"part": "sent", "messages": len(letters)},
    )
    question = open_question(work, referral_id) if view.state in WAITING else ""
    # Read above already, so this is no statement of its own.
    row = work.session.get_one(Referral, referral_id)
    waits = bool(question) or view.state is ReferralState.NEEDS_MORE
    return SentView(
        view,
        letters,
        turn_of_sent(work.session, view, today),
        question,
        waits and is_requester(by, row) and by.may(Permission.REFER, at=OdsCode(view.practice)),
    )
