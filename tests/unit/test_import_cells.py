"""Each thing that can be wrong with a row: told at its column, with what to do, and not taken."""

from __future__ import annotations

from datetime import date, time

import pytest
from import_world import TODAY, good, read

from service.register.snapshot import Area, Needed
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
)

BAD_CELLS = [
    ("asset_id", "", "Give an id"),
    ("asset_id", "Old Kiln!", "Such as “old-kiln”"),
    ("asset_id", "x" * 65, "Give an id"),
    ("name", "", "Give the name"),
    ("name", "x" * 201, "shorten it to 200"),
    ("name", "#REF!", "spreadsheet's error"),
    ("name", "Tea\x07", "control character"),
    ("kind", "", "association"),
    ("kind", "asociation", "Did you mean “association”?"),
    ("group_kind", "lunch_clubs", "Did you mean “lunch_club”?"),
    ("group_kind", "qqqq", "not in the list"),
    ("needs", "lonelyness_isolation:1", "Did you mean “loneliness_isolation”?"),
    ("needs", "loneliness_isolation", "loneliness_isolation:1"),
    ("needs", "loneliness_isolation:0", "over 0 and up to 1"),
    ("needs", "loneliness_isolation:1.1", "over 0 and up to 1"),
    ("needs", "loneliness_isolation:nan", "over 0 and up to 1"),
    ("needs", "loneliness_isolation:much", "over 0 and up to 1"),
    ("needs", "loneliness_isolation:1;loneliness_isolation:0.5", "there twice"),
    ("summary", "x" * 1001, "shorten it to 1000"),
    ("delivery", "in person, online", "Separate the items of a list with ;"),
    ("delivery", "by_post", "Use one of: in_person, online"),
    ("min_age", "eighteen", "whole number from 0 to 130"),
    ("min_age", "131", "whole number from 0 to 130"),
    ("min_age", "-1", "whole number from 0 to 130"),
    ("min_age", "18.5", "whole number from 0 to 130"),
    ("open_to", "womens", "Did you mean “women”?"),
    ("conditions", "a/b", "letters and figures"),
    ("languages", "Polish", "Did you mean pl?"),
    ("languages", "xx", "two-letter codes"),
    ("routes", "doctor", "Use one of: self, link_worker, gp"),
    ("areas", "postcode_district:WA8 6TR", "postcode_district:WA8"),
    ("areas", "postcode_district:WA8 6", "postcode_district:WA8"),
    ("areas", "local_authority:Halton", "E06000006"),
    ("areas", "radius_m:0", "from 1 to"),
    ("areas", "radius_m:100001", "from 1 to"),
    ("areas", "everywhere:yes", "takes nothing"),
    ("areas", "county:Cheshire", "Use one of"),
    ("cost_pence", "3.50", "write 350"),
    ("cost_pence", "£3", "write 300"),
    ("cost_pence", "free", "write 0 for free"),
    ("cost_pence", "-5", "whole number from 0"),
    ("capacity", "opened", "Did you mean “open”?"),
    ("places_per_week", "lots", "whole number"),
    ("group_size", "0", "whole number from 1"),
    ("welcomes_newcomers", "yes", "Did you mean true?"),
    ("opens_on", "31/12/2026", "If 31 December 2026 is meant, write 2026-12-31"),
    ("opens_on", "2026-02-30", "no such day"),
    ("opens_on", "0206-01-01", "no such day"),
    ("opens_on", "next week", "YYYY-MM-DD"),
    ("opens_days", "soon", "whole number"),
    ("closes_days", "99999", "whole number"),
    ("assured_on", "2026-11-26", "lies in the past"),
    ("assured_days_ago", "-1", "whole number from 0"),
    ("is_small", "0", "Did you mean false?"),
    ("website", "javascript:alert(1)", "Write a web address"),
    ("website", "see Facebook", "Write a web address"),
    ("website", "http://", "Write a web address"),
    ("website", "http://[example", "Write a web address"),
    ("invented", "maybe", "Write true or false"),
    ("meets_rule", "Tuesdays", "NAME=value"),
    ("meets_rule", "BYDAY=TU", "FREQ must be one of"),
    ("meets_rule", "FREQ=HOURLY", "FREQ must be one of"),
    ("meets_rule", "FREQ=WEEKLY;BYDAY=XX", "BYDAY cannot be read"),
    ("meets_rule", "FREQ=WEEKLY;BYDAY=1TU", "use FREQ=MONTHLY"),
    ("meets_rule", "FREQ=WEEKLY;WHENEVER=1", "no part of a rule"),
    ("meets_rule", "FREQ=WEEKLY;BYDAY=TU;BYDAY=WE", "there twice"),
    ("meets_rule", "FREQ=WEEKLY;INTERVAL=0", "from 1"),
    ("meets_rule", "FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31"),
    ("meets_rule", "FREQ=YEARLY;BYMONTH=13", "from 1 to 12"),
    ("meets_rule", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "No day of the calendar"),
    ("meets_rule", "FREQ=MONTHLY;BYDAY=6TU", "No day of the calendar"),
    ("meets_rule", "FREQ=WEEKLY;UNTIL=20261301", "UNTIL cannot be read"),
    ("starts_at", "hh:mm:ss", "HH:MM"),
    ("starts_at", "25:00", "HH:MM"),
    ("starts_at", "2pm", "HH:MM"),
    ("access_yes", "wheelchair", "Use one of: step_free"),
]


