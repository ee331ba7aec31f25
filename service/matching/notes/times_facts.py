"""Days, hours and safe contact, as a note states them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.errors import Json
from service.matching.notes.model import Fact

_DAYS = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?s?\b", re.I)
_BUSY = re.compile(
    r"\b(?:work|dialysis|clinic|cannot|can't|not|except|busy|unavailable|avoid)", re.I
)
_FREE = re.compile(
    r"\b(?:free|available|can (?:do|come|make|manage)|day ?centre|day care|respite|at (?:school|"
    r"nursery|college)|sitter|sitting|prefers?|only|off|goes to|attends|suits?|best)\b",
    re.I,
)
_HOUR_WORDS = {
    w: i + 1
    for i, w in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_TIME = (
    r"(half past |quarter past |quarter to |half )?(\d{1,2}|"
    + "|".join(_HOUR_WORDS)
    + (r")(?:[:.](\d{2}))?\s*(am|pm|o'?clock)?")
)
_END = (
    r"home|back|finish(?:es|ed)?|leave|be done|away|return|out|ends?|over|before|"
    r"school (?:run|pick[- ]?up)|pick(?:ing)? (?:up|him|her|them) (?:\w+ )?"
)
_NOT_A_TIME = r"(?!\s*(?:/|years|months|weeks|days|falls|kids|children|times|hours|of))\b"
_BEFORE = re.compile(rf"\b(?:{_END})\W+(?:by |before |at |for |up )?\W*{_TIME}{_NOT_A_TIME}", re.I)
_BY = re.compile(
    rf"\b(?:by|before|until|till)\s+{_TIME}"
    r"(?=\s*(?:pm|am|o'?clock|for|to|because|as|,|\.|;|$|when))",
    re.I,
)
_AFTER = re.compile(
    rf"\b(?:after|from|not before)\s+{_TIME}(?=\s*(?:pm|am|o'?clock|,|\.|;|$))", re.I
)
_PARTS = {
    "mornings": "morning",
    "morning only": "morning",
    "afternoons": "afternoon",
    "evenings only": "evening",
    "in the evening": "evening",
    "weekends": "weekend",
}
_PART = r"(mornings|afternoons|evenings|weekends)"
_ONLY = re.compile(
    rf"\b{_PART}\s+(?:only|best|suit|preferred)|\bonly\s+(?:\w+\s+){{0,2}}{_PART}\b"
    rf"|\b(?:available|free|prefers|can (?:do|come|manage))\s+(?:\w+\s+){{0,2}}{_PART}\b",
    re.I,
)


def _clock(prefix: str | None, hour: str, minute: str | None, half: str | None) -> str:
    value = _HOUR_WORDS.get(hour.lower()) or int(hour)
    minutes = int(minute or 0)
    spoken = (prefix or "").strip().lower()
    if spoken in {"half past", "half"}:
        minutes = 30
    elif spoken == "quarter past":
        minutes = 15
    elif spoken == "quarter to":
        value, minutes = value - 1, 45
    afternoon = (half or "").lower() == "pm" or ((half or "").lower() != "am" and value < 8)
    if afternoon and value < 12:
        value += 12
    return f"{value:02d}:{minutes:02d}" if 0 <= value < 24 and minutes < 60 else ""


def read_times(note: str) -> Iterator[Fact]:
    """Free days (RFC 5545 letters), `before` and `after` as HH:MM, and the part of the day."""
    for sentence in re.finditer(r"[^.;\n]+", note):
        text = sentence.group()
        days = list(_DAY.finditer(text))
        if days and _FREE.search(text) and not _BUSY.search(text):
            value: list[Json] = [*dict.fromkeys(_DAYS[d[1].lower()] for d in days)]
            start = sentence.start() + days[0].start()
            end = sentence.start() + days[-1].end()
            yield Fact("free_days", value, note[start:end], (start, end))
    for key, pattern in (("before", _BEFORE), ("before", _BY), ("after", _AFTER)):
        m = pattern.search(note)
        if m and (at := _clock(m[1], m[2], m[3], m[4])):
            yield Fact(key, at, m.group(), m.span())
    if m := _ONLY.search(note):
        part = next(g for g in m.groups() if g).lower()
        yield Fact("times", _PARTS.get(part, part), m.group(), m.span())


_CHANNELS = {
    "text": r"\btext(?:s|ed|ing)?\b|\bsms\b",
    "letter": r"\bwrite|\bletters?\b|\bpost\b|\bmail\b",
    "phone": r"\bphone|\bring\b|\bcall",
    "voicemail": r"\bvoice ?mail|\bmessages?\b",
    "email": r"\be-?mail",
}
_FORBID = re.compile(
    r"\b(?:do not|don't|dont|please don't|never|not safe to|no|not to be|avoid|must not)\b"
    r"[^.;]{0,60}?\b(?:text|write|letters?|post|phone|ring|call|voice ?mail|messages?|e-?mail"
    r"|contact)\b[^.;]{0,60}",
    re.I,
)


def read_safe_contact(note: str, is_abuse_suspected: bool) -> Fact | None:
    """Channels that must not be used, as "no text or letter"; cautious when abuse is suspected."""
    m = _FORBID.search(note)
    if m and re.search(
        r"\b(?:home|house|safe|partner|husband|number|her|him|them|me|text|write)\b",
        m.group(),
        re.I,
    ):
        named = [name for name, words in _CHANNELS.items() if re.search(words, m.group(), re.I)]
        if named:
            return Fact("safe_contact", "no " + " or ".join(named), m.group().strip(), m.span())
    if is_abuse_suspected:
        return Fact("safe_contact", "no text or letter or voicemail or email", "", (0, 0))
    return None
