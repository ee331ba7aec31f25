"""What the person would like, as opposed to what they must have: never a reason to exclude."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Final

from service.matching.parameters import MatchParameters
from service.matching.verdict import Verdict, any_of
from service.matching.way import Way
from service.matching.wording import either, pounds
from service.people.facts import PersonFacts, Preference
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import AccessFeature

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS

Judge = Callable[[AssetSnapshot, Way], Verdict]


@dataclass(frozen=True, slots=True)
class Wish:
    """One stated preference: its stable code, its judgement, and a sentence for each verdict."""

    code: str
    judge: Judge
    sentences: dict[Verdict, str]


def wishes_of(person: PersonFacts, parameters: MatchParameters) -> tuple[Wish, ...]:
    """The preferences this person has stated, in a fixed order; none when none are stated.

    Several interests are one preference, met when any of them is: a person who names five hobbies
    does not want them all from one group. So are several parts of the day.
    """
    wishes = [_interest(person.interests)] if person.interests else []
    made = _makers(parameters)
    wishes += [made[each] for each in sorted(person.preferences) if each in made]
    parts = [part for part in PARTS_OF_DAY if part in person.preferences]
    return (*wishes, _time_of_day(parts)) if parts else tuple(wishes)


def _makers(parameters: MatchParameters) -> dict[Preference, Wish]:
    cheap = pounds(parameters.low_cost_pence)
    return {
        Preference.SMALL_GROUP: _wish(
            Preference.SMALL_GROUP,
            lambda asset, _: _at_most(asset.group_size, parameters.small_group_people),
            ("It is a small group.", "It is a large group.", "how many people come"),
        ),
        Preference.QUIET: _wish(
            Preference.QUIET,
            _quiet,
            ("It can be quiet.", "There is no quiet space.", "if it is quiet"),
        ),
        Preference.COMPANY_FIRST_VISIT: _wish(
            Preference.COMPANY_FIRST_VISIT,
            lambda asset, _: _known(asset.welcomes_newcomers),
            (
                "Somebody meets you when you first come.",
                "Nobody is there to meet you when you first come.",
                "if somebody meets you when you first come",
            ),
        ),
        Preference.LOW_COST: _wish(
            Preference.LOW_COST,
            lambda asset, _: _at_most(asset.cost_pence, parameters.low_cost_pence),
            (f"It costs {cheap} or less.", f"It costs more than {cheap}.", "what it costs"),
        ),
    }


def _wish(code: str, judge: Judge, sentences: tuple[str, str, str]) -> Wish:
    met, unmet, unsaid = sentences
    unknown = f"The group has not said {unsaid}. You asked about this."
    return Wish(str(code), judge, {PASS: met, FAIL: unmet, UNKNOWN: unknown})


def _interest(interests: Iterable[str]) -> Wish:
    named = sorted({_plain(each) for each in interests})
    pattern = re.compile("|".join(_stemmed(each) for each in named))
    likes = either(named)

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        if pattern.search(_plain(f"{asset.group_kind} {asset.name} {asset.summary}")):
            return PASS
        return FAIL if asset.group_kind or asset.summary else UNKNOWN

    sentences = {
        PASS: f"It fits what you like: {likes}.",
        FAIL: f"It is not one of the things you like: {likes}.",
        UNKNOWN: f"You like {likes}. The group has not said what it does.",
    }
    return Wish("interest", judge, sentences)


def _plain(text: str) -> str:
    return text.replace("_", " ").casefold().strip()


_ENDINGS: Final = "(?:s|es|e|ed|er|ers|ery|ing|y|al|ian|ians)?"


def _stemmed(words: str) -> str:
    """A pattern that finds a word in its other forms: 'gardening' finds 'garden', 'gardeners'.

    Only whole words match, so that 'art' is not found in 'party' nor 'sing' in 'single'.
    """
    stem = re.sub(r"(?:ing|ers?|es|s|e|y)$", "", words)
    stem = stem if len(stem) >= 3 else words
    return rf"\b{re.escape(stem)}{_ENDINGS}\b"


PARTS_OF_DAY: Final = {
    Preference.MORNING: (time(0), time(12)),
    Preference.AFTERNOON: (time(12), time(17)),
    Preference.EVENING: (time(17), time.max),
}
"""From when, included, to when, excluded, a meeting must start."""


def _time_of_day(parts: list[Preference]) -> Wish:
    named = either(parts)

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        if not asset.meetings:
            return UNKNOWN
        return any_of(_starts_in(meeting.starts_at, parts) for meeting in asset.meetings)

    return _wish(
        "time_of_day",
        judge,
        (f"It meets in the {named}.", f"It does not meet in the {named}.", "when it meets"),
    )


def _starts_in(at: time | None, parts: list[Preference]) -> Verdict:
    if at is None:
        return UNKNOWN
    spans = [PARTS_OF_DAY[part] for part in parts]
    return PASS if any(begins <= at < ends for begins, ends in spans) else FAIL


def _quiet(asset: AssetSnapshot, way: Way) -> Verdict:
    if way.is_remote:
        return PASS
    return UNKNOWN if way.place is None else _known(way.place.access.get(AccessFeature.QUIET_SPACE))


def _known(value: bool | None) -> Verdict:
    return UNKNOWN if value is None else (PASS if value else FAIL)


def _at_most(value: int | None, most: int) -> Verdict:
    return UNKNOWN if value is None else (PASS if value <= most else FAIL)
