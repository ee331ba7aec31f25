"""The message back to the practice, composed in plain text: pure words on plain data.

It follows the PRSB's message back to GP and referrer: who, what was offered, what was agreed, what
came of it, and what comes next. It draws on nothing else: no contact note, no risk, no word of a
safeguarding concern, no other person can get into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.referrals.kinds import LetterKind
from service.referrals.lifecycle import OfferState
from service.referrals.reasons import reason_label


@dataclass(frozen=True, slots=True)
class OfferTold:
    """One group as the practice hears of it."""

    group: str
    state: OfferState
    reason: str = ""
    first_attended_on: date | None = None
    sessions: int | None = None


@dataclass(frozen=True, slots=True)
class GoalTold:
    """One goal as the practice hears of it."""

    hope: str
    status: str


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """All that a message back may say."""

    kind: LetterKind
    name: str
    birth_date: date | None
    nhs_number: str | None
    practice: str
    to_name: str
    referred_on: date
    written_on: date
    needs: tuple[str, ...] = ()
    offers: tuple[OfferTold, ...] = ()
    signposts: tuple[str, ...] = ()
    goals: tuple[GoalTold, ...] = ()
    scores: tuple[str, ...] = ()
    reason: str = ""
    reason_text: str = ""
    next_action: str = ""
    on_hold: bool = False
    question: str = ""


def compose(facts: LetterFacts) -> str:
    """The whole message. Sections with nothing in them are left out; dates are written out."""
    parts = [
        _head(facts),
        _section("What we need to know", [facts.question] if facts.question else []),
        _section("Reason for referral", facts.needs),
        _section("What was offered", [_offer(each) for each in facts.offers]),
        _section("Told about (nothing was sent)", facts.signposts),
        _section("What was agreed", [f"{each.hope} ({each.status})" for each in facts.goals]),
        _section("Measures", facts.scores),
        _outcome(facts),
        _section("What comes next", [facts.next_action] if facts.next_action else []),
        "This message was written by the social prescribing link worker.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(facts: LetterFacts) -> str:
    title = {
        LetterKind.RETURNED: "Social prescribing: referral returned",
        LetterKind.QUESTION: "Social prescribing: more information needed",
        LetterKind.PROGRESS: "Social prescribing: progress",
        LetterKind.CLOSED: "Social prescribing: referral closed",
    }[facts.kind]
    lines = [
        title,
        f"Date: {spoken_day(facts.written_on)}",
        f"To: {facts.to_name or 'the practice'}, {facts.practice}",
        f"About: {facts.name or 'name not recorded'}",
    ]
    if facts.birth_date is not None:
        lines.append(f"Born: {spoken_day(facts.birth_date)}")
    if facts.nhs_number:
        number = facts.nhs_number
        lines.append(f"NHS number: {number[:3]} {number[3:6]} {number[6:]}")
    lines.append(f"Referred: {spoken_day(facts.referred_on)}")
    return "\n".join(lines)


def _section(title: str, lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else ""


def _offer(offer: OfferTold) -> str:
    said = {
        OfferState.OFFERED: "talked about, not asked yet",
        OfferState.SENT: "asked, no answer yet",
        OfferState.ACCEPTED: "can take the person",
        OfferState.DECLINED: "could not take the person",
        OfferState.WAITLISTED: "on the waiting list",
        OfferState.EXPIRED: "did not answer",
        OfferState.FIRST_ATTENDED: "went for the first time",
        OfferState.ATTENDING: "goes regularly",
        OfferState.ENDED: "has ended",
        OfferState.WITHDRAWN: "the person decided against it",
    }[offer.state]
    if offer.state is OfferState.WITHDRAWN and offer.reason == "referral_closed":
        said = "not taken up"
    if offer.reason and offer.state in {OfferState.DECLINED, OfferState.ENDED}:
        said += f": {reason_label(offer.reason).lower()}"
    if offer.first_attended_on is not None:
        said += f"; first visit {spoken_day(offer.first_attended_on)}"
    if offer.sessions:
        said += f"; {offer.sessions} sessions"
    return f"{offer.group}: {said}"


def _outcome(facts: LetterFacts) -> str:
    lines = []
    if facts.on_hold:
        lines.append("on hold")
    elif facts.reason:
        lines.append(reason_label(facts.reason))
        if facts.reason_text:
            lines.append(facts.reason_text)
    title = "Why it is returned" if facts.kind is LetterKind.RETURNED else "Outcome"
    return _section(title, lines)


def spoken_day(day: date) -> str:
    """A day as the NHS writes it: 5 March 2026."""
    return f"{day.day} {day:%B %Y}"
