"""Red flags and their status, on sentences written for the purpose."""

from datetime import date

import pytest

from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.model import Action
from service.matching.notes.reader import NoteReader

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))


def flags(note):
    return {f.flag: f.status.value for f in READER.read(note).flags}


@pytest.mark.parametrize(
    ("note", "flag", "status"),
    [
        ("Says he will hang himself if nothing changes.", "suicide_selfharm", "current"),
        ("Has been stashing her codeine in a shoebox.", "suicide_selfharm", "current"),
        ("Cut her arms with a blade three weeks ago.", "suicide_selfharm", "recent"),
        ("Wishes she would not wake up, no plan.", "suicide_selfharm", "passive"),
        ("Overdose in 1991, no thoughts of it since.", "suicide_selfharm", "history"),
        ("Her boyfriend slaps her when he is drunk.", "domestic_abuse", "current"),
        ("Fled her violent husband with the children.", "domestic_abuse", "recent"),
        ("First husband was violent, forty years ago.", "domestic_abuse", "history"),
        ("The toddler is left alone at night.", "child_safeguarding", "current"),
        ("A neighbour has taken his bank card and pension.", "adult_safeguarding", "current"),
        ("Hears voices telling her to run away.", "mental_health_crisis", "current"),
        ("Threatening to stab his boss.", "harm_to_others", "current"),
        ("No food in the house and nothing on the meter tonight.", "urgent_basic_needs", "current"),
        ("Crushing chest pain since this morning, clammy.", "acute_medical", "current"),
    ],
)
def test_a_flag_is_found_with_its_status(note, flag, status):
    assert flags(note).get(flag) == status


@pytest.mark.parametrize(
    "note",
    [
        "No suicidal thoughts, no self-harm. Lonely.",
        "My back is killing me and I am dying to dance again.",
        "Could murder a curry but wants to lose weight.",
        "Her brother took his own life in 2020 and she is grieving.",
        "Bored to death since he retired.",
        "Never had any domestic violence. Would like a choir.",
        "Wants to end her tenancy and move.",
        "Cost of living crisis, behind with the rent.",
        "Would like help without medication for low mood.",
    ],
)
def test_ordinary_speech_raises_nothing(note):
    assert {f: s for f, s in flags(note).items() if s != "history"} == {}


def test_any_serious_flag_stops_matching_and_history_does_not():
    stopped = READER.read("Lonely. Says she wants to die.")
    assert stopped.action is Action.TRIAGE_FIRST
    assert stopped.needs
    assert READER.read("Lonely. Took an overdose in 1995.").action is Action.MATCH


def test_between_two_statuses_the_more_serious_is_taken():
    note = "Overdose in 2002. Tonight she says she is going to kill herself."
    assert flags(note)["suicide_selfharm"] == "current"


def test_suspected_abuse_limits_contact_before_anybody_confirms_it():
    reading = READER.read("Husband hits her. Asks about sewing.")
    forbidden = str(reading.facts.get("safe_contact"))
    assert all(channel in forbidden for channel in ("text", "letter", "voicemail", "email"))


def test_every_flag_says_what_to_do_and_quotes_the_note():
    note = "He carries a knife for protection and says he will stab his neighbour."
    for flag in READER.read(note).flags:
        assert flag.what_to_do
        assert note[flag.span[0] : flag.span[1]] == flag.words


@pytest.mark.parametrize(
    "note",
    [
        "I want to die.",
        "Feeling very low. I want to die.",
        "I wish I was dead",
        "I cut myself when it gets bad",
        "My dad hurts me",
        "I cannot go on any more",
        "I can't go on like this",
    ],
)
def test_danger_in_a_persons_own_short_words_is_heard(note: str) -> None:
    """A few plain words are no other language: "i" and "to" are Polish words as well."""
    reading = READER.read(note)
    assert reading.action is Action.TRIAGE_FIRST
    assert reading.languages == ("en",)


@pytest.mark.parametrize("note", ["I can't go on the bus alone.", "I cut my hair myself."])
def test_plain_words_that_only_sound_like_it_raise_nothing(note: str) -> None:
    assert READER.read(note).flags == ()
