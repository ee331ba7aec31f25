"""How many statements each answer takes: few, and no more when there is more to tell.

Counted by SQLite itself, so that what goes past SQLAlchemy counts too; beginnings and ends of
transactions are left out. A list of assets is read in one statement, from what is kept to be
judged; one that tells all of an asset takes four (its needs, times, areas and itself), however many
they are.
"""

from __future__ import annotations

import re

import pytest
from api_client import Api, Town, referral_body
from cds_world import Hooks
from client_world import system_for
from copies import copy_assets
from sent_statements import counted
from town import WIDNES, token_for

pytest_plugins = ("api_fixtures",)

ASSETS, LISTED = 4, 1
ABOUT_ASSETS = re.compile(r"FROM (asset_need|schedule|area_served|asset)\b.* IN \(")


def statements(api: Api, method: str, path: str, **sent: object) -> list[str]:
    with counted(api.town) as found:
        answer = api.request(method, path, **sent)
    assert answer.status_code < 400, answer.text
    return found


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/livez", 0),
        ("/problems", 0),
        ("/openapi.json", 0),
        ("/static/kith/kith.css", 0),
        ("/readyz", 2),  # the revision, and whether a question is answered
        ("/", 2),  # the practices; how many groups
        ("/v1/assets", 1 + LISTED),  # the page and its total are one
        ("/v1/assets?limit=1", 1 + LISTED),
        ("/v1/assets?limit=100", 1 + LISTED),
        ("/v1/assets?offset=1000", 2),  # beyond the last: the total is asked for by itself
        ("/v1/assets?text=lunch", 1 + LISTED),
        ("/v1/assets?text=xylozorgle", 2),
        ("/v1/assets?near=WA8 6TR", 1 + LISTED),
        ("/v1/assets?near=WA8 6TR&free=true", 2 + LISTED),  # and the filter
        ("/v1/assets?near=WA8 6TR&text=lunch", 2 + LISTED),  # and the words
        (
            "/v1/assets?near=WA8 6TR&wider=true",
            4 + LISTED,
        ),  # remote; whose area, twice
        ("/v1/assets?near=WA8 6TR&need=bereavement&need=debt_money", 1 + LISTED),
        ("/v1/assets?format=csv&limit=100", 1 + LISTED),
        ("/v1/assets/lapwing-lunch-club", 1 + ASSETS),
        ("/v1/practices/N81011", 1),  # with all that are above it
        ("/v1/practices/N81011/assets", 2 + LISTED),
        ("/v1/practices/N81011/map", 6),  # practice, version, near, remote, whose area, assets
        ("/v1/practices/N81011/map?within=50000", 6),
        ("/v1/practices/N81011/map?need=bereavement&need=debt_money", 6),
        ("/v1/practices/N81011/map?format=geojson", 5 + ASSETS),
    ],
)
def test_what_anybody_may_open(quick_town: Town, path: str, count: int) -> None:
    found = statements(Api(quick_town), "GET", path)
    assert len(found) == count, found


def test_a_map_that_has_not_changed(quick_town: Town) -> None:
    api, path = Api(quick_town), "/v1/practices/N81011/map"
    tag = api.get(path).headers["ETag"]
    found = statements(api, "GET", path, headers={"If-None-Match": tag})
    assert len(found) == 2, found  # the practice and the version


TOKEN, REFERRAL, RECORD = 1, 1, 3
"""Who asks; the referral with its person and consent, needs, danger signs; the record: head, event,
head."""
FIRST, GROUPS = 1, 1
"""Of a search: what comes to somebody and what is near, of all needs, with the register's version;
the groups themselves, with what they were shown before."""


def test_taking_a_referral(quick: Api) -> None:
    first = statements(quick, "POST", "/v1/referrals", json=referral_body(reason="1"))
    known = statements(quick, "POST", "/v1/referrals", json=referral_body(reason="2"))
    many = statements(
        quick,
        "POST",
        "/v1/referrals",
        json=referral_body(needs=["bereavement", "debt_money", "housing", "digital"]),
    )
    # Was it here before; the practice, held; who it is; person, referral, two needs, consent, its
    # first event; when it was taken, in order with all that others do; the message; and once more
    # as the practice may read it.
    assert len(first) == TOKEN + 1 + 1 + 1 + 6 + 1 + RECORD + 1 + REFERRAL, first
    assert len(known) == len(first) - 1, known
    # SQLite is told of each need by itself, in one call of its driver.
    assert len(many) == len(known) + 2, many


def test_taking_it_again(quick: Api) -> None:
    quick.post("/v1/referrals", json=referral_body())
    again = statements(quick, "POST", "/v1/referrals", json=referral_body())
    assert len(again) == TOKEN + 1 + REFERRAL, again


WRITTEN_DOWN = 1 + 3 + 3 + RECORD
"""What was refused: whether any may still be kept; one less for the address; one less in all."""


def test_a_refusal_costs_little(quick: Api) -> None:
    for changes, count in (
        ({"needs": ["nonsense"]}, TOKEN),
        ({"postcode": "WA8 6ZZ"}, TOKEN),
        ({"practice": "N81019"}, TOKEN + WRITTEN_DOWN),
        ({"colour": "red"}, TOKEN),
    ):
        with counted(quick.town) as found:
            quick.post("/v1/referrals", json=referral_body(**changes))
        assert len(found) == count, found
    with counted(quick.town) as found:
        quick.post("/v1/referrals", json=referral_body(), headers={"Authorization": "Bearer x"})
    assert len(found) == WRITTEN_DOWN, found


