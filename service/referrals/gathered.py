"""What has been read of the register for one person's needs, from near to far: read once, whoever
of several searches asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.matching.rank import Exposure
from service.people.facts import PersonFacts
from service.referrals.shown import judged_and_shown
from service.register.candidates import MAX_M, candidates_of_each
from service.register.first_ring import Ring, first_ring
from service.register.snapshot import AssetSnapshot


@dataclass(slots=True)
class Gathered:
    """Rows of rings around one home, and the assets that were read.

    Attributes
    ----------
    needs : tuple of str
        For which rows are read; each once.
    home : GridPoint or None
        The middle of the rings. Without it only what has no place is read.
    today : date
        Exposures are those of the days before.
    rings : list of Ring
        Outwards, each with the rows of every need in turn; the first with what has no place.
    assets : dict of int to AssetSnapshot or None
        Those that were asked for; None when an asset was no longer there.
    exposures : dict of int to Exposure
        What these have been shown before; an asset that never was is left out.
    """

    needs: tuple[str, ...]
    home: GridPoint | None
    today: date
    rings: list[Ring]
    assets: dict[int, AssetSnapshot | None] = field(default_factory=dict)
    exposures: dict[int, Exposure] = field(default_factory=dict)

    @classmethod
    def near(
        cls, session: Session, needs: Sequence[str], person: PersonFacts, *, enough: int
    ) -> Gathered:
        """Begin with the first ring: `enough` as `register.first_ring` has it. One statement."""
        home = None if person.home is None else person.home.point
        first = first_ring(
            session,
            needs=needs,
            at=person.whereabouts,
            centre=home,
            enough=enough,
            # Rows cost little beside a statement: who chooses among many reads on to thousands.
            plenty=enough * enough // 2,
        )
        return cls(tuple(needs), home, person.today, [first])

    @property
    def complete_m(self) -> float:
        """Every place within so many metres is in the rings."""
        return self.rings[-1].complete_m

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing farther away to be read."""
        return self.home is None or not self.needs or self.complete_m >= MAX_M

    def grow(self, session: Session, outer_m: float) -> None:
        """Read on to so many metres, `MAX_M` at most. One statement, none when that was read."""
        outer_m = min(outer_m, MAX_M)
        if self.home is None or outer_m <= self.complete_m:
            return
        ring = candidates_of_each(
            session,
            needs=self.needs,
            centre=self.home,
            outer_m=outer_m,
            inner_m=self.complete_m,
        )
        self.rings.append(Ring(ring, outer_m))

    def read(self, session: Session, asset_ids: Collection[int]) -> None:
        """Read those of these assets that were not read before. One statement, none for none."""
        new = [each for each in asset_ids if each not in self.assets]
        found, shown = judged_and_shown(session, new, before=self.today)
        self.assets.update({each: found.get(each) for each in new})
        self.exposures.update(shown)
