"""Scope of denial, whose experience, and when: on sentences written for the purpose."""

from datetime import date

import pytest

from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.reader import NoteReader

READER = NoteReader(NullEmbedder(), date(2026, 3, 1))


def shown(note):
    return set(READER.read(note).shown)


@pytest.mark.parametrize(
    ("note", "present", "absent"),
    [
        ("Not lonely but she cannot afford the gas bill.", "energy_warmth", "loneliness_isolation"),
        ("Denies debts. Has had two falls this month.", "falls_balance", "debt_money"),
        ("Has no friends here and no English.", "loneliness_isolation", "debt_money"),
        ("Nobody to talk to, no car.", "loneliness_isolation", "smoking"),
        ("His wife smokes heavily; he wants to join a gym.", "physical_activity", "smoking"),
        ("Her sister is very overweight. She needs help with a PIP form.", "benefits_advice",
         "healthy_weight"),
        ("Never smoked, teetotal. Very isolated since moving.", "loneliness_isolation",
         "addiction_recovery"),
        ("Was homeless in 2004. Now housed and keen to start swimming.", "physical_activity",
         "housing"),
    ],
)  # fmt: skip
def test_what_is_denied_past_or_theirs_is_not_shown(note, present, absent):
    assert present in shown(note)
    assert absent not in shown(note)


def test_a_need_is_quoted_in_the_words_of_the_note():
    note = "64F. Since Easter she has hardly spoken to anyone, and her boiler is broken."
    for need in READER.read(note).needs:
        assert note[need.span[0] : need.span[1]] == need.words
        assert need.inferred == (need.words == "")


def test_only_needs_with_words_of_their_own_are_shown():
    reading = READER.read("Widowed in spring, cries every evening and feels very lonely.")
    by_id = {n.need: n for n in reading.needs}
    assert reading.shown
    assert all(by_id[need].words for need in reading.shown)


def test_a_carer_is_not_given_the_condition_of_the_cared_for():
    facts = READER.read("71F looks after her husband, who has Alzheimer's. She is worn out.").facts
    assert facts.get("carer") is True
    assert facts.get("subject_has_dementia") is False
