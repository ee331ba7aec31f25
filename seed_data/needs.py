"""The need taxonomy: what a person may lack, which kinds of group supply it, and danger signs.

The words live in `needs.toml`; this module only reads them, once, when first asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from seed_data.errors import SeedDataBroken, UnknownKind, UnknownNeed

LEAST_DIRECT = 0.5
"""Directness of the last kind a need lists. Project default: no published figure exists."""


@dataclass(frozen=True, slots=True)
class SnomedCode:
    """A SNOMED CT id. `evidence` is 'seen' or 'unverified'; unverified ids are never sent."""

    code: str
    term: str
    evidence: str


@dataclass(frozen=True, slots=True)
class OpenReferralCode:
    """A CURIE of Open Referral UK. `label` is for people and may be empty."""

    curie: str
    label: str


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """One of the eight groups that needs are shown under."""

    id: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of community group, with a sentence for the public."""

    id: str
    label: str
    plain: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A risk that a clinician must see before any group is suggested. Never a need."""

    id: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something a person may lack and a community group may supply.

    Attributes
    ----------
    description : str
        What counts as this need, for the person who refers.
    plain : str
        The same for the public, reading age about nine.
    kinds : tuple[str, ...]
        Kinds of group that serve it, most typical first: a prior, not evidence.
    snomed : tuple[SnomedCode, ...]
        Every mapped id, verified or not. To send one, use `verified_snomed`.
    """

    id: str
    group: str
    label: str
    description: str
    plain: str
    kinds: tuple[str, ...]
    gravity: tuple[str, ...]
    open_eligibility: tuple[str, ...]
    open_referral_uk: tuple[OpenReferralCode, ...]
    snomed: tuple[SnomedCode, ...]

    @property
    def verified_snomed(self) -> tuple[SnomedCode, ...]:
        """The ids seen with this meaning in published material: the only ones fit to send."""
        return tuple(each for each in self.snomed if each.evidence == "seen")

    @property
    def unverified_snomed(self) -> tuple[SnomedCode, ...]:
        """The ids nobody has checked. For showing to a person who can check them, never to send."""
        return tuple(each for each in self.snomed if each.evidence != "seen")


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Groups, needs, kinds and red flags by id, each in the order of the file.

    `version` is kept with every match, so that an old match can still be explained.
    """

    version: str
    groups: Mapping[str, NeedGroup]
    needs: Mapping[str, Need]
    kinds: Mapping[str, Kind]
    red_flags: Mapping[str, RedFlag]

    def need(self, need_id: str) -> Need:
        """The need with this id; raises `UnknownNeed`, which lists the ids there are."""
        found = self.needs.get(need_id)
        if found is None:
            raise UnknownNeed(
                "No need has that id. Use one of the ids in the taxonomy, such as "
                f"'{next(iter(self.needs))}'.",
                allowed=list(self.needs),
            )
        return found

    def kind(self, kind_id: str) -> Kind:
        """The kind of group with this id; raises `UnknownKind`, which lists the ids there are."""
        found = self.kinds.get(kind_id)
        if found is None:
            raise UnknownKind(
                "No kind of group has that id. Use one of the ids in the taxonomy, such as "
                f"'{next(iter(self.kinds))}'.",
                allowed=list(self.kinds),
            )
        return found

    def needs_in(self, group_id: str) -> tuple[Need, ...]:
        """The needs of one group, in the order of the file; none for a group that is not there."""
        return tuple(need for need in self.needs.values() if need.group == group_id)

    def directness(self, need_id: str, kind_id: str) -> float:
        """How directly a kind of group serves a need, from 0 (not at all) to 1 (most typical).

        The first kind a need lists gets 1.0, the last `LEAST_DIRECT`, those between lie evenly
        on the line, rounded to three decimals. A need with one kind gives it 1.0. A kind the need
        does not list gets 0.0. Raises `UnknownNeed` and `UnknownKind` for ids that do not exist.
        """
        self.kind(kind_id)
        kinds = self.need(need_id).kinds
        if kind_id not in kinds:
            return 0.0
        if len(kinds) == 1:
            return 1.0
        share = kinds.index(kind_id) / (len(kinds) - 1)
        return round(1.0 - (1.0 - LEAST_DIRECT) * share, 3)

    def needs_of_kind(self, kind_id: str) -> Mapping[str, float]:
        """Need id -> directness for one kind of group, most direct first, ties in file order.

        Empty for the two kinds no need leads to (`interpreter`, `fishing`): the first is an
        attribute of a group, the second an interest. Raises `UnknownKind`.
        """
        self.kind(kind_id)
        served = [
            (need.id, self.directness(need.id, kind_id))
            for need in self.needs.values()
            if kind_id in need.kinds
        ]
        return MappingProxyType(dict(sorted(served, key=lambda pair: -pair[1])))


@cache
def load() -> Taxonomy:
    """The taxonomy, read from the package once and then kept."""
    text = files("seed_data").joinpath("needs.toml").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> Taxonomy:
    """A taxonomy from TOML text; `SeedDataBroken` when it refers to what it does not hold."""
    raw = tomllib.loads(text)
    taxonomy = Taxonomy(
        version=raw["version"],
        groups=MappingProxyType({i: NeedGroup(id=i, **row) for i, row in raw["groups"].items()}),
        needs=MappingProxyType({i: _need(i, row) for i, row in raw["needs"].items()}),
        kinds=MappingProxyType({i: Kind(id=i, **row) for i, row in raw["kinds"].items()}),
        red_flags=MappingProxyType(
            {i: RedFlag(id=i, **row) for i, row in raw["red_flags"].items()}
        ),
    )
    for need in taxonomy.needs.values():
        missing = [kind for kind in need.kinds if kind not in taxonomy.kinds]
        if need.group not in taxonomy.groups or missing:
            raise SeedDataBroken(
                f"The need '{need.id}' names a group or kind that the taxonomy does not list. "
                "Put needs.toml right, or install Kith again.",
                need=need.id,
                missing=list(missing),
            )
    return taxonomy


def _need(need_id: str, row: Mapping[str, Any]) -> Need:
    return Need(
        id=need_id,
        group=row["group"],
        label=row["label"],
        description=row["description"],
        plain=row["plain"],
        kinds=tuple(row["kinds"]),
        gravity=tuple(row["gravity"]),
        open_eligibility=tuple(row["open_eligibility"]),
        open_referral_uk=tuple(_open_referral(text) for text in row["open_referral_uk"]),
        snomed=tuple(SnomedCode(**code) for code in row.get("snomed", ())),
    )


def _open_referral(text: str) -> OpenReferralCode:
    curie, _, label = text.partition(" ")
    return OpenReferralCode(curie=curie, label=label)
