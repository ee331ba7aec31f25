"""A farther place is never nearer, and a way in two parts is never shorter than in one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.travel import TravelParameters

USUAL = TravelParameters()
metres = st.floats(0, 50_000, allow_nan=False, allow_subnormal=False)


@given(metres, metres)
@settings(deadline=None, max_examples=100)
def test_straight_metres_times_ratio_always_rise(one, other):
    near, far = sorted((one, other))
    walked_near, walked_far = USUAL.on_foot_m([near, far])
    assert walked_near <= walked_far
    if far - near > 1e-3:
        assert walked_near < walked_far


@given(metres, metres)
@settings(deadline=None, max_examples=100)
def test_stopping_on_the_way_makes_it_no_shorter(one, other):
    whole = float(USUAL.on_foot_m(one + other))
    assert float(USUAL.on_foot_m([one, other]).sum()) >= whole * (1 - 1e-12)


@given(metres)
@settings(deadline=None, max_examples=100)
def test_no_path_is_shorter_than_the_straight_line(straight_m):
    assert 1.24 * straight_m * (1 - 1e-12) <= float(USUAL.on_foot_m(straight_m))
    assert straight_m <= float(USUAL.by_road_m(straight_m))
