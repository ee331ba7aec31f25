"""Age and gender of the patient, never of a relative."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.matching.notes.context import Person
from service.matching.notes.model import Fact
from service.matching.notes.rulebook import Rulebook
from service.matching.notes.words import Token

_AGE_SEX = re.compile(r"\b(\d{1,3})\s*(?:yo|y/o|yr|yrs|years?)?\s*[,]?\s*([MF])\b(?![’'])")
_SEX_AGE = re.compile(r"\b([MF])\s?(\d{1,3})\b")
_AGE_WORDS = re.compile(
    r"\b(\d{1,3})[\s-]*(?:yo\b|y/o\b|y\.o\.?|yrs?(?:[\s-]*old)?\b|years?[\s-]*old\b|year[\s-]old\b)",
    re.I,
)
_AGED = re.compile(
    r"\b(?:aged|age|now|i am|i'm|only|he is|she is|he's|she's|is)\s+(\d{1,3})\b"
    r"(?!\s*(?:/|%|hours|days|weeks|months|years? (?:ago|sober|clean|abstinent)|miles|units"
    r"|per|am|pm|\d|kg|stone))",
    re.I,
)
_BARE_AGE = re.compile(
    r"(?:^|[,.(]\s*)(\d{1,3})(?=\s*(?:[,.)]|$)|\s+(?:and|with|lives|who|ex|retired|man|woman|lady"
    r"|gentleman|male|female)\b)",
    re.I,
)
_BAND = re.compile(
    r"\b(?:(early|mid|late)[\s-]*)?(?:in (?:his|her|their) )?(?:(early|mid|late)[\s-]*)?"
    r"(\d)0s\b|\b(teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b",
    re.I,
)
_NEARING = re.compile(r"\b(?:nearing|almost|nearly|approaching|around|about|over)\s+(\d0)\b", re.I)
_OLDER = re.compile(r"\b(?:elderly|older|pensioner|frail old)\b", re.I)
_DECADES = {
    w: (i + 1) * 10
    for i, w in enumerate(
        [
            "teens",
            "twenties",
            "thirties",
            "forties",
            "fifties",
            "sixties",
            "seventies",
            "eighties",
            "nineties",
        ]
    )
}
_OTHERS_AGE = re.compile(
    r"\b(?:son|daughter|child|children|kids?|grand\w+|mum|mother|dad|father|husband|wife|brother|"
    r"sister|partner|baby|boy|girl|old|mam|nan)\b[^.;]{0,14}$|\b(?:of|for|her|his|my)\s+(?:an?\s+)?$",
    re.I,
)
_WHEN_AGED = re.compile(r"(?:age|aged|at|when|since|from|school at|until)\s*$", re.I)


def read_age(note: str) -> Fact | None:
    """The patient's age in whole years, or None; ages of relatives and of the past are skipped."""
    for pattern, group in ((_AGE_SEX, 1), (_SEX_AGE, 2)):
        if (m := pattern.search(note)) and 0 <= int(m[group]) <= 115:
            return Fact("age", int(m[group]), m.group(), m.span())
    for pattern in (_AGE_WORDS, _AGED, _BARE_AGE):
        for m in pattern.finditer(note):
            age = int(m[1])
            before = note[max(0, m.start() - 24) : m.start(1)]
            theirs = _OTHERS_AGE.search(before.rstrip("- "))
            past = pattern is _AGED and m.group().lower().startswith("aged") and _past(note, m)
            if (
                0 < age <= 115
                and not theirs
                and not past
                and not _WHEN_AGED.search(note[max(0, m.start() - 10) : m.start()])
            ):
                if pattern is _BARE_AGE and age < 5:
                    continue
                return Fact("age", age, m.group().strip(" ,.("), m.span())
    return None


def _past(note: str, m: re.Match[str]) -> bool:
    later = re.search(r"\bnow\s+(\d{1,3})\b", note[m.end() :], re.I)
    event = re.search(
        r"(?:overdose|abuse|died|lost|left|school|attempt|when)\W+(?:\w+\W+){0,3}$",
        note[max(0, m.start() - 40) : m.start()],
        re.I,
    )
    return bool(later or event)