def test_the_hundredth_refusal_costs_one_statement_and_leaves_nothing(quick: Api) -> None:
    bad = {"Authorization": "Bearer x"}
    for _ in range(99):
        assert quick.get("/v1/referrals/one", headers=bad).status_code == 401
    before = quick.town.counts()
    with counted(quick.town) as found:
        assert quick.get("/v1/referrals/one", headers=bad).status_code == 401
    assert len(found) == 1, found
    assert quick.town.counts() == before


def test_reading_a_referral(quick: Api) -> None:
    where = quick.post("/v1/referrals", json=referral_body()).headers["Location"]
    found = statements(quick, "GET", where)
    assert len(found) == TOKEN + REFERRAL + RECORD, found


def test_a_token_for_a_signed_assertion(quick_town: Town) -> None:
    system = system_for(quick_town)
    with counted(quick_town) as found:
        assert system.ask().status_code == 200
    # Who it is; whether it was refused too often; its number, the token, the record, and what has
    # ended cleared away twice.
    assert len(found) == 1 + 1 + 1 + 1 + RECORD + 2, found
    api = system.api("system/ServiceRequest.r system/Patient.r")
    with counted(quick_town) as found:
        assert api.get("/v1/referrals/nothing").status_code == 404
    assert len(found) == TOKEN + 1, found


def test_a_link_that_opens_kith(quick: Api) -> None:
    found = statements(quick, "POST", "/v1/launches", json={"practice": str(WIDNES)})
    assert len(found) == TOKEN + 1 + RECORD + 1, found


def test_a_call_of_a_hook_asks_no_more_than_matches_do(quick: Api) -> None:
    hooks = Hooks(system_for(quick.town, algorithm="ES384", kid="cds"))
    question = {
        "needs": ["loneliness_isolation"],
        "postcode": "WA8 0DQ",
        "limit": 50,
        "facts": {"gender": "female", "age": 75, "languages": ["en"]},
    }
    # What comes to anybody is kept from here on, so that both find it kept.
    quick.post("/v1/matches", json=question)
    plain = statements(quick, "POST", "/v1/matches", json=question)
    with counted(quick.town) as found:
        assert hooks.cards(hooks.call())
    who, link = 1 + 1 + 1, 1 + RECORD + 1
    assert len(found) == who + len(plain) - TOKEN + link, found


def test_matches_take_no_more_the_more_groups_there_are(quick: Api) -> None:
    """A first ring for all needs; where there is too little in it, what is farther; the groups."""
    where = quick.post("/v1/referrals", json=referral_body()).json()["matches"]
    question = {"needs": ["loneliness_isolation", "bereavement"], "postcode": "WA8 0DQ"}
    of_referral = statements(quick, "GET", where)
    plain = statements(quick, "POST", "/v1/matches", json=question)
    needs = 2
    for found, before in ((of_referral, TOKEN + REFERRAL + RECORD), (plain, TOKEN)):
        first = [each for each in found if "WITH RECURSIVE now" in each]
        farther = [each for each in found if each.startswith("SELECT wanted.key")]
        assert len(first) == FIRST
        assert len(farther) <= 2
        read = [each for each in found if "FROM asset_document" in each]
        assert GROUPS <= len(read) <= 2, read
        assert not [each for each in found if ABOUT_ASSETS.search(each)]
        # What was shown before came with the groups; of a referral also what is shown now.
        now = [each for each in found if each.startswith("INSERT INTO asset_shown")]
        assert len(now) == (found is of_referral)
        unmet = [each for each in found if "INTO unmet_need" in each]
        assert len(unmet) <= needs
        told = len(first) + len(farther) + len(read) + len(now) + len(unmet)
        assert len(found) == before + told, found


def test_matches_of_a_register_ten_times_as_large(broken_town: Town) -> None:
    """The same question where every group stands ten times: not a statement more a group."""
    api = Api(broken_town, token_for(broken_town.store, WIDNES))
    question = {"needs": ["loneliness_isolation"], "postcode": "WA8 0DQ", "limit": 3}
    few = statements(api, "POST", "/v1/matches", json=question)
    with broken_town.store.work() as work:
        copy_assets(work, 9)
    many = statements(api, "POST", "/v1/matches", json=question)
    assert api.get("/v1/assets").json()["total"] == 900
    assert len(many) <= len(few), (len(few), len(many))


def test_what_would_change_a_list_is_a_few_searches_and_no_more(quick: Api) -> None:
    body = {
        "needs": ["loneliness_isolation"],
        "postcode": "WA8 6TR",
        "facts": {
            "age": 74,
            "home_by": "16:00",
            "max_cost_pence": 300,
            "preferences": ["company_first_visit"],
        },
    }
    plain = statements(quick, "POST", "/v1/matches", json=body)
    told = statements(quick, "POST", "/v1/matches", json=body | {"what_if": True})
    # Five changes and the best groups are six searches: they read together, and nothing twice.
    assert len(told) - len(plain) <= 3, told
