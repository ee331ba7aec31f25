"""The form for a clinician's word on a danger sign, wherever it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Final

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.parts import Kith
from service.referrals.errors import BadClosing
from service.referrals.safety_actions import close_flag
from service.web import forms
from service.web.forms import Filled, FormModel
from service.web.render import go_to

CLOSED_FIRST: Final = (
    "Somebody closed this sign before you sent yours. What they wrote is shown above, and it "
    "stands. Nothing you typed was saved; it is still below, should you want to copy it."
)
WRITTEN: Final = "Written down. Check whether another danger sign is open before you go on."


class Closing(FormModel):
    """Who has seen it, as what, and what they did."""

    name: Annotated[str, Field(title="the clinician’s name", max_length=120)]
    role: Annotated[str, Field(title="the clinician’s role", max_length=120)]
    outcome: Annotated[str, Field(title="what was done", max_length=2_000)]
    says: ClassVar[Mapping[str, str]] = {
        "name:missing": "Enter the name of the clinician who has seen this.",
        "role:missing": "Enter their role, such as GP or duty nurse.",
        "outcome:missing": "Enter what was done and why it is safe to go on.",
    }


def sign_closed(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    flag: str,
    *,
    again: Callable[[Filled[Closing], int], Response],
    to: str,
) -> Response:
    """Close the sign as the form says and go on to `to`; else show the form `again`."""
    form = _close(kith, actor, forms.read(request, Closing), referral_id, flag)
    if form.value is not None:
        return go_to(request, to, said=WRITTEN)
    return again(form, 409 if form.error("") == CLOSED_FIRST else 422)


def _close(
    kith: Kith, actor: Actor, form: Filled[Closing], referral_id: str, flag: str
) -> Filled[Closing]:
    """The form as it was, with a fault unless the sign was closed."""
    if form.value is None:
        return form
    try:
        with kith.store.work() as work:
            closed = close_flag(
                work,
                by=actor,
                referral_id=referral_id,
                flag=flag,
                name=form.value.name,
                role=form.value.role,
                outcome=form.value.outcome,
            )
    except BadClosing as refusal:
        return form.refused(refusal)
    return form if closed else form.wrong("", CLOSED_FIRST)
