"""The codes of Kith's answers to messages are those of the publisher's own examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shared import shared_path

from geo.errors import DomainError
from service.api.fhir.bars import outcome
from service.api.problems import all_errors

EXAMPLES = "conformance/bars/examples1.4.0/OperationOutcome/REC"

# The publisher's table has these, and has no example file of them.
WITHOUT_EXAMPLE = {
    (405, "REC_METHOD_NOT_ALLOWED", "not-supported"),
    (429, "REC_TOO_MANY_REQUESTS", "throttled"),
}


def published() -> set[tuple[int, str, str]]:
    """Status, code and issue code of every example."""
    found = set()
    for path in sorted(Path(shared_path(EXAMPLES)).glob("*.json")):
        status = int(path.name.partition("-")[0])
        first = json.loads(path.read_text(encoding="utf-8"))["issue"][0]
        found.add((status, first["details"]["coding"][0]["code"], first["code"]))
    return found


def test_the_system_of_codes_is_spelt_as_in_every_example() -> None:
    for path in sorted(Path(shared_path(EXAMPLES)).glob("*.json")):
        coding = json.loads(path.read_text(encoding="utf-8"))["issue"][0]["details"]["coding"][0]
        assert coding["system"] == outcome.SYSTEM, path.name


def test_every_error_of_kith_is_told_by_a_published_code() -> None:
    known = published() | WITHOUT_EXAMPLE
    assert len(known) > 20
    for error in all_errors():
        assert outcome.rec_placed(error) in known, error


@pytest.mark.parametrize("issue", ["required", "value", "invariant", "not-supported", "duplicate"])
def test_an_issue_whose_code_is_not_allowed_there_is_told_by_one_that_is(issue: str) -> None:
    from service.api.fhir.errors import Invalid

    status, told = outcome.rec_outcome(Invalid.at(issue, "Mend it.", "Bundle.entry[1]"))
    first = told["issue"][0]
    assert (status, first["details"]["coding"][0]["code"], first["code"]) in published()
    assert first["expression"] == ["Bundle.entry[1]"]


def test_the_table_covers_the_whole_tree() -> None:
    assert outcome.rec_placed(DomainError)[0] == 500
