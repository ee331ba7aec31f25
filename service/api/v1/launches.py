"""Links by which a practice's system opens Kith in a browser, at the right place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from service.api.addresses import origin_of
from service.api.context import HolderDep, KithDep
from service.api.documents import SENDING, SIGNED, problems
from service.api.errors import BadRequest
from service.api.v1.fields import Ods, PostcodeText, Sent, Text, Told
from service.api.v1.requests import NoteText, PersonSent
from service.identity.codes import OdsCode
from service.referrals.actions.launching import FilledIn, launch_form, launch_referral

router = APIRouter(prefix="/v1/launches", tags=["referrals"])

LAUNCH_EXAMPLE: dict[str, Any] = {
    "practice": "N81011",
    "person": {
        "nhs_number": "9990000018",
        "given_name": "Example",
        "family_name": "Person",
        "birth_date": "1951-03-09",
    },
    "postcode": "WA8 6TR",
    "reason": "On her own since her husband died.",
}


class LaunchSent(Sent):
    """Where to lead: to a practice's form, with what is known, or to a referral."""

    model_config = {"json_schema_extra": {"examples": [LAUNCH_EXAMPLE]}}

    practice: Ods | None = None
    person: PersonSent = PersonSent()
    postcode: PostcodeText | None = None
    reason: NoteText = ""
    referral: Annotated[Text, Field(min_length=1, max_length=64)] | None = None


class LaunchTold(Told):
    """The link. Nobody is named in it."""

    url: str = Field(description="Open it in a browser. Its one button works once.")
    expires_at: datetime


@router.post(
    "",
    status_code=201,
    summary="A link that opens Kith, once",
    responses=problems("not-allowed", "not-found", "request-invalid", *SENDING, *SIGNED),
)
def post_launch(request: Request, kith: KithDep, holder: HolderDep, sent: LaunchSent) -> LaunchTold:
    """A link for five minutes and one use, to the practice's form or to a referral.

    It signs nobody in: whoever opens it signs in to Kith as always. What the form is filled with is
    kept unreadable until then and thrown away after. An access token needs
    `system/ServiceRequest.c` for a form, `system/ServiceRequest.r` for a referral.
    """
    if (sent.practice is None) == (sent.referral is None):
        raise BadRequest(
            "Name a practice, for its form, or a referral: one of the two.",
            errors=[{"where": "body.practice", "what": "Give this or `referral`."}],
        )
    if sent.referral is not None:
        holder.require("ServiceRequest", "r")
        with kith.store.work() as work:
            made = launch_referral(work, by=holder.actor, referral_id=sent.referral)
    else:
        holder.require("ServiceRequest", "c")
        filled = FilledIn(who(sent.person), sent.postcode or "", sent.reason)
        with kith.store.work() as work:
            made = launch_form(
                work, by=holder.actor, practice=OdsCode(str(sent.practice)), filled=filled
            )
    origin = origin_of(request, kith.settings)
    return LaunchTold(url=f"{origin}/launch/{made.secret}", expires_at=made.expires_at)


def who(person: PersonSent) -> str:
    """A person as the form's one line has them: number, name, birth date."""
    born: date | None = person.birth_date
    parts = (
        person.nhs_number or "",
        person.given_name,
        person.family_name,
        f"{born.day}/{born.month}/{born.year}" if born else "",
    )
    return " ".join(part for part in parts if part)
