"""Reading a referral before it is changed or cancelled."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request

from service.api.context import KithDep
from service.api.fhir.bars import BASE
from service.api.fhir.bars.headers import HeadsDep
from service.api.fhir.bars.route import bars_router
from service.api.fhir.context import CallerDep
from service.api.fhir.errors import BadSearch
from service.api.fhir.media import FhirResponse, versioned
from service.api.fhir.pages import base_of, searchset
from service.api.fhir.reads import note_found, note_seen
from service.api.fhir.shown import request_shown, show
from service.api.fhir.systems import NHS_NUMBER
from service.api.v1.fields import Text
from service.people.errors import PersonError
from service.people.nhs_number import NhsNumber
from service.referrals import exchange, exchange_search
from service.store.base import utc_now

router = bars_router()


@router.get("/ServiceRequest/{identity}", name="bars_read", include_in_schema=False)
def get_referral(
    kith: KithDep,
    caller: CallerDep,
    _heads: HeadsDep,
    identity: Annotated[Text, Path(min_length=1, max_length=80)],
) -> FhirResponse:
    """One referral of the caller's own practice, with the version that a change must name."""
    caller.require("ServiceRequest", "r")
    with kith.store.work() as work:
        found = show(work.session, caller.actor, "ServiceRequest", identity, kith.settings)
        note_seen(work, caller, "ServiceRequest", identity, found)
    return FhirResponse(found.resource, headers=versioned(found.version, found.updated_at))


@router.get("/ServiceRequest", name="bars_search", include_in_schema=False)
def search_referrals(
    request: Request, kith: KithDep, caller: CallerDep, _heads: HeadsDep
) -> FhirResponse:
    """The referrals of one person, by NHS number, newest first."""
    caller.require("ServiceRequest", "s")
    asked = request.query_params.getlist("patient:identifier")
    if len(asked) != 1:
        raise BadSearch("Search by one patient:identifier.")
    system, _, value = asked[0].rpartition("|")
    if system not in {"", NHS_NUMBER}:
        raise BadSearch(f"patient:identifier is an NHS number: {NHS_NUMBER}|...")
    try:
        number = NhsNumber(value)
    except PersonError as error:
        raise BadSearch(error.message) from error
    with kith.store.work() as work:
        people = exchange_search.patients(work.session, by=caller.actor, numbers=[number])
        ids = [each for person in people for each in person]
        cases = exchange.cases(work.session, by=caller.actor, referral_ids=ids)
        found = [request_shown(cases[each]) for each in ids if each in cases]
        note_found(work, caller, "ServiceRequest", found)
    base = base_of(request, kith, BASE)
    # The number that was searched for is personal: it is not repeated in an address.
    links = {"self": f"{base}/ServiceRequest"}
    bundle = searchset(
        base, found=found, included=(), total=len(found), links=links, upto=utc_now()
    )
    return FhirResponse(bundle)