@pytest.mark.parametrize(("column", "value", "said"), BAD_CELLS)
def test_a_bad_cell_is_told_at_its_column_with_what_to_do(column, value, said):
    found = read(good(**{column: value}), good(2))
    told = [problem for problem in found.problems if problem.column == column]
    assert [problem.line for problem in told] == [2]
    assert said in told[0].message
    assert [asset.name for asset in found.assets] == ["Group 2"]


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"min_age": "60", "max_age": "18"}, "max_age", "under min_age, 60"),
        ({"opens_on": "2026-02-01", "closes_on": "2026-01-01"}, "closes_on", "before the first"),
        ({"opens_on": "2026-02-01", "opens_days": "3"}, "opens_days", "Keep one of the two"),
        ({"assured_on": "2026-02-01", "assured_days_ago": "3"}, "assured_days_ago", "Keep one"),
        ({"starts_at": "14:00", "ends_at": "12:00"}, "ends_at", "not after 14:00"),
        ({"starts_at": "14:00", "ends_at": "14:00"}, "ends_at", "not after 14:00"),
        ({"starts_at": "", "ends_at": "12:00"}, "ends_at", "An end needs a start"),
        ({"meets_rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"}, "meets_from", "counts from"),
        (
            {"meets_rule": "FREQ=DAILY;INTERVAL=7;BYDAY=WE", "meets_from": "2026-01-06"},
            "meets_rule",
            "No day of the calendar",
        ),
        ({"access_yes": "seating", "access_no": "seating"}, "access_no", "Keep one of the two"),
        ({"venue_name": "", "postcode": "", "access_yes": "seating"}, "access_yes", "of a place"),
    ],
)
def test_cells_that_contradict_each_other(changes, column, said):
    told = read(good(**changes)).problems
    assert [problem.column for problem in told] == [column]
    assert said in told[0].message


def test_every_problem_of_a_row_is_told_at_once():
    found = read(good(kind="clubb", min_age="x", website="nope", postcode="WA8"))
    assert [problem.column for problem in found.problems] == [
        "kind",
        "min_age",
        "website",
        "postcode",
    ]


def test_a_comma_outside_quotes_is_suspected_when_there_are_too_many_cells():
    from import_world import read_bytes

    found = read_bytes(b"asset_id,name,kind,postcode\na1,Tea,and cake,place,WA8 6TR\n")
    assert "double quotes" in found.problems[0].message


