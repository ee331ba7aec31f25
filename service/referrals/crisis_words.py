"""Plain words that may mean danger: a wide net for the public form, beside the reading of notes.

It decides only whether crisis routes are shown and whether a person reads the request first, so
too many is right and too few is wrong. It raises no danger sign: that is the reading's, and a
clinician's to close.
"""

from __future__ import annotations

import re
from typing import Final

_SELF: Final = r"(?:my ?self|meself)"
_NEGATED: Final = r"(?:can ?not|can'?t|couldn'?t|don'?t want to|do not want to|no point)"

# Our own list, written from how people say it; every entry has a test.
_WORDS: Final = re.compile(
    "|".join(
        (
            r"\bsuicid",
            r"\bself.?harm",
            r"\boverdos",
            rf"\b(?:kill|killing|cut|cutting|cuts|hurt|hurting|harm|harming|hang|drown)\s+{_SELF}\b",
            r"\b(?:want|wanna|wish|ready|going)\b[^.!?]{0,20}\b(?:die|dead|not wake up)\b",
            r"\b(?:end|ending|take|taking)\s+(?:it all|my (?:own )?life)\b",
            rf"\b{_NEGATED}\s+(?:go on|carry on|cope any ?more|live|be (?:here|alive)|living)\b",
            r"\bbetter off (?:dead|without me)\b",
            r"\b(?:hit|hits|beat|beats|punch|punches|kick|kicks|hurts|chokes?|rapes?|raped|abuses?"
            r"|abused|threatens?|stalks?|controls)\s+(?:me|us|my|the (?:kids|children))\b",
            r"\b(?:scared|afraid|frightened|terrified) of (?:him|her|them|my|going home)\b",
            r"\bnot safe\b|\bunsafe\b|\bin danger\b",
            r"\bvoices\b",
            r"\b(?:no|nothing|not got any|haven'?t got any|run out of) (?:to eat|food|heating|gas|"
            r"electric(?:ity)?|medicine|insulin|tablets)\b",
            r"\b(?:sleeping rough|on the streets?|nowhere to (?:sleep|stay|go) tonight)\b",
            r"\bchest pain|\bcan'?t breathe|\bcan ?not breathe",
            r"\b(?:kill|hurt|stab) (?:him|her|them|some(?:one|body))\b",
        )
    ),
    re.IGNORECASE,
)


def may_mean_danger(text: str) -> bool:
    """Whether the words may mean that somebody is in danger; blank text does not."""
    return _WORDS.search(" ".join(text.replace("’", "'").split())) is not None
