"""What a database may already leave out before anything is judged.

The register keeps a derived table with a few columns about each asset. This filter says which of
its rows would certainly fail, so that they need not be read. It may keep rows that fail; it never
drops one that would not.

Near misses must still be explained, and a dropped row cannot be. So the caller narrows twice: with
the filter for the assets to rank, and without it for the nearest few, which are then judged and
shown with the rule that failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.matching.place_rules import access_needed
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import AccessFeature, Capacity, Delivery, Gender, OpenTo


@dataclass(frozen=True, slots=True)
class HardRow:
    """The columns of the derived table that the filter reads. None is not stated.

    Attributes
    ----------
    remote : bool
        Whether anybody might take part without going there: a visit, the phone or a screen is
        offered, or how people take part is not stated.
    step_free : bool | None
        False only when there is at least one place and each is known to have steps; True when a
        place is known to have none; otherwise None.
    """

    min_age: int | None
    max_age: int | None
    open_to: OpenTo | None
    full: bool
    closes_on: date | None
    remote: bool
    step_free: bool | None

    @classmethod
    def of(cls, asset: AssetSnapshot) -> HardRow:
        """The row of one asset: the definition that the register's own columns must agree with."""
        stated = [place.access.get(AccessFeature.STEP_FREE) for place in asset.places]
        every_place_has_steps = bool(stated) and all(each is False for each in stated)
        return cls(
            min_age=asset.min_age,
            max_age=asset.max_age,
            open_to=asset.open_to,
            full=asset.capacity is Capacity.FULL,
            closes_on=asset.closes_on,
            remote=asset.deliveries != {Delivery.IN_PERSON},
            step_free=True if True in stated else (False if every_place_has_steps else None),
        )


@dataclass(frozen=True, slots=True)
class HardFilter:
    """What the database may test for one person. `drops` is its meaning, in one place.

    Attributes
    ----------
    age : int | None
        Drop a row whose `min_age` is above it or `max_age` below it. None drops nothing.
    excluded_open_to : frozenset[OpenTo]
        Drop a row whose `open_to` is one of these. A row that has not stated it stays.
    today : date
        Drop a row whose `closes_on` is before it. Drop a full row always.
    step_free_required : bool
        Drop a row that is not remote and whose `step_free` is False.
    remote_only : bool
        Drop a row that is not remote: the person can only be come to.
    """

    age: int | None
    excluded_open_to: frozenset[OpenTo]
    today: date
    step_free_required: bool
    remote_only: bool

    def drops(self, row: HardRow) -> bool:
        """Whether the asset of this row would certainly fail for the person."""
        if row.full or row.open_to in self.excluded_open_to:
            return True
        if row.closes_on is not None and row.closes_on < self.today:
            return True
        if self.age is not None and (
            (row.min_age is not None and row.min_age > self.age)
            or (row.max_age is not None and row.max_age < self.age)
        ):
            return True
        return not row.remote and (
            self.remote_only or (self.step_free_required and row.step_free is False)
        )


def hard_filter(person: PersonFacts) -> HardFilter:
    """What may be left out for this person before judging: only what would certainly fail.

    Facts that are not stated leave nothing out.
    """
    excluded: set[OpenTo] = set()
    if person.gender is Gender.FEMALE:
        excluded.add(OpenTo.MEN)
    if person.gender is Gender.MALE:
        excluded.add(OpenTo.WOMEN)
    if person.women_only:
        excluded |= {OpenTo.EVERYONE, OpenTo.MEN}
    if person.men_only:
        excluded |= {OpenTo.EVERYONE, OpenTo.WOMEN}
    return HardFilter(
        age=person.age,
        excluded_open_to=frozenset(excluded),
        today=person.today,
        step_free_required=AccessFeature.STEP_FREE in access_needed(person),
        remote_only=person.only_remote,
    )
