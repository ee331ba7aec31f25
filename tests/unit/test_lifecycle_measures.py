"""Scores of the outcome measures, exact, against the figures of the published rules."""

import json

import pytest
from shared import shared_path

from service.referrals.errors import BadEntry
from service.referrals.measures.scoring import Instrument, instruments, score


@pytest.fixture(scope="module")
def rules() -> dict:
    return json.loads(shared_path("standards/outcome_scoring.json").read_text("utf-8"))


def test_the_conversion_table_is_the_published_one(rules: dict):
    ours = instruments()["swemwbs"]
    assert ours["metric"] == rules["SWEMWBS"]["raw_to_metric"]
    assert ours["range"] == rules["SWEMWBS"]["raw_range"]
    assert ours["item_range"] == rules["SWEMWBS"]["item_range"]
    assert ours["meaningful_change"]["1 SEM"] == rules["SWEMWBS"]["change"]["1 SEM"]


def test_the_free_items_and_bands_are_the_published_ones(rules: dict):
    ons4, ucla = instruments()["ons4"], instruments()["loneliness"]
    assert list(ons4["items"].values()) == rules["ONS4"]["items"]
    assert ons4["bands"] == rules["ONS4"]["bands_first_three"]
    assert ons4["bands_anxious"] == rules["ONS4"]["bands_anxiety"]
    theirs = rules["UCLA3_plus_direct"]
    assert list(ucla["items"].values()) == [*theirs["ucla"], theirs["direct"]]
    assert ucla["options"] == {k.lower(): v for k, v in theirs["ucla_options"].items()}
    assert ucla["lonely_from"] == theirs["ucla_lonely_from"]
    assert ucla["direct_options"] == [each.lower() for each in theirs["direct_options"]]
    assert instruments()["mycaw"]["range"] == rules["MYCaW"]["range"]


def test_licensed_wording_is_not_shipped():
    for name in ("mycaw", "swemwbs", "pam"):
        assert not any(instruments()[name]["items"].values())


@pytest.mark.parametrize(
    ("each", "metric"), [(1, 7.00), (2, 15.32), (3, 19.25), (4, 25.03), (5, 35.00)]
)
def test_swemwbs_check_values(each: int, metric: float):
    answers = {str(item): each for item in range(1, 8)}
    assert score(Instrument.SWEMWBS, answers) == {"raw": 7 * each, "metric": metric}


def test_swemwbs_without_one_answer_has_no_score():
    answers = {str(item): 3 for item in range(1, 7)}
    assert score(Instrument.SWEMWBS, answers) == {}
    assert score(Instrument.SWEMWBS, {**answers, "7": None}) == {}


@pytest.mark.parametrize(
    ("value", "band", "anxious"),
    [
        (0, "low", "very low"), (1, "low", "very low"), (2, "low", "low"), (3, "low", "low"),
        (4, "low", "medium"), (5, "medium", "medium"), (6, "medium", "high"), (7, "high", "high"),
        (8, "high", "high"), (9, "very high", "high"), (10, "very high", "high"),
    ],
)  # fmt: skip
def test_ons4_bands(value: int, band: str, anxious: str):
    answers = {"satisfied": value, "anxious": value}
    assert score(Instrument.ONS4, answers) == {
        "satisfied": value,
        "satisfied_band": band,
        "anxious": value,
        "anxious_band": anxious,
    }


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("Often", "often", "OFTEN"), {"ucla": 9, "lonely": True}),
        (("some of the time",) * 3, {"ucla": 6, "lonely": True}),
        (("some of the time", "some of the time", "hardly ever or never"),
         {"ucla": 5, "lonely": False}),
        (("hardly ever or never",) * 3, {"ucla": 3, "lonely": False}),
        (("often", None, "often"), {}),
    ],
)  # fmt: skip
def test_ucla_needs_all_three(answers: tuple, expected: dict):
    given = dict(zip(("companionship", "left_out", "isolated"), answers, strict=True))
    assert score(Instrument.LONELINESS, given) == expected


def test_the_direct_question_stands_alone():
    assert score(Instrument.LONELINESS, {"direct": "Often/always"}) == {
        "direct": "often/always",
        "chronic": True,
    }


def test_mycaw_parts_stand_alone_and_the_second_concern_may_be_missing():
    assert score(Instrument.MYCAW, {"concern_1": 6, "wellbeing": 0}) == {
        "concern_1": 6,
        "wellbeing": 0,
    }
    assert set(instruments()["mycaw"]["higher_is_worse"]) == {"concern_1", "concern_2", "wellbeing"}


def test_pam_is_kept_as_given():
    assert score(Instrument.PAM, {"score": 55.6, "level": 3}) == {"score": 55.6, "level": 3}


@pytest.mark.parametrize(
    ("instrument", "answers"),
    [
        (Instrument.ONS4, {"happy": 11}),
        (Instrument.ONS4, {"happy": -1}),
        (Instrument.ONS4, {"happy": True}),
        (Instrument.ONS4, {"happy": "7"}),
        (Instrument.ONS4, {"joyful": 7}),
        (Instrument.MYCAW, {"concern_1": 7}),
        (Instrument.SWEMWBS, {"1": 0}),
        (Instrument.LONELINESS, {"direct": "sometimes"}),
        (Instrument.PAM, {"score": 101}),
        (Instrument.PAM, {"score": float("nan")}),
        (Instrument.PAM, {"level": 5}),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused(instrument: Instrument, answers: dict):
    with pytest.raises(BadEntry):
        score(instrument, answers)
