from datetime import date

import pytest

from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.reader import NoteReader

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("note", "key", "value"),
    [
        ("58M lonely", "age", 58),
        ("58M lonely", "gender", "M"),
        ("She is 7 years old and shy", "age", 7),
        ("Mother of a 12-year-old boy, 41F", "age", 41),
        ("Lady in her late 70s, lonely", "age_band", "75-84"),
        ("Widower nearing 60", "age_band", "55-64"),
        ("Lives by herself, walks with a zimmer", "lives_alone", True),
        ("Lives by herself, walks with a zimmer", "mobility", "frame"),
        ("Uses a wheelchair", "mobility", "wheelchair"),
        ("Needs to be home by half past two", "before", "14:30"),
        ("Must leave at 3pm", "before", "15:00"),
        ("Free on Mondays and Wednesdays", "free_days", ["MO", "WE"]),
        ("Speaks Farsi and needs an interpreter", "language", "fa"),
        ("Speaks Farsi and needs an interpreter", "interpreter", True),
        ("Ladies only please", "women_only", True),
        ("Sold his car last year", "transport", "none"),
        ("She has not been able to leave the house", "housebound", True),
        ("Not online", "online", False),
        ("Please do not text or write to the house", "safe_contact", "no text or letter"),
    ],
)
def test_a_circumstance_is_read(note, key, value):
    assert READER.read(note).facts.get(key) == value


@pytest.mark.parametrize(
    ("note", "key"),
    [
        ("Took an overdose aged 19", "age"),
        ("Her son, 30, lives abroad", "age"),
        ("His wife uses a wheelchair", "mobility"),
        ("BMI 41, HbA1c 46", "age"),
    ],
)
def test_somebody_elses_circumstance_is_not_the_patients(note, key):
    assert READER.read(note).facts.get(key) is None


def test_every_fact_quotes_the_note_or_nothing():
    note = "Mrs P, 84F, lives alone, sight loss, needs to be back by 4. Speaks Welsh."
    for fact in READER.read(note).facts.found:
        assert note[fact.span[0] : fact.span[1]].strip() == fact.words.strip()
