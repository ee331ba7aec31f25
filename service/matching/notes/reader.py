"""Reads one note into needs, facts and flags: the front door of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from service.matching import triage
from service.matching.notes import facts as circumstances
from service.matching.notes import needs as need_reading
from service.matching.notes.context import Person, SentenceContext
from service.matching.notes.embedder import Embedder, open_embedder
from service.matching.notes.errors import NoteNotText, NoteTooLong
from service.matching.notes.flags import find_flags
from service.matching.notes.kinds import find_interests, rank_kinds
from service.matching.notes.languages import LanguageReading, foreign_evidence, read_languages
from service.matching.notes.model import Action, Evidence, Facts, FoundFlag, NoteReading
from service.matching.notes.needs import NoteSentence
from service.matching.notes.people_facts import read_person
from service.matching.notes.rulebook import rulebook
from service.matching.notes.similarity import MeaningIndex, Nearness
from service.matching.notes.spelling import write_out
from service.matching.notes.taxonomy import clinical_words, kinds_by_need
from service.matching.notes.words import Token, printable, sentences, tokenize

MAX_CHARACTERS = 50_000
_LEAST_CONFIDENCE = 0.03


@dataclass(frozen=True, slots=True)
class Heard:
    """One note's findings before confidence: see `NoteReader.hear`."""

    parts: Sequence[NoteSentence]
    spoken: LanguageReading
    evidence: Mapping[str, Sequence[Evidence]]
    nearness: Mapping[str, Nearness]
    flags: tuple[FoundFlag, ...]
    facts: Facts
    priors: Mapping[str, float]
    word_count: int


