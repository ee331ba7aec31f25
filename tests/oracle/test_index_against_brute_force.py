"""The KD-tree beside a plain loop over every place."""

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import straight_line_m
from geo.index import Hit, PointIndex
from geo.point import GridPoint

# A coarse lattice in a small square, so that ties and duplicates are the rule.
lattice = st.integers(0, 8).map(lambda steps: 350_000 + 50 * steps)
fine = st.floats(350_000, 350_400, allow_nan=False)
points = st.builds(GridPoint, lattice, lattice) | st.builds(GridPoint, fine, fine)
places = st.lists(st.tuples(st.integers(-20, 20), points), max_size=40)


def by_loop(listed, centre):
    hits = [Hit(name, straight_line_m(centre, point)) for name, point in listed]
    return sorted(hits, key=lambda hit: (hit.distance_m, hit.id))


def indexed(listed):
    return PointIndex(
        [name for name, _ in listed],
        [point.easting_m for _, point in listed],
        [point.northing_m for _, point in listed],
    )


@given(places, points, st.sampled_from([0.0, 50.0, 100.0, 111.8, 250.0, 600.0]))
@settings(deadline=None, max_examples=100)
def test_within(listed, centre, radius_m):
    expected = [hit for hit in by_loop(listed, centre) if hit.distance_m <= radius_m]
    assert indexed(listed).within(centre, radius_m) == expected


@given(places, points, st.data())
@settings(deadline=None, max_examples=100)
def test_within_exactly_as_far_as_some_place(listed, centre, data):
    everyone = by_loop(listed, centre)
    radius_m = data.draw(st.sampled_from([hit.distance_m for hit in everyone] or [0.0]))
    expected = [hit for hit in everyone if hit.distance_m <= radius_m]
    assert indexed(listed).within(centre, radius_m) == expected


@given(places, points, st.integers(0, 50))
@settings(deadline=None, max_examples=100)
def test_nearest(listed, centre, k):
    assert indexed(listed).nearest(centre, k) == by_loop(listed, centre)[:k]
