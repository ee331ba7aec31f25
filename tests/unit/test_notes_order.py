"""Order and confidence of needs, and the fit behind them."""

import math
from datetime import date

import numpy as np
import pytest

from service.matching.evaluation import fitting
from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.needs import chance, companions
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))


def test_a_chance_keeps_the_order_of_its_log_odds_and_never_leaves_0_to_1():
    assert chance(0.0) == pytest.approx(0.5)
    assert chance(math.log(4)) == pytest.approx(0.8)
    assert chance(math.log(4) / 2) == pytest.approx(2 / 3)
    assert chance(-2.0) < chance(-1.0) < chance(3.0) < 1
    assert 0 < chance(-1e9) < chance(1e9) <= 1


def test_companions_come_only_from_needs_that_are_there():
    book = rulebook()
    assert set(companions({}, book).values()) == {0.0}
    shares = {(a, b): w for a, b, w in book.often_with}
    one = companions({"bereavement": 1.0}, book)
    assert one["low_mood_anxiety"] == pytest.approx(shares["bereavement", "low_mood_anxiety"])
    both = companions({"bereavement": 1.0, "loneliness_isolation": 1.0}, book)
    assert one["low_mood_anxiety"] < both["low_mood_anxiety"] < 1


@pytest.mark.parametrize(
    ("note", "first", "later"),
    [
        ("Her sister died in May and she would like a bereavement group.",
         "bereavement", "low_mood_anxiety"),
        ("He asks for help with his rent arrears and loans.", "debt_money", "low_mood_anxiety"),
        ("Obese, wants to lose weight.", "healthy_weight", "ltc_self_management"),
    ],
)  # fmt: skip
def test_what_is_asked_for_comes_before_what_only_goes_with_it(note, first, later):
    order = [n.need for n in READER.read(note).needs]
    assert order[0] == first
    assert later not in order or order.index(later) > 0


def test_a_need_denied_is_not_brought_in_by_another():
    reading = READER.read("Her husband died last year. Not lonely, sees friends every day.")
    assert "loneliness_isolation" not in reading.shown


def test_the_fit_finds_the_weights_that_made_the_labels():
    draws = np.random.default_rng(3)
    x = np.column_stack([np.ones(4000), draws.random(4000), draws.random(4000)])
    chance = 1 / (1 + np.exp(-(-2 + 4 * x[:, 1])))
    y = (draws.random(4000) < chance).astype(float)
    weights, by_group = fitting.logistic(x, np.zeros(4000), y, 4)
    assert weights == pytest.approx([-2, 4, 0], abs=0.4)
    assert np.abs(by_group).max() < 0.3


def test_out_of_fold_odds_cover_every_note_and_need():
    notes = [f"{word}." for word in ("Lonely", "In debt", "Obese", "Smokes", "Homeless", "Falls")]
    gold = [{"note": n, "expected_needs": ["smoking"], "acceptable_needs": []} for n in notes]
    found = fitting.out_of_fold(gold, fitting.tables(gold, READER), folds=3)
    assert [set(one) for one in found] == [set(rulebook().need_examples)] * len(notes)
