"""Matches for a question about nobody in particular."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from service.api.context import KithDep, Scoped
from service.api.documents import READING, SENDING, problems
from service.api.v1.answers import MatchesTold, matches_told
from service.api.v1.requests import MatchSent
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals import queries
from service.referrals.what_if import what_if
from service.register.needs import check_needs
from service.register.vocabulary import ReferralRoute

router = APIRouter(prefix="/v1/matches", tags=["matches"])

Searches = Annotated[Actor, Depends(Scoped("HealthcareService.s"))]


@router.post(
    "",
    summary="Groups for some needs",
    responses=problems("not-allowed", "need-unknown", *SENDING, "token-invalid", *READING),
)
def post_matches(kith: KithDep, actor: Searches, sent: MatchSent) -> MatchesTold:
    """Groups that serve these needs for a person in these circumstances, best first.

    Needs and circumstances are read from `note` as well. When it has a danger sign no group is
    suggested: `triage` says what to do, and who must be told. With `what_if` each group says what
    would lift it or bring it in, one thing changed.

    Nothing of the question is stored or logged. A token is asked for all the same, because
    circumstances and a postcode together can point to a person.
    """
    actor.require(Permission.MATCH)
    reading = kith.read_note(sent.note)
    needs = () if reading and not sent.needs else check_needs(sent.needs)
    seeking = kith.seeking(sent.limit)
    with kith.store.read() as session:
        found = queries.matches_of_note(
            session,
            seeking,
            needs=needs,
            reading=reading,
            postcode=sent.postcode,
            facts=sent.facts.document(),
            route=ReferralRoute.GP,
        )
        would = what_if(session, seeking, found) if sent.what_if else ()
    return matches_told(found, would)
