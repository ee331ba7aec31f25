"""The example town: practices, outlines, bridges, and the invented referral."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import nhs_number
import pytest
from shapely.geometry import LineString, Point

from geo.postcode import Postcode
from geo.travel import DetourTravel, Method, Mode, Traveller
from seed_data import halton, needs
from service.identity.codes import OdsCode
from service.people.nhs_number import NhsNumber
from service.register.vocabulary import AccessFeature, Gender

PRACTICES = {practice.ods_code: practice for practice in halton.practices()}
FACTS_THE_API_TAKES = {
    *("age", "gender", "languages", "conditions", "access_needed", "free_days", "not_before"),
    *("home_by", "max_cost_pence", "online", "has_phone", "housebound", "women_only", "men_only"),
    *("mobility_difficulty", "wheelchair", "modes", "interests"),
}


def line(first: str, second: str) -> LineString:
    ends = [PRACTICES[first].point, PRACTICES[second].point]
    return LineString([(end.easting_m, end.northing_m) for end in ends])


def test_fourteen_practices_with_all_their_patients():
    # Source: NHS England list sizes of 2026 for the 14 active practices of Halton.
    assert len(PRACTICES) == 14
    assert sum(practice.patients_2026 for practice in PRACTICES.values()) == 136_616
    assert {practice.status for practice in PRACTICES.values()} == {"active"}


def test_practices_have_codes_postcodes_and_parents_that_exist():
    known = {organisation.ods_code: organisation for organisation in halton.organisations()}
    for practice in PRACTICES.values():
        assert OdsCode(practice.ods_code) == practice.ods_code
        assert Postcode.parse(practice.postcode).text == practice.postcode
        assert known[practice.pcn_code].kind == "pcn"
        assert known[practice.icb_code].kind == "icb"
        assert practice.local_authority == halton.LOCAL_AUTHORITY
        assert practice.opened_on < date(2026, 2, 3)
    networks = Counter(known[practice.pcn_code].name for practice in PRACTICES.values())
    assert networks == {"Widnes PCN": 8, "Runcorn PCN": 6}


def test_a_parent_comes_before_its_children():
    seen = {""}
    for organisation in halton.organisations():
        assert organisation.parent_code in seen
        seen.add(organisation.ods_code)


def test_every_practice_is_in_halton_and_none_is_in_the_river():
    for practice in PRACTICES.values():
        place = Point(practice.point.easting_m, practice.point.northing_m)
        assert halton.boundary().contains(place), practice.name
        assert not halton.water().intersects(place), practice.name


def test_outlines_are_coarse_and_rounded():
    for outline, metres in ((halton.boundary(), 100), (halton.water(), 50)):
        corners = list(outline.exterior.coords)
        assert outline.is_valid
        assert 20 <= len(corners) <= 80
        assert all(x % metres == 0 and y % metres == 0 for x, y in corners)


def test_the_river_parts_widnes_from_runcorn():
    assert line("N81064", "N81057").intersection(halton.water()).length > 150
    assert line("N81045", "N81019").intersection(halton.water()).length > 150
    assert line("N81057", "N81019").intersection(halton.water()).length == 0
    assert line("N81064", "N81119").intersection(halton.water()).length == 0


def test_the_river_is_narrow_at_the_gap_and_nowhere_narrow_enough_to_walk():
    gap = LineString([(351_130, 382_500), (351_130, 385_000)]).intersection(halton.water())
    assert 300 <= gap.length <= 400
    eroded = halton.water().buffer(-75.1)
    assert eroded.geom_type == "Polygon", "a stretch under 150 m wide would stop nobody"


def test_bridges_start_and_end_on_opposite_dry_banks():
    for crossing in halton.crossings():
        ends = [Point(end.easting_m, end.northing_m) for end in crossing.ends]
        assert not any(halton.water().intersects(end) for end in ends), crossing.id
        over = LineString(ends).intersects(halton.water()) if ends[0] != ends[1] else False
        assert over == (crossing.length_m > 0), crossing.id


def test_who_may_use_which_bridge():
    allowed = {crossing.id: crossing.modes for crossing in halton.crossings()}
    assert Mode.WALK not in allowed["mersey-gateway-bridge"]
    assert Mode.WHEEL not in allowed["mersey-gateway-bridge"]
    assert allowed["silver-jubilee-bridge-foot"] == {Mode.WALK, Mode.WHEEL}
    assert allowed["silver-jubilee-bridge-road"] == {Mode.BUS, Mode.CAR}


def test_cars_could_not_cross_the_old_bridge_while_it_was_repaired():
    (road,) = [c for c in halton.crossings() if c.id == "silver-jubilee-bridge-road"]
    assert road.is_open(Mode.CAR, date(2021, 2, 25)) is False
    assert road.is_open(Mode.CAR, date(2021, 2, 26)) is True


@pytest.mark.parametrize(
    ("start", "end", "metres"), [("N81064", "N81057", 3_291), ("N81045", "N81019", 8_272)]
)
def test_a_walk_over_the_river_goes_by_the_bridge(start, end, metres):
    # Source: worked checks for the barrier rule, 2,178 + 346 + 767 and 3,799 + 346 + 4,127.
    travel = DetourTravel(halton.barriers(), halton.crossings())
    walker = Traveller(1.33, frozenset({Mode.WALK}), None)
    (journey,) = travel.journeys(PRACTICES[start].point, [PRACTICES[end].point], walker)
    assert journey.method is Method.CROSSING
    assert journey.crossing == "Silver Jubilee Bridge"
    assert journey.distance_m == pytest.approx(metres, abs=1)


def test_every_practice_can_be_walked_to_from_every_other():
    travel = DetourTravel(halton.barriers(), halton.crossings())
    walker = Traveller(1.33, frozenset({Mode.WALK}), None)
    places = [practice.point for practice in PRACTICES.values()]
    for place in places:
        journeys = travel.journeys(place, places, walker, on=date(2026, 11, 25))
        assert all(journey.minutes is not None for journey in journeys)


def test_the_referral_is_one_the_api_takes():
    referral = halton.referral()
    assert referral["practice"] in PRACTICES
    assert Postcode.parse(referral["postcode"]).text == referral["postcode"]
    assert referral["needs"] and set(referral["needs"]) <= set(needs.load().needs)
    facts = referral["facts"]
    assert set(facts) <= FACTS_THE_API_TAKES
    assert Gender(facts["gender"])
    assert all(AccessFeature(word) for word in facts["access_needed"])
    assert all(Mode(word) for word in facts["modes"])
    assert referral["consent"]["given"] is True
    assert date.fromisoformat(referral["consent"]["on"]) < date(2026, 11, 25)


def test_the_person_is_nobody():
    number = halton.referral()["person"]["nhs_number"]
    assert number.startswith("999")
    assert NhsNumber(number) == number
    assert nhs_number.is_valid(number)


def test_the_note_tells_of_the_same_person_and_says_it_is_invented():
    note = halton.note()
    assert note.startswith("Invented note")
    assert str(halton.referral()["facts"]["age"]) in note
    assert not re.search(r"\d{10}", note)


def test_a_referral_can_be_changed_without_changing_the_next():
    halton.referral()["needs"].clear()
    assert halton.referral()["needs"]
