"""Before and after: which answers make a pair, what changed, and what is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.referrals.errors import BadEntry
from service.referrals.measures.pairing import LABELS, Taken, pair
from service.referrals.measures.scoring import Instrument, check_scores, instruments

FIRST = date(2026, 1, 5)
ONS4, LONELY = Instrument.ONS4, Instrument.LONELINESS


def taken(days: int, instrument: Instrument = ONS4, version: str = "v", **scores) -> Taken:
    return Taken(instrument, version, FIRST + timedelta(days), scores)


def after(*more: Taken, today_days: int = 400):
    return pair(ONS4, [taken(0, happy=3), *more], FIRST + timedelta(today_days))


def test_nothing_taken_is_said():
    found = pair(ONS4, [], FIRST)
    assert (found.before, found.after, found.lines) == (None, None, ())
    assert found.missing == "Not taken yet."


@pytest.mark.parametrize(
    ("days", "counts"), [(41, False), (42, True), (84, True), (182, True), (183, False)]
)
def test_the_window_is_six_to_twenty_six_weeks_with_both_ends(days: int, counts: bool):
    found = after(taken(days, happy=5))
    assert (found.after is not None) is counts
    assert ("does not count" in found.missing) is not counts


def test_the_answer_nearest_to_twelve_weeks_counts_and_of_two_as_near_the_earlier():
    assert after(taken(50), taken(90), taken(150)).after == FIRST + timedelta(90)
    assert after(taken(94), taken(74)).after == FIRST + timedelta(74)


def test_another_version_or_another_measure_does_not_count():
    assert after(taken(84, version="w")).after is None
    assert after(taken(84, instrument=LONELY)).after is None


def test_what_to_do_is_said_before_within_and_after_the_time():
    assert after(today_days=10).missing.startswith("Not repeated yet. Repeat it between 16 Feb")
    assert after(today_days=42).missing == "Not repeated yet. Repeat it by 6 July 2026."
    assert "could be compared until 6 July 2026" in after(today_days=183).missing


def test_each_score_is_by_itself_and_says_which_way_is_better():
    found = pair(
        ONS4,
        [taken(0, satisfied=4, happy=5, anxious=7), taken(84, satisfied=6, happy=5, anxious=9)],
        FIRST + timedelta(90),
    )
    changes = {line.label: line.change for line in found.lines}
    assert changes == {
        "Satisfied with life": "up 2, better",
        "Life is worthwhile": "",
        "Happy yesterday": "the same",
        "Anxious yesterday": "up 2, worse",
    }
    assert found.missing.endswith("an answer is missing: Life is worthwhile.")
    assert [line.label for line in found.lines if line.higher_is_worse] == ["Anxious yesterday"]


def test_how_often_lonely_is_compared_in_words():
    def moved(first: str, second: str) -> str:
        two = [taken(0, LONELY, direct=first), taken(84, LONELY, direct=second)]
        return pair(LONELY, two, FIRST).lines[1].change

    assert moved("often/always", "never") == "better"
    assert moved("hardly ever", "some of the time") == "worse"
    assert moved("never", "never") == "the same"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=8), st.randoms())
def test_the_order_of_the_answers_never_matters(days: list[int], lots):
    rows = [taken(day, happy=day % 11) for day in dict.fromkeys(days)]
    shuffled = list(rows)
    lots.shuffle(shuffled)
    today = FIRST + timedelta(400)
    found = pair(ONS4, rows, today)
    assert found == pair(ONS4, shuffled, today)
    if found.before and found.after:
        gap = found.after - found.before
        assert timedelta(weeks=6) <= gap <= timedelta(weeks=26)


def test_every_measure_has_words_for_what_is_compared():
    assert set(LABELS) == set(Instrument)
    for each in (Instrument.ONS4, Instrument.MYCAW):
        assert set(LABELS[each]) == set(instruments()[each.value]["items"])


def test_scores_worked_out_elsewhere_are_kept_as_they_are():
    assert check_scores(Instrument.SWEMWBS, {"metric": 21.54}) == {"metric": 21.54}
    assert check_scores(Instrument.PAM, {"score": 55.6, "level": 2}) == {"score": 55.6, "level": 2}
    for instrument, wrong in (
        (Instrument.SWEMWBS, {"metric": 6.9}),
        (Instrument.SWEMWBS, {"1": 3}),
        (Instrument.PAM, {"level": 5}),
        (Instrument.PAM, {"score": True}),
        (Instrument.ONS4, {"happy": 3}),
    ):
        with pytest.raises(BadEntry):
            check_scores(instrument, wrong)
