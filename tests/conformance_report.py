"""The report of a run: each check against published files, its result, and why one did not run.

It writes `var/conformance/report.json` and `report.md` at the end of a run in which any
such check was asked for, whatever came of it.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "conformance"
TOOLS = ("pyrofile-validator", "fhir.resources", "schemathesis", "jsonschema")
AREAS = ("tests/conformance/", "tests/contract/")


class Report:
    """Collects on whichever process hears of every test's end."""

    def __init__(self) -> None:
        self.results: dict[str, tuple[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of one test; a fault in setting it up counts."""
        if not report.nodeid.startswith(AREAS):
            return
        if report.when == "call" or report.outcome != "passed":
            self.results[report.nodeid] = (report.outcome, _reason(report))

    def pytest_sessionfinish(self) -> None:
        """Write the report, if any of these tests ran here."""
        if not self.results or os.environ.get("PYTEST_XDIST_WORKER"):
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        facts = _facts()
        rows = [
            {"check": node, "result": result, "why": why}
            for node, (result, why) in sorted(self.results.items())
        ]
        document = json.dumps({**facts, "checks": rows}, indent=1, ensure_ascii=False)
        (FOLDER / "report.json").write_text(document + "\n", encoding="utf-8")
        (FOLDER / "report.md").write_text("\n".join(_lines(facts, rows)), encoding="utf-8")


def _reason(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    if report.failed:
        return report.longreprtext.strip().splitlines()[-1] if report.longreprtext else ""
    return ""


def _facts() -> dict[str, object]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "kith": importlib.metadata.version("kith"),
        "tools": dict(_versions()),
        "published_files": "present" if _shared().is_dir() else "not run: the folder is not there",
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in TOOLS:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, "not installed"


def _shared() -> Path:
    given = os.environ.get("KITH_SHARED")
    return (Path(given) if given else ROOT.parent / "shared") / "conformance"


def _lines(facts: dict[str, object], rows: list[dict[str, str]]) -> Iterator[str]:
    yield "# Conformance report"
    yield ""
    yield (
        f"Made at {facts['made_at']} of Kith {facts['kith']}. "
        f"Published files: {facts['published_files']}."
    )
    yield ""
    tools = facts["tools"]
    assert isinstance(tools, dict)
    yield "| tool | version |"
    yield "| --- | --- |"
    yield from (f"| {name} | {version} |" for name, version in tools.items())
    yield ""
    yield "| check | passed | failed | not run | why |"
    yield "| --- | --- | --- | --- | --- |"
    for name, each in _together(rows).items():
        why = "; ".join(dict.fromkeys(row["why"] for row in each if row["why"]))
        counts = [sum(row["result"] == word for row in each) for word in WORDS]
        cells = " | ".join(str(count) for count in counts)
        yield f"| {name} | {cells} | {why.replace('|', '&#124;')} |"
    yield ""


WORDS = ("passed", "failed", "skipped")


def _together(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """The checks of one test function together: on both databases, with every value."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["check"].partition("[")[0], []).append(row)
    return found
