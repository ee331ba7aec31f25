"""One change of a referral or an offer: which version it made, when, and whose it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.api.fhir.present.parts import Resource, instant
from service.referrals.exchange import Approach, Case
from service.referrals.lifecycle import REFERRAL_ENDS, OfferState, ReferralState
from service.referrals.model import ReferralEvent
from service.referrals.offer_model import OfferEvent


@dataclass(frozen=True, slots=True)
class Change:
    """How a referral stood after one of its changes.

    Attributes
    ----------
    reason, text : str
        Why it stands there: a code of its list, and words.
    moved_at : datetime
        When it came to this stage.
    ended_by : str
        Who ended it; empty while it goes on.
    """

    version: int
    at: datetime
    actor: str
    state: ReferralState
    moved_at: datetime
    reason: str = ""
    text: str = ""
    ended_by: str = ""

    def kept_with(self, resource: Resource) -> None:
        """Say in a resource who made this version of it, and when."""
        keep_change(resource, self.version, self.at, self.actor)


def keep_change(resource: Resource, version: int, at: datetime, actor: str) -> None:
    """Say who made a version of a resource, and when, as its Provenance.

    The actor is a number among staff, or a system's: never a name.
    """
    where = f"{resource['resourceType']}/{resource['id']}/_history/{version}"
    resource["contained"] = [
        {
            "resourceType": "Provenance",
            "id": "change",
            "target": [{"reference": where}],
            "recorded": instant(at),
            "agent": [{"who": {"display": actor}}],
        }
    ]
    resource["relevantHistory"] = [{"reference": "#change"}]


def latest(case: Case) -> Change:
    """How the referral stands now."""
    return changes(case, case.events)[0]


def changes(case: Case, events: tuple[ReferralEvent, ...]) -> list[Change]:
    """What each of the referral's changes, oldest first, made of it; newest first.

    Only a change from one stage to another says why: what else was written down meanwhile, a
    safeguarding concern among it, is nobody's outside.
    """
    found: list[Change] = []
    moved: ReferralEvent | None = None
    ended_by = ""
    for event in events:
        if event.at_state != event.to_state or moved is None:
            moved = event
            ended_by = event.actor if event.to_state in REFERRAL_ENDS else ""
        found.append(
            Change(
                version=event.version,
                at=event.at,
                actor=event.actor,
                state=event.to_state,
                moved_at=moved.at,
                reason=moved.reason,
                text=moved.text,
                ended_by=ended_by,
            )
        )
    if not found:
        found.append(_without_history(case))
    return found[::-1]


def _without_history(case: Case) -> Change:
    """A referral from before its changes were kept."""
    referral = case.referral
    return Change(
        version=referral.version,
        at=referral.changed_at,
        actor=referral.received_from,
        state=referral.state,
        moved_at=referral.changed_at,
        reason=referral.end_reason,
        text=referral.end_text,
    )


@dataclass(frozen=True, slots=True)
class OfferChange:
    """How an offer stood after one of its moves."""

    version: int
    at: datetime
    actor: str
    state: OfferState
    is_held: bool
    is_resumed: bool
    reason: str
    text: str
    is_latest: bool


def offer_changes(approach: Approach) -> list[OfferChange]:
    """What each move since it was sent made of an offer, newest first."""
    found: list[OfferChange] = []
    last = len(approach.events)
    # The first move is version 1; what comes after the last counted one does not exist.
    first = approach.offer.version - last + 1
    was_sent = False
    for place, event in enumerate(approach.events):
        was_sent = was_sent or event.to_state is OfferState.SENT
        if was_sent:
            found.append(_offer_change(event, first + place, is_latest=place == last - 1))
    return found[::-1]


def _offer_change(event: OfferEvent, version: int, *, is_latest: bool) -> OfferChange:
    return OfferChange(
        version=version,
        at=event.at,
        actor=event.actor,
        state=event.to_state,
        is_held=event.is_held,
        is_resumed=event.is_resumed,
        reason=event.reason,
        text=event.text,
        is_latest=is_latest,
    )
