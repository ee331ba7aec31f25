"""NHS organisations as they are published, into the register, on both databases."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from import_world import ENDED, MAX_BYTES, UNKNOWN, WIDNES, WIDNES_AT, small_gazetteer
from sqlalchemy import select

from geo.gazetteer import NullGazetteer
from service.identity.actors import Actor, operator
from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent, NhsOrg, NhsOrgKind
from service.identity.org_facts import OrgReport
from service.identity.practices import (
    OrganisationsRefused,
    import_list_sizes,
    import_membership,
    import_organisations,
)
from service.identity.roles import PUBLIC_VISITOR
from service.register.errors import BadImportFile
from service.register.imports.list_sizes import read_list_size_file
from service.register.imports.membership import read_membership_file
from service.register.imports.ods_columns import PRESCRIBERS
from service.register.imports.practices import PracticeFile, read_practice_file
from service.store.work import Store

HEADER = ",".join(PRESCRIBERS.columns)


def line(code: str = "N81011", *, setting: str = "RO76", **changes: str) -> str:
    """One row of the prescriber file, with the 21 columns."""
    row = dict.fromkeys(PRESCRIBERS.columns, "")
    row |= {
        "code": code,
        "name": f"PRACTICE {code}",
        "national_grouping": "Y62",
        "high_level_health_geography": "QYG",
        "addr1": "BEVAN WAY",
        "addr4": "WIDNES",
        "postcode": WIDNES,
        "open_date": "19740401",
        "status": "ACTIVE",
        "org_subtype": "B",
        "prescribing_setting": setting,
    }
    return ",".join((row | changes).values())


def practice_file(*lines: str, header: bool = True) -> PracticeFile:
    text = "\n".join([HEADER, *lines] if header else lines)
    return read_practice_file(text.encode(), gazetteer=small_gazetteer(), max_bytes=MAX_BYTES)


def take(store: Store, file: PracticeFile, **choices) -> OrgReport:
    with store.work() as work:
        return import_organisations(
            work,
            by=operator(),
            facts=file.facts,
            source=file.table.name,
            rejected=len(file.rejected),
            **choices,
        )


def org(store: Store, code: str) -> NhsOrg:
    with store.read() as session:
        found = session.scalars(select(NhsOrg).where(NhsOrg.ods_code == code)).one()
        session.expunge(found)
        return found


def state(store: Store) -> list[tuple[object, ...]]:
    with store.read() as session:
        return sorted(tuple(row) for row in session.execute(select(*NhsOrg.__table__.columns)))


def test_a_practice_is_kept_as_published_with_its_place_and_parents(store):
    report = take(store, practice_file(line()), source_on=date(2026, 2, 3))
    assert (report.added, dict(report.active)) == (3, {"region": 1, "icb": 1, "practice": 1})
    practice = org(store, "N81011")
    assert (practice.name, practice.address) == ("PRACTICE N81011", "BEVAN WAY, WIDNES")
    assert (practice.postcode, practice.easting_m, practice.northing_m) == (WIDNES, *WIDNES_AT)
    assert (practice.parent_code, practice.opened_on) == ("QYG", date(1974, 4, 1))
    assert (practice.source_on, practice.is_active) == (date(2026, 2, 3), True)
    board = org(store, "QYG")
    assert (board.kind, board.parent_code) == (NhsOrgKind.ICB, "Y62")
    assert board.name == "Integrated care board QYG"


@pytest.mark.parametrize(
    ("setting", "status", "is_active"),
    [
        ("4", "A", True),
        ("4", "C", False),
        ("4", "D", False),
        ("4", "P", False),
        ("RO76", "ACTIVE", True),
        ("RO76", "INACTIVE", False),
        ("RO76", "DORMANT", False),
        ("RO76|RO268", "ACTIVE", True),
    ],
)
def test_both_published_styles_are_read(setting, status, is_active):
    file = practice_file(line(setting=setting, status=status))
    assert [each.is_active for each in file.practices] == [is_active]
    assert file.second_role == ("|" in setting)


@pytest.mark.parametrize("setting", ["0", "10", "RO72", "RO268", "", "14"])
def test_rows_of_other_settings_are_counted_and_left(setting):
    file = practice_file(line(), line("Y00001", setting=setting))
    assert ([each.ods_code for each in file.practices], file.other_settings) == (["N81011"], 1)


def test_with_and_without_header_and_gaps_is_the_same():
    cells = line().split(",")
    with_gaps = [*cells[:18], "", "", "", cells[18], "", cells[19], "", cells[20], ""]
    files = [
        practice_file(line()),
        practice_file(line(), header=False),
        practice_file(",".join(f'"{cell}"' for cell in with_gaps), header=False),
        read_practice_file(
            gzip.compress(f"{HEADER}\n{line()}".encode(), mtime=0),
            gazetteer=small_gazetteer(),
            max_bytes=MAX_BYTES,
        ),
    ]
    assert len(with_gaps) == 27
    assert [file.facts for file in files] == [files[0].facts] * 4


def test_another_number_of_columns_without_header_is_refused():
    with pytest.raises(BadImportFile, match="not the header of an ODS prescriber file"):
        practice_file("N81011,PRACTICE,WIDNES", header=False)


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"code": "N8"}, "code", "3 to 10 letters and digits"),
        ({"name": ""}, "name", "no name"),
        ({"status": "OPEN"}, "status", "Use one of: A, ACTIVE"),
    ],
)
def test_a_practice_that_cannot_be_read_is_told(changes, column, said):
    file = practice_file(line(**changes), line("N81019"))
    [problem] = file.problems
    assert (problem.line, problem.column) == (2, column)
    assert said in problem.message
    assert [row.line for row in file.rejected] == [2]
    assert len(file.practices) == 1


def test_a_code_twice_is_one_practice_unless_the_rows_disagree():
    assert practice_file(line(), line()).problems == ()
    file = practice_file(line(), line(name="ANOTHER"))
    assert [(p.line, p.column) for p in file.problems] == [(3, "code")]
    assert [each.name for each in file.practices] == ["PRACTICE N81011"]


@pytest.mark.parametrize(
    ("changes", "column", "quality"),
    [
        ({"postcode": UNKNOWN}, "postcode", "unknown"),
        ({"postcode": ENDED}, "postcode", "terminated"),
        ({"postcode": "WA8 6T"}, "postcode", "malformed"),
        ({"postcode": ""}, "postcode", "missing"),
        ({"open_date": "19741301"}, "open_date", "live"),
        ({"close_date": "soon"}, "close_date", "live"),
    ],
)
def test_what_is_doubtful_about_an_active_practice_is_told_and_it_is_taken(
    changes, column, quality
):
    file = practice_file(line(**changes))
    assert [warning.column for warning in file.warnings] == [column]
    assert file.qualities == {quality: 1}
    assert len(file.practices) == 1
    assert practice_file(line(status="INACTIVE", **changes)).warnings == ()


def test_bodies_of_former_years_and_pseudo_codes_are_nobodys_parent(store):
    former = line("A81003", high_level_health_geography="Q74", status="INACTIVE")
    welsh = line("W91002", high_level_health_geography="Q99", national_grouping="W00")
    take(store, practice_file(line(), former, welsh))
    assert [row[0] for row in state(store)] == ["A81003", "N81011", "QYG", "W91002", "Y62"]
    assert (org(store, "A81003").parent_code, org(store, "W91002").parent_code) == (None, None)


def test_the_same_file_twice_changes_nothing(store):
    file = practice_file(*(line(f"N8100{n}") for n in range(5)))
    take(store, file)
    before = state(store)
    report = take(store, file)
    assert (report.added, report.changed, report.same) == (0, 0, 7)
    assert state(store) == before


def test_a_practice_that_moves_to_an_unknown_postcode_loses_its_old_point(store):
    take(store, practice_file(line()))
    take(store, practice_file(line(postcode=UNKNOWN)))
    practice = org(store, "N81011")
    assert (practice.postcode, practice.easting_m) == (UNKNOWN, None)


def test_a_kith_without_postcodes_keeps_the_point_it_has(store):
    take(store, practice_file(line()))
    blind = read_practice_file(
        f"{HEADER}\n{line()}".encode(), gazetteer=NullGazetteer(), max_bytes=MAX_BYTES
    )
    take(store, blind)
    assert org(store, "N81011").easting_m == WIDNES_AT[0]


def test_closing_half_is_taken_and_closing_more_is_refused(store):
    codes = [f"N8100{n}" for n in range(4)]
    take(store, practice_file(*map(line, codes)))
    before = state(store)

    def closing(count: int) -> PracticeFile:
        return practice_file(
            *(line(c, status="INACTIVE" if n < count else "ACTIVE") for n, c in enumerate(codes))
        )

    with pytest.raises(OrganisationsRefused) as caught:
        take(store, closing(3))
    assert (caught.value.fields["before"], caught.value.fields["after"]) == (4, 1)
    with pytest.raises(OrganisationsRefused, match="No active practice would remain"):
        take(store, closing(4))
    assert state(store) == before
    assert dict(take(store, closing(2)).active)["practice"] == 2
    assert dict(take(store, closing(3), force_reason="merged").active)["practice"] == 1
    with store.read() as session:
        details = session.scalars(select(AuditEvent.details)).all()[-1]
    assert details["forced"] == "merged"


def test_practices_that_a_file_leaves_out_stay_unless_it_is_complete(store):
    take(store, practice_file(*(line(f"N8100{n}") for n in range(4))))
    some = practice_file(*(line(f"N8100{n}") for n in range(3)))
    report = take(store, some)
    assert (report.missing, dict(report.active)["practice"]) == (1, 4)
    report = take(store, some, complete=True)
    assert (report.missing, dict(report.active)["practice"]) == (1, 3)
    assert org(store, "N81003").is_active is False
    with pytest.raises(OrganisationsRefused):
        take(store, practice_file(line("N81000")), complete=True)


def test_a_file_of_which_too_much_is_bad_or_nothing_is_a_practice_is_refused(store):
    with pytest.raises(OrganisationsRefused, match="2 of 3 rows"):
        take(store, practice_file(line(), line("N81019", status="?"), line("X1", name="")))
    with pytest.raises(OrganisationsRefused, match="no GP practice"):
        take(store, practice_file(line(setting="0")))
    assert state(store) == []


PCN = "practice_code,pcn_code,pcn_name,stp_code\n"


def join(store: Store, text: str) -> list[OdsCode]:
    file = read_membership_file((PCN + text).encode(), max_bytes=MAX_BYTES)
    with store.work() as work:
        return import_membership(
            work,
            by=operator(),
            networks=file.networks,
            members=file.members,
            source="pcn.csv",
            rejected=len(file.rejected),
        )


def test_practices_join_their_networks_and_stay_in_them(store):
    file = practice_file(line(), line("N81019"))
    take(store, file)
    elsewhere = "N81019,U,Unallocated,QYG\nA1A,U99999,ELSE,QE1"
    unknown = join(store, f"N81011,U79408,WIDNES PCN,QYG\n{elsewhere}")
    assert unknown == ["A1A"]
    assert org(store, "N81011").parent_code == "U79408"
    assert org(store, "N81019").parent_code == "QYG"
    network = org(store, "U79408")
    assert (network.kind, network.name, network.parent_code) == (
        NhsOrgKind.PCN,
        "WIDNES PCN",
        "QYG",
    )
    with store.read() as session:
        assert session.get(NhsOrg, "U99999") is None
    take(store, file)
    assert org(store, "N81011").parent_code == "U79408"


def test_when_boards_merge_the_network_follows_its_practices(store):
    take(store, practice_file(line(), line("N81019")))
    join(store, "N81011,U79408,WIDNES PCN,QYG\nN81019,U79408,WIDNES PCN,QYG")
    merged = {"high_level_health_geography": "QZZ"}
    take(store, practice_file(line(**merged), line("N81019", **merged)), force_reason="merger")
    assert org(store, "N81011").parent_code == "U79408"
    assert org(store, "U79408").parent_code == "QZZ"


def test_a_practice_in_two_networks_and_a_bad_code_are_told():
    text = "N81011,U79408,WIDNES PCN,QYG\nN81011,U09643,RUNCORN PCN,QYG\n!,U09643,RUNCORN PCN,QYG"
    file = read_membership_file((PCN + text).encode(), max_bytes=MAX_BYTES)
    assert [(p.line, p.column) for p in file.problems] == [(3, "pcn_code"), (4, "practice_code")]
    assert file.members == {"N81011": "U79408"}


def test_networks_before_practices_are_refused(store):
    with pytest.raises(OrganisationsRefused, match="Import the practices first"):
        join(store, "N81011,U79408,WIDNES PCN,QYG")


def sizes_of(text: str) -> dict[str, int]:
    return dict(read_list_size_file(text.encode(), max_bytes=MAX_BYTES).sizes)


@pytest.mark.parametrize(
    "text",
    [
        "code,list_size_2026,pct_over_65\nN81011,14549,9\nN81019,0,9\n",
        "practice_code,practice_name,registered_patients\nN81011,X,14549\nN81019,Y,0\n",
        'CODE,Number of Patients\nN81011,"14,549"\nN81019,0\n',
        "ods_code,patients_2026\nN81011,14549.0\nN81019,0\n",
        "CODE,SEX,AGE,NUMBER_OF_PATIENTS\nN81011,ALL,ALL,14549\nN81019,ALL,ALL,0\n",
        "CODE,SEX,AGE,NUMBER_OF_PATIENTS\nN81011,FEMALE,0,7000\nN81011,MALE,0,7500\n"
        "N81011,MALE,1,49\nN81019,MALE,0,0\n",
        "CODE,SEX,AGE,NUMBER_OF_PATIENTS\nN81011,ALL,ALL,14549\nN81011,MALE,ALL,7000\n"
        "N81011,FEMALE,ALL,7549\nN81011,MALE,0,7000\nN81019,ALL,0,0\nN81019,MALE,0,0\n",
    ],
)
def test_every_published_layout_of_list_sizes_gives_the_same(text):
    assert sizes_of(text) == {"N81011": 14_549, "N81019": 0}


def test_list_sizes_are_set_and_unknown_codes_told(store):
    take(store, practice_file(line(), line("N81019")))
    sizes = {OdsCode("N81011"): 100, OdsCode("QYG"): 5, OdsCode("Z99999"): 6}
    with store.work() as work:
        unknown = import_list_sizes(work, by=operator(), sizes=sizes, source="sizes.csv")
    assert unknown == ["QYG", "Z99999"]
    assert (org(store, "N81011").list_size, org(store, "N81019").list_size) == (100, None)
    take(store, practice_file(line()))
    assert org(store, "N81011").list_size == 100
    with pytest.raises(OrganisationsRefused), store.work() as work:
        import_list_sizes(work, by=operator(), sizes={OdsCode("Z99999"): 6}, source="x")


@pytest.mark.parametrize("count", ["-1", "many", "1.5", "1000001"])
def test_a_list_size_that_cannot_be_is_told(count):
    file = read_list_size_file(
        f"code,list_size\nN81011,{count}\nN81019,7\n".encode(), max_bytes=MAX_BYTES
    )
    assert [(p.line, p.column) for p in file.problems] == [(2, "list_size")]
    assert file.sizes == {"N81019": 7}


def test_two_list_sizes_for_one_practice_are_told():
    file = read_list_size_file(b"code,list_size\nN81011,5\nN81011,6\n", max_bytes=MAX_BYTES)
    assert [(p.line, p.column) for p in file.problems] == [(3, "code")]
    assert file.sizes == {"N81011": 5}


def test_nobody_imports_practices_without_leave(store):
    anybody = Actor("anybody", PUBLIC_VISITOR)
    file = practice_file(line())
    with store.work() as work:
        with pytest.raises(NotAllowed):
            import_organisations(work, by=anybody, facts=file.facts, source="x")
        with pytest.raises(NotAllowed):
            import_membership(work, by=anybody, networks=[], members={}, source="x")
        with pytest.raises(NotAllowed):
            import_list_sizes(work, by=anybody, sizes={}, source="x")
    assert state(store) == []
