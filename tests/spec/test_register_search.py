"""Searching the register: what is found, in which order, and what is said of it."""

import pytest
from register_town import ACTIVE, HOME, LONELY, NOWHERE, At, add_to, east, instant

from geo.errors import BadRadius
from geo.point import GridPoint, LonLat
from service.register.asset_filter import AssetFilter
from service.register.errors import BadFilter, UnknownNeed
from service.register.search import Reach, search
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    Weekday,
)

REMOTE = (Delivery.PHONE,)


def codes(store, **wanted):
    with store.read() as session:
        return [each.code for each in search(session, AssetFilter(**wanted)).items]


def test_filters_combine_with_and(store):
    add_to(store, "both", east(100), cost_pence=0, min_age=18)
    add_to(store, "paid", east(100), cost_pence=300, min_age=18)
    add_to(store, "children", east(100), cost_pence=0, max_age=12)
    add_to(store, "active", east(100), cost_pence=0, needs=[ACTIVE])
    wanted = {"needs": (LONELY,), "free": True, "age_from": 40}
    assert codes(store, **wanted) == ["both"]
    assert codes(store, **wanted, near=HOME, within_m=1000) == ["both"]


def test_several_values_of_one_filter_are_alternatives(store):
    add_to(store, "lonely", east(100))
    add_to(store, "active", east(200), needs=[ACTIVE])
    add_to(store, "money", east(300), needs=["debt_money"])
    for more in ({}, {"near": HOME}):
        assert codes(store, needs=(LONELY, ACTIVE), **more) == ["lonely", "active"]


def test_or_between_needs_does_not_let_a_result_escape_the_radius(store):
    add_to(store, "near", east(900))
    add_to(store, "far", east(1100), needs=[ACTIVE])
    assert codes(store, needs=(LONELY, ACTIVE), near=HOME, within_m=1000) == ["near"]


def test_an_asset_that_serves_two_wanted_needs_is_one_answer(store):
    add_to(store, "both", east(10), needs=[LONELY, ACTIVE])
    for more in ({}, {"near": HOME}):
        assert codes(store, needs=(LONELY, ACTIVE), **more) == ["both"]


def test_the_radius_really_excludes_and_the_circle_is_within(store):
    add_to(store, "on-the-circle", east(1000))
    add_to(store, "a-step-beyond", east(1000.01))
    # In the same kilometre square of the map as the circle's box, and outside the circle.
    add_to(store, "in-the-corner", At(990, 990))
    with store.read() as session:
        page = search(session, AssetFilter(near=HOME, within_m=1000))
    assert [(each.code, each.distance_m) for each in page.items] == [("on-the-circle", 1000.0)]
    assert page.total == 1


def test_sorted_by_the_distance_that_is_shown_and_ties_by_id(store):
    for code, metres in (("c", 300), ("a", 100.4), ("b", 100.1), ("d", 300), ("e", 0)):
        add_to(store, code, east(metres))
    with store.read() as session:
        items = search(session, AssetFilter(near=HOME)).items
    assert [each.code for each in items] == ["e", "b", "a", "c", "d"]
    shown = [each.distance_m for each in items]
    assert shown == sorted(shown)
    ties = [each.snapshot.asset_id for each in items if each.distance_m == 300]
    assert ties == sorted(ties)


def test_distance_zero_is_a_distance(store):
    add_to(store, "here", east(0))
    with store.read() as session:
        [found] = search(session, AssetFilter(near=HOME, within_m=0)).items
    assert found.distance_m == 0.0
    assert found.reach is Reach.NEAR


def test_an_asset_at_several_places_shows_the_nearest_that_fits(store):
    add_to(
        store,
        "many",
        east(3000, name="Far", rule="FREQ=WEEKLY;BYDAY=TU"),
        east(400, name="Near", rule="FREQ=WEEKLY;BYDAY=MO"),
        east(900, name="Middle", rule="FREQ=WEEKLY;BYDAY=TU"),
    )
    with store.read() as session:
        [nearest] = search(session, AssetFilter(near=HOME)).items
        [tuesday] = search(session, AssetFilter(near=HOME, days=frozenset({Weekday.TUESDAY}))).items
    assert (nearest.place.name, nearest.distance_m) == ("Near", 400.0)
    assert (tuesday.place.name, tuesday.distance_m) == ("Middle", 900.0)


