"""Counting what became of cards; of whom they were is not asked and not kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.identity import audit
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals.card_model import CardFeedback
from service.store.upsert import upsert
from service.store.work import UnitOfWork

REASONS: Final = {
    "declined": "The person does not want it",
    "in-hand": "A referral has been made already",
    "unsuitable": "Not suitable for this person",
    "other": "Another reason",
}
"""Why a card is set aside: our own short list, each with what a clinician reads."""


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """What became of one card: taken up, or set aside for a reason's code ('' for none)."""

    accepted: bool
    reason: str = ""


def note_feedback(
    work: UnitOfWork, *, by: Actor, card_service: str, outcomes: Sequence[CardOutcome], today: date
) -> None:
    """Add what became of some cards to the day's numbers. Two at once are both counted.

    A reason that is not in `REASONS` is counted as another reason.

    Raises
    ------
    NotAllowed
        If `by` may not ask for groups.
    """
    by.require(Permission.MATCH)
    counts = Counter(
        (
            "accepted" if each.accepted else "overridden",
            each.reason if each.reason in REASONS or not each.reason else "other",
        )
        for each in outcomes
    )
    for (outcome, reason), number in sorted(counts.items()):
        row = upsert(work.session, CardFeedback).values(
            noted_on=today,
            card_service=card_service,
            outcome=outcome,
            reason=reason,
            cards=number,
        )
        work.session.execute(
            row.on_conflict_do_update(
                index_elements=["noted_on", "card_service", "outcome", "reason"],
                set_={"cards": CardFeedback.cards + number},
            )
        )
    audit.record(
        work,
        by=by,
        action="cards.feedback",
        subject=f"cards:{card_service}",
        details={"cards": len(outcomes)},
    )