def test_what_is_stated_is_kept_as_stated():
    asset = read(
        good(
            kind="Institution",
            needs="loneliness_isolation:0.5; food_insecurity:1",
            summary="  Two   blanks ",
            organisation="Kiln Trust",
            delivery="Phone;in person",
            min_age="18",
            max_age="99",
            open_to="Women",
            conditions="Sight loss;new words;sight_loss",
            languages="EN;bfi",
            routes="gp;self",
            areas="everywhere;postcode_district:wa8;local_authority:e06000006;radius_m:3000",
            cost_pence="0",
            capacity="waiting list",
            places_per_week="4",
            group_size="12",
            welcomes_newcomers="TRUE",
            opens_days="-10",
            closes_on="2027-01-01",
            assured_days_ago="3",
            assured_by="telephone call",
            checks_valid_days="30",
            is_small="true",
            website="www.example.org/kiln",
            access_yes="step free",
            access_no="hearing_loop",
            starts_at="9:30",
            ends_at="11:00:00",
        )
    ).assets[0]
    assert asset.kind is AssetKind.INSTITUTION
    assert asset.needs == (Needed("loneliness_isolation", 0.5), Needed("food_insecurity", 1.0))
    assert asset.summary == "Two blanks"
    assert asset.deliveries == (Delivery.IN_PERSON, Delivery.PHONE)
    assert (asset.min_age, asset.max_age, asset.open_to) == (18, 99, OpenTo.WOMEN)
    assert asset.conditions == ("sight_loss", "new_words")
    assert asset.languages == ("en", "bfi")
    assert asset.routes == (ReferralRoute.SELF, ReferralRoute.GP)
    assert asset.areas == (
        Area(AreaKind.EVERYWHERE),
        Area(AreaKind.POSTCODE_DISTRICT, "WA8"),
        Area(AreaKind.LOCAL_AUTHORITY, "E06000006"),
        Area(AreaKind.RADIUS_M, "3000"),
    )
    assert (asset.cost_pence, asset.capacity) == (0, Capacity.WAITING_LIST)
    assert (asset.places_per_week, asset.group_size, asset.welcomes_newcomers) == (4, 12, True)
    assert asset.opens_on == date(2026, 11, 15)
    assert asset.closes_on == date(2027, 1, 1)
    assert asset.assured_on == date(2026, 11, 22)
    assert asset.checks_valid_until == date(2026, 12, 25)
    assert asset.is_small is True
    assert asset.website == "http://www.example.org/kiln"
    meeting = asset.meetings[0]
    assert (meeting.starts_at, meeting.ends_at) == (time(9, 30), time(11))
    assert meeting.venue is not None
    assert meeting.venue.has == {AccessFeature.STEP_FREE}
    assert meeting.venue.lacks == {AccessFeature.HEARING_LOOP}


def test_an_empty_cell_is_not_stated_and_never_a_yes_or_a_nought():
    asset = read({"asset_id": "a", "name": "A", "kind": "place", "postcode": ""}).assets[0]
    stated = {
        name: getattr(asset, name)
        for name in asset.__slots__
        if name not in {"line", "code", "name", "kind", "source", "organisation"}
    }
    assert {name: value for name, value in stated.items() if value} == {}
    assert stated["cost_pence"] is None
    assert stated["is_small"] is None
    assert stated["welcomes_newcomers"] is None
    assert stated["capacity"] is None
    assert asset.organisation == "A"
    assert asset.source == "test.csv"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("rrule:freq=weekly; byday=tu", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=WEEKLY;BYDAY=TU;", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=MONTHLY;BYDAY=1WE,3WE", "FREQ=MONTHLY;BYDAY=1WE,3WE"),
        ("FREQ=WEEKLY;UNTIL=20271231T235959Z", "FREQ=WEEKLY;UNTIL=20271231"),
        ("FREQ=WEEKLY;UNTIL=19990101", "FREQ=WEEKLY;UNTIL=19990101"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU",) * 2,
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            "DTSTART:20260106\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        ),
        ("FREQ=DAILY;COUNT=6", "DTSTART:20260106\nRRULE:FREQ=DAILY;COUNT=6"),
    ],
)
def test_rules_are_kept_in_one_form_with_the_day_they_count_from_when_it_matters(written, kept):
    asset = read(good(meets_rule=written, meets_from="2026-01-06")).assets[0]
    assert asset.meetings[0].rule == kept


def test_needs_come_from_the_kind_of_group_when_none_are_given():
    from seed_data.needs import load

    asset = read(good(group_kind="Lunch club")).assets[0]
    served = load().needs_of_kind("lunch_club")
    assert {needed.need: needed.directness for needed in asset.needs} == dict(served)
    assert served["loneliness_isolation"] > 0.5


def test_an_asset_that_serves_no_need_is_taken_and_told():
    found = read(good(group_kind=""))
    assert len(found.assets) == 1
    assert [warning.column for warning in found.warnings] == ["group_kind"]


def test_days_count_from_the_day_of_the_import():
    asset = read(good(assured_days_ago="0"), today=date(2024, 2, 29)).assets[0]
    assert asset.assured_on == date(2024, 2, 29) != TODAY
