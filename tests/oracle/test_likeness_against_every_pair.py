"""Assets that may be the same: found by squares, against comparing every two."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import straight_line_m
from geo.point import GridPoint
from service.register.likeness import ALIKE, NEAR_M, Entry, likeness, pairs_alike

NAMES = ("Harbour Choir", "The Harbour choir", "Harbor Choir", "1st Scouts", "2nd Scouts", "Ümit")
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.integers(1, 8),
        st.sampled_from(NAMES),
        st.builds(
            GridPoint,
            st.integers(350_000, 352_000).map(float),
            st.integers(384_000, 386_000).map(float),
        ),
    ),
    max_size=24,
)


@given(ENTRIES)
@settings(max_examples=100, deadline=None)
def test_the_same_pairs_as_comparing_every_two(entries: list[Entry]) -> None:
    every: dict[tuple[int, int], float] = {}
    for one, other in combinations(entries, 2):
        apart_m = straight_line_m(one.point, other.point)
        near = apart_m <= NEAR_M and likeness(one.name, other.name) >= ALIKE
        if near and one.asset_id != other.asset_id:
            key = (min(one.asset_id, other.asset_id), max(one.asset_id, other.asset_id))
            every[key] = min(apart_m, every.get(key, apart_m))
    found = pairs_alike(entries)
    assert {(each.first_id, each.second_id): each.apart_m for each in found} == every
    assert found == sorted(
        found, key=lambda each: (-each.score, each.apart_m, each.first_id, each.second_id)
    )


def test_what_makes_names_alike() -> None:
    assert likeness("The Harbour Choir Group", "harbour choir") == 1.0
    assert likeness("Café of Friends", "Friends Cafe") == 1.0
    assert likeness("1st Widnes Scouts", "2nd Widnes Scouts") == 0.0
    assert likeness("Knit and Natter", "Walking Football") < ALIKE
    assert likeness("The Group", "The Group") == 1.0, "a name of nothing else is still a name"
    assert pairs_alike([]) == []
