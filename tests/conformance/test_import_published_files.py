"""Published files as they are, with the figures that were counted in them by other means."""

from __future__ import annotations

import csv
import gzip
from collections import Counter

import pytest
from import_world import TODAY, read, rows_csv, small_gazetteer
from shared import shared_path
from sqlalchemy import select

from geo.gazetteer import NullGazetteer
from service.identity.actors import operator
from service.identity.model import NhsOrg
from service.identity.practices import (
    import_list_sizes,
    import_membership,
    import_organisations,
)
from service.register.actions import import_assets
from service.register.errors import BadImportFile
from service.register.imports.assets import read_asset_file
from service.register.imports.list_sizes import read_list_size_file
from service.register.imports.membership import read_membership_file
from service.register.imports.practices import PracticeFile, read_practice_file

MAX_BYTES = 100_000_000
PRACTICES = "data/geo/practices"


def practice_file(name: str) -> PracticeFile:
    path = shared_path(f"{PRACTICES}/{name}")
    return read_practice_file(path, gazetteer=NullGazetteer(), max_bytes=MAX_BYTES)


@pytest.mark.parametrize(
    ("name", "alone", "beside", "active"),
    [("epraccur_2024-01.csv.gz", 8_647, 0, 6_750), ("epraccur_2026-02.csv.gz", 8_183, 6, 6_604)],
)
def test_both_published_styles_give_every_practice(name, alone, beside, active):
    # 6,604 active: 6,599 with the one role and five of the six that hold a second one.
    file = practice_file(name)
    assert file.problems == ()
    assert (len(file.practices) - file.second_role, file.second_role) == (alone, beside)
    assert sum(each.is_active for each in file.practices) == active
    assert len(file.practices) + file.other_settings == len(file.table.rows)
    assert Counter(each.kind.value for each in file.facts)["icb"] == 42


def test_the_same_practices_without_the_header_row():
    path = shared_path(f"{PRACTICES}/epraccur_2026-02.csv.gz")
    bare = gzip.decompress(path.read_bytes()).split(b"\n", 1)[1]
    file = read_practice_file(bare, gazetteer=NullGazetteer(), max_bytes=MAX_BYTES)
    assert file.facts == practice_file("epraccur_2026-02.csv.gz").facts
    assert file.table.rows[0].line == 1


def test_a_country_of_practices_goes_into_the_register(sqlite_store):
    store = sqlite_store
    old, new = (practice_file(f"epraccur_{year}.csv.gz") for year in ("2024-01", "2026-02"))
    with store.work() as work:
        import_organisations(work, by=operator(), facts=old.facts, source="2024")
        report = import_organisations(work, by=operator(), facts=new.facts, source="2026")
    assert report.active["icb"] == 42
    # One practice of 2024 is not in the file of 2026, and is left as it was.
    assert (report.active["practice"], report.missing) == (6_605, 1)
    pcn = read_membership_file(
        shared_path(f"{PRACTICES}/practice_pcn_ccg_map_2022-01.csv.gz"), max_bytes=MAX_BYTES
    )
    # 1,255 codes in the file; one of them, "U", says that a practice is in no network.
    assert (len(pcn.networks), pcn.unallocated, pcn.problems) == (1_254, 68, ())
    with store.work() as work:
        import_membership(
            work, by=operator(), networks=pcn.networks, members=pcn.members, source="pcn"
        )
    sizes = read_list_size_file(
        shared_path(f"{PRACTICES}/practice_list_size_demographics_2026.csv.gz"),
        max_bytes=MAX_BYTES,
    )
    with store.work() as work:
        import_list_sizes(work, by=operator(), sizes=sizes.sizes, source="sizes")
    with store.read() as session:
        halton = session.execute(
            select(NhsOrg.parent_code, NhsOrg.list_size).where(
                NhsOrg.parent_code.in_(["U79408", "U09643"]), NhsOrg.is_active
            )
        ).all()
    assert Counter(code for code, _ in halton) == {"U79408": 8, "U09643": 6}
    assert sum(size for _, size in halton) == 136_616


