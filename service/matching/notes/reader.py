"""Reads one note into needs, facts and flags: the front door of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from service.matching import triage
from service.matching.notes import facts as circumstances
from service.matching.notes import flags as danger_reading
from service.matching.notes import hearing
from service.matching.notes import needs as need_reading
from service.matching.notes.context import Person, SentenceContext
from service.matching.notes.embedder import Embedder, open_embedder
from service.matching.notes.errors import NoteNotText, NoteTooLong
from service.matching.notes.kinds import (
    MAIN_SHARE_ALONE,
    MAIN_SHARE_WITH_NETWORK,
    find_interests,
    log_odds,
    rank_kinds,
    score_kinds,
)
from service.matching.notes.languages import LanguageReading, foreign_evidence, read_languages
from service.matching.notes.model import (
    Action,
    Evidence,
    Facts,
    FoundFlag,
    FoundInterest,
    FoundNeed,
    NoteReading,
)
from service.matching.notes.needs import NoteSentence, Sound
from service.matching.notes.people_facts import read_person
from service.matching.notes.rulebook import Rulebook, rulebook
from service.matching.notes.spelling import write_out
from service.matching.notes.taxonomy import clinical_words, kind_names, kinds_by_need
from service.matching.notes.words import Token, printable, sentences, tokenize

MAX_CHARACTERS = 50_000
_LEAST_CONFIDENCE = 0.03


@dataclass(frozen=True, slots=True)
class Heard:
    """One note's findings before confidence: see `NoteReader.hear`."""

    parts: Sequence[NoteSentence]
    read_order: Sequence[NoteSentence]
    spoken: LanguageReading
    evidence: Mapping[str, Sequence[Evidence]]
    need_marks: frozenset[str]
    danger_marks: frozenset[str]
    seen: hearing.Seen | None
    sound: Sound | None
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
        ranked = need_reading.rank(heard.evidence, heard.sound, book, heard.priors)
        kept = [n for n in ranked if n.confidence >= _LEAST_CONFIDENCE]
        shown = tuple(n.need for n in kept if _is_shown(n, heard.sound, book))
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
            _kinds(heard, kept, interests),
            interests,
            heard.facts,
            heard.flags,
            heard.spoken.found,
            heard.spoken.unread,
            self._embedder.name,
            book.version,
        )

    def hear(self, note: str, *, by_networks: bool = True) -> Heard:
        """Everything found in a note before it is weighed; for reading and for fitting weights.

        Without `by_networks` the model looks at the note and nothing fitted judges what it sees.
        """
        book = rulebook()
        text = printable(note)
        raw = tokenize(text)
        spoken = read_languages(text, raw)
        tokens = write_out([t for t in raw if not _is_foreign(t.start, spoken)])
        parts = self._sentences(note, tokens, read_person(text, tokens, book))
        read_order, most = _read_order(parts)
        spoken_of = need_reading.gather(read_order, book)
        told = danger_reading.gather(read_order, book)
        seen = hearing.look([part.tokens for part in read_order[:most]], self._embedder)
        sound = danger = None
        if seen is not None and by_networks:
            network = hearing.load_network("needs")
            main, accept = map(float, network.rules_share)
            sound = Sound(network.hear(seen, spoken_of.marks), (main, accept), read_order)
            danger = hearing.load_network("danger").hear(seen, told.marks)
        evidence = spoken_of.evidence
        foreign, foreign_flags = foreign_evidence(text, spoken)
        for need, items in foreign.items():
            evidence.setdefault(need, []).extend(items)
        is_low = any(not e.negated for e in evidence.get("low_mood_anxiety", []))
        found = danger_reading.find_flags(told, read_order, book, danger, is_low)
        flags = _with_foreign(found, foreign_flags)
        abuse = any(f.flag == "domestic_abuse" and f.status.needs_clinician for f in flags)
        facts = circumstances.read_facts(text, parts, book, spoken, evidence, abuse)
        return Heard(
            parts,
            read_order,
            spoken,
            evidence,
            spoken_of.marks,
            told.marks,
            seen,
            sound,
            flags,
            facts,
            _priors(facts, flags),
            len(raw),
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


def _read_order(parts: Sequence[NoteSentence]) -> tuple[list[NoteSentence], int]:
    """The sentences with those that the model reads first, and how many they are.

    The model reads at most `sentences` different ones, from the beginning and from the end.
    """
    most = int(rulebook().settings["heard"]["sentences"])
    texts: dict[tuple[str, ...], NoteSentence] = {}
    for part in parts:
        if part.tokens:
            texts.setdefault(tuple(t.norm for t in part.tokens), part)
    different = list(texts.values())
    if len(different) > most:
        different = different[: most // 2] + different[-(most // 2) :]
    known = {id(part) for part in different}
    return [*different, *(p for p in parts if id(p) not in known)], len(different)


def _kinds(
    heard: Heard, needs: Sequence[FoundNeed], interests: Sequence[FoundInterest]
) -> tuple[str, ...]:
    """Kinds of group by the needs found, and by what the network learned of others' groups."""
    book = rulebook()
    share_of_main = MAIN_SHARE_ALONE if heard.sound is None else MAIN_SHARE_WITH_NETWORK
    scores = score_kinds(
        needs,
        interests,
        heard.facts,
        heard.parts,
        kinds_by_need(),
        book,
        main_share=share_of_main,
    )
    chances: dict[str, float] = {}
    if heard.sound is not None and heard.seen is not None:
        network = hearing.load_network("kinds")
        (share,) = map(float, network.rules_share)
        told = network.hear(heard.seen, heard.need_marks)
        rules = kind_odds_by_rules(heard)
        chances = {
            kind: need_reading.chance(told[kind].odds[0] + share * rules[kind]) for kind in told
        }
    return rank_kinds(scores, chances, heard.facts, book)


def kind_odds_by_rules(heard: Heard) -> dict[str, float]:
    """Log-odds of each kind by rules alone: what the network of kinds adds to."""
    book = rulebook()
    ranked = need_reading.rank(heard.evidence, None, book, heard.priors)
    kept = [need for need in ranked if need.confidence >= _LEAST_CONFIDENCE]
    interests = find_interests(heard.parts, book)
    scores = score_kinds(kept, interests, heard.facts, heard.parts, kinds_by_need(), book)
    return {kind: log_odds(scores.get(kind, 0.0)) for kind in kind_names()}


def _is_shown(need: FoundNeed, sound: Sound | None, book: Rulebook) -> bool:
    """Whether a need is sure enough to show, with words to show for it."""
    if sound is None:
        met = "alone"
    else:
        met = "heard" if need.evidence and need.evidence[0].heard else "phrase"
    return not need.inferred and need.confidence >= float(book.settings["shown"][met])


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
