"""Who sends a person decides where they can go: a request of one's own is nobody else's."""

from __future__ import annotations

import json

from case_world import WORKER, case
from web_world import Web

from service.identity.actors import visitor
from service.identity.codes import OdsCode
from service.referrals import queries
from service.referrals.actions.contacts import Reach
from service.referrals.actions.refer_self import HelpAsked, refer_self
from service.register.indexing import reindex
from service.register.vocabulary import ReferralRoute

pytest_plugins = ("web_fixtures",)


def asked_for_themselves(web: Web) -> str:
    kith = web.town.kith
    asked = HelpAsked(
        needs=("loneliness_isolation",),
        words="",
        name="Nora Larkrise",
        reach=Reach(telephone="01632 960123", email="", reach_by="telephone"),
        care="",
        good_time="",
        postcode="WA8 6TR",
        practice=OdsCode("N81011"),
        agreed=True,
    )
    with web.store.work() as work:
        return refer_self(
            work, by=visitor(), asked=asked, gazetteer=kith.gazetteer, today=kith.today()
        ).referral_id


def found_for(web: Web, referral_id: str) -> tuple[queries.ReferralView, queries.Matched]:
    with web.store.read() as session:
        view = queries.referral(session, by=web.actor(WORKER), referral_id=referral_id)
        return view, queries.matches(session, view, web.town.kith.seeking(50))


def test_a_group_that_takes_people_from_practices_only_is_not_for_a_request_of_one_s_own(
    web: Web,
) -> None:
    own, sent = asked_for_themselves(web), case(web)
    view, _ = found_for(web, own)
    assert view.route is ReferralRoute.SELF
    by_gp, all_sent = found_for(web, sent)
    assert by_gp.route is ReferralRoute.GP
    assert all_sent.result is not None
    first = all_sent.result.matches[0].asset
    before = web.scalar("SELECT routes FROM asset WHERE asset_id = :a", a=first.asset_id)
    try:
        only(web, first.asset_id, '["gp"]')
        _, mine = found_for(web, own)
        _, theirs = found_for(web, sent)
        assert mine.result is not None
        assert theirs.result is not None
        assert first.asset_id not in {each.asset.asset_id for each in mine.result.matches}
        assert first.asset_id in {each.asset.asset_id for each in theirs.result.matches}
        [missed] = [each for each in mine.result.near_misses if each.rule_id == "referral_route"]
        assert missed.sentence == "It takes people sent by a GP practice."
        for referral_id, there in ((own, False), (sent, True)):
            page = web.browser(WORKER).get(f"/referrals/{referral_id}").text
            assert (f'id="group-{first.asset_id}"' in page) is there
    finally:
        only(web, first.asset_id, before)


def only(web: Web, asset_id: int, routes: object) -> None:
    """Change who may send people to one group."""
    value = routes if isinstance(routes, str) else json.dumps(routes)
    cast = "CAST(:r AS jsonb)" if web.town.database == "postgresql" else ":r"
    web.run(f"UPDATE asset SET routes = {cast} WHERE asset_id = :a", r=value, a=asset_id)
    with web.store.work() as work:
        reindex(work, [asset_id])
