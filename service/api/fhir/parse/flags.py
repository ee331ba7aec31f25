"""Flags that come with a referral: what the sender warns of, and what the person needs of others.

They come inside a ServiceRequest, as what it contains, or beside it in a message. The categories
are those of BaRS (`flag-categories-bars`) and of FHIR itself.
"""

from __future__ import annotations

from typing import Final

from service.api.fhir.parse.gathered import Gathered
from service.api.fhir.rules.findings import Resource, child, codings, rows, text_of

LONGEST_RISK: Final = 500
"""Characters of a risk in the record. The whole text is kept as it was sent."""

_WARNED: Final = {
    "SG": "Safeguarding",
    "SS": "Safety of visitors",
    "IR": "Infection",
    "safety": "Safety",
    "behavioral": "Behaviour",
    "clinical": "Clinical",
}
"""Categories that are risks. The others (RA reasonable adjustments, RT ReSPECT, AC agencies
contacted) are words."""
_NO_CONCERN: Final = "861931000000100"
"""SNOMED CT: safeguarding issues have been looked for, and none identified."""


def risks_of(found: Gathered) -> tuple[str, ...]:
    """Each risk that a live Flag says, with what kind of risk it is; each once."""
    told = (_risk(each.resource) for each in found.flags if _is_live(each.resource))
    return tuple(dict.fromkeys(text for text in told if text))


def words_of_flags(found: Gathered) -> list[str]:
    """What live Flags say, risks too: they stand in the note, where triage reads it first."""
    live = [each.resource for each in found.flags if _is_live(each.resource)]
    return [_risk(each) or ("" if _kind_of_risk(each) else _text(each)) for each in live]


def _is_live(flag: Resource) -> bool:
    return text_of(flag, "status") == "active"


def _categories(flag: Resource) -> list[str]:
    return [code for _, concept in rows(flag, "category") for _, _system, code in codings(concept)]


def _kind_of_risk(flag: Resource) -> str:
    """What kind of risk a Flag is; empty when it is none. Without a category it is one."""
    given = _categories(flag)
    known = next((_WARNED[each] for each in given if each in _WARNED), "")
    return known or ("" if given else "Said by the sender")


def _risk(flag: Resource) -> str:
    kind, text = _kind_of_risk(flag), _text(flag)
    if not kind or not text or any(c == _NO_CONCERN for _, _s, c in codings(child(flag, "code"))):
        return ""
    whole = f"{kind}: {text}"
    return whole if len(whole) <= LONGEST_RISK else f"{whole[: LONGEST_RISK - 1]}…"


def _text(flag: Resource) -> str:
    concept = child(flag, "code")
    said = text_of(concept, "text").strip()
    return said or "; ".join(
        text_of(each, "display") for _, each in rows(concept, "coding") if text_of(each, "display")
    )
