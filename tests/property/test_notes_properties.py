"""What must not change when a note is changed in ways that do not matter."""

import json
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from service.matching.evaluation.noise import with_typing_noise
from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.model import Action, FlagStatus
from service.matching.notes.reader import NoteReader

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))
DATA = Path(__file__).resolve().parent.parent / "data"
LINES = (DATA / "notes_dev.jsonl").read_text(encoding="utf-8").splitlines()
NOTES = [json.loads(line)["note"] for line in LINES]
CHATTER = ["BP 132/78.", "Flu jab given.", "Bloods to be repeated in 3/12.", "Weight 71 kg."]
SETTINGS = settings(max_examples=60, deadline=None)
notes = st.sampled_from(NOTES)


@SETTINGS
@given(st.text(max_size=400))
def test_any_text_at_all_gives_a_reading_that_holds_together(text):
    reading = READER.read(text)
    assert reading.action_reason
    assert len({n.need for n in reading.needs}) == len(reading.needs)
    assert len(set(reading.kinds)) == len(reading.kinds)
    for found in (*reading.needs, *reading.flags, *reading.interests):
        assert text[found.span[0] : found.span[1]] == found.words
    for need in reading.needs:
        assert 0 <= need.confidence <= 1


@SETTINGS
@given(notes, st.binary(max_size=60))
def test_rubbish_after_a_note_takes_no_flag_away(note, rubbish):
    before = {f.flag for f in READER.read(note).flags if f.status.needs_clinician}
    after = READER.read(note + "\n" + rubbish.decode("latin-1"))
    assert before <= {f.flag for f in after.flags}


@SETTINGS
@given(notes)
def test_reading_twice_is_reading_once(note):
    assert READER.read(note) == READER.read(note)


@SETTINGS
@given(notes, st.sampled_from(CHATTER))
def test_clinical_chatter_adds_no_flag_and_no_shown_social_need(note, chatter):
    before, after = READER.read(note), READER.read(chatter + " " + note)
    assert {f.flag for f in after.flags} == {f.flag for f in before.flags}
    assert not (set(after.shown) - set(before.shown)) & {"housing", "debt_money", "smoking"}


MALE = {"he": "she", "his": "her", "him": "her", "himself": "herself", "man": "woman"}


@SETTINGS
@given(st.sampled_from([
    "He is lonely since his move and nobody visits him.",
    "He cannot afford to heat his flat.",
    "This man drinks too much and worries about his debts.",
    "He has fallen twice and has lost his confidence.",
]))  # fmt: skip
def test_the_sex_of_the_person_changes_no_need(note):
    words = [MALE.get(w.lower(), w) for w in note.split()]
    assert set(READER.read(note).shown) == set(READER.read(" ".join(words)).shown)


@SETTINGS
@given(
    st.sampled_from(["took an overdose", "tried to hang himself", "cut his wrists"]),
    st.integers(1970, 2020),
)
def test_moving_a_risk_into_the_past_makes_it_history_and_back(act, year):
    past = READER.read(f"He {act} in {year}. Would like a walking group.")
    assert [f.status for f in past.flags] == [FlagStatus.HISTORY]
    assert past.action is Action.MATCH
    near = READER.read(f"He {act} last week. Would like a walking group.")
    assert near.action is Action.TRIAGE_FIRST


@SETTINGS
@given(st.sampled_from(["Denies", "No", "Never had any", "Without any"]), st.sampled_from([
    "thoughts of suicide", "self-harm", "domestic violence", "suicidal ideation",
]))  # fmt: skip
def test_a_denied_risk_is_no_flag(denial, risk):
    assert READER.read(f"{denial} {risk}. Wants to sing.").flags == ()


def test_typing_noise_keeps_most_of_what_was_said():
    note = "She is very lonely, grieving for her husband, and frightened of falling again."
    wanted = {"loneliness_isolation", "bereavement", "falls_balance"}
    kept = 0
    for seed in range(40):
        noisy = with_typing_noise(note, 0.05, str(seed))
        kept += len(wanted & {n.need for n in READER.read(noisy).needs[:6]})
    assert kept >= 0.85 * 40 * len(wanted)
