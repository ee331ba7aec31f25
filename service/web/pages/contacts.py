"""Being in touch with the person: what was said, what came of it, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import AfterValidator, Field

from service.identity.actors import Actor
from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.parts import BRITAIN, Kith
from service.referrals.actions.case_looks import look_at_case
from service.referrals.actions.contacts import LONGEST_NOTE, ContactGiven, record_contact
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.referral_page import rows_of
from service.referrals.work_model import Contact
from service.store.base import utc_now
from service.web import forms
from service.web.case_frame import Refused, answered, case_page
from service.web.case_words import CONTACT_OUTCOMES, MODES
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


def clock(text: str) -> str:
    """A time as people write it (14:05, 2.05pm, 9am), as 14:05.

    Raises
    ------
    ValueError
        With a sentence for whoever typed it.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is not None:
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        is_clock = 1 <= hour <= 12 if half else hour <= 23
        if is_clock and minute <= 59 and (half or found[2]):
            hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
            return f"{hour:02}:{minute:02}"
    raise ValueError("Write the time like 14:05 or 2:05pm.")


class Given(FormModel):
    """One contact."""

    mode: Annotated[ContactMode, Field(title="how you were in touch")]
    outcome: Annotated[ContactOutcome, Field(title="what came of it")]
    happened_on: Annotated[date, Field(title="the day")]
    happened_at: Annotated[str, AfterValidator(clock), Field(title="the time", max_length=10)]
    note: Annotated[str, Field(title="the note", max_length=LONGEST_NOTE)] = ""
    next_action: Annotated[str, Field(title="what comes next", max_length=300)] = ""
    next_action_on: Annotated[date | None, Field(title="the day by which it is due")] = None
    says: ClassVar[Mapping[str, str]] = {
        "mode:missing": "Choose how you were in touch.",
        "outcome:missing": "Choose what came of it.",
        "happened_on:missing": "Enter the day of the contact.",
        "happened_at:missing": "Enter the time of the contact.",
    }


@router.get("/referrals/{referral_id}/contacts")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The contacts, the newest first, and the form for one more."""
    now = utc_now().astimezone(BRITAIN)
    form = forms.blank(happened_on=now.date(), happened_at=f"{now:%H:%M}")
    return _page(request, kith, actor, referral_id, form)


@router.post("/referrals/{referral_id}/contacts")
def record(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Keep one contact."""
    form = forms.read(request, Given)
    return answered(
        request,
        kith,
        form,
        lambda work, given: record_contact(
            work, by=actor, referral_id=referral_id, contact=_contact(given), today=kith.today()
        ),
        again=lambda refused: _page(request, kith, actor, referral_id, refused),
        to=f"/referrals/{referral_id}/contacts",
        said="The contact is written down.",
    )


def _contact(given: Given) -> ContactGiven:
    at = time.fromisoformat(given.happened_at)
    return ContactGiven(
        happened_at=datetime.combine(given.happened_on, at, tzinfo=BRITAIN),
        mode=given.mode,
        outcome=given.outcome,
        note=given.note,
        next_action=given.next_action,
        next_action_on=given.next_action_on,
    )


def _page(
    request: Request, kith: Kith, actor: Actor, referral_id: str, form: Filled[Any] | Refused
) -> Response:
    with kith.store.work() as work:
        case = look_at_case(
            work, by=actor, referral_id=referral_id, part="contacts", today=kith.today()
        )
        contacts = rows_of(work.session, Contact, Contact.happened_at, referral_id)[::-1]
        names = names_for(work.session, (), {each.recorded_by for each in contacts})
    return case_page(
        request,
        "contacts.html",
        case,
        form,
        here="/contacts",
        contacts=contacts,
        names=names,
        modes=[(each.value, label) for each, label in MODES.items()],
        outcomes=[(each.value, label) for each, label in CONTACT_OUTCOMES.items()],
    )
