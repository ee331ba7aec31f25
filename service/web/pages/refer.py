"""The practice's form: who, where, what is the matter, and that they agreed. Sent in seconds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from fastapi import Request, Response
from pydantic import Field

from geo.errors import BadPostcode, DomainError, GeoError
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.matching.errors import MatchingError
from service.parts import Kith
from service.people.errors import PersonError
from service.people.who import read_who
from service.referrals.actions import refer
from service.referrals.errors import KeyReused, ReferralError
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.web import forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.REFER)

CANNOT: Final = (PersonError, ReferralError, GeoError, MatchingError)
_FIELDS: Final = {
    "person.birth_date": "who",
    "person.nhs_number": "who",
    "consent.reason_not_given": "why_not",
    "consent.on": "agreed",
    "postcode": "postcode",
}
"""Where what the action says against a request is told."""


class Referring(FormModel):
    """One referral. `form_id` is made with the empty form: sent twice, it is one referral."""

    form_id: Annotated[uuid.UUID | None, Field(title="the form")] = None
    practice: Annotated[str, Field(title="a practice", max_length=10)] = ""
    who: Annotated[str, Field(title="who it is", max_length=400)]
    postcode: Annotated[str, Field(title="the postcode", max_length=40)]
    note: Annotated[str, Field(title="the note", max_length=20_000)]
    agreed: bool = False
    why_not: Annotated[str, Field(title="the reason", max_length=1_000)] = ""
    says: ClassVar[Mapping[str, str]] = {
        "who:missing": "Enter an NHS number, or a name and a birth date.",
        "postcode:missing": "Enter the postcode. If they have no home, enter ZZ99 3VZ.",
        "note:missing": "Write what is the matter, in your own words.",
        "form_id": "Send the form again.",
    }


@router.get("/refer")
def ask(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """The form."""
    return show_form(request, kith, actor, forms.blank(form_id=uuid.uuid4()))


@router.post("/refer")
def send(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """Take the referral; the same form sent twice is one."""
    form = forms.read(request, Referring)
    mine = sorted(actor.places(Permission.REFER))
    if form.typed("agreed") != "true" and not form.typed("why_not").strip():
        form = form.wrong("agreed", "Tick that they agreed, or say below why you refer anyway.")
    practice = mine[0] if len(mine) == 1 else form.typed("practice")
    if practice not in mine:
        form = form.wrong("practice", "Choose the practice that refers.")
    if form.value is None:
        return show_form(request, kith, actor, form, 422)
    try:
        referral_id = _take(kith, actor, form.value, OdsCode(practice))
    except KeyReused:
        form = _fresh(form).wrong(
            "", "You have sent this form before, and have changed it since. Send it again if it "
            "is to be another referral."
        )  # fmt: skip
        return show_form(request, kith, actor, form, 409)
    except CANNOT as refusal:
        return show_form(request, kith, actor, _refused(form, refusal), 422)
    return go_to(request, f"/refer/{referral_id}")


def _take(kith: Kith, actor: Actor, given: Referring, practice: OdsCode) -> str:
    who = read_who(given.who)
    request = ReferralRequest(
        practice=practice,
        person=PersonGiven(who.nhs_number, who.given_name, who.family_name, who.birth_date),
        consent=ConsentGiven(
            given=given.agreed,
            asked_on=kith.today(),
            taken_by=actor.name,
            how="practice form",
            reason_not_given="" if given.agreed else given.why_not,
        ),
        needs=(),
        facts={},
        postcode=given.postcode,
        reason=given.note,
        referrer_name=actor.name,
    )
    reading = kith.read_note(given.note)
    with kith.store.work() as work:
        received = refer(
            work,
            by=actor,
            request=request,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            key=None if given.form_id is None else f"form:{given.form_id}",
            reading=reading,
        )
    return received.referral_id


def _refused(form: Filled[Referring], refusal: DomainError) -> Filled[Referring]:
    named = "postcode" if isinstance(refusal, BadPostcode) else refusal.fields.get("field", "")
    named = str(named)
    field = _FIELDS.get(named, named if named in Referring.model_fields else "")
    return form.wrong(field, refusal.message)


def _fresh(form: Filled[Any]) -> Filled[Any]:
    """The same answers in a form that has not been sent yet."""
    return Filled(form.value, {**form.answers, "form_id": (str(uuid.uuid4()),)}, form.errors)


def show_form(
    request: Request,
    kith: Kith,
    actor: Actor,
    form: Filled[Any],
    status: int = 200,
    *,
    is_launched: bool = False,
) -> Response:
    """The form as it stands; `is_launched` when another system has filled it in."""
    mine = sorted(actor.places(Permission.REFER))
    choices: list[tuple[str, str]] = []
    if len(mine) > 1:
        with kith.store.read() as session:
            names = names_for(session, mine, ())
        choices = sorted(
            ((code, names.practice(code)) for code in mine), key=lambda each: (each[1], each[0])
        )
    return page(
        request,
        "refer.html",
        status=status,
        form=form,
        practices=choices,
        is_launched=is_launched,
    )
