"""The first decision about a note, before any group is looked for.

Red flags come first, always. The rule is small enough to be read by a clinician in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from seed_data import needs as need_list
from service.matching.notes.languages import LANGUAGE_NAMES
from service.matching.notes.model import Action, FlagStatus, FoundFlag

CONDITIONS = frozenset(
    {"ltc_self_management", "sensory_communication", "healthy_weight", "memory_dementia"}
)
"""Needs that a mere diagnosis suggests: alone in a request to a clinic they are no social need."""

CLINICAL_ROUTE = (
    "This reads as a clinical referral with no social need: send it to the hospital or community "
    "clinic it is meant for, or add what the person needs help with in daily life."
)


STATUS_WORDS: Final[Mapping[FlagStatus, str]] = {
    FlagStatus.CURRENT: "now",
    FlagStatus.RECENT: "lately",
    FlagStatus.PASSIVE: "thoughts without a plan",
    FlagStatus.HISTORY: "in the past",
}
"""How near a danger is, in words a volunteer understands."""


def flag_words(flag: str) -> str:
    """The title of a red flag for people, such as "Suicide or self-harm".

    Parameters
    ----------
    flag : str
        An id of the taxonomy. An unknown one is shown as words, never as an id.
    """
    known = need_list.load().red_flags.get(flag)
    return known.label if known else flag.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Signs:
    """What triage looks at.

    Attributes
    ----------
    flags : sequence of FoundFlag
    shown_needs : sequence of str
        Needs confident enough to show.
    word_count : int
        Words in the note.
    clinical_words : int
        Different words in it of tests, medicines or a specialist's opinion.
    unread_languages : sequence of str
        ISO 639-1 codes that could not be read.
    english_share : float
        Share of the note in English, 0 to 1.
    is_readable : bool
        Whether the note is mostly letters.
    """

    flags: Sequence[FoundFlag]
    shown_needs: Sequence[str]
    word_count: int
    clinical_words: int
    unread_languages: Sequence[str] = ()
    english_share: float = 1.0
    is_readable: bool = True


def decide(signs: Signs) -> tuple[Action, str]:
    """The action and a sentence saying why.

    A current, recent or passive flag is `triage_first` whatever else the note says. A blank note,
    one that is not words, or one in a language Kith cannot read is `ask_for_more`, never an empty
    success. A clinical request without a social need is `out_of_scope`.
    """
    serious = [f for f in signs.flags if f.status.needs_clinician]
    if serious:
        worst = serious[0]
        return Action.TRIAGE_FIRST, (
            f"A clinician must see this first. {flag_words(worst.flag)}: "
            f"{STATUS_WORDS[worst.status]}. No group is suggested until they have."
        )
    if signs.word_count == 0:
        return Action.ASK_FOR_MORE, (
            "The note is blank. Say in a sentence or two what the person needs help with."
        )
    if not signs.is_readable:
        return Action.ASK_FOR_MORE, (
            "The note is not readable text. Paste the words of the letter, not the file."
        )
    if signs.unread_languages and (signs.english_share < 0.5 or not signs.shown_needs):
        names = ", ".join(
            LANGUAGE_NAMES.get(c, "an unknown language") for c in signs.unread_languages
        )
        return Action.ASK_FOR_MORE, (
            f"Language not supported: {names}. Ask the referrer for an English note or an "
            "interpreter; nothing was read from that part."
        )
    if signs.clinical_words >= 3 and CONDITIONS.issuperset(signs.shown_needs):
        return Action.OUT_OF_SCOPE, CLINICAL_ROUTE
    if signs.shown_needs:
        return Action.MATCH, "Needs were found and no danger sign stands in the way."
    if signs.clinical_words:
        return Action.OUT_OF_SCOPE, CLINICAL_ROUTE
    return Action.ASK_FOR_MORE, (
        "No need could be read from the note. Say what the person would like help with, and "
        "anything that makes it hard."
    )
