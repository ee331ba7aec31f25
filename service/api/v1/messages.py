"""What was written back to the practice about a referral, and what it answers."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from service.api.context import KithDep
from service.api.documents import SENDING, SIGNED, problems
from service.api.v1.answers import ReferralTold, referral_told
from service.api.v1.fields import Told
from service.api.v1.referrals import Answers, Reads, ReferralId
from service.api.v1.requests import AnswerSent
from service.referrals import queries
from service.referrals.actions.answering import note_answer
from service.referrals.actions.looking import Letter, read_messages

router = APIRouter(prefix="/v1/referrals", tags=["referrals"])


class CodeTold(Told):
    """A code for the person's record at the practice."""

    system: str
    code: str
    display: str
    on: date = Field(description="The day that the code is about.")


class MessageTold(Told):
    """One message back, as the link worker sent it."""

    id: str = Field(description="The same as of the DocumentReference in the FHIR API.")
    kind: str = Field(description="returned, question, progress or closed.")
    sent_at: datetime
    text: str
    codes: list[CodeTold] = Field(
        description="SNOMED CT codes to record; each comes once for a referral."
    )


class MessagesTold(Told):
    """All messages back about a referral, oldest first; none while nothing was sent."""

    messages: list[MessageTold]


@router.get(
    "/{referral_id}/messages",
    summary="Messages back to the practice",
    responses=problems("not-found", "request-invalid", *SIGNED),
)
def get_messages(kith: KithDep, actor: Reads, referral_id: ReferralId) -> MessagesTold:
    """What the link worker wrote back about a referral of the token's own practice.

    Drafts are not shown. Reading is recorded.
    """
    with kith.store.work() as work:
        letters = read_messages(work, by=actor, referral_id=referral_id)
    return MessagesTold(messages=[_told(each) for each in letters])


@router.post(
    "/{referral_id}/answers",
    summary="Answer what was asked about a referral",
    responses=problems("not-allowed", "not-found", "request-invalid", *SENDING, *SIGNED),
)
def post_answer(
    kith: KithDep, actor: Answers, referral_id: ReferralId, sent: AnswerSent
) -> ReferralTold:
    """Add to the note, and put a referral that waited for it (`needs_more`) back in the inbox.

    The answer is read as the note was: a danger sign in it makes the state `triage_first`. The same
    answer again changes nothing. It cannot be answered once it has ended: refer the person again.
    """
    reading = kith.read_note(sent.text)
    with kith.store.work() as work:
        note_answer(
            work,
            by=actor,
            referral_id=referral_id,
            text=sent.text,
            today=kith.today(),
            reading=reading,
        )
        view = queries.referral(work.session, by=actor, referral_id=referral_id)
    return referral_told(view)


def _told(letter: Letter) -> MessageTold:
    return MessageTold(
        id=f"message-{letter.message_id}",
        kind=letter.kind.value,
        sent_at=datetime.fromisoformat(letter.sent_at),
        text=letter.body,
        codes=[CodeTold.model_validate(each, strict=False) for each in letter.codes],
    )