def test_list_sizes_of_every_layout_add_up_to_what_is_published():
    long = read_list_size_file(
        shared_path(f"{PRACTICES}/patients_registered_2021-01.csv.gz"), max_bytes=MAX_BYTES
    )
    trafford = read_list_size_file(
        shared_path("data/geo/demo_trafford/gp_patient_registrations_2026-01.csv"),
        max_bytes=MAX_BYTES,
    )
    assert (len(long.sizes), sum(long.sizes.values())) == (6_658, 60_606_345)
    assert (len(trafford.sizes), sum(trafford.sizes.values())) == (26, 248_911)
    assert long.problems == trafford.problems == ()


def test_every_row_of_the_swapped_authorities_is_refused_and_none_is_placed():
    path = shared_path("data/traps/uk_local_authorities.csv")
    with path.open(encoding="utf-8", newline="") as file:
        authorities = [row for row in csv.DictReader(file) if row["long"] and row["lat"]]
    assert len(authorities) == 411
    rows = [
        {
            "asset_id": row["gss-code"].lower() or f"row-{number}",
            "name": row["nice-name"],
            "kind": "place",
            "postcode": "",
            "long": row["long"],
            "lat": row["lat"],
        }
        for number, row in enumerate(authorities)
    ]
    found = read(*rows)
    assert found.assets == ()
    assert len(found.problems) == 411
    assert {problem.column for problem in found.problems} == {"longitude"}
    assert sum("look swapped" in problem.message for problem in found.problems) > 380
    right = read(*(row | {"long": row["lat"], "lat": row["long"]} for row in rows))
    assert len(right.assets) > 380


def test_the_authorities_as_they_are_are_no_asset_file():
    with pytest.raises(BadImportFile, match="not yet an asset file"):
        read_asset_file(
            shared_path("data/traps/uk_local_authorities.csv"),
            gazetteer=small_gazetteer(),
            today=TODAY,
            max_bytes=MAX_BYTES,
        )


def test_places_on_the_meridian_are_places():
    path = shared_path("data/bench/uk_assets.csv")
    with path.open(encoding="utf-8", newline="") as file:
        near = [row for row in csv.DictReader(file) if abs(float(row["lon"])) < 0.001]
    assert len(near) == 24
    found = read(
        *(
            {
                "asset_id": f"meridian-{number}",
                "name": f"Place {number}",
                "kind": "place",
                "postcode": "",
                "latitude": row["lat"],
                "longitude": row["lon"],
            }
            for number, row in enumerate(near)
        )
    )
    assert (len(found.assets), found.problems) == (24, ())


def test_the_placeholder_of_another_project_is_reported_and_not_swallowed():
    path = shared_path("data/importers/outpost/services--with-sample-data.csv")
    assert b"hh:mm:ss" in path.read_bytes()
    found = read_asset_file(
        rows_csv(
            {"asset_id": "a", "name": "A", "kind": "place", "postcode": "", "starts_at": "hh:mm:ss"}
        ),
        gazetteer=small_gazetteer(),
        today=TODAY,
        max_bytes=MAX_BYTES,
    )
    assert [(p.column, p.value) for p in found.problems] == [("starts_at", "hh:mm:ss")]


def test_a_councils_own_list_can_be_brought_into_the_layout_and_taken(sqlite_store):
    path = shared_path("data/geo/demo_trafford/assets_trafford.csv")
    with path.open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["kind"] != "charity"]
    rows = [
        {
            "asset_id": f"trafford-{number}",
            "name": row["name"] or row["kind"].replace("_", " "),
            "kind": "place",
            "summary": row["description"][:1000],
            "address": row["address"],
            "postcode": row["postcode"],
            "latitude": row["lat"],
            "longitude": row["lon"],
            "website": row["website"],
            "source": row["source"],
            "licence": row["licence"],
        }
        for number, row in enumerate(listed)
    ]
    found = read_asset_file(
        rows_csv(*rows), gazetteer=NullGazetteer(), today=TODAY, max_bytes=MAX_BYTES
    )
    assert found.problems == ()
    assert len(found.assets) == len(listed) == 1_332
    with sqlite_store.work() as work:
        report = import_assets(work, by=operator(), file=found)
    assert (report.added, report.in_register) == (1_332, 1_332)
