"""What is about people is seen by their own practice, and by nobody else wherever they ask."""

import pytest
from api_client import Api, referral_body, told
from sqlalchemy import text
from town import OTHER_SYSTEM, RUNCORN, SYSTEM, WIDNES

from service.identity.actors import Actor, operator, visitor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import ROLES, Permission
from service.referrals import queries

pytest_plugins = ("api_fixtures",)

ABOUT_PEOPLE = ("/v1/referrals/{id}", "/v1/referrals/{id}/matches")
"""Every address that tells something of a person; the test of public addresses holds it whole."""


@pytest.fixture
def taken(api: Api) -> str:
    identity: str = api.post("/v1/referrals", json=referral_body()).json()["id"]
    return identity


@pytest.mark.parametrize("path", ABOUT_PEOPLE)
def test_the_neighbour_is_told_what_is_told_of_nothing(
    neighbour: Api, taken: str, path: str
) -> None:
    before = neighbour.town.counts()
    theirs = neighbour.get(path.format(id=taken))
    nothing = neighbour.get(path.format(id="0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d"))
    told(theirs, 404, "not-found")
    assert theirs.json() == nothing.json()
    # Neither the person nor that somebody looked for them is written anywhere.
    assert neighbour.town.counts() == before


def test_the_neighbour_cannot_close_a_danger_sign_nor_learn_of_one(
    api: Api, neighbour: Api
) -> None:
    body = referral_body(reason="She says she wants to end her life.")
    taken = api.post("/v1/referrals", json=body).json()
    seen = {"name": "Dr A Example", "role": "GP", "outcome": "Seen today and safe to go on."}
    before = neighbour.town.counts()
    path = "/v1/referrals/{}/flags/{}/closing"
    flag = taken["flags"][0]["flag"]
    theirs = neighbour.post(path.format(taken["id"], flag), json=seen)
    nothing = neighbour.post(path.format("nothing", flag), json=seen)
    told(theirs, 404, "not-found")
    assert theirs.json() == nothing.json()
    assert neighbour.town.counts() == before
    assert api.get(f"/v1/referrals/{taken['id']}").json()["flags"][0]["open"] is True


@pytest.mark.parametrize("path", ABOUT_PEOPLE)
def test_nobody_without_a_token_is_told_anything(visitor: Api, taken: str, path: str) -> None:
    theirs = visitor.get(path.format(id=taken))
    told(theirs, 401, "not-signed-in")
    assert theirs.json() == visitor.get(path.format(id="nothing")).json()


def test_the_same_key_and_body_from_the_neighbour_are_the_neighbours_own(
    api: Api, neighbour: Api, taken: str
) -> None:
    """A key is unique to a practice: nobody learns that another has used it."""
    headers = {"Idempotency-Key": "shared"}
    ours = api.post("/v1/referrals", json=referral_body(), headers=headers)
    theirs = neighbour.post("/v1/referrals", json=referral_body(practice=RUNCORN), headers=headers)
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]
    with api.town.store.read() as session:
        people = session.execute(
            text("SELECT practice_code, count(*) FROM person GROUP BY 1 ORDER BY 1")
        ).all()
    assert [tuple(row) for row in people] == [(WIDNES, 1), (RUNCORN, 1)]


def test_the_neighbour_cannot_refer_in_our_name_nor_learn_who_is_known(
    neighbour: Api, taken: str
) -> None:
    known = neighbour.post("/v1/referrals", json=referral_body())
    stranger = neighbour.post(
        "/v1/referrals", json=referral_body(person={"given_name": "Never", "family_name": "Seen"})
    )
    told(known, 403, "not-allowed")
    assert known.json() == stranger.json()


@pytest.mark.parametrize("actor", [OTHER_SYSTEM, operator(), visitor()])
def test_the_query_itself_has_no_way_round_the_gate(api: Api, taken: str, actor: Actor) -> None:
    with api.town.store.read() as session, pytest.raises(NotFound):
        queries.referral(session, by=actor, referral_id=taken)
    with api.town.store.read() as session:
        assert queries.referral(session, by=SYSTEM, referral_id=taken).referral_id == taken


def test_no_role_reads_people_everywhere() -> None:
    for role in ROLES.values():
        assert readable(Actor("somebody", role)).practices == frozenset()
        reads = Permission.READ_REFERRALS in role.permissions
        here = readable(Actor("somebody", role, frozenset({WIDNES}))).practices
        assert here == (frozenset({WIDNES}) if reads else frozenset())


def test_a_map_a_list_and_the_first_page_are_the_same_whoever_is_referred(
    api: Api, visitor: Api
) -> None:
    paths = (
        "/",
        "/v1/assets?limit=100",
        "/v1/practices/N81011",
        "/v1/practices/N81011/assets",
        "/v1/practices/N81011/map?format=geojson",
    )
    before = [visitor.get(path).text for path in paths]
    api.post("/v1/referrals", json=referral_body())
    assert [visitor.get(path).text for path in paths] == before
