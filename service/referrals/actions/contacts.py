"""Being in touch with the person, and what is known of how to reach them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from service.identity.actors import Actor
from service.referrals.errors import BadEntry
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.lifecycle import WORKED, ReferralState
from service.referrals.model import Referral
from service.referrals.opening import in_hand, not_past, person_of, words, written
from service.referrals.work_model import Contact
from service.store.base import utc_now
from service.store.work import UnitOfWork

LONGEST_NOTE: Final = 10_000
REACH_BY: Final = ("", "telephone", "text", "email", "letter")


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """One contact as it is written down. `happened_at` is an aware instant, not to come."""

    happened_at: datetime
    mode: ContactMode
    outcome: ContactOutcome
    note: str = ""
    next_action: str = ""
    next_action_on: date | None = None


def record_contact(
    work: UnitOfWork, *, by: Actor, referral_id: str, contact: ContactGiven, today: date
) -> int:
    """Keep a contact. The first one in which the two spoke moves a triaged referral on.

    It takes nothing away, so two people may record at once. A next action replaces the one that
    stood there; none leaves it. The same contact sent twice is one. Returns the contact's id.

    Raises
    ------
    NotAllowed, NotFound, BadMove
    BadEntry
        If the time lies in the future, a text is too long, or there is a day by which nothing is
        to be done, or that has passed.
    """
    referral = in_hand(work, by, referral_id)
    if contact.happened_at > utc_now():
        raise BadEntry("The contact lies in the future. Check the time.", field="happened_at")
    if contact.next_action_on is not None and not contact.next_action.strip():
        raise BadEntry("Say what is to be done by that day.", field="next_action")
    not_past(contact.next_action_on, today, field="next_action_on")
    facts = {
        "referral_id": referral_id,
        "happened_at": contact.happened_at,
        "mode": contact.mode,
        "outcome": contact.outcome,
        "note": words(contact.note, field="note", longest=LONGEST_NOTE, least=0),
        "next_action": words(contact.next_action, field="next_action", longest=300, least=0),
        "recorded_by": by.actor_id,
    }
    again = work.session.scalar(select(Contact.contact_id).filter_by(**facts).limit(1))
    if again is not None:
        return again
    row = Contact(**facts)
    work.session.add(row)
    if row.next_action:
        referral.next_action = row.next_action
        referral.next_action_on = contact.next_action_on
    first = contact.outcome.reached and referral.first_contact_on is None
    goes_on = None
    if contact.outcome.reached and referral.state is ReferralState.TRIAGED:
        goes_on = ReferralState.CONTACTED
    elif contact.outcome.reached and referral.state is ReferralState.ON_HOLD:
        # Whoever speaks with the person again goes on where the hold interrupted.
        goes_on = after_hold(referral)
    if first:
        referral.first_contact_on = today
        # The referral's code goes to the record once for each episode, at the first contact.
        work.announce(
            "referral.first_contact",
            key=f"referral.first_contact:{referral_id}",
            body={"referral": referral_id},
        )
    written(
        work,
        referral,
        by=by,
        what="contact_recorded",
        to=goes_on,
        details={"mode": contact.mode.value, "outcome": contact.outcome.value},
    )
    return row.contact_id


def after_hold(referral: Referral) -> ReferralState:
    """Where a referral goes on when a hold ends with word from the person."""
    back, referral.held_from = referral.held_from, None
    return back if back in WORKED and back is not ReferralState.TRIAGED else ReferralState.CONTACTED


@dataclass(frozen=True, slots=True)
class Reach:
    """How the person is reached."""

    telephone: str = ""
    email: str = ""
    reach_by: str = ""
    address_protected: bool = False


def checked_reach(reach: Reach) -> Reach:
    """The same without outer blanks.

    Raises
    ------
    BadEntry
        If a number or an address cannot be one.
    """
    telephone = words(reach.telephone, field="telephone", longest=40, least=0)
    email = words(reach.email, field="email", longest=200, least=0)
    if telephone and sum(c.isdigit() for c in telephone) < 6:
        raise BadEntry("A telephone number has more digits. Check it.", field="telephone")
    if email and ("@" not in email.strip("@") or " " in email):
        raise BadEntry("An e-mail address looks like name@example.org.", field="email")
    if reach.reach_by not in REACH_BY:
        raise BadEntry("Choose how the person is reached.", field="reach_by")
    return replace(reach, telephone=telephone, email=email)


def set_reach(
    work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int, reach: Reach
) -> int:
    """Change how the person is reached. Returns the referral's new version.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadMove
    BadEntry
        If a number or an address cannot be one.
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    checked = checked_reach(reach)
    person = person_of(work.session, referral)
    person.telephone, person.email = checked.telephone, checked.email
    person.reach_by, person.address_protected = checked.reach_by, checked.address_protected
    return written(work, referral, by=by, what="reach_changed")
