"""Referrals from practice systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from service.api.context import KithDep, Scoped
from service.api.documents import SENDING, SIGNED, problems
from service.api.v1.answers import MatchesTold, ReferralTold, matches_told, referral_told
from service.api.v1.fields import Text
from service.api.v1.requests import WHAT_IF, ClosingSent, ReferralSent
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.people.nhs_number import NhsNumber
from service.referrals import queries
from service.referrals.actions import refer, show
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.referrals.safety_actions import close_flag
from service.referrals.what_if import what_if

router = APIRouter(prefix="/v1/referrals", tags=["referrals"])

ReferralId = Annotated[
    Text,
    Path(
        min_length=1,
        max_length=64,
        description="The referral's id, as it was answered when it was taken.",
        examples=["0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d"],
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "Anything unique to this referral, best a UUID. The same key and the same body again "
            "give the first referral. Without a key, the same body on the same day does."
        ),
        examples=["6f1c2c1e-3d5e-4c0b-9a52-0e5c1f0b7a11"],
    ),
]

# What an access token needs here: the answers tell who somebody is beside what is asked for them.
Refers = Annotated[Actor, Depends(Scoped("ServiceRequest.c"))]
Reads = Annotated[Actor, Depends(Scoped("ServiceRequest.r", "Patient.r"))]
Searches = Annotated[Actor, Depends(Scoped("ServiceRequest.r", "HealthcareService.s"))]
Answers = Annotated[Actor, Depends(Scoped("ServiceRequest.c", "ServiceRequest.r", "Patient.r"))]
Closes = Annotated[Actor, Depends(Scoped("Task.u", "ServiceRequest.r", "Patient.r"))]

_WHERE = {
    "Location": {
        "description": "Where the referral is.",
        "schema": {"type": "string"},
    }
}


@router.post(
    "",
    status_code=201,
    summary="Refer somebody",
    responses={
        201: {"description": "The referral was taken", "headers": _WHERE},
        200: {
            "model": ReferralTold,
            "description": "This request was taken before; here is what became of it",
            "headers": {
                **_WHERE,
                "Idempotency-Replayed": {
                    "description": "`true`: nothing was changed.",
                    "schema": {"type": "string"},
                },
            },
        },
        **problems("not-allowed", "practice-unknown", "need-unknown", *SENDING, *SIGNED),
    },
)
def post_referral(
    kith: KithDep, actor: Refers, sent: ReferralSent, response: Response, key: Key = None
) -> ReferralTold:
    """Take a referral for a person of the token's own practice.

    Sent twice it is one referral: the second answer is 200 with `Idempotency-Replayed: true`.
    Needs, circumstances and danger signs are read from `reason`. With a danger sign the state is
    `triage_first`: `flags` say what to do now and who must be told.
    """
    request = _request(sent)
    reading = kith.read_note(sent.reason)
    with kith.store.work() as work:
        received = refer(
            work,
            by=actor,
            request=request,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            key=key,
            reading=reading,
        )
        view = queries.referral(work.session, by=actor, referral_id=received.referral_id)
    if received.repeated:
        response.status_code = 200
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"/v1/referrals/{received.referral_id}"
    return referral_told(view)


@router.get(
    "/{referral_id}",
    summary="Read a referral",
    responses=problems("not-allowed", "not-found", "request-invalid", *SIGNED),
)
def get_referral(kith: KithDep, actor: Reads, referral_id: ReferralId) -> ReferralTold:
    """One referral of the token's own practice; any other is not found. Reading is recorded."""
    with kith.store.work() as work:
        view = queries.referral(work.session, by=actor, referral_id=referral_id)
        audit.record(work, by=actor, action="referral.read", subject=f"referral:{referral_id}")
    return referral_told(view)


@router.get(
    "/{referral_id}/matches",
    summary="Groups for a referral",
    responses=problems("not-allowed", "not-found", "request-invalid", *SIGNED),
)
def get_matches(
    kith: KithDep,
    actor: Searches,
    referral_id: ReferralId,
    limit: Annotated[int | None, Query(ge=1, le=50, description="How many at most.")] = None,
    what_if_: Annotated[bool, Query(alias="what_if", description=WHAT_IF.description)] = False,
) -> MatchesTold:
    """Groups near the person that serve their needs, best first, each with its reasons.

    Groups that were left out are listed with the rule that excluded them. While a danger sign is
    open there are none, and `triage` says what to do. Asking is recorded.
    """
    seeking = kith.seeking(limit)
    with kith.store.read() as session:
        view = queries.referral(session, by=actor, referral_id=referral_id)
        found = queries.matches(session, view, seeking)
        would = what_if(session, seeking, found) if what_if_ else ()
    with kith.store.work() as work:
        show(work, by=actor, view=view, found=found)
    return matches_told(found, would)


@router.post(
    "/{referral_id}/flags/{flag}/closing",
    summary="Say that a clinician has seen a danger sign",
    responses=problems("not-allowed", "not-found", "request-invalid", *SENDING, *SIGNED),
)
def post_closing(
    kith: KithDep,
    actor: Closes,
    referral_id: ReferralId,
    flag: Annotated[
        Text, Path(max_length=60, description="Which one.", examples=["suicide_selfharm"])
    ],
    sent: ClosingSent,
) -> ReferralTold:
    """A named clinician has dealt with it. When none is open any more, groups may be suggested.

    Closing one that is closed changes nothing.
    """
    with kith.store.work() as work:
        close_flag(
            work,
            by=actor,
            referral_id=referral_id,
            flag=flag,
            name=sent.name,
            role=sent.role,
            outcome=sent.outcome,
        )
        view = queries.referral(work.session, by=actor, referral_id=referral_id)
    return referral_told(view)


def _request(sent: ReferralSent) -> ReferralRequest:
    number = sent.person.nhs_number
    return ReferralRequest(
        practice=OdsCode(sent.practice),
        person=PersonGiven(
            nhs_number=None if number is None else NhsNumber(number),
            given_name=sent.person.given_name,
            family_name=sent.person.family_name,
            birth_date=sent.person.birth_date,
        ),
        consent=ConsentGiven(
            given=sent.consent.given,
            asked_on=sent.consent.on,
            taken_by=sent.consent.taken_by,
            how=sent.consent.how,
            reason_not_given=sent.consent.reason_not_given,
        ),
        referrer_name=sent.referrer.name,
        referrer_role=sent.referrer.role,
        needs=tuple(sent.needs),
        facts=sent.facts.document(),
        postcode=sent.postcode,
        reason=sent.reason,
    )
