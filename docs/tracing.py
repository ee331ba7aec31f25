"""`docs/conformance.md`: which published requirements Kith meets, by which test, and which not."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "conformance"
ROOT: Final = Path(__file__).parent.parent
MADE: Final = "<!-- Made by `python -m docs.make`; change docs/conformance/, not this page. -->"

EPICS: Final = 16
"""Epics of C37, by the seed data of the Buying Catalogue."""
ITEMS: Final = 237
"""Items of the Social Prescribing Information Standard 1.1."""


def read(name: str) -> dict[str, Any]:
    """One of the trace files, by its name without ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def page() -> str:
    """The whole page."""
    return "\n".join([*_head(), *_capability(), *_record(), *_waivers()]) + "\n"


def _head() -> list[str]:
    return [
        "# Conformance",
        MADE,
        "",
        "What published requirements ask, and which test shows it. A test that is named here "
        "exists and runs in every build (another test looks). Every run of the tests also writes "
        "`var/conformance/report.md`: each check against published files with its result, or why "
        "it could not run. The publishers' files are read where they lie and are no part of Kith.",
        "",
        "Nothing here is a certificate. Kith is not listed in the Buying Catalogue and is not on "
        "the national Booking and Referral service.",
        "",
    ]


def _capability() -> list[str]:
    epics = read("capability_c37")
    lines = [
        "## Capability C37, Social Prescribing",
        "Epics as in the seed data of the NHS Buying Catalogue.",
        "",
        "| epic | level | shown by | left |",
        "| --- | --- | --- | --- |",
    ]
    for number, each in epics.items():
        tests = "<br>".join(_test(name) for name in each["tests"]) or "nothing yet"
        epic = f"{number} {each['epic']}"
        lines.append(f"| {epic} | {each['level']} | {tests} | {each.get('left', '')} |")
    return [*lines, ""]


def _test(name: str) -> str:
    path, _, function = name.partition("::")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../{path})"


def _record() -> list[str]:
    items = read("record_standard")
    kept = {path: each for path, each in items.items() if "not_kept" not in each}
    sections = Counter(path.partition("/")[0] for path in items)
    have = Counter(path.partition("/")[0] for path in kept)
    lines = [
        "## Social Prescribing Information Standard 1.1 (PRSB)",
        f"{len(kept)} of {len(items)} items have a place of their own in Kith; for the others the "
        "reason is given. The standard is reusable under the Open Government Licence 3.0; only the "
        "names of its items stand here.",
        "",
        "| section | items | kept |",
        "| --- | --- | --- |",
        *(f"| {name} | {count} | {have[name]} |" for name, count in sections.items()),
        "",
        "| item | where it is kept, or why not |",
        "| --- | --- |",
    ]
    for path, each in items.items():
        lines.append(f"| {path.replace('/', ' / ')} | {_place(each)} |")
    return [*lines, ""]


def _place(item: dict[str, str]) -> str:
    if "not_kept" in item:
        return item["not_kept"]
    place = f"`{item['column']}`"
    if "fact" in item:
        place += f": {item['fact']}"
    if "sent" in item:
        place += f", as sent: `{item['sent']}`"
    return place


def _waivers() -> list[str]:
    path = ROOT / "tests/conformance/waivers.toml"
    if not path.exists():
        return []
    waivers = tomllib.loads(path.read_text(encoding="utf-8")).get("waiver", [])
    lines = [
        "## Waivers of the profile validator",
        "Alarms of the validator that are known to be false, each with its reason. One that is not "
        "needed any more fails a test.",
        "",
        "| alarm | why it is waived |",
        "| --- | --- |",
    ]
    for each in waivers:
        told = " ".join(str(value) for key, value in each.items() if key != "reason")
        lines.append(f"| {told.replace('|', '&#124;')} | {each['reason']} |")
    return [*lines, ""]
