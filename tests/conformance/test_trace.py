"""The traces of published requirements are whole, and lead to tests and columns that exist."""

from __future__ import annotations

import ast
import importlib.util
import json
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from shared import ROOT, shared_path

from service import bootstrap
from service.api.v1.requests import Facts


def tracing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_tracing", ROOT / "docs/tracing.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TRACE = tracing()
EPICS: dict[str, dict[str, Any]] = TRACE.read("capability_c37")
ITEMS: dict[str, dict[str, str]] = TRACE.read("record_standard")


@cache
def functions(path: str) -> frozenset[str]:
    """The test functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_epic_is_there_with_its_level() -> None:
    assert list(EPICS) == [f"C37E{number}" for number in range(1, TRACE.EPICS + 1)]
    assert [each["level"] for each in EPICS.values()] == ["MUST"] * 7 + ["MAY"] * 9


@pytest.mark.parametrize("epic", list(EPICS))
def test_an_epic_leads_to_tests_or_says_what_is_left(epic: str) -> None:
    each = EPICS[epic]
    assert each["tests"] or each["left"]
    for name in each["tests"]:
        path, _, function = name.partition("::")
        assert function in functions(path), name


def test_no_epic_that_must_be_is_without_a_test() -> None:
    assert [
        name for name, each in EPICS.items() if each["level"] == "MUST" and not each["tests"]
    ] == []


def published() -> list[str]:
    """The path of every item of the standard, in its own order."""
    path = shared_path("standards/prsb_sp_v1.1.json")
    document = json.loads(path.read_text(encoding="utf-8"))["dataset"][0]
    found: list[str] = []

    def walk(node: dict[str, Any], above: list[str]) -> None:
        here = [*above, node["name"].strip()]
        if node["type"] == "item":
            found.append("/".join(here))
        for each in node.get("concept", []):
            walk(each, here)

    for each in document["concept"]:
        walk(each, [])
    return found


def test_every_item_of_the_record_standard_is_listed_in_its_order() -> None:
    items = published()
    assert len(items) == TRACE.ITEMS
    assert list(ITEMS) == items


def test_every_item_is_kept_somewhere_that_exists_or_says_why_not() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in bootstrap.metadata().sorted_tables
        for column in table.columns
    }
    facts = set(Facts.model_fields)
    kept = 0
    for path, each in ITEMS.items():
        if "not_kept" in each:
            assert each["not_kept"].endswith("."), path
            assert set(each) == {"not_kept"}, path
            continue
        kept += 1
        assert each["column"] in columns, path
        if "fact" in each:
            assert set(each["fact"].split(", ")) <= facts, path
    assert kept > 80


def test_every_mandatory_item_is_kept() -> None:
    for path in (
        "Person demographics/Person name/Person first name",
        "Person demographics/Person name/Person family name",
        "Person demographics/Date of birth",
        "GP practice/GP practice record entry/GP practice identifier",
        "Referral details/Referral details record entry/Referrer details/Name",
        "Referral details/Referral details record entry/Referrer details/Contact details",
        "Risks/Risks record entry/Risk/Free text",
    ):
        assert "column" in ITEMS[path], path