def test_a_limit_is_kept_and_the_total_is_told(store):
    for number in range(7):
        add_to(store, f"g{number}", east(100 * number))
    for more in ({}, {"near": HOME}):
        with store.read() as session:
            pages = [
                search(session, AssetFilter(limit=3, offset=start, **more))
                for start in (0, 3, 6, 9)
            ]
        assert [page.total for page in pages] == [7, 7, 7, 7]
        assert [len(page.items) for page in pages] == [3, 3, 1, 0]
        every = [each.code for page in pages for each in page.items]
        assert every == [f"g{number}" for number in range(7)]


def test_what_need_not_be_near_is_labelled_and_comes_after(store):
    add_to(store, "by-phone", None, deliveries=REMOTE)
    add_to(store, "nobody-knows-where", NOWHERE)
    add_to(store, "near", east(1900))
    add_to(store, "covers-district", east(2500), areas=[(AreaKind.POSTCODE_DISTRICT, "WA8")])
    add_to(store, "covers-radius", east(2600), areas=[(AreaKind.RADIUS_M, "2600")])
    add_to(store, "covers-too-little", east(2600), areas=[(AreaKind.RADIUS_M, "2599")])
    add_to(store, "covers-elsewhere", east(2500), areas=[(AreaKind.POSTCODE_DISTRICT, "L24")])
    add_to(store, "covers-all", east(2700), areas=[(AreaKind.EVERYWHERE, "")])
    add_to(store, "far", east(2500))
    with store.read() as session:
        page = search(session, AssetFilter(near=HOME, within_m=2000, wider=True, district="wa8 "))
        strict = search(session, AssetFilter(near=HOME, within_m=2000))
    assert [(each.code, each.reach, each.distance_m) for each in page.items] == [
        ("near", Reach.NEAR, 1900.0),
        ("covers-district", Reach.COVERS, 2500.0),
        ("covers-radius", Reach.COVERS, 2600.0),
        ("covers-all", Reach.COVERS, 2700.0),
        ("by-phone", Reach.REMOTE, None),
        ("nobody-knows-where", Reach.PLACE_UNKNOWN, None),
    ]
    assert page.total == 6
    assert [each.code for each in strict.items] == ["near"]


def test_an_asset_that_is_near_and_online_is_one_answer_and_near(store):
    add_to(store, "both", east(50), None, deliveries=(Delivery.IN_PERSON, Delivery.ONLINE))
    with store.read() as session:
        [found] = search(session, AssetFilter(near=HOME, wider=True)).items
    assert (found.reach, found.distance_m) == (Reach.NEAR, 50.0)


def test_the_office_of_what_happens_by_phone_is_no_place(store):
    add_to(store, "phone-with-office", east(50), deliveries=REMOTE)
    assert codes(store, near=HOME) == []
    with store.read() as session:
        [found] = search(session, AssetFilter(near=HOME, wider=True)).items
    assert (found.reach, found.place, found.distance_m) == (Reach.REMOTE, None, None)


def test_age_is_an_overlap_of_ranges_and_unknown_passes_and_says_so(store):
    add_to(store, "adults", east(1), min_age=18)
    add_to(store, "children", east(2), max_age=11)
    add_to(store, "teens", east(3), min_age=12, max_age=18)
    add_to(store, "not-stated", east(4))
    for near in ({}, {"near": HOME}):
        with store.read() as session:
            page = search(session, AssetFilter(age_from=18, **near))
            span = search(session, AssetFilter(age_from=10, age_to=14, **near))
        assert [(each.code, each.not_stated) for each in page.items] == [
            ("adults", ()),
            ("teens", ()),
            ("not-stated", ("age",)),
        ]
        assert [each.code for each in span.items] == ["children", "teens", "not-stated"]


