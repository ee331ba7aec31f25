"""Messages back to the practice: composed, changed, read over, sent; and all that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.colleagues import Names, names_for
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.case_looks import look_at_case
from service.referrals.actions.letters import (
    LONGEST_LETTER,
    edit_message,
    send_message,
    write_message,
)
from service.referrals.case_file import Case
from service.referrals.kinds import LetterState
from service.referrals.referral_page import rows_of
from service.referrals.work_model import MessageBack
from service.store.work import UnitOfWork
from service.web import forms
from service.web.case_frame import Refused, attempt, case_page
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


class Written(FormModel):
    """The text of a message. `seen` is the message's version, not the referral's."""

    seen: int
    body: Annotated[str, Field(title="the message", max_length=LONGEST_LETTER)]
    says: ClassVar[Mapping[str, str]] = {"body:missing": "Write the message."}


class Sending(FormModel):
    """The version that was read over."""

    seen: int


@router.get("/referrals/{referral_id}/letter")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The draft, if there is one, and the messages that were sent."""
    return _list(request, kith, actor, referral_id)


@router.post("/referrals/{referral_id}/letter")
def compose(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Compose a message on how things stand; a draft that waits is composed anew."""
    made: list[int] = []

    def act(work: UnitOfWork, _: FormModel) -> None:
        made.append(write_message(work, by=actor, referral_id=referral_id, today=kith.today()))

    refused = attempt(kith, forms.read(request, FormModel), act)
    if refused is not None:
        return _list(request, kith, actor, referral_id, refused)
    return go_to(request, f"/referrals/{referral_id}/letter/{made[0]}")


@router.get("/referrals/{referral_id}/letter/{message_id}")
def edit(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, message_id: int
) -> Response:
    """A draft to be changed; a message that was sent, as it went."""
    case, message, names = _one(kith, actor, referral_id, message_id)
    form = forms.blank(seen=message.version, body=message.body)
    template = "letter_sent.html" if message.state is LetterState.SENT else "letter_edit.html"
    return _page(request, template, case, message, form, names=names)


@router.post("/referrals/{referral_id}/letter/{message_id}")
def save(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, message_id: int
) -> Response:
    """Keep what was changed, and go on to reading it over."""
    refused = attempt(
        kith,
        forms.read(request, Written),
        lambda work, given: edit_message(
            work,
            by=actor,
            referral_id=referral_id,
            message_id=message_id,
            seen_version=given.seen,
            # Browsers send line ends as networks do; the message has plain ones.
            body=given.body.replace("\r\n", "\n"),
        ),
    )
    if refused is not None:
        case, message, _ = _one(kith, actor, referral_id, message_id)
        return _page(request, "letter_edit.html", case, message, refused)
    return go_to(request, f"/referrals/{referral_id}/letter/{message_id}/preview")


@router.get("/referrals/{referral_id}/letter/{message_id}/preview")
def preview(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, message_id: int
) -> Response:
    """The message exactly as it will go."""
    case, message, names = _one(kith, actor, referral_id, message_id)
    template = "letter_sent.html" if message.state is LetterState.SENT else "letter_preview.html"
    form = forms.blank(seen=message.version)
    return _page(request, template, case, message, form, names=names)


@router.post("/referrals/{referral_id}/letter/{message_id}/send")
def send(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, message_id: int
) -> Response:
    """Send it as it was read over."""
    refused = attempt(
        kith,
        forms.read(request, Sending),
        lambda work, given: send_message(
            work,
            by=actor,
            referral_id=referral_id,
            message_id=message_id,
            seen_version=given.seen,
        ),
    )
    if refused is not None:
        case, message, _ = _one(kith, actor, referral_id, message_id)
        if message.state is LetterState.SENT:
            return go_to(request, f"/referrals/{referral_id}/letter", said="It was sent already.")
        return _page(request, "letter_preview.html", case, message, refused)
    return go_to(
        request,
        f"/referrals/{referral_id}/letter",
        said="The message is on its way to the practice.",
    )


def _one(
    kith: Kith, actor: Actor, referral_id: str, message_id: int
) -> tuple[Case, MessageBack, Names]:
    with kith.store.work() as work:
        case = look_at_case(
            work, by=actor, referral_id=referral_id, part="letter", today=kith.today()
        )
        message = work.session.get(MessageBack, message_id)
        if message is None or message.referral_id != referral_id:
            raise NotFound("There is no such message in this referral.")
        names = names_for(work.session, (), {message.sent_by, message.written_by})
    return case, message, names


def _page(
    request: Request,
    template: str,
    case: Case,
    message: MessageBack,
    form: Filled[Any] | Refused,
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> Response:
    return case_page(request, template, case, form, here="/letter", message=message, **values)


def _list(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    form: Filled[Any] | Refused | None = None,
) -> Response:
    with kith.store.work() as work:
        case = look_at_case(
            work, by=actor, referral_id=referral_id, part="letter", today=kith.today()
        )
        messages = rows_of(work.session, MessageBack, MessageBack.message_id, referral_id)
        names = names_for(work.session, (), {each.sent_by for each in messages})
    sent = [each for each in messages if each.state is LetterState.SENT]
    return case_page(
        request,
        "letter.html",
        case,
        form,
        here="/letter",
        draft=next((each for each in messages if each.state is LetterState.DRAFT), None),
        sent=sent[::-1],
        names=names,
        works_here=actor.may(Permission.WORK_REFERRALS, at=case.practice),
    )
