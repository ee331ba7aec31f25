"""The small pieces that resources are put together from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from geo.errors import Json
from service.api.fhir import systems
from service.referrals.exchange import Case

Resource = dict[str, Any]
"""A resource, or a part of one, as JSON has it."""

KITH_ID: Final = "kith"
"""The id of the link workers' own Organization and HealthcareService."""

_BRITAIN: Final = ZoneInfo("Europe/London")
_OURS_ALONE: Final = ("id", "meta", "resourceType", "implicitRules", "contained", "text")


def instant(at: datetime) -> str:
    """An instant in UTC, with all six decimals: a poller gives it back as it came."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def day_end(day: date) -> str:
    """The last minute of a day in Britain."""
    return datetime.combine(day, time(23, 59, 59), _BRITAIN).isoformat()


def reference(kind: str, identity: str, display: str = "") -> Resource:
    """A reference to a resource of Kith's own."""
    found: Resource = {"reference": f"{kind}/{identity}", "type": kind}
    if display:
        found["display"] = display
    return found


def coding(system: str, code: str, display: str = "") -> Resource:
    """One code."""
    found: Resource = {"system": system, "code": code}
    if display:
        found["display"] = display
    return found


def concept(*codings: Resource, text: str = "") -> Resource:
    """A concept of the codes that are given, and words."""
    found: Resource = {}
    if codings:
        found["coding"] = list(codings)
    if text:
        found["text"] = text
    return found


def meta(
    kind: str, *, version: int | None = None, at: datetime | None = None, protected: bool = False
) -> Resource:
    """Version, instant and profile; a protected person's resources bear the label."""
    found: Resource = {}
    if version is not None:
        found["versionId"] = str(version)
    if at is not None:
        found["lastUpdated"] = instant(at)
    found["profile"] = [systems.profile(kind)]
    if protected:
        found["security"] = [coding(systems.CONFIDENTIALITY, "R", "restricted")]
    return found


def tag_number(resource: Resource) -> int:
    """A number that changes with what a resource says, for one whose versions are not counted."""
    text = json.dumps(resource, sort_keys=True, ensure_ascii=False)
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def sent(case: Case, kind: str) -> Resource:
    """What came as `kind` with the referral, without what is Kith's to say; empty when nothing."""
    return _plain(case.sent.get(kind))


def all_sent(case: Case, kind: str) -> list[Resource]:
    """The same where several of a kind may come."""
    given = case.sent.get(kind)
    return [_plain(each) for each in given] if isinstance(given, list) else []


def _plain(given: Json) -> Resource:
    # One resource may have been kept as a list of one.
    found = given[0] if isinstance(given, list) and given else given
    if not isinstance(found, Mapping):
        return {}
    return {name: value for name, value in found.items() if name not in _OURS_ALONE}


def settled(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with each system in the one spelling that is given out."""
    if isinstance(value, dict):
        return {
            name: systems.settled(each)
            if name == "system" and isinstance(each, str)
            else settled(each)
            for name, each in value.items()
        }
    return [settled(each) for each in value] if isinstance(value, list) else value
