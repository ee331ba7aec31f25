"""Cards out of what was found: how many groups of which kinds how far, or a danger sign."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from seed_data import needs as need_list
from service.api.cds.answers import (
    Card,
    CardAction,
    CardLink,
    Coding,
    Source,
    Suggestion,
)
from service.api.cds.reading import REFERRAL_CODE, Seen
from service.api.fhir.systems import KITH, NEED, SNOMED, TASK_CODE, profile
from service.referrals.actions.card_feedback import REASONS
from service.referrals.nearby import Nearby
from service.referrals.safety import Flag

LONGEST_SUMMARY: Final = 139
MOST_TOLD: Final = 5
OVERRIDES: Final = f"{KITH}/CodeSystem/card-override-reason"

_ESTIMATE: Final = "Distances are an estimate of the way, and no promise. A person decides."
_INVENTED: Final = "Some of these groups are invented examples and do not exist."


@dataclass(frozen=True, slots=True)
class Shown:
    """What every card of one answer needs: whom it is from, where to open Kith, the time."""

    origin: str
    label: str
    now: datetime
    link: str = ""
    most: int = 50


def danger_card(flags: Sequence[Flag], shown: Shown) -> Card:
    """What a clinician must do first. Nothing can be taken up from it."""
    lines = [
        f"- **{each.label}** ({each.status.value}): {each.what_to_do} Tell {each.tell}."
        for each in flags
    ]
    return Card(
        uuid=str(uuid.uuid4()),
        summary=_fitting(
            f"Danger sign in this referral's note: {flags[0].label}. Act on it before you refer.",
            "There is a danger sign in this referral's note. Act on it before you refer.",
        ),
        detail="\n".join(["No group is suggested until a clinician has seen this.", "", *lines]),
        indicator="critical",
        source=_source(shown),
    )


def groups_card(found: Nearby, seen: Seen, needs: Sequence[str], shown: Shown) -> Card:
    """How many groups, and how to refer. A group is named only where consent lets it be."""
    card = Card(
        uuid=str(uuid.uuid4()),
        summary=_summary(found, needs, shown),
        detail=_detail(found, seen),
        indicator="info",
        source=_source(shown),
        overrideReasons=[
            Coding(code=code, system=OVERRIDES, display=words) for code, words in REASONS.items()
        ],
    )
    if not seen.is_referring:
        card.suggestions = [_suggestion(seen, needs, shown)]
        card.selectionBehavior = "at-most-one"
    if shown.link:
        card.links = [CardLink(label="Open the referral form in Kith", url=shown.link)]
    return card


def need_words(needs: Sequence[str]) -> str:
    """Needs as a person reads them: 'loneliness or isolation, debt'."""
    known = need_list.load().needs
    return ", ".join(_small(known[each].label) for each in needs if each in known)


def _summary(found: Nearby, needs: Sequence[str], shown: Shown) -> str:
    number = f"{found.count} or more" if found.count >= shown.most else str(found.count)
    groups = "group" if found.count == 1 else "groups"
    where = (
        "that come to the person or need no journey"
        if found.within_m is None
        else f"within about {found.within_m / 1000:.1f} km of home"
    )
    short = f"{number} {groups} {where}"
    return _fitting(f"{short} for: {need_words(needs)}", f"{short} that may help", short)


def _detail(found: Nearby, seen: Seen) -> str:
    known = need_list.load().kinds
    kinds = [
        f"- {known[kind].label if kind in known else 'Group'}: {number}"
        for kind, number in found.kinds[:MOST_TOLD]
    ]
    more = len(found.kinds) - len(kinds)
    if more > 0:
        kinds.append(f"- and {more} more kinds")
    parts = ["\n".join(kinds)]
    if seen.may_name:
        named = ", ".join(_plain(name) for name in found.names[:MOST_TOLD])
        parts.append(f"Nearest and most fitting: {named}.")
    if found.has_invented:
        parts.append(_INVENTED)
    parts.append(_ESTIMATE)
    return "\n\n".join(parts)


def _suggestion(seen: Seen, needs: Sequence[str], shown: Shown) -> Suggestion:
    request = _request(seen, needs, shown)
    return Suggestion(
        label="Refer to a link worker",
        uuid=str(uuid.uuid4()),
        actions=[
            CardAction(description="Draft a referral to social prescribing", resource=request),
            CardAction(
                description="Draft the task that asks for it", resource=_task(seen, request, shown)
            ),
        ],
    )


def _request(seen: Seen, needs: Sequence[str], shown: Shown) -> dict[str, Any]:
    known = need_list.load().needs
    return {
        "resourceType": "ServiceRequest",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [profile("ServiceRequest")]},
        "status": "draft",
        "intent": "order",
        "priority": "routine",
        "code": {
            "coding": [
                {
                    "system": SNOMED,
                    "code": REFERRAL_CODE,
                    "display": "Referral to social prescribing service",
                }
            ]
        },
        "subject": {"reference": f"Patient/{seen.patient_id}"},
        "authoredOn": _instant(shown.now),
        **_requester(seen),
        "reasonCode": [
            {
                "coding": [
                    *(
                        {"system": SNOMED, "code": each.code, "display": each.term}
                        for each in known[need].verified_snomed[:1]
                    ),
                    {"system": NEED, "code": need, "display": known[need].label},
                ]
            }
            for need in needs
        ],
    }


def _task(seen: Seen, request: dict[str, Any], shown: Shown) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [profile("Task")]},
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [
                {"system": TASK_CODE, "code": "fulfill", "display": "Fulfill the focal request"}
            ]
        },
        "focus": {"reference": f"ServiceRequest/{request['id']}"},
        "for": request["subject"],
        "authoredOn": _instant(shown.now),
        **_requester(seen),
    }


def _requester(seen: Seen) -> dict[str, Any]:
    return {"requester": {"reference": seen.user}} if seen.user else {}


def _source(shown: Shown) -> Source:
    return Source(label=shown.label, url=shown.origin)


def _instant(now: datetime) -> str:
    return now.replace(microsecond=0).isoformat()


def _fitting(*choices: str) -> str:
    """The first that is short enough; the last is cut if none is."""
    for each in choices:
        if len(each) <= LONGEST_SUMMARY:
            return each
    return choices[-1][: LONGEST_SUMMARY - 1] + "…"


def _small(label: str) -> str:
    """A label within a sentence; initials such as 'GP' keep their capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _plain(name: str) -> str:
    """A name that no Markdown is made of."""
    return "".join(f"\\{each}" if each in "\\`*_[]()<>#!|~" else each for each in name)
