"""What version 1 says of what would change a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from pydantic import Field

from service.api.v1.fields import Told
from service.api.v1.group_told import AssetTold, asset_told
from service.referrals.queries import Matched
from service.referrals.what_if import WouldChange


class WouldChangeTold(Told):
    """Where a group would stand with one thing different: found by a new search, never estimated.

    It never turns on who the person is.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "change": "lift",
                    "rule": None,
                    "rank_now": 7,
                    "rank_then": 2,
                    "sentence": "Would be 2nd if you could get a lift.",
                }
            ]
        }
    }

    change: str = Field(
        description="lift, other_time, cost_covered, company, online, or answer: one unknown of "
        "the group answered with yes."
    )
    rule: str | None = Field(description="The unknown rule that would be answered.")
    rank_now: int | None = Field(description="None for a group that is not in the list now.")
    rank_then: int
    sentence: str


ChangesTold: TypeAlias = dict[int, list[WouldChangeTold]]


def changes_told(would: Iterable[WouldChange]) -> ChangesTold:
    """What would change, by asset, in the API's words."""
    told: ChangesTold = {}
    for each in would:
        found = each.counterfactual
        told.setdefault(found.asset_id, []).append(
            WouldChangeTold(
                change=found.change.value,
                rule=None if found.rule_id is None else found.rule_id.value,
                rank_now=found.rank_now,
                rank_then=found.rank_then,
                sentence=found.sentence,
            )
        )
    return told


class WouldEnterTold(Told):
    """A group that is in neither list, and what would bring it in."""

    asset: AssetTold
    would_change: list[WouldChangeTold]


def would_enter_told(
    found: Matched, would: Iterable[WouldChange], by_asset: ChangesTold
) -> list[WouldEnterTold]:
    """The groups among what would change that are in neither list, each once."""
    result = found.result
    listed: set[int] = set()
    if result is not None:
        listed |= {each.asset.asset_id for each in result.matches}
        listed |= {each.asset.asset_id for each in result.near_misses}
    others = {each.asset.asset_id: each.asset for each in would}
    return [
        WouldEnterTold(asset=asset_told(asset), would_change=by_asset[asset_id])
        for asset_id, asset in others.items()
        if asset_id not in listed
    ]
