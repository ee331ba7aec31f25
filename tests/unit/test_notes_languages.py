from datetime import date

import pytest

from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.model import Action
from service.matching.notes.reader import NoteReader

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("Вона дуже самотня і не має їжі для дітей.", "uk"),
        ("وہ بہت اکیلی ہے اور کسی کو نہیں جانتی", "ur"),
        ("ਉਹ ਬਹੁਤ ਇਕੱਲੀ ਹੈ", "pa"),
        ("Ela está muito sozinha e não tem dinheiro para comida.", "pt"),
        ("Ella está muy sola desde que murió su marido y no tiene dinero.", "es"),
        ("Elle est très seule depuis la mort de son mari et ne parle pas avec les gens.", "fr"),
        ("Este foarte singur și nu are bani pentru căldură.", "ro"),
    ],
)
def test_a_language_without_words_is_named_and_never_an_empty_success(note, code):
    reading = READER.read(note)
    assert code in reading.unread_languages
    assert reading.action is Action.ASK_FOR_MORE
    assert "not supported" in reading.action_reason


def test_welsh_and_polish_notes_give_needs():
    welsh = READER.read("Mae ganddi iselder ac mae hi'n unig iawn. Hoffai wneud garddio.")
    assert {"loneliness_isolation", "low_mood_anxiety"} <= {n.need for n in welsh.needs[:5]}
    polish = READER.read("Pan jest bezrobotny i nie ma pieniędzy na jedzenie, bardzo samotny.")
    assert {"employment_training", "loneliness_isolation"} <= {n.need for n in polish.needs[:6]}
    assert polish.action is Action.MATCH


def test_danger_in_polish_is_not_missed():
    reading = READER.read("Pani mówi, że nie chce żyć i jest bardzo samotna.")
    assert reading.action is Action.TRIAGE_FIRST


def test_an_english_note_with_a_foreign_name_is_english():
    assert READER.read("Mr Kowalczyk is lonely and would like a choir.").languages == ("en",)
