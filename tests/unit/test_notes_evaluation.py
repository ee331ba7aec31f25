import math

import pytest

from service.matching.evaluation import bootstrap, edges, metrics
from service.matching.evaluation.noise import with_typing_noise


def gold(**changes):
    row = {"id": "a", "expected_needs": ["x"], "acceptable_needs": ["y"], "red_flags": {},
           "connected_kinds": None}  # fmt: skip
    return {**row, **changes}


def test_ndcg_by_hand():
    row = gold()
    assert metrics.need_ndcg(row, ["x", "z", "y"]) == pytest.approx(0.95023, abs=1e-5)
    assert metrics.need_ndcg(gold(expected_needs=[]), ["x"]) is None


def test_flags_are_counted_by_status():
    rows = [gold(red_flags={"f": "current", "g": "history"}), gold(id="b")]
    made = [
        {
            "id": "a",
            "needs": [],
            "shown": [],
            "kinds": [],
            "flags": {"f": "passive", "g": "recent"},
        },
        {"id": "b", "needs": [], "shown": [], "kinds": [], "flags": {"f": "current"}},
    ]
    out = metrics.summary(rows, made)
    assert (out["flag_recall"], out["false_alarm_notes"], out["history_as_current"]) == (
        "1/1", "1/1", 1,
    )  # fmt: skip


def test_calibration_by_hand():
    made = [{"id": "a", "shown": ["x", "z"], "confidence": {"x": 0.9, "z": 0.9}}]
    out = metrics.calibration([gold()], made)
    assert out["ece"] == pytest.approx(0.4)
    assert out["brier"] == pytest.approx((0.01 + 0.81) / 2)


def test_noise_is_repeatable_and_only_touches_letters():
    text = "Lonely since 2019, can't use the computer!"
    assert with_typing_noise(text, 0.1, "a") == with_typing_noise(text, 0.1, "a")
    assert with_typing_noise(text, 0, "a") == text
    noisy = with_typing_noise(text, 0.5, "a")
    assert [c for c in noisy if not c.isalpha()] == [c for c in text if not c.isalpha()]


def test_the_interval_holds_the_mean_and_a_difference_with_itself_is_nothing():
    values = [math.sin(i) for i in range(60)]
    low, high = bootstrap.interval(values)
    assert low < sum(values) / 60 < high
    assert bootstrap.difference(values, values) == (0.0, 0.0)
    with pytest.raises(ValueError, match="same notes"):
        bootstrap.difference([1.0], [1.0, 2.0])


def test_each_fault_of_a_behaviour_note_is_named():
    expected = {"action": "match", "needs_include": ["x"], "needs_exclude": ["z"], "flags": [],
                "facts": {"age": 9}}  # fmt: skip
    bad = {"action": "triage_first", "needs": [], "shown": ["z"], "flags": {"f": "current"},
           "facts": {}, "seconds": 3.0}  # fmt: skip
    assert len(edges.faults(expected, bad)) == 6
    good = {"action": "match", "needs": ["x"], "shown": [], "flags": {}, "facts": {"age": 9},
            "seconds": 0.1}  # fmt: skip
    assert edges.faults(expected, good) == []
