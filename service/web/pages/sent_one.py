"""One referral that my practice sent: what became of it, and the answer to what is asked back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from fastapi import Request, Response
from pydantic import Field

from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.answering import LONGEST_ANSWER, note_answer
from service.referrals.actions.case_looks import look_at_sent
from service.referrals.errors import BadEntry, BadMove
from service.referrals.lifecycle import REFERRAL_ENDS, WAITING, ReferralState
from service.web import forms, sent_words
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.REFER)

TAKEN: Final = "Your answer is with the link worker."
FLAGGED: Final = "Your answer is with the link worker. It has a danger sign: see what to do now."


class Answering(FormModel):
    """What the practice answers."""

    answer: Annotated[str, Field(title="your answer", max_length=LONGEST_ANSWER)]
    says: ClassVar[Mapping[str, str]] = {"answer:missing": "Enter your answer."}


@router.get("/refer/{referral_id}")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What was read from the note, what to do now, and what became of it since."""
    return _page(request, kith, actor, referral_id, forms.blank(), 200)


@router.post("/refer/{referral_id}")
def answer(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Send the answer to the link worker; the same sent twice is one."""
    form = forms.read(request, Answering)
    if form.value is None:
        return _page(request, kith, actor, referral_id, form, 422)
    reading = kith.read_note(form.value.answer)
    try:
        with kith.store.work() as work:
            note_answer(
                work,
                by=actor,
                referral_id=referral_id,
                text=form.value.answer,
                today=kith.today(),
                reading=reading,
            )
    except (BadEntry, BadMove) as refusal:
        return _page(request, kith, actor, referral_id, form.refused(refusal), 422)
    flagged = reading is not None and any(each.status.needs_clinician for each in reading.flags)
    return go_to(request, f"/refer/{referral_id}", said=FLAGGED if flagged else TAKEN)


def _page(
    request: Request, kith: Kith, actor: Actor, referral_id: str, form: Filled[Any], status: int
) -> Response:
    with kith.store.work() as work:
        found = look_at_sent(work, by=actor, referral_id=referral_id, today=kith.today())
    view, known = found.view, need_list.load().needs
    return page(
        request,
        "refer_sent.html",
        status=status,
        form=form,
        view=view,
        name=f"{view.given_name} {view.family_name}".strip() or "Name not given",
        turn=found.turn,
        words=sent_words,
        start=f"/refer/{referral_id}",
        is_new=view.state in WAITING and not found.letters,
        has_ended=view.state in REFERRAL_ENDS,
        question=found.question,
        # What was typed stays, also when a colleague has answered or it has ended meanwhile.
        may_answer=found.may_answer or bool(form.errors),
        may_close=actor.may(Permission.CLOSE_FLAG, at=OdsCode(view.practice)),
        may_list=not actor.may(Permission.TRIAGE),
        letters=found.letters[::-1],
        needs=[
            (known[each.need].label if each.need in known else each.need, each.words)
            for each in view.needs
        ],
        danger=[flag for flag in view.flags if flag.is_open],
        dealt_with=[flag for flag in view.flags if not flag.is_open],
        waits=view.state is ReferralState.TRIAGE_FIRST,
    )
