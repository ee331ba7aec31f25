"""Without a home groups near the practice are found; a protected address is never measured from."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import httpx
import pytest
from api_client import Api, referral_body
from matching_world import NEEDS, OPEN_DOOR, PERSON, TODAY, home_at, random_asset
from register_town import HOME
from sqlalchemy import text

from geo.point import GridPoint
from geo.travel import DetourTravel
from service.api.v1.answers import MatchesTold
from service.matching.match import match
from service.matching.parameters import MatchParameters
from service.matching.wanted import WantedNeed
from service.people.circumstances import person_facts
from service.people.facts import SetsOut
from service.referrals.setting_out import SAID, sets_out
from service.register.snapshot import Area, AssetSnapshot, Place
from service.register.vocabulary import AreaKind, Delivery

pytest_plugins = ("api_fixtures",)

REMOTE = {"home_visit", "phone", "online"}


def matches_of(api: Api, *, protected: bool = False, **changes: object) -> MatchesTold:
    taken: httpx.Response = api.post("/v1/referrals", json=referral_body(**changes))
    if protected:
        with api.town.store.work() as work:
            work.session.execute(text("UPDATE person SET address_protected = true"))
    answer = api.get(taken.json()["matches"], params={"limit": 50})
    assert answer.status_code == 200, answer.text
    return MatchesTold.model_validate_json(answer.text)


@pytest.mark.parametrize("postcode", [None, "ZZ99 3VZ", "zz993vz"])
def test_without_a_home_groups_near_the_practice_are_found_and_it_is_said(
    api: Api, postcode: str | None
) -> None:
    found = matches_of(api, postcode=postcode)
    assert found.home is not None
    assert found.home.measured_from == "practice"
    assert found.home.sentence == SAID[SetsOut.PRACTICE]
    there = [each for each in found.matches if each.journey.minutes]
    assert there
    for each in there:
        said = [reason.sentence for reason in each.reasons]
        assert "That is measured from the practice, because no home address is known." in said
    spoken = found.model_dump_json()
    assert "where you live" not in spoken.replace("We do not know where you live", "")


def test_somebody_near_the_practice_is_found_the_same_groups(api: Api) -> None:
    """The practice's own postcode as a home: the same places, in the same minutes."""
    homeless = matches_of(api, postcode=None)
    with api.town.store.read() as session:
        practice = session.scalar(text("SELECT postcode FROM nhs_org WHERE ods_code = 'N81011'"))
    near = matches_of(api, postcode=practice)
    journeys = [
        {each.asset.id: each.journey.minutes for each in found.matches}
        for found in (homeless, near)
    ]
    both = journeys[0].keys() & journeys[1].keys()
    assert len(both) > 5


def test_a_home_is_measured_from_and_nothing_more_is_said(api: Api) -> None:
    found = matches_of(api)
    assert found.home is not None
    assert found.home.measured_from == "home"
    assert "practice, because" not in found.model_dump_json()


@pytest.mark.parametrize("postcode", ["WA8 6TR", None, "ZZ99 3VZ"])
def test_a_protected_address_is_never_measured_from(api: Api, postcode: str | None) -> None:
    found = matches_of(api, protected=True, postcode=postcode)
    assert found.home is not None
    assert found.home.measured_from == "not_measured"
    assert found.home.sentence == SAID[SetsOut.NOT_MEASURED]
    assert found.matches
    assert {each.journey.mode for each in found.matches} <= REMOTE
    assert {each.journey.distance_m for each in found.matches} <= {0.0}
    assert [each.minutes for each in found.near_misses if each.minutes] == []


@pytest.mark.parametrize("deliveries", [frozenset({Delivery.IN_PERSON}), frozenset()])
def test_whose_address_is_protected_is_sent_nowhere(deliveries: frozenset[Delivery]) -> None:
    """Judged one by one, as on the shortlist: a place to go to is left out, and it says why."""
    asset = replace(random_asset(Random(1), 1, NEEDS[:1]), deliveries=deliveries)
    person = replace(PERSON, sets_out=SetsOut.NOT_MEASURED, home=home_at(located=False))
    judged = match(
        [WantedNeed(NEEDS[0], 1.0)], person, [asset], DetourTravel(), MatchParameters(), limit=1
    )
    assert not judged.matches
    failures = [each.sentence for each in judged.near_misses[0].failures]
    assert any(each.startswith("Your address is protected") for each in failures)


def test_a_visit_at_home_is_asked_about_when_no_home_is_known() -> None:
    person = replace(PERSON, sets_out=SetsOut.PRACTICE)
    asset = replace(visits(0.0), areas=())
    need = WantedNeed(OPEN_DOOR.needs[0].need, 1.0)
    found = match([need], person, [asset], DetourTravel(), MatchParameters(), limit=1)
    asked = [each.sentence for each in found.ask_person]
    assert "Somebody comes to your home. We do not know where you live." in asked


def visits(far_m: float) -> AssetSnapshot:
    """Visits people at home within 5 km of a place so far east of the practice."""
    place = Place(1, "Base", "", None, GridPoint(HOME.easting_m + far_m, HOME.northing_m))
    return replace(
        OPEN_DOOR,
        asset_id=1,
        deliveries=frozenset({Delivery.HOME_VISIT}),
        places=(place,),
        areas=(Area(AreaKind.RADIUS_M, "5000"),),
    )


@pytest.mark.parametrize(("far_m", "fits"), [(4_000.0, True), (6_000.0, False)])
def test_a_protected_person_is_visited_by_those_who_come_to_the_practices_area(
    far_m: float, fits: bool
) -> None:
    person = person_facts(
        {},
        today=TODAY,
        home=home_at(HOME.easting_m, HOME.northing_m),
        sets_out=SetsOut.NOT_MEASURED,
    )
    assert person.home is not None
    assert person.home.point is None
    assert person.whereabouts.point == HOME
    need = WantedNeed(OPEN_DOOR.needs[0].need, 1.0)
    found = match([need], person, [visits(far_m)], DetourTravel(), MatchParameters(), limit=1)
    assert bool(found.matches) == fits
    told = found.matches[0].findings if fits else found.near_misses[0].failures
    said = " ".join(each.sentence for each in told)
    assert ("That covers your practice." in said) == fits
    assert ("Your practice is outside that area." in said) != fits


@pytest.mark.parametrize(
    ("postcode", "protected", "how"),
    [
        ("WA8 6TR", False, SetsOut.HOME),
        ("WA8", False, SetsOut.HOME),
        (None, False, SetsOut.PRACTICE),
        (" zz99 3vz", False, SetsOut.PRACTICE),
        (None, True, SetsOut.NOT_MEASURED),
        ("WA8 6TR", True, SetsOut.NOT_MEASURED),
    ],
)
def test_what_is_measured_from(postcode: str | None, protected: bool, how: SetsOut) -> None:
    assert sets_out(postcode, protected=protected) is how


def test_a_practice_that_nobody_has_placed_measures_nothing(api: Api) -> None:
    where = text("SELECT postcode, easting_m FROM nhs_org WHERE ods_code = 'N81011'")
    change = text("UPDATE nhs_org SET postcode = :p, easting_m = :e WHERE ods_code = 'N81011'")
    with api.town.store.work() as work:
        postcode, easting_m = work.session.execute(where).one()
        work.session.execute(change, {"p": None, "e": None})
    try:
        found = matches_of(api, postcode=None)
    finally:
        with api.town.store.work() as work:
            work.session.execute(change, {"p": postcode, "e": easting_m})
    assert found.home is None
    assert found.matches
    assert all(not each.journey.minutes for each in found.matches)
