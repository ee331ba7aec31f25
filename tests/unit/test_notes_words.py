import pytest

from service.matching.notes.spelling import speller, write_out
from service.matching.notes.words import printable, sentences, stem, tokenize


def norms(text):
    return [t.norm for t in write_out(tokenize(printable(text)))]


def test_every_token_quotes_the_note_exactly():
    note = "Ring Mrs O’Neil – she can't manage; pain 6/10 since 3/12. ?falls"
    for token in tokenize(note):
        assert note[token.start : token.end] == token.text


def test_abbreviations_are_written_out_and_keep_their_place():
    tokens = write_out(tokenize("C/o TATT, SOB on stairs"))
    assert [t.norm for t in tokens[:6]] == ["complains", "of", "tired", "all", "the", "time"]
    assert {(t.start, t.end) for t in tokens if t.norm in {"tired", "time"}} == {(4, 8)}


def test_an_abbreviation_in_capitals_only_is_left_alone_in_lower_case():
    assert "multiple" in norms("Has MS")
    assert "multiple" not in norms("the ms was read")


def test_slips_are_mended_and_real_words_are_not():
    assert norms("she is lonley and anxous")[2:] == ["lonely", "and", "anxious"]
    assert norms("cleaned the window and the bread bin") == [
        "cleaned", "the", "window", "and", "the", "bread", "bin",
    ]  # fmt: skip
    assert speller().mend("qzxvkw") == "qzxvkw"


def test_capitals_are_not_taken_for_slips():
    assert norms("DNA'd clinic")[0] == "dnad"


def test_a_question_mark_before_a_word_asks_and_does_not_end_the_sentence():
    tokens = tokenize("Low mood ?counselling ?SPLW")
    assert len(sentences(tokens)) == 1
    assert [t.text for t in tokens if t.queried] == ["counselling", "SPLW"]


def test_markup_is_blanked_without_moving_anything():
    note = "sad<script>alert('x')</script> man\x00."
    assert len(printable(note)) == len(note)
    assert norms(note) == ["sad", "man"]


def test_stems_keep_at_least_four_letters():
    assert stem("caring") == "caring"
    assert stem("drinking") == stem("drinks") == "drink"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("wfe", "wife"), ("flls", "falls"), ("lonly", "lonely"), ("husbnad", "husband")],
)
def test_slips_in_short_and_long_words_are_mended(typed, meant):
    assert [t.norm for t in write_out(tokenize(typed))] == [meant]


@pytest.mark.parametrize("name", ["Bev", "Raj", "Kaz"])
def test_a_short_name_is_not_a_slip(name):
    assert [t.norm for t in write_out(tokenize(name))] == [name.lower()]


@pytest.mark.parametrize("typed", ["obs", "esp", "cor", "prepayment"])
def test_shorthand_and_words_known_by_their_beginning_are_left_alone(typed):
    assert [t.norm for t in write_out(tokenize(typed))] == [typed]


def test_weeks_of_pregnancy_and_pounds_are_words():
    assert [t.norm for t in tokenize("30/40, owes £20")] == ["30/40", "owes", "gbp", "20"]
