"""A person's circumstances, between the JSON that is kept and the facts that are judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from geo.errors import Json
from geo.gazetteer import Located
from geo.travel import Mode
from service.people.errors import BadFacts
from service.people.facts import PersonFacts, Preference, SetsOut
from service.register.areas import Whereabouts
from service.register.vocabulary import AccessFeature, Gender, ReferralRoute, Weekday

E = TypeVar("E", bound=StrEnum)

OLDEST = 130
"""Whole years that nobody has lived longer than: the longest known life ended at 122."""


def person_facts(
    document: Mapping[str, Json],
    *,
    today: date,
    home: Located | None,
    birth_date: date | None = None,
    route: ReferralRoute | None = None,
    sets_out: SetsOut = SetsOut.HOME,
) -> PersonFacts:
    """The facts to judge by, from the circumstances as they were sent.

    Parameters
    ----------
    document : mapping
        Circumstances as JSON, keys as the attributes of `PersonFacts`; all may be missing.
    today : date
        The day in Britain.
    home : Located or None
        Where the person sets out from.
    birth_date : date, optional
        Gives the age, before any that `document` has: a stated one is soon a year old.
    route : ReferralRoute, optional
        Who refers.
    sets_out : SetsOut
        What `home` is. For NOT_MEASURED its point is used for areas served and for nothing else.

    Raises
    ------
    BadFacts
        If women-only and men-only are both asked, or the hours leave no time between them.
    """
    if document.get("women_only") and document.get("men_only"):
        raise BadFacts(
            "Women-only and men-only cannot both be asked for. Leave one out.",
            field="facts.men_only",
        )
    not_before, home_by = _clock(document, "not_before"), _clock(document, "home_by")
    if not_before is not None and home_by is not None and home_by <= not_before:
        raise BadFacts(
            "The time to be home by is not after the earliest time. Check both.",
            field="facts.home_by",
        )
    age = document.get("age") if birth_date is None else age_on(birth_date, today)
    cost = document.get("max_cost_pence")
    online, has_phone = document.get("online"), document.get("has_phone")
    gender = document.get("gender")
    area = None
    if sets_out is SetsOut.NOT_MEASURED:
        area = Whereabouts.of(home)
        home = None if home is None else home._replace(point=None, accuracy_m=None)
    return PersonFacts(
        today=today,
        home=home,
        age=age if isinstance(age, int) else None,
        gender=Gender(gender) if isinstance(gender, str) else None,
        languages=_words(document, "languages"),
        conditions=_words(document, "conditions"),
        access_needed=_members(document, "access_needed", AccessFeature),
        free_days=_members(document, "free_days", Weekday),
        not_before=not_before,
        home_by=home_by,
        max_cost_pence=cost if isinstance(cost, int) else None,
        online=online if isinstance(online, bool) else None,
        has_phone=has_phone if isinstance(has_phone, bool) else None,
        housebound=document.get("housebound") is True,
        women_only=document.get("women_only") is True,
        men_only=document.get("men_only") is True,
        mobility_difficulty=document.get("mobility_difficulty") is True,
        wheelchair=document.get("wheelchair") is True,
        modes=_members(document, "modes", Mode),
        interests=_words(document, "interests"),
        preferences=_members(document, "preferences", Preference),
        route=route,
        sets_out=sets_out,
        area=area,
    )


def age_on(birth_date: date, day: date) -> int:
    """Whole years on `day`; somebody born on 29 February turns a year older on 1 March."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def _words(document: Mapping[str, Json], key: str) -> frozenset[str]:
    value = document.get(key)
    return frozenset(str(each) for each in value) if isinstance(value, list) else frozenset()


def _members(document: Mapping[str, Json], key: str, enum: type[E]) -> frozenset[E]:
    return frozenset(enum(word) for word in _words(document, key))


def _clock(document: Mapping[str, Json], key: str) -> time | None:
    value = document.get(key)
    return time.fromisoformat(value) if isinstance(value, str) else None
