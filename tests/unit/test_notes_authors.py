"""Notes and sentences kept apart from the rules, read as the service reads them: with the model.

Floors, held a little under what was measured, so that nothing sinks unseen.
"""

from datetime import date
from pathlib import Path

import pytest

from seed_data import needs
from service.matching.evaluation import metrics, rows, sentences
from service.matching.evaluation.noise import with_typing_noise
from service.matching.notes.reader import NoteReader

DATA = Path(__file__).parent.parent / "data"
READER = NoteReader(today=date(2026, 3, 1))
SAID = sentences.sentences_of(DATA / "need_sentences.toml")
HELD_OUT = {
    "notes_held_out": (0.87, 0.94, 0.85),
    "notes_second_held_out": (0.78, 0.88, 0.77),
    "notes_fourth_held_out": (0.80, 0.87, 0.83),
    "notes_fifth_held_out": (0.86, 0.92, 0.87),
}


def summary(name: str, noise: float = 0.0) -> dict[str, object]:
    gold = rows.load(DATA / f"{name}.jsonl")
    told = [{**g, "note": with_typing_noise(g["note"], noise, g["id"])} for g in gold]
    return metrics.summary(gold, [rows.predict_row(g, READER) for g in told])


def alarm_ratio(out: dict[str, object]) -> float:
    alarms, clean = str(out["false_alarm_notes"]).split("/")
    return int(alarms) / int(clean)


@pytest.mark.parametrize("name", HELD_OUT)
def test_needs_of_notes_kept_apart_are_read(name: str) -> None:
    ndcg, recall, precision = HELD_OUT[name]
    out = summary(name)
    assert out["nDCG@5"] >= ndcg
    assert out["recall@5"] >= recall
    assert out["shown_precision"] >= precision


def test_harmless_notes_kept_apart_raise_few_alarms_and_every_danger_is_found() -> None:
    out = summary("notes_held_out")
    assert out["flag_recall"] == "13/13"
    assert out["history_as_current"] == 0
    assert alarm_ratio(out) <= 0.05


@pytest.mark.parametrize(
    ("name", "dangers", "harmless", "least_sent", "most_alarms"),
    [
        ("notes_third_held_out", 48, 62, 42, 8),
        ("notes_second_held_out", 14, 63, 14, 5),
        ("notes_fourth_held_out", 23, 127, 17, 22),
        ("notes_fifth_held_out", 33, 167, 27, 25),
    ],
)
def test_danger_told_by_another_author_goes_to_a_clinician(
    name: str, dangers: int, harmless: int, least_sent: int, most_alarms: int
) -> None:
    """Whatever it is called: a clinician sees the note either way.

    A sixth of the harmless notes of the fourth and fifth, and most of the third, were written to
    sound like danger.
    """
    sent, alarms, counted = 0, 0, [0, 0]
    for row in rows.load(DATA / f"{name}.jsonl"):
        is_danger = any(status != "history" for status in row["red_flags"].values())
        told = any(each != "history" for each in rows.predict_row(row, READER)["flags"].values())
        counted[is_danger] += 1
        sent, alarms = sent + (is_danger and told), alarms + (told and not is_danger)
    assert counted == [harmless, dangers]
    assert sent >= least_sent
    assert alarms <= most_alarms


@pytest.mark.parametrize("noise", [0.05, 0.1])
def test_mistyped_harmless_notes_raise_few_alarms(noise: float) -> None:
    assert alarm_ratio(summary("notes_held_out", noise)) <= 0.06


def test_sentences_cover_every_need_in_both_halves() -> None:
    for half in ("build", "held_out"):
        told = {one.need for one in SAID if one.tells and one.half == half}
        assert told == set(needs.load().needs)


def test_a_need_told_in_other_words_is_shown() -> None:
    kept = [one for one in SAID if one.half == "held_out"]
    assert sentences.shown_ratio([one for one in kept if one.tells], READER) >= 0.84
    assert sentences.shown_ratio([one for one in kept if not one.tells], READER) <= 0.16


@pytest.mark.parametrize(
    ("note", "need"),
    [
        ("Low sodium, rechecked.", "low_mood_anxiety"),
        ("The living room has underfloor heating pads.", "low_mood_anxiety"),
        ("She fell for him at a dance.", "falls_balance"),
        ("Takes two tablets daily.", "digital"),
        ("He was a taxi driver.", "transport"),
        ("Wife died twenty years ago, since remarried.", "bereavement"),
        ("Walks five miles daily.", "physical_activity"),
        ("Plenty of money in the bank.", "debt_money"),
        ("A goat track runs behind the house.", "nature_green"),
        ("CFS 6.", "ltc_self_management"),
    ],
)
def test_a_word_that_means_something_else_shows_no_need(note: str, need: str) -> None:
    assert need not in READER.read(note).shown


@pytest.mark.parametrize(
    ("note", "flag"),
    [
        ("He met a surgeon online and has sent her thousands for a flight.", "adult_safeguarding"),
        ("A caller told her to buy gift cards.", "adult_safeguarding"),
        ("My wife says the baby has been swapped.", "mental_health_crisis"),
        ("The television is telling my brother to leave.", "mental_health_crisis"),
        ("No food since Friday.", "urgent_basic_needs"),
        ("My son is cutting himself.", "suicide_selfharm"),
    ],
)
def test_danger_told_by_a_relative_or_by_a_scam_is_heard(note: str, flag: str) -> None:
    assert flag in {f.flag for f in READER.read(note).flags if f.status.needs_clinician}


@pytest.mark.parametrize(
    "note",
    [
        "Her friend is cutting herself and is being seen. She would like a netball club.",
        "Routine domestic violence question asked, none.",
        "Four past admissions under section, stable now, would like art.",
        "Obs fine.",
        "Kds at home, fom the village.",
        "Newspapers in piles up to the ceiling.",
    ],
)
def test_trouble_of_others_shorthand_and_slips_raise_nothing(note: str) -> None:
    assert not [f for f in READER.read(note).flags if f.status.needs_clinician]
