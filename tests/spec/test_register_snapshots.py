"""Assets as plain data: complete, in order, and in a fixed number of statements."""

from datetime import date, time

import pytest
from register_town import ACTIVE, HOME, LONELY, NOWHERE, add, add_to, east
from sqlalchemy import select
from statements import counted

from geo.errors import BadRadius
from geo.point import GridPoint
from service.insights.queries import assets_near
from service.register.areas import Whereabouts
from service.register.errors import UnknownAsset
from service.register.model import Asset, Organisation, Schedule
from service.register.queries import asset, register_version, snapshots
from service.register.snapshot import Area, MeetingTime, Needed
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
    Weekday,
)


def of(store, *ids):
    with store.read() as session:
        return snapshots(session, ids)


def test_everything_that_is_stated_is_there(store):
    number = add_to(
        store,
        "full",
        east(
            100,
            name="Hall",
            address="1 Example Street",
            postcode="WA8 6TR",
            rule="FREQ=WEEKLY;BYDAY=TU",
            starts=time(10),
            ends=time(12),
            access={AccessFeature.STEP_FREE: True, AccessFeature.SEATING: False},
        ),
        name="Tea and talk",
        needs={ACTIVE: 0.5, LONELY: 1.0},
        areas=[(AreaKind.POSTCODE_DISTRICT, "WA8")],
        summary="Tea.",
        min_age=18,
        max_age=90,
        open_to=OpenTo.WOMEN,
        conditions=["carer"],
        languages=["en", "pl"],
        routes=["self"],
        cost_pence=150,
        cost_note="with tea",
        capacity=Capacity.OPEN,
        opens_on=date(2026, 1, 1),
        closes_on=date(2027, 1, 1),
        checks_valid_until=date(2026, 12, 1),
        assured_on=date(2026, 6, 1),
        times_asked=3,
        times_accepted=2,
        contact="hello@example.org",
        website="https://example.org",
        group_size=12,
        welcomes_newcomers=True,
    )
    found = of(store, number)[number]
    assert found.name == "Tea and talk"
    assert found.organisation == "Example Trust"
    assert found.needs == (Needed(LONELY, 1.0), Needed(ACTIVE, 0.5))
    assert found.deliveries == {Delivery.IN_PERSON}
    assert found.areas == (Area(AreaKind.POSTCODE_DISTRICT, "WA8"),)
    assert found.meetings == (
        MeetingTime(
            frozenset({Weekday.TUESDAY}),
            time(10),
            time(12),
            "FREQ=WEEKLY;BYDAY=TU",
            "Tuesdays, 10:00 to 12:00",
        ),
    )
    [place] = found.places
    assert place.point == GridPoint(HOME.easting_m + 100, HOME.northing_m)
    assert place.access == {AccessFeature.STEP_FREE: True, AccessFeature.SEATING: False}
    assert (place.name, place.address, place.postcode) == ("Hall", "1 Example Street", "WA8 6TR")
    assert (found.min_age, found.max_age, found.open_to) == (18, 90, OpenTo.WOMEN)
    assert (found.conditions, found.languages) == ({"carer"}, {"en", "pl"})
    assert found.routes == {ReferralRoute.SELF}
    assert (found.cost_pence, found.cost_note, found.capacity) == (150, "with tea", Capacity.OPEN)
    assert (found.opens_on, found.closes_on) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (found.checks_valid_until, found.assured_on) == (date(2026, 12, 1), date(2026, 6, 1))
    assert (found.times_asked, found.times_accepted) == (3, 2)
    assert (found.group_size, found.welcomes_newcomers) == (12, True)


def test_what_is_not_stated_is_none_or_empty(store):
    found = of(store, add_to(store, "bare", NOWHERE, needs=[]))[1]
    assert (found.needs, found.areas, found.meetings) == ((), (), ())
    assert found.places[0].point is None
    assert found.min_age is found.max_age is found.open_to is found.cost_pence is None
    assert found.routes == found.languages == frozenset()
    assert found.capacity is Capacity.UNKNOWN
    assert found.group_size is found.welcomes_newcomers is None


def test_what_an_invented_organisation_runs_is_invented(store):
    number = add_to(store, "one", east(0))
    assert of(store, number)[number].invented is False
    with store.work() as work:
        work.session.scalars(select(Organisation)).one().invented = True
    assert of(store, number)[number].invented is True


def test_places_are_each_once_and_in_order_and_so_are_meetings(store):
    with store.work() as work:
        number = add(work, "one", east(2), east(1))
        first = work.session.scalars(select(Schedule).order_by(Schedule.schedule_id)).first()
        for weekday in ("TU", "MO", "TU"):
            rule = f"FREQ=WEEKLY;BYDAY={weekday}"
            work.session.add(Schedule(asset_id=number, venue_id=first.venue_id, rule=rule))
    found = of(store, number)[number]
    assert [place.venue_id for place in found.places] == [1, 2]
    assert [each.says for each in found.meetings] == ["Tuesdays", "Mondays"]