class NoteReader:
    """Reads notes with the installed rules and one embedder.

    Parameters
    ----------
    embedder : Embedder | None
        None opens the installed model, or reads by rules alone when there is none.
    today : date | None
        The day against which "in 2019" counts as past; None is the day of reading (UTC).

    Notes
    -----
    Reading is a pure function of the note, the rules, the embedder and the day: the same note
    gives the same reading. Text in a note is data and changes nothing but the reading itself.
    """

    def __init__(self, embedder: Embedder | None = None, today: date | None = None) -> None:
        self._embedder = embedder if embedder is not None else open_embedder()
        self._today = today
        self._meaning: MeaningIndex | None = None

    def warm(self) -> None:
        """Load rules, model and the index of spelling, so that no later reading waits for them."""
        self.read("Lonley, wants hlep.")

    def read(self, note: object) -> NoteReading:
        """What the note says.

        Raises
        ------
        NoteNotText
            If `note` is not a string.
        NoteTooLong
            If it has more than MAX_CHARACTERS characters (50,000).
        """
        if not isinstance(note, str):
            raise NoteNotText(
                "A note must be text. Send the words of the letter as a string.",
                given=type(note).__name__,
            )
        if len(note) > MAX_CHARACTERS:
            raise NoteTooLong(
                f"The note has {len(note):,} characters; at most {MAX_CHARACTERS:,} are read. "
                "Send the letter without its attachments.",
                characters=len(note),
                most=MAX_CHARACTERS,
            )
        return self._read(note)

    def _read(self, note: str) -> NoteReading:
        book = rulebook()
        heard = self.hear(note)
        ranked = need_reading.rank(heard.evidence, heard.nearness, book, heard.priors)
        kept = [n for n in ranked if n.confidence >= _LEAST_CONFIDENCE]
        threshold = book.settings["shown"]["threshold"]
        shown = tuple(n.need for n in kept if n.confidence >= threshold and not n.inferred)
        interests = find_interests(heard.parts, book)
        action, reason = triage.decide(
            triage.Signs(
                heard.flags,
                shown,
                heard.word_count,
                _clinical_words(heard.parts),
                heard.spoken.unread,
                heard.spoken.english_share,
                _is_readable(note),
            )
        )
        shown = () if action is Action.OUT_OF_SCOPE else shown
        return NoteReading(
            action,
            reason,
            tuple(kept),
            shown,
            rank_kinds(kept, interests, heard.facts, heard.parts, kinds_by_need(), book),
            interests,
            heard.facts,
            heard.flags,
            heard.spoken.found,
            heard.spoken.unread,
            self._embedder.name,
            book.version,
        )

    def hear(self, note: str) -> Heard:
        """Everything found in a note before it is weighed; for reading and for fitting weights."""
        book = rulebook()
        text = printable(note)
        raw = tokenize(text)
        spoken = read_languages(text, raw)
        tokens = write_out([t for t in raw if not _is_foreign(t.start, spoken)])
        parts = self._sentences(note, tokens, read_person(text, tokens, book))
        nearness, danger, read_order = self._nearness(parts)
        evidence = need_reading.gather(read_order, book)
        foreign, foreign_flags = foreign_evidence(text, spoken)
        for need, items in foreign.items():
            evidence.setdefault(need, []).extend(items)
        is_low = any(not e.negated for e in evidence.get("low_mood_anxiety", []))
        flags = _with_foreign(find_flags(read_order, book, danger, is_low), foreign_flags)
        abuse = any(f.flag == "domestic_abuse" and f.status.needs_clinician for f in flags)
        facts = circumstances.read_facts(text, parts, book, spoken, evidence, abuse)
        return Heard(
            parts, spoken, evidence, nearness, flags, facts, _priors(facts, flags), len(raw)
        )

    def _sentences(self, note: str, tokens: Sequence[Token], person: Person) -> list[NoteSentence]:
        today = self._today or datetime.now(UTC).date()
        parts: list[NoteSentence] = []
        carried = ""
        for sentence in sentences(list(tokens)):
            context = SentenceContext(sentence, person, today, carried)
            parts.append(NoteSentence(sentence, context, note))
            carried = ""
        return parts

    def _nearness(
        self, parts: Sequence[NoteSentence]
    ) -> tuple[dict[str, Nearness], tuple[str, Nearness] | None, list[NoteSentence]]:
        """Meaning of at most `sentences` different sentences; they come first in the order."""
        book = rulebook()
        most = int(book.settings["meaning"]["sentences"])
        texts: dict[str, NoteSentence] = {}
        for part in parts:
            words = " ".join(t.norm for t in part.tokens)
            if len(part.tokens) >= 2:
                texts.setdefault(words, part)
        chosen = dict(list(texts.items())[: most // 2] + list(texts.items())[-most // 2 :])
        rest = [p for p in parts if all(p is not c for c in chosen.values())]
        if not chosen or not self._embedder.is_available:
            return {}, None, list(parts)
        if self._meaning is None:
            self._meaning = MeaningIndex(book, self._embedder)
        vectors = self._embedder.embed(list(chosen))
        return (
            self._meaning.needs(vectors),
            self._meaning.danger(vectors, [[t.norm for t in p.tokens] for p in chosen.values()]),
            [*chosen.values(), *rest],
        )


def _is_foreign(at: int, spoken: LanguageReading) -> bool:
    return any(start <= at < end for _, (start, end) in spoken.stretches)


def _with_foreign(
    flags: tuple[FoundFlag, ...], foreign: Sequence[FoundFlag]
) -> tuple[FoundFlag, ...]:
    known = {f.flag for f in flags}
    advice = rulebook().what_to_do
    added = [
        FoundFlag(f.flag, f.status, f.words, f.span, advice[f.flag])
        for f in foreign
        if f.flag not in known
    ]
    return tuple(sorted((*flags, *added), key=lambda f: (f.status.rank, f.flag)))


def _priors(facts: Facts, flags: Sequence[FoundFlag]) -> dict[str, float]:
    """Log-odds that age and flags add; the sizes are this project's defaults."""
    priors: dict[str, float] = {}
    age = facts.get("age")
    if isinstance(age, int):
        if age <= 17:
            priors = {"young_person": 4.0, "parenting_family": 0.3}
        elif age <= 20:
            priors = {"young_person": 2.2}
        elif age <= 24:
            priors = {"young_person": 1.0}
        else:
            priors = {"young_person": -3.0}
    else:
        priors = {"young_person": -0.8}
    for flag in flags:
        if flag.flag == "domestic_abuse" and flag.status.needs_clinician:
            priors["domestic_abuse_support"] = 3.0
        if flag.flag == "adult_safeguarding" and flag.status.needs_clinician:
            priors["social_care_assessment"] = 2.0
    return priors


def _clinical_words(parts: Sequence[NoteSentence]) -> int:
    """How many different words of a request to a clinic the note has."""
    return len({hit.rule for part in parts for hit in clinical_words().find(part.tokens)})


def _is_readable(note: str) -> bool:
    visible = [c for c in note if not c.isspace()]
    good = sum(c.isalnum() or c in ".,;:!?'’\"()-/&%+#£@…" for c in visible)
    return not visible or good / len(visible) > 0.6
