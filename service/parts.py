"""The parts of a running Kith, as a door is given them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from geo.gazetteer import Gazetteer
from geo.travel import TravelModel
from service.identity.key_sets import KeySets
from service.matching.notes.model import NoteReading
from service.matching.notes.reader import NoteReader
from service.matching.parameters import MatchParameters
from service.referrals.queries import Seeking
from service.settings import Settings
from service.store.base import utc_now
from service.store.work import Store

BRITAIN = ZoneInfo("Europe/London")


def today_in_britain() -> date:
    """The day in Britain, which near midnight in summer is not the day in UTC."""
    return utc_now().astimezone(BRITAIN).date()


@dataclass(frozen=True, slots=True)
class Kith:
    """Everything a door needs, wired once by `bootstrap`."""

    settings: Settings
    store: Store
    gazetteer: Gazetteer
    travel: TravelModel
    parameters: MatchParameters
    reader: NoteReader
    key_sets: KeySets = field(default_factory=KeySets)

    def today(self) -> date:
        """The day in Britain."""
        return today_in_britain()

    def seeking(self, limit: int | None = None) -> Seeking:
        """With what groups are looked for; `limit` is the setting's when not given."""
        return Seeking(
            gazetteer=self.gazetteer,
            travel=self.travel,
            parameters=self.parameters,
            today=self.today(),
            limit=limit or self.settings.match_limit,
        )

    def read_note(self, note: str) -> NoteReading | None:
        """What a note says; None when there is none. Never inside a unit of work: it takes time."""
        return self.reader.read(note) if note.strip() else None