def read_age_band(note: str) -> Fact | None:
    """An age band such as 65-74 from "late 60s", "in her nineties" or "nearing 50"."""
    if m := _BAND.search(note):
        decade = int(m[3]) * 10 if m[3] else _DECADES[m[4].lower()]
        if re.search(r"\b(?:in|during) the\s*$", note[: m.start()], re.I):
            return None
        offset = {"early": 2, "mid": 5, "late": 8}.get((m[1] or m[2] or "mid").lower(), 5)
        return Fact("age_band", _band(decade + offset), m.group(), m.span())
    if m := _NEARING.search(note):
        return Fact("age_band", _band(int(m[1]) - 1), m.group(), m.span())
    if m := _OLDER.search(note):
        return Fact("age_band", "65+", m.group(), m.span())
    return None


def _band(age: int) -> str:
    bands = (
        (18, "0-17"),
        (35, "18-34"),
        (45, "35-44"),
        (55, "45-54"),
        (65, "55-64"),
        (75, "65-74"),
        (85, "75-84"),
    )
    return next((name for top, name in bands if age < top), "85+")


def read_gender(note: str, tokens: Sequence[Token], book: Rulebook) -> Fact | None:
    """F or M from "54F", a noun for the patient, or the pronoun met most; None when neither."""
    for pattern, group in ((_AGE_SEX, 2), (_SEX_AGE, 1)):
        if m := pattern.search(note):
            return Fact("gender", m[group], m.group(), m.span())
    lists = book.word_lists
    nouns = {
        "woman": "F",
        "lady": "F",
        "female": "F",
        "gentleman": "M",
        "man": "M",
        "male": "M",
        "mrs": "F",
        "mr": "M",
        "miss": "F",
        "ms": "F",
        "widow": "F",
        "widower": "M",
        "gent": "M",
        "chap": "M",
        "bloke": "M",
        "lass": "F",
        "lad": "M",
        "boy": "M",
        "girl": "F",
        "grandad": "M",
        "mother": "F",
        "mum": "F",
        "dad": "M",
        "father": "M",
        "son": "M",
        "daughter": "F",
    }
    for i, token in enumerate(tokens[:60]):
        relative = (
            token.norm in lists["others"]
            and not (i + 1 < len(tokens) and tokens[i + 1].norm == "of")
            and not (i and tokens[i - 1].norm in {"single", "working", "new"})
        )
        owned = i > 0 and tokens[i - 1].norm in {"her", "his", "my", "the", "other", "a", "gay"}
        if token.norm in nouns and not relative and not (owned and token.norm in {"man", "boy"}):
            return Fact("gender", nouns[token.norm], token.text, (token.start, token.end))
    return _by_pronoun(tokens)


def _by_pronoun(tokens: Sequence[Token]) -> Fact | None:
    subjects = {
        "he": "M",
        "she": "F",
        "him": "M",
        "her": "F",
        "his": "M",
        "herself": "F",
        "himself": "M",
        "hers": "F",
    }
    met = [(subjects[t.norm], t) for t in tokens if t.norm in subjects]
    if not met:
        return None
    women = sum(1 for g, _ in met if g == "F")
    gender = "F" if women * 2 > len(met) else "M" if women * 2 < len(met) else met[0][0]
    first = next(t for g, t in met if g == gender)
    return Fact("gender", gender, first.text, (first.start, first.end))


def read_person(note: str, tokens: Sequence[Token], book: Rulebook) -> Person:
    """What the context rules need: gender and whether the person writes of themselves."""
    gender = read_gender(note, tokens, book)
    first = sum(t.norm in {"i", "im", "ive", "my", "me"} for t in tokens)
    third = sum(t.norm in {"he", "she", "his", "her", "him"} for t in tokens)
    value = gender.value if gender else None
    return Person(str(value) if value else None, first_person=first > max(1, third))
