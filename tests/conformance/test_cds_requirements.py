"""CDS Hooks 2.0 and its library: each requirement of a service is held by a test, or why not."""

from __future__ import annotations

import pytest
from shared import shared_path
from traces import NOT_APPLICABLE, OPEN, check, published, trace

TABLES = {
    "cds_hooks_requirements.toml": ("cds-hooks_2.0_requirements.csv", "Service", 118),
    "cds_library_requirements.toml": ("cds-hooks-library_1.0.1_requirements.csv", "Server", 23),
}


@pytest.mark.parametrize("table", TABLES)
def test_each_row_names_a_test_that_is_there(table: str) -> None:
    check(trace(table))


@pytest.mark.parametrize("table", TABLES)
def test_every_requirement_is_in_the_table(table: str) -> None:
    file, actor, number = TABLES[table]
    theirs = published(shared_path(f"conformance/requirements/{file}"), actor)
    assert len(theirs) >= number
    assert trace(table).keys() == theirs.keys()


def test_nothing_is_open_and_what_must_be_and_is_not_is_known() -> None:
    ours = trace("cds_hooks_requirements.toml")
    theirs = published(
        shared_path("conformance/requirements/cds-hooks_2.0_requirements.csv"), "Service"
    )
    assert not [requirement for requirement, says in ours.items() if says.startswith(OPEN)]
    must = {requirement for requirement, (_, strength) in theirs.items() if "SHALL" in strength}
    unheld = {each for each in must if ours[each].startswith(NOT_APPLICABLE)}
    # TLS; fetching; system actions; what a client shows; icon, topic, recommendation, update,
    # deletion, app context, replaced cards and extensions, of which Kith sends none.
    assert unheld == {
        *("2", "168", "61", "75", "89", "111", "115", "121", "132", "133", "134", "135"),
        *("144", "211", "213", "214", "220"),
    }