def test_unknown_and_retired_ids_are_left_out_and_ids_come_in_order(store):
    one, two, three = (add_to(store, code, east(0)) for code in ("c", "b", "a"))
    with store.work() as work:
        work.session.get_one(Asset, two).is_retired = True
    assert list(of(store, three, 999, two, one, one)) == [one, three]
    assert of(store) == {}


@pytest.mark.parametrize("count", [1, 40])
def test_any_number_of_assets_takes_four_statements(store, count):
    with store.work() as work:
        ids = [add(work, f"g{n}", east(n), index=False) for n in range(count)]
    with store.read() as session, counted(session) as sent:
        assert len(snapshots(session, ids)) == count
    assert len(sent) == 4


def test_an_asset_by_its_code(store):
    add_to(store, "here", east(0), name="Here", licence="OGL v3")
    with store.read() as session:
        found = asset(session, "here")
    assert (found.code, found.snapshot.name, found.licence) == ("here", "Here", "OGL v3")
    assert found.updated_at.tzinfo is not None


def test_a_retired_or_unknown_code_is_told_the_same_way(store):
    number = add_to(store, "gone", east(0))
    with store.work() as work:
        work.session.get_one(Asset, number).is_retired = True
    told = []
    for code in ("gone", "never"):
        with store.read() as session, pytest.raises(UnknownAsset) as refused:
            asset(session, code)
        told.append(refused.value.message)
    assert told[0] == told[1]


def test_a_map_of_a_practice_takes_few_statements_and_holds_the_circle(store):
    with store.work() as work:
        for number in range(30):
            add(work, f"g{number}", east(100 * number), east(100 * number + 40), index=False)
        add(work, "by-phone", None, deliveries=(Delivery.PHONE,))
    with store.work() as work:
        from service.register.indexing import reindex_all

        reindex_all(work)
    with store.read() as session, counted(session) as sent:
        found = assets_near(session, HOME, radius_m=1000)
    assert len(sent) <= 6
    assert [(each.record.code, each.straight_m) for each in found] == [
        *((f"g{number}", 100.0 * number) for number in range(11)),
        ("by-phone", None),
    ]


def test_a_map_of_nothing_is_empty(store):
    with store.read() as session:
        assert assets_near(session, HOME, radius_m=1000) == []
        with pytest.raises(BadRadius):
            assets_near(session, HOME, radius_m=-1)
        assert register_version(session) == 0


WIDNES = Whereabouts("WA8", "E06000006", HOME)


def on_the_map(store, at):
    with store.read() as session:
        return [each.record.code for each in assets_near(session, HOME, radius_m=1000, at=at)]


def test_what_comes_to_people_is_on_the_map_of_the_areas_it_serves(store):
    with store.work() as work:
        for code, areas in (
            ("everywhere", [(AreaKind.EVERYWHERE, "")]),
            ("unsaid", []),
            ("widnes", [(AreaKind.POSTCODE_DISTRICT, "WA8")]),
            ("halton", [(AreaKind.LOCAL_AUTHORITY, "E06000006")]),
            ("leeds", [(AreaKind.LOCAL_AUTHORITY, "E08000035")]),
            ("truro", [(AreaKind.POSTCODE_DISTRICT, "TR1")]),
            ("either", [(AreaKind.POSTCODE_DISTRICT, "TR1"), (AreaKind.POSTCODE_DISTRICT, "WA8")]),
        ):
            add(work, code, None, deliveries=(Delivery.PHONE,), areas=areas)
        for code, place in (("visits-us", east(9_000)), ("visits-them", east(11_000))):
            areas = [(AreaKind.RADIUS_M, "10000")]
            add(work, code, place, deliveries=(Delivery.HOME_VISIT,), areas=areas)
    here = ["everywhere", "unsaid", "widnes", "halton", "either", "visits-us"]
    assert on_the_map(store, WIDNES) == here
    # Nobody knows the council of this place: what is for one council alone may be for it.
    unsure = sorted([*here, "leeds"], key=[*here[:4], "leeds", *here[4:]].index)
    assert on_the_map(store, Whereabouts("WA8", None, HOME)) == unsure
    everything = {*here, "leeds", "truro"}
    assert set(on_the_map(store, None)) == everything


def test_a_second_place_that_nobody_knows_puts_nothing_on_a_map_far_away(store):
    add_to(store, "far", east(40_000), NOWHERE)
    add_to(store, "unknown", NOWHERE)
    assert on_the_map(store, WIDNES) == ["unknown"]
