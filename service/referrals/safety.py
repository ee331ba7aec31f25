"""What stands between a person and any group, and who has to know: rules on plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seed_data import needs as need_list
from seed_data.crisis import CrisisRoute, routes_for
from service.matching.notes.model import Action, FlagStatus, FoundFlag

PRACTICAL: Final = frozenset({"urgent_basic_needs"})
"""Flags for which practical help may be shown at once, beside the alarm: a food bank is no risk."""

DUTY: Final = "the duty clinician of the practice"


@dataclass(frozen=True, slots=True)
class Flag:
    """A danger sign as a person sees it."""

    flag: str
    label: str
    status: FlagStatus
    words: str
    what_to_do: str
    tell: str
    raised_at: datetime | None
    closed_at: datetime | None = None
    closed_by: str = ""
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a clinician must still act. History is context and never is."""
        return self.closed_at is None and self.status.needs_clinician

    @property
    def routes(self) -> tuple[CrisisRoute, ...]:
        """Where help is now for this sign; none once nobody must act on it."""
        return routes_for([self.flag] if self.is_open else [])


def whom_to_tell(referrer_name: str, referrer_role: str) -> str:
    """The clinician to alert: the one who referred, by name, or else whoever is on duty."""
    name, role = referrer_name.strip(), referrer_role.strip()
    if not name:
        return DUTY
    return f"{name} ({role})" if role else name


@dataclass(frozen=True, slots=True)
class Triage:
    """What has to happen before any group is suggested, and why."""

    action: Action
    sentence: str
    flags: tuple[Flag, ...]

    @property
    def routes(self) -> tuple[CrisisRoute, ...]:
        """Where help is now for all open signs, each once."""
        return routes_for(each.flag for each in self.flags if each.is_open)


def unkept(found: FoundFlag) -> Flag:
    """A danger sign of a note that is not stored, for whoever asked."""
    return Flag(
        flag=found.flag,
        label=need_list.load().red_flags[found.flag].label,
        status=found.status,
        words=found.words,
        what_to_do=found.what_to_do,
        tell=DUTY,
        raised_at=None,
    )
