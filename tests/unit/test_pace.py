import pytest

from geo.pace import PACES, REST_LIMITS, pace, walking_speed_m_per_s


@pytest.mark.parametrize(
    ("age", "difficulty", "frail", "wheelchair", "speed_m_per_s"),
    [
        (None, False, False, False, 1.33),
        (0, False, False, False, 1.33),
        (64, False, False, False, 1.33),
        (65, False, False, False, 0.85),
        (90, False, False, False, 0.85),
        (None, True, False, False, 0.80),
        (30, True, False, False, 0.80),
        (74, True, False, False, 0.80),
        (75, True, False, False, 0.75),
        (84, True, False, False, 0.75),
        (85, True, False, False, 0.71),
        (40, False, True, False, 0.64),
        (90, True, True, True, 0.64),
        (40, False, False, True, 0.79),
        (90, True, False, True, 0.79),
    ],
)
def test_the_table_of_speeds(age, difficulty, frail, wheelchair, speed_m_per_s):
    assert walking_speed_m_per_s(age, difficulty, frail, wheelchair) == speed_m_per_s


@pytest.mark.parametrize(
    ("age", "difficulty", "frail", "ten_minutes_m"),
    [
        (30, False, False, 800),
        (70, False, False, 510),
        (70, True, False, 480),
        (80, True, False, 450),
        (90, True, False, 426),
        (90, True, True, 384),
    ],
)
def test_how_far_ten_minutes_reach(age, difficulty, frail, ten_minutes_m):
    speed = walking_speed_m_per_s(age, difficulty, frail)
    assert speed * 600 == pytest.approx(ten_minutes_m, abs=2.1)


def test_every_speed_says_where_it_comes_from():
    assert all(row.source and row.who for row in PACES)
    assert pace(80, mobility_difficulty=True).who == "75 to 84 with mobility problems"


def test_limits_without_a_rest():
    assert REST_LIMITS == {
        "stick": 50.0,
        "no_aid": 100.0,
        "wheelchair": 150.0,
        "visual_impairment": 150.0,
    }
