"""All circumstances of one note, each with its words."""

from __future__ import annotations

from collections.abc import Sequence

from geo.errors import Json
from service.matching.notes import people_facts as people
from service.matching.notes import times_facts as times
from service.matching.notes.languages import LanguageReading
from service.matching.notes.model import Evidence, Fact, Facts, Subject, When
from service.matching.notes.needs import NoteSentence
from service.matching.notes.rulebook import Rulebook

_PATIENT_ONLY = frozenset(
    {
        "mobility",
        "carer",
        "housebound",
        "online",
        "has_phone",
        "disability",
        "works",
        "quiet",
        "women_only",
        "men_only",
    }
)
_CURRENT_ONLY = frozenset({"housing", "housebound", "mobility", "works", "carer"})


def read_facts(
    note: str,
    sentences: Sequence[NoteSentence],
    book: Rulebook,
    spoken: LanguageReading,
    evidence: dict[str, list[Evidence]],
    is_abuse_suspected: bool,
) -> Facts:
    """The facts of a note in reading order of their kind; the first statement of a key wins.

    A relative's condition, mobility or habits never become the person's.
    """
    tokens = [t for s in sentences for t in s.tokens]
    found: dict[str, Fact] = {}
    age = people.read_age(note)
    optional = (
        age,
        None if age else people.read_age_band(note),
        people.read_gender(note, tokens, book),
        _phrase_language(spoken),
        times.read_safe_contact(note, is_abuse_suspected),
        _whose_dementia(evidence.get("memory_dementia", [])),
    )
    for fact in (*optional, *times.read_times(note), *_phrases(sentences, book)):
        if fact is not None:
            found.setdefault(fact.key, fact)
    if "interpreter" in found and found["interpreter"].value is False:
        del found["interpreter"]
    return Facts(tuple(found.values()))


def _phrase_language(spoken: LanguageReading) -> Fact | None:
    if spoken.prefers is None:
        return None
    return Fact("language", spoken.prefers, spoken.words, spoken.span)


def _whose_dementia(items: Sequence[Evidence]) -> Fact | None:
    said = [e for e in items if not e.negated and e.strength >= 0.5]
    if not said:
        return None
    own = next((e for e in said if e.subject is Subject.PATIENT), None)
    best = own or said[0]
    return Fact("subject_has_dementia", own is not None, best.words, best.span)


def _phrases(sentences: Sequence[NoteSentence], book: Rulebook) -> list[Fact]:
    found: list[Fact] = []
    for sentence in sentences:
        best: dict[str, tuple[int, Fact]] = {}
        for hit in book.facts.find(sentence.tokens):
            key, _, text = hit.rule.name.partition("=")
            setting = sentence.context.judge(hit.start, hit.end)
            theirs = setting.subject is Subject.OTHER and key in _PATIENT_ONLY
            over = setting.when is When.PAST and key in _CURRENT_ONLY
            if setting.negated or theirs or over:
                continue
            words, span = sentence.words(hit)
            value: Json = {"true": True, "false": False}.get(text, text)
            length = hit.end - hit.start
            if key not in best or length > best[key][0]:
                best[key] = (length, Fact(key, value, words, span))
        found.extend(fact for _, fact in best.values())
    return found
