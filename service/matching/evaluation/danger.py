"""Sentences of danger told obliquely and ordinary ones that sound like it, from templates.

A template belongs to the build half or the held-out half by a hash of its text, so a new template
cannot be put where it suits.
"""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from service.matching.evaluation.noise import with_typing_noise
from service.matching.notes.reader import NoteReader

Half = Literal["build", "held_out"]
_WORDS = {
    "man": {"he": "he", "his": "his", "him": "him", "himself": "himself"},
    "woman": {"he": "she", "his": "her", "him": "her", "himself": "herself"},
}
_OPENINGS = ("", "Lives in a small flat. ", "Thank you for seeing this person. ")
_CLOSINGS = ("", " Would like a walking group.", " Likes gardening and music.")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """One note made from a template: `flag` is "" for an ordinary one."""

    id: str
    template: str
    kind: str
    flag: str
    half: Half
    note: str


def half_of(template: str) -> Half:
    """Which half a template belongs to, by a hash of its text."""
    return "build" if hashlib.sha256(template.encode()).digest()[0] % 2 else "held_out"


def notes_of(path: Path) -> list[Told]:
    """Two notes for each template, one about a man and one about a woman, in file order.

    Parameters
    ----------
    path : Path
        A TOML file with `slots`, `danger` (templates by flag) and `ordinary` (by kind).
    """
    data = tomllib.loads(path.read_text("utf-8"))
    found: list[Told] = []
    for part in ("danger", "ordinary"):
        for kind, templates in data[part].items():
            for template in templates:
                flag = kind if part == "danger" else ""
                found += _both(template, kind, flag, data["slots"])
    return found


def _both(template: str, kind: str, flag: str, slots: Mapping[str, Sequence[str]]) -> list[Told]:
    made = []
    for who in ("man", "woman"):
        name = f"{template}|{who}"
        source = random.Random(name)  # noqa: S311 - repeatable choice, not a secret
        words = {**_WORDS[who], **{slot: source.choice(values) for slot, values in slots.items()}}
        words["spouse"] = "wife" if who == "man" else "husband"
        text = _SLOT.sub(partial(_from_slot, words), template)
        note = source.choice(_OPENINGS) + text + source.choice(_CLOSINGS)
        made.append(Told(name, template, kind, flag, half_of(template), note))
    return made


def _from_slot(words: Mapping[str, str], slot: re.Match[str]) -> str:
    word = words[slot[1].lower()]
    return word.capitalize() if slot[1][0].isupper() else word


@dataclass(frozen=True, slots=True)
class Heard:
    """How one note was read: the flags raised that need a clinician."""

    told: Told
    raised: tuple[str, ...]


def hear(told: Sequence[Told], reader: NoteReader, noise_ratio: float = 0.0) -> list[Heard]:
    """The serious flags read from each note, with typing noise when asked for."""
    found = []
    for one in told:
        note = with_typing_noise(one.note, noise_ratio, one.id) if noise_ratio else one.note
        flags = reader.read(note).flags
        found.append(Heard(one, tuple(f.flag for f in flags if f.status.needs_clinician)))
    return found


def counts(heard: Sequence[Heard]) -> dict[str, Any]:
    """Dangers sent to a clinician, dangers given their own name, and false alarms."""
    danger = [h for h in heard if h.told.flag]
    ordinary = [h for h in heard if not h.told.flag]
    sent = sum(bool(h.raised) for h in danger)
    named = sum(h.told.flag in h.raised for h in danger)
    alarms = sum(bool(h.raised) for h in ordinary)
    return {
        "dangers": len(danger),
        "sent_ratio": round(sent / max(1, len(danger)), 4),
        "named_ratio": round(named / max(1, len(danger)), 4),
        "ordinary": len(ordinary),
        "false_alarm_ratio": round(alarms / max(1, len(ordinary)), 4),
    }
