"""SMART App Launch 2.2.0: each requirement of a server is held by a test, or said why not."""

from __future__ import annotations

import pytest
from shared import shared_path
from traces import NOT_APPLICABLE, OPEN, check, published, trace

FILE = "conformance/requirements/hl7.fhir.uv.smart-app-launch_2.2.0_Requirements.csv"
BACKEND = ("backend-services.html", "client-confidential-asymmetric.html")


@pytest.fixture
def theirs() -> dict[str, tuple[str, str]]:
    return published(shared_path(FILE), "Server")


def test_each_row_names_a_test_that_is_there() -> None:
    check(trace("smart_requirements.toml"))


def test_every_requirement_of_a_server_is_in_the_table(theirs) -> None:
    assert len(theirs) > 250
    assert trace("smart_requirements.toml").keys() == theirs.keys()


def test_what_systems_need_is_held_by_tests_but_for_a_few(theirs) -> None:
    """What is not met of the pages that apply: the life of a token, and what a proxy does."""
    ours = trace("smart_requirements.toml")
    unheld = {
        requirement
        for requirement, (page, _) in theirs.items()
        if page.startswith(BACKEND) and ours[requirement].startswith((NOT_APPLICABLE, OPEN))
    }
    assert unheld == {"231", "246", "257", "262"}


def test_what_is_open_is_known() -> None:
    ours = trace("smart_requirements.toml")
    assert {requirement for requirement, says in ours.items() if says.startswith(OPEN)} == set()
