"""Triage of one referral: take it on, send it back, or ask the practice for more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from geo.errors import DomainError
from service.identity.actors import Actor
from service.identity.errors import NotAllowed
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.asking import LEAST_QUESTION, ask_for_more, preview_return
from service.referrals.actions.triage import accept, give_back
from service.referrals.errors import BadEntry, BadMove, BadReason, FlagOpen
from service.referrals.kinds import Urgency
from service.referrals.reasons import LONGEST, REASONS, ReasonKind
from service.referrals.triage_page import TriagePage, see_for_triage
from service.store.errors import EditConflict
from service.web import forms
from service.web.changed import KEPT, changes_of
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.pages.inbox import STAGES
from service.web.refusals import write_down
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.TRIAGE)

REFUSALS = (BadEntry, BadMove, BadReason, FlagOpen, NotAllowed)
"""What an action may have against a form: told beside what was typed."""

INBOX = ("Inbox", "/inbox")

URGENCIES = (
    (Urgency.URGENT.value, "Urgent", "Act today"),
    (Urgency.SOON.value, "Soon", "Within a few days"),
    (Urgency.ROUTINE.value, "Routine", ""),
)


class Accepting(FormModel):
    """Who takes it, how soon, and what comes next by when."""

    seen: int
    assign_to: Annotated[str, Field(title="who takes it", max_length=80)]
    urgency: Annotated[Urgency, Field(title="how soon somebody must act")]
    next_action: Annotated[str, Field(title="what comes next", max_length=300)]
    next_action_on: Annotated[date, Field(title="the day by which it is due")]
    says: ClassVar[Mapping[str, str]] = {
        "assign_to:missing": "Choose who takes it.",
        "next_action_on:missing": "Enter the day by which it is due.",
    }


class Returning(FormModel):
    """Why it goes back. `step` is `send` once the message was read over, `change` to go back."""

    seen: int
    reason: Annotated[str, Field(title="a reason", max_length=40)]
    reason_text: Annotated[str, Field(title="your own words", max_length=LONGEST)] = ""
    step: str = ""
    says: ClassVar[Mapping[str, str]] = {"reason:missing": "Choose a reason."}


class Asking(FormModel):
    """What the practice is asked."""

    seen: int
    question: Annotated[
        str, Field(title="your question", min_length=LEAST_QUESTION, max_length=LONGEST)
    ]
    says: ClassVar[Mapping[str, str]] = {"question:missing": "Enter your question."}


@router.get("/referrals/{referral_id}/triage")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """All that is needed to decide, and the form to take it on."""
    seen = _seen(kith, actor, referral_id)
    form = forms.blank(
        seen=seen.version,
        assign_to=seen.assigned_to or actor.actor_id,
        urgency=seen.urgency.value,
        next_action="First contact",
    )
    return _page(request, "triage.html", seen, form)


@router.post("/referrals/{referral_id}/triage")
def take(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Take it on, or give it to a colleague."""
    form = forms.read(request, Accepting)
    if form.value is None:
        return _page(request, "triage.html", _seen(kith, actor, referral_id), form, status=422)
    given = form.value
    try:
        with kith.store.work() as work:
            accept(
                work,
                by=actor,
                referral_id=referral_id,
                seen_version=given.seen,
                assign_to=given.assign_to,
                urgency=given.urgency,
                next_action=given.next_action,
                next_action_on=given.next_action_on,
                today=kith.today(),
            )
    except EditConflict as conflict:
        return _told(request, kith, actor, "triage.html", referral_id, form, conflict)
    except REFUSALS as refusal:
        return _refused(request, kith, actor, "triage.html", referral_id, form, refusal)
    there = "/referrals/{referral_id}" in mounted(request.app)
    whose = "your caseload" if given.assign_to == actor.actor_id else "your colleague’s caseload"
    return go_to(
        request,
        f"/referrals/{referral_id}" if there else "/inbox",
        said=f"Accepted. It is in {whose} now.",
    )