def test_unknown_is_never_read_as_yes(store):
    free = AccessFeature.STEP_FREE
    add_to(store, "says-nothing", east(1))
    add_to(store, "says-no", east(2, access={free: False}), cost_pence=200, capacity=Capacity.FULL)
    add_to(
        store,
        "says-yes",
        east(3, access={free: True}, rule="FREQ=WEEKLY;BYDAY=TU"),
        cost_pence=0,
        capacity=Capacity.OPEN,
    )
    for asked in (
        {"access": frozenset({free})},
        {"free": True},
        {"free_places": True},
        {"days": frozenset({Weekday.TUESDAY, Weekday.SUNDAY})},
    ):
        assert codes(store, **asked) == ["says-yes"]
        assert codes(store, near=HOME, **asked) == ["says-yes"]


def test_every_access_feature_asked_for_must_be_there_at_that_place(store):
    free, loop = AccessFeature.STEP_FREE, AccessFeature.HEARING_LOOP
    add_to(store, "apart", east(1, access={free: True}), east(2, access={loop: True}))
    add_to(store, "together", east(3, access={free: True, loop: True}))
    add_to(store, "by-phone", None, deliveries=REMOTE)
    asked = frozenset({free, loop})
    assert codes(store, access=asked) == ["together", "by-phone"]
    assert codes(store, access=asked, near=HOME, wider=True) == ["together", "by-phone"]


def test_kind_and_delivery_and_change(store):
    add_to(store, "old", east(1), updated_at=instant("2026-01-01T12:00:00+00:00"))
    add_to(
        store,
        "new",
        east(2),
        updated_at=instant("2026-03-01T12:00:00+00:00"),
        kind=AssetKind.PLACE,
        group_kind="park",
        deliveries=(Delivery.IN_PERSON, Delivery.ONLINE),
    )
    for asked in (
        {"kinds": frozenset({AssetKind.PLACE, AssetKind.STORY})},
        {"group_kinds": frozenset({"park"})},
        {"deliveries": frozenset({Delivery.ONLINE, Delivery.PHONE})},
        {"updated_since": instant("2026-03-01T13:00:00+01:00")},
    ):
        assert codes(store, **asked) == ["new"]
        assert codes(store, near=HOME, **asked) == ["new"]


def test_longitude_exactly_zero_is_stored_searched_and_found(store):
    greenwich = GridPoint.from_lonlat(LonLat(0.0, 51.4779))
    add_to(
        store,
        "on-the-meridian",
        At(greenwich.easting_m - HOME.easting_m, greenwich.northing_m - HOME.northing_m),
    )
    assert greenwich.to_lonlat().lon == 0.0
    assert codes(store, near=greenwich, within_m=10) == ["on-the-meridian"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"within_m": 500.0}, "near"),
        ({"wider": True}, "near"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"offset": -1}, "offset"),
        ({"age_from": -1}, "age_from"),
        ({"age_to": 131}, "age_to"),
        ({"age_from": 50, "age_to": 40}, "age_from"),
        ({"text": "a" * 501}, "text"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused_with_its_field(sqlite_store, wanted, field):
    with pytest.raises(BadFilter) as refused:
        codes(sqlite_store, **wanted)
    assert refused.value.fields["field"] == field
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("radius", [-1.0, float("nan"), 50_001.0])
def test_a_radius_that_cannot_be_is_refused(sqlite_store, radius):
    with pytest.raises(BadRadius):
        codes(sqlite_store, near=HOME, within_m=radius)


def test_an_unknown_need_is_refused_and_the_right_one_named(sqlite_store):
    with pytest.raises(UnknownNeed) as refused:
        codes(sqlite_store, needs=("lonliness_isolation",))
    assert refused.value.fields["close"][0] == LONELY
