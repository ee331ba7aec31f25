"""What another system says of a Task, and what every move of one is checked by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.referrals.errors import BadEntry, BadMove, BadReason
from service.referrals.lifecycle import TASK_MOVES, TaskStatus
from service.referrals.reasons import LONGEST


@dataclass(frozen=True, slots=True)
class TaskWanted:
    """Where a Task is said to stand, and why.

    Attributes
    ----------
    text : str
        Why, in words.
    reason : str
        A code of Kith's own lists of reasons; empty when none was given.
    rejection : str
        A code of the national list of rejection reasons; empty when none was given.
    began_on : date or None
        The day of the first contact, or of the first visit.
    has_output, has_owner : bool
        Whether anything came of it; whether it is somebody's.
    """

    status: TaskStatus
    text: str = ""
    reason: str = ""
    rejection: str = ""
    began_on: date | None = None
    has_output: bool = False
    has_owner: bool = False


def require_listed_move(at: TaskStatus, to: TaskStatus) -> None:
    """Refuse every pair that is not in the table.

    Raises
    ------
    BadMove
    """
    if to not in TASK_MOVES[at]:
        follows = " or ".join(sorted(each.value for each in TASK_MOVES[at])) or "nothing"
        raise BadMove(
            f"This Task is {at.value}, so it cannot become {to.value}. Next can be: {follows}.",
            at=at.value,
            to=to.value,
        )


def require_reason(
    wanted: TaskWanted, sentence: str = "Say why, in the words of statusReason."
) -> None:
    """Refuse a move without the words it needs.

    Raises
    ------
    BadReason
    """
    if not wanted.text.strip():
        raise BadReason(sentence, field="reason_text")
    if len(wanted.text) > LONGEST:
        raise BadReason(f"Keep the reason under {LONGEST} characters.", field="reason_text")


def require_day(on: date | None, today: date) -> date:
    """The day, once it is known to be one that has come.

    Raises
    ------
    BadEntry
    """
    if on is None:
        raise BadEntry("Say since when: give the start of executionPeriod.", field="began_on")
    if on > today:
        raise BadEntry("The day lies in the future. Check it.", field="began_on")
    return on
