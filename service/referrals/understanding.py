"""What a request and its note say together: rules on plain data, before anything is kept.

What a person stated outranks what was read: a note is read by a machine, and a link worker
confirms every need it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.errors import Json
from service.matching.notes.model import Action, Facts, FoundFlag, NoteReading
from service.matching.wanted import WantedNeed
from service.people.circumstances import person_facts
from service.people.errors import BadFacts
from service.people.facts import Preference

_GENDERS: Final[dict[Json, str]] = {"F": "female", "M": "male"}
_WHEELS: Final = {"wheelchair", "scooter"}
_PREFERENCES: Final[tuple[tuple[str, Json, Preference], ...]] = (
    ("quiet", True, Preference.QUIET),
    ("accompanied", True, Preference.COMPANY_FIRST_VISIT),
    ("money", "none", Preference.LOW_COST),
    ("money", "tight", Preference.LOW_COST),
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A request and its note, put together.

    Attributes
    ----------
    action : Action
        What has to happen next.
    sentence : str
        Why, and what to do, for whoever sent it.
    needs : tuple of WantedNeed
        Those stated, with confidence 1, then those read, each with the words that led to it.
    facts : dict
        Circumstances as JSON: stated ones, then those read that say something new.
    flags : tuple of FoundFlag
        Danger signs, the most serious first; history among them.
    safe_contact : str
        What must not be sent to this person's home, in words; empty when nothing is known.
    reading : dict
        How the note was read, to be kept with it: model, version, languages, interests, kinds.
    """

    action: Action
    sentence: str
    needs: tuple[WantedNeed, ...]
    facts: dict[str, Json]
    flags: tuple[FoundFlag, ...] = ()
    safe_contact: str = ""
    reading: dict[str, Json] | None = None

    @property
    def waits(self) -> bool:
        """Whether a clinician must act before any group is suggested."""
        return self.action is Action.TRIAGE_FIRST


def understood(
    needs: Sequence[str], facts: dict[str, Json], reading: NoteReading | None, *, today: date
) -> Understood:
    """What the stated needs and facts and the reading of the note come to.

    Stated needs make a note that is silent, clinical or in another language good enough to match
    by; nothing makes a danger sign good enough.
    """
    stated = tuple(WantedNeed(need, 1.0) for need in dict.fromkeys(needs))
    if reading is None:
        return Understood(Action.MATCH, "Needs were stated.", stated, dict(facts))
    action, sentence = reading.action, reading.action_reason
    if stated and action is not Action.TRIAGE_FIRST:
        action, sentence = Action.MATCH, "Needs were stated."
    safe_contact = reading.facts.get("safe_contact")
    return Understood(
        action=action,
        sentence=sentence,
        needs=stated + read_needs(reading, {each.need for each in stated}),
        facts=_together(facts_of(reading), facts, today),
        flags=reading.flags,
        safe_contact=safe_contact if isinstance(safe_contact, str) else "",
        reading={
            "model": reading.model,
            "version": reading.version,
            "languages": list(reading.languages),
            "unread_languages": list(reading.unread_languages),
            "kinds": list(reading.kinds[:10]),
            "facts": reading.facts.to_dict(),
        },
    )


def read_needs(reading: NoteReading, stated: set[str]) -> tuple[WantedNeed, ...]:
    """The needs read surely enough to show, without those stated already, surest first."""
    shown = set(reading.shown) - stated
    return tuple(
        WantedNeed(found.need, found.confidence, found.words)
        for found in reading.needs
        if found.need in shown
    )


def _together(read: dict[str, Json], stated: dict[str, Json], today: date) -> dict[str, Json]:
    """Stated circumstances with those read beside them.

    Where the two make no sense together, what was read is dropped: a machine's reading never
    turns a referral away.
    """
    both = {**read, **stated}
    try:
        person_facts(both, today=today, home=None)
    except BadFacts:
        return dict(stated)
    return both


def facts_of(reading: NoteReading) -> dict[str, Json]:
    """Circumstances read from a note, in the words that matching judges by.

    Only what a rule can use is taken over; the rest stays with the reading, for a person to see.
    """
    facts = reading.facts
    found: dict[str, Json] = {}
    for key in ("age", "housebound", "online", "has_phone", "women_only", "men_only", "free_days"):
        value = facts.get(key)
        if value is not None:
            found[key] = value
    gender = _GENDERS.get(facts.get("gender"))
    if gender is not None:
        found["gender"] = gender
    if facts.get("before") is not None:
        found["home_by"] = facts.get("before")
    if facts.get("after") is not None:
        found["not_before"] = facts.get("after")
    found.update(_moving(facts))
    language = facts.get("language")
    if isinstance(language, str) and facts.get("interpreter") is not True:
        # Somebody who needs an interpreter is not fluent in English: a group that speaks their
        # language is sought. Without that word, English is assumed to do as well.
        found["languages"] = [language, "en"]
    elif isinstance(language, str):
        found["languages"] = [language]
    if reading.interests:
        found["interests"] = list(dict.fromkeys(each.interest for each in reading.interests))
    return found


def _moving(facts: Facts) -> dict[str, Json]:
    found: dict[str, Json] = {}
    mobility = facts.get("mobility")
    if mobility in _WHEELS:
        found["wheelchair"] = True
    elif mobility is not None:
        found["mobility_difficulty"] = True
    if facts.get("step_free") is True or mobility in _WHEELS:
        found["access_needed"] = ["step_free"]
    likes: list[Json] = []
    for key, value, preference in _PREFERENCES:
        if facts.get(key) == value:
            likes.append(preference.value)
    if likes:
        found["preferences"] = likes
    transport = facts.get("transport")
    if transport == "car":
        found["modes"] = ["walk", "car"]
    elif transport == "needs lift":
        found["modes"] = ["walk", "lift"]
    return found
