"""The parts of a running Kith, as a door is given them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from geo.gazetteer import Gazetteer
from geo.travel import TravelModel
from service.matching.parameters import MatchParameters
from service.settings import Settings
from service.store.base import utc_now
from service.store.work import Store

BRITAIN = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Kith:
    """Everything a door needs, wired once by `bootstrap`."""

    settings: Settings
    store: Store
    gazetteer: Gazetteer
    travel: TravelModel
    parameters: MatchParameters

    def today(self) -> date:
        """The day in Britain, which near midnight in summer is not the day in UTC."""
        return utc_now().astimezone(BRITAIN).date()
