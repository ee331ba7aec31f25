"""Order, variety and turns, against figures worked by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.matching.parameters import MatchParameters
from service.matching.rank import (
    Exposure,
    diversified,
    exposed,
    exposure_at,
    exposure_ratio,
    in_order,
    ranked,
    rotated,
)

PARAMETERS = MatchParameters()


@dataclass(frozen=True)
class Item:
    """The least that can be ranked."""

    asset_id: int
    score: float
    minutes: float | None = 5.0
    group_kind: str = ""
    organisation: str = ""


def ids(items: list[Item]) -> list[int]:
    return [item.asset_id for item in items]


def test_order_is_by_score_then_minutes_then_id():
    items = [
        Item(5, 0.5, None),
        Item(4, 0.5, 9.0),
        Item(3, 0.5, 9.0),
        Item(2, 0.5, 2.0),
        Item(1, 0.4, 1.0),
        Item(9, 0.6, None),
    ]
    assert ids(in_order(items)) == [9, 2, 3, 4, 5, 1]


def test_variety_takes_another_kind_before_more_of_the_same():
    """In second place 0.7 x 0.9 - 0.3 x 0.5 = 0.48 for a choir and 0.7 x 0.8 = 0.56 for a walk."""
    choirs = [Item(1, 1.0, group_kind="choir"), Item(2, 0.9, group_kind="choir")]
    walk = Item(3, 0.8, group_kind="walk")
    assert ids(diversified([*choirs, walk], 3, PARAMETERS)) == [1, 3, 2]


def test_the_same_kind_by_the_same_organisation_is_wholly_alike():
    items = [
        Item(1, 1.0, group_kind="choir", organisation="North"),
        Item(2, 0.95, group_kind="choir", organisation="North"),
        Item(3, 0.80, group_kind="choir", organisation="South"),
    ]
    assert ids(diversified(items, 3, PARAMETERS)) == [1, 3, 2]


def test_what_is_not_stated_is_like_nothing():
    items = [Item(1, 1.0), Item(2, 0.9), Item(3, 0.89, group_kind="walk")]
    assert ids(diversified(items, 3, PARAMETERS)) == [1, 2, 3]


def test_beyond_the_visible_list_variety_changes_nothing():
    items = [Item(number, 1 - number / 100, group_kind="choir") for number in range(6)]
    assert ids(diversified(items, 2, PARAMETERS)) == [0, 1, 2, 3, 4, 5]
    assert diversified([], 3, PARAMETERS) == []


def test_the_worth_of_positions():
    worth = [exposure_at(position) for position in range(1, 6)]
    assert worth == pytest.approx([1, 0.63093, 0.5, 0.43068, 0.38685], abs=5e-6)


LARGE, SMALL = (Item(1, 0.80), Item(2, 0.79)), Item(3, 0.78)


def split(seen: dict[int, Exposure]) -> float | None:
    return exposure_ratio([seen[3]], [seen[1], seen[2]])


def test_a_small_group_always_third_gets_five_eighths_of_what_it_merits():
    seen = exposed([*LARGE, SMALL], {})
    assert split(seen) == pytest.approx(0.625, abs=5e-4)


def test_taking_turns_evens_it_out():
    """Three rankings in which each has been first, second and third once."""
    seen: dict[int, Exposure] = {}
    for order in ((1, 2, 3), (2, 3, 1), (3, 1, 2)):
        by_id = {item.asset_id: item for item in (*LARGE, SMALL)}
        seen = exposed([by_id[asset_id] for asset_id in order], seen)
    assert split(seen) == pytest.approx(1.019, abs=5e-4)


def test_stored_exposure_makes_the_small_group_first_in_its_turn():
    seen: dict[int, Exposure] = {}
    firsts = []
    for _ in range(30):
        shown = rotated([*LARGE, SMALL], seen, PARAMETERS)
        firsts.append(shown[0].asset_id)
        seen = exposed(shown, seen)
    assert set(firsts) == {1, 2, 3}
    ratio = split(seen)
    assert ratio is not None
    assert 0.8 <= ratio <= 1.25


def test_a_clearly_better_score_never_waits_its_turn():
    items = [Item(1, 0.9), Item(2, 0.6), Item(3, 0.58)]
    seen = {1: Exposure(50.0, 1.0), 2: Exposure(1.0, 1.0)}
    assert ids(rotated(items, seen, PARAMETERS)) == [1, 3, 2]


def test_near_ties_are_within_the_distance_of_each_other_and_not_in_a_chain():
    items = [Item(1, 0.60), Item(2, 0.58), Item(3, 0.56)]
    seen = {1: Exposure(9.0, 1.0), 2: Exposure(9.0, 1.0)}
    assert ids(rotated(items, seen, PARAMETERS))[-1] == 3


def test_both_are_off_until_they_are_switched_on():
    items = [
        Item(1, 0.80, group_kind="choir"),
        Item(2, 0.79, group_kind="choir"),
        Item(3, 0.70, group_kind="walk"),
    ]
    seen = {1: Exposure(1.0, 0.8)}
    assert ids(ranked(items, 3, seen, PARAMETERS)) == [1, 2, 3]
    assert ids(ranked(items, 3, seen, MatchParameters(diversify=True))) == [1, 3, 2]
    assert ids(ranked(items, 3, seen, MatchParameters(rotate=True))) == [2, 1, 3]


def test_there_is_no_ratio_without_merit():
    assert exposure_ratio([], [Exposure(1.0, 1.0)]) is None
    assert exposure_ratio([Exposure(1.0, 1.0)], [Exposure(0.0, 1.0)]) is None
