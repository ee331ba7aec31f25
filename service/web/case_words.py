"""How the pages about the work on a referral say what is kept."""

from __future__ import annotations

from typing import Final

from seed_data import needs as need_list
from service.referrals.kinds import ContactMode, ContactOutcome, GoalStatus, LetterKind

MODES: Final = {
    ContactMode.TELEPHONE: "Telephone",
    ContactMode.IN_PERSON: "Met in person",
    ContactMode.HOME_VISIT: "Home visit",
    ContactMode.VIDEO: "Video call",
    ContactMode.TEXT: "Text message",
    ContactMode.EMAIL: "E-mail",
    ContactMode.LETTER: "Letter",
}
CONTACT_OUTCOMES: Final = {
    ContactOutcome.SPOKE: "We spoke",
    ContactOutcome.LEFT_MESSAGE: "Left a message",
    ContactOutcome.NO_ANSWER: "No answer",
    ContactOutcome.DID_NOT_ATTEND: "Did not come",
    ContactOutcome.WRONG_NUMBER: "Wrong number or address",
}
GOALS: Final = {
    GoalStatus.OPEN: "Open",
    GoalStatus.MET: "Met",
    GoalStatus.PARTLY_MET: "Met in part",
    GoalStatus.DROPPED: "Dropped",
}
LETTERS: Final = {
    LetterKind.RETURNED: "Referral returned",
    LetterKind.PROGRESS: "Progress",
    LetterKind.CLOSED: "Referral closed",
}


def letter_kind(kind: LetterKind) -> str:
    """Why a letter was written, in words."""
    return LETTERS.get(kind, kind.value.capitalize())


def need_label(code: str) -> str:
    """A need by its label; a code that is no longer known is shown as it is."""
    known = need_list.load().needs
    return known[code].label if code in known else code.replace("_", " ")


def out_of_ten(value: int | None) -> str:
    """A number of the 1 to 10 scale, or that it was not asked."""
    return "not asked" if value is None else f"{value} out of 10"
