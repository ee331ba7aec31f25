"""Matches for a question about nobody in particular."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.context import ActorDep, KithDep
from service.api.documents import READING, SENDING, problems
from service.api.v1.answers import MatchesTold, matches_told
from service.api.v1.requests import MatchSent
from service.identity.roles import Permission
from service.matching.wanted import WantedNeed
from service.referrals import queries
from service.register.needs import check_needs
from service.register.vocabulary import ReferralRoute

router = APIRouter(prefix="/v1/matches", tags=["matches"])


@router.post(
    "",
    summary="Groups for some needs",
    responses=problems("not-allowed", "need-unknown", *SENDING, "token-invalid", *READING),
)
def post_matches(kith: KithDep, actor: ActorDep, sent: MatchSent) -> MatchesTold:
    """Groups that serve these needs for a person in these circumstances, best first.

    Nothing of the question is stored or logged. A token is asked for all the same, because
    circumstances and a postcode together can point to a person.
    """
    actor.require(Permission.MATCH)
    needs = tuple(WantedNeed(code, 1.0) for code in check_needs(sent.needs))
    with kith.store.read() as session:
        found = queries.matches_for(
            session,
            needs=needs,
            postcode=sent.postcode,
            facts=sent.facts.document(),
            route=ReferralRoute.GP,
            gazetteer=kith.gazetteer,
            travel=kith.travel,
            parameters=kith.parameters,
            today=kith.today(),
            limit=sent.limit or kith.settings.match_limit,
        )
    return matches_told(found)
