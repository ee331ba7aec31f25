import pytest

from geo.travel import BadTravelData, Journey, Method, Mode, TravelParameters, no_journey

USUAL = TravelParameters()


def journey(mode, minutes, method=Method.DETOUR):
    return Journey(mode, minutes, None, None, method)


@pytest.mark.parametrize(
    ("straight_m", "walked_m"),
    [
        (0, 0),
        (500, 700),
        (1_500, 2_100),
        (2_000, 2_753),
        (3_000, 3_990),
        (4_000, 5_080),
        (4_500, 5_580),
        (6_000, 7_440),
    ],
)
def test_the_check_figures_of_the_detour_curve(straight_m, walked_m):
    assert round(float(USUAL.on_foot_m(straight_m))) == walked_m


@pytest.mark.parametrize("knot_m", [1_500, 3_000, 4_500])
def test_the_detour_ratio_has_no_steps(knot_m):
    before, at, after = USUAL.detour_ratio([knot_m - 0.001, knot_m, knot_m + 0.001])
    assert before == pytest.approx(at, abs=1e-6)
    assert after == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "minutes", "access"),
    [
        (Mode.WALK, 0, 1.0),
        (Mode.WALK, 10, 0.5),
        (Mode.WHEEL, 20, 0.25),
        (Mode.BUS, 20, 0.5),
        (Mode.LIFT, 40, 0.25),
        (Mode.CAR, 20, 0.5),
        (Mode.PHONE, 0, 1.0),
        (Mode.ONLINE, None, 1.0),
    ],
)
def test_access_halves_with_every_half_time(mode, minutes, access):
    assert USUAL.access(minutes, mode) == pytest.approx(access)


def test_unknown_minutes_are_unknown_access_and_not_none_at_all():
    assert USUAL.access(None, Mode.BUS) is None


def test_the_best_journey_is_the_one_with_the_most_access_not_the_fewest_minutes():
    walk, car = journey(Mode.WALK, 12.0), journey(Mode.CAR, 15.0)
    assert USUAL.best([walk, car]) is car


def test_equal_access_goes_to_the_mode_named_first():
    car, walk = journey(Mode.CAR, 20.0), journey(Mode.WALK, 10.0)
    assert USUAL.best([car, walk]) is walk


def test_known_comes_before_unknown_and_unknown_before_unavailable():
    known = journey(Mode.WALK, 500.0)
    unknown = journey(Mode.BUS, None, Method.UNKNOWN)
    unavailable = journey(Mode.WALK, None, Method.UNAVAILABLE)
    assert USUAL.best([unknown, unavailable, known]) is known
    assert USUAL.best([unavailable, unknown]) is unknown
    assert USUAL.best([unavailable]) is unavailable


def test_what_comes_to_the_person_is_as_good_as_can_be():
    at_the_door, call = journey(Mode.WALK, 0.0), no_journey(Mode.PHONE)
    assert USUAL.best([journey(Mode.WALK, 1.0), call]) is call
    assert USUAL.best([call, at_the_door]) is at_the_door


def test_no_journeys_have_no_best():
    with pytest.raises(BadTravelData, match="no journey to choose"):
        USUAL.best([])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"half_minutes": {Mode.WALK: 10.0}}, "half-time for: wheel, bus, lift, car"),
        ({"half_minutes": dict.fromkeys(Mode, 0.0)}, "more than 0"),
        ({"road_speed_m_per_s": 0.0}, "more than 0"),
        ({"barrier_tolerance_m": -1.0}, "cannot be below 0"),
        ({"road_extra_min": -1.0}, "cannot be below 0"),
        ({"road_detour_ratio": 0.9}, "ratio of 1"),
        ({"detour_knots": ()}, "at least one"),
        ({"detour_knots": ((0.0, 0.99),)}, "none below 1"),
        ({"detour_knots": ((0.0, 1.2), (0.0, 1.1))}, "outwards"),
        ({"detour_knots": ((0.0, 1.2), (100.0, 1.3))}, "never grow"),
        ({"detour_knots": ((1_000.0, 2.0), (1_001.0, 1.0))}, "would seem nearer"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(settings, said):
    with pytest.raises(BadTravelData, match=said):
        TravelParameters(**settings)