@router.get("/referrals/{referral_id}/triage/return")
def ask_reason(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Why it should go back."""
    seen = _seen(kith, actor, referral_id)
    return _page(request, "triage_return.html", seen, forms.blank(seen=seen.version))


@router.post("/referrals/{referral_id}/triage/return")
def send_back(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Show what the practice would be told; on the second step, send it back."""
    form = forms.read(request, Returning)
    template = "triage_return.html"
    if form.value is None:
        seen = _seen(kith, actor, referral_id)
        return _page(request, template, seen, form, status=422)
    if form.value.step == "change":
        return _page(request, template, _seen(kith, actor, referral_id), form)
    given, why = form.value, {"reason": form.value.reason, "text": form.value.reason_text}
    today = kith.today()
    try:
        if given.step != "send":
            with kith.store.read() as session:
                letter = preview_return(
                    session, by=actor, referral_id=referral_id, today=today, **why
                )
            return page(
                request,
                "triage_letter.html",
                form=form,
                letter=letter,
                referral_id=referral_id,
                crumbs=(INBOX, ("Triage", f"/referrals/{referral_id}/triage")),
            )
        with kith.store.work() as work:
            give_back(
                work,
                by=actor,
                referral_id=referral_id,
                seen_version=given.seen,
                today=today,
                **why,
            )
    except EditConflict as conflict:
        return _told(request, kith, actor, template, referral_id, form, conflict)
    except REFUSALS as refusal:
        return _refused(request, kith, actor, template, referral_id, form, refusal)
    return go_to(request, "/inbox", said="Sent back. The practice has been told why.")


@router.get("/referrals/{referral_id}/triage/more")
def ask_question(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What to ask the practice."""
    seen = _seen(kith, actor, referral_id)
    return _page(request, "triage_more.html", seen, forms.blank(seen=seen.version))


@router.post("/referrals/{referral_id}/triage/more")
def send_question(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Send the question to the practice."""
    form = forms.read(request, Asking)
    template = "triage_more.html"
    if form.value is None:
        return _page(request, template, _seen(kith, actor, referral_id), form, status=422)
    try:
        with kith.store.work() as work:
            ask_for_more(
                work,
                by=actor,
                referral_id=referral_id,
                seen_version=form.value.seen,
                question=form.value.question,
                today=kith.today(),
            )
    except EditConflict as conflict:
        return _told(request, kith, actor, template, referral_id, form, conflict)
    except REFUSALS as refusal:
        return _refused(request, kith, actor, template, referral_id, form, refusal)
    return go_to(request, "/inbox", said="The practice has been asked.")


def crumbs(seen: TriagePage, *, inside: bool) -> tuple[tuple[str, str], ...]:
    """The way back: to the inbox, and from a page within triage to the referral."""
    return (INBOX, (seen.name, f"/referrals/{seen.referral_id}/triage")) if inside else (INBOX,)


def _seen(kith: Kith, actor: Actor, referral_id: str) -> TriagePage:
    with kith.store.work() as work:
        return see_for_triage(work, by=actor, referral_id=referral_id)


def _refused(
    request: Request,
    kith: Kith,
    actor: Actor,
    template: str,
    referral_id: str,
    form: Filled[Any],
    refusal: DomainError,
) -> Response:
    """The same page with what was typed, and what the action had against it."""
    write_down(request, refusal)
    seen = _seen(kith, actor, referral_id)
    return _page(request, template, seen, form.refused(refusal), status=422)


def _told(
    request: Request,
    kith: Kith,
    actor: Actor,
    template: str,
    referral_id: str,
    form: Filled[Any],
    conflict: EditConflict,
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> Response:
    """The same page with what was typed, and what a colleague changed meanwhile."""
    with kith.store.read() as session:
        changes = changes_of(session, conflict)
    seen = _seen(kith, actor, referral_id)
    form = form.wrong("", KEPT)
    return _page(
        request, template, seen, form, status=409, version=seen.version, changes=changes, **values
    )


def _page(
    request: Request,
    template: str,
    seen: TriagePage,
    form: Filled[Any],
    *,
    status: int = 200,
    version: int | None = None,
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> Response:
    """A page of triage. `version` replaces the one that was seen, once the change was told."""
    usual: dict[str, Any] = {
        "seen": seen,
        "form": form,
        # What was before the writer's eyes, also when the form comes back for another reason.
        "version": version or form.typed("seen") or seen.version,
        "changes": (),
        "stages": STAGES,
        "urgencies": URGENCIES,
        "reasons": tuple(REASONS[ReasonKind.RETURN].items()),
        "people": [(each.actor_id, each.name) for each in seen.colleagues],
        "crumbs": crumbs(seen, inside=template != "triage.html"),
    }
    return page(request, template, status=status, **{**usual, **values})
