"""What the words around a phrase make of it: denied, uncertain, past, or somebody else's.

Scopes follow the clause. A denial runs forward to a comma, a contrasting word or seven words;
"no", "nobody" or "cannot" inside a need's own phrase never deny it, because rules carry them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.matching.notes.model import Subject, When
from service.matching.notes.patterns import Hit
from service.matching.notes.rulebook import CueRule, rulebook
from service.matching.notes.words import CLAUSE_WORDS, Token

_REACH = 7
_STOPS = CLAUSE_WORDS | frozenset(
    ["because", "since", "so", "apart", "only", "then", "while", "when", "who", "and"]
)
_LIST_STARTS = frozenset(["or", "nor"])
_SUBJECTS = frozenset(["he", "she", "they", "i", "pt", "patient"])
_YEAR = re.compile(r"(19[3-9]\d|20\d\d)")
_FRACTION = re.compile(r"(\d{1,3})/(7|52|12)")
_NUMBERS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "few": 3,
    "couple": 2,
    "several": 5,
    "many": 10,
    "a": 1,
    "some": 5,
}


@dataclass(frozen=True, slots=True)
class Person:
    """What is already known of the patient and bears on who a sentence is about."""

    gender: str | None = None
    first_person: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How one phrase of a sentence is to be read."""

    negated: bool
    uncertain: bool
    when: When
    subject: Subject
    who: str = ""
    requested: bool = False


class SentenceContext:
    """The cues of one sentence, ready to judge any phrase in it.

    Parameters
    ----------
    sentence : sequence of Token
        One sentence, never empty.
    person : Person
        What is known of the patient.
    today : date
        The day against which years count as recent or past.
    carried : str
        The relative the sentence before was about, "" when it was about the patient.
    """

    def __init__(
        self, sentence: Sequence[Token], person: Person, today: date, carried: str = ""
    ) -> None:
        self.tokens, self._person, self._today = sentence, person, today
        self._carried = carried
        hits = list(rulebook().cues.find(sentence))
        covered = {i for h in hits if h.rule.cue == "not_denial" for i in range(h.start, h.end)}
        self._hits = [
            h
            for h in hits
            if h.rule.cue not in {"denies", "denied"} or not covered & set(range(h.start, h.end))
        ]
        self._denied = self._denied_words()
        self._when = self._overall_time()

    def judge(self, start: int, end: int) -> Setting:
        """How tokens `start` up to `end` are to be read."""
        subject, who = self._subject(start, end)
        return Setting(
            self._is_negated(start, end),
            self._is_uncertain(start, end),
            self.when(start, end),
            subject,
            who,
            self._is_requested(start, end),
        )

    def at_work(self, start: int) -> bool:
        """Whether the phrase at `start` is part of somebody's work: same clause, at most 8 words.

        "Volunteers with rough sleepers" speaks of a helper, not of somebody without a bed.
        """
        return any(
            h.rule.cue == "occupation"
            and 0 <= start - h.start <= 8
            and self.tokens[h.start].segment == self.tokens[start].segment
            and not any(t.norm in _STOPS for t in self.tokens[h.end : start])
            for h in self._hits
        )

    def _is_requested(self, start: int, end: int) -> bool:
        """Whether a request stands in the phrase or up to eight words before it."""
        return any(
            h.rule.cue == "request" and h.start < end and start - h.end <= 8 and h.end <= end
            for h in self._hits
        )

    def _is_negated(self, start: int, end: int) -> bool:
        inside = [h for h in self._hits if h.rule.cue == "denies" and start <= h.start < end]
        if inside and inside[0].start == start:
            return any(start in r and o < start for o, r in self._denied)
        return any(
            start in reach or (end - 1) in reach
            for origin, reach in self._denied
            if not start <= origin < end
        )

    def _denied_words(self) -> list[tuple[int, range]]:
        reaches = []
        for hit in self._hits:
            if hit.rule.cue == "denies":
                reaches.append((hit.start, range(hit.end, self._forward(hit))))
            elif hit.rule.cue == "denied":
                first = self._backward(hit)
                if first < hit.start:
                    reaches.append((hit.start, range(first, hit.start)))
        return reaches

    def _forward(self, hit: Hit[CueRule]) -> int:
        tokens, at = self.tokens, hit.end
        segment = tokens[hit.end - 1].segment
        listing = self._lists_on(hit)
        while at < len(tokens) and (at - hit.end < _REACH or listing):
            token = tokens[at]
            if token.segment != segment and not listing:
                break
            if token.norm in _STOPS and not (token.norm == "and" and self._joins_nouns(at)):
                break
            if token.segment != segment and token.norm in _SUBJECTS:
                break
            at += 1
        return at

    def _lists_on(self, hit: Hit[CueRule]) -> bool:
        """Whether commas only separate a list that an "or" closes: denies A, B or C."""
        later = [i for i in range(hit.end, len(self.tokens)) if self.tokens[i].norm in _LIST_STARTS]
        if not later:
            return False
        sizes: dict[int, int] = {}
        for token in self.tokens[hit.end : later[0]]:
            sizes[token.segment] = sizes.get(token.segment, 0) + 1
        return len(sizes) > 1 and max(sizes.values()) <= 4

    def _joins_nouns(self, at: int) -> bool:
        following = self.tokens[at + 1].norm if at + 1 < len(self.tokens) else ""
        verbs = [
            "is",
            "has",
            "would",
            "wants",
            "keen",
            "feels",
            "lives",
            "likes",
            "needs",
            "asks",
            "asking",
            "enjoys",
            "has",
            "now",
        ]
        return following not in _SUBJECTS and following not in verbs

    def _backward(self, hit: Hit[CueRule]) -> int:
        segment = self.tokens[hit.start].segment
        first = hit.start
        while first > 0 and self.tokens[first - 1].segment >= segment - 1 and hit.start - first < 4:
            if (
                self.tokens[first - 1].segment != segment
                and hit.end < len(self.tokens)
                and (self.tokens[hit.end].segment == segment)
            ):
                break
            first -= 1
        return first

    def _is_uncertain(self, start: int, end: int) -> bool:
        if any(self.tokens[i].queried for i in range(start, end)):
            return True
        segment = self.tokens[start].segment
        return any(
            h.rule.cue == "uncertain"
            and self.tokens[h.start].segment == segment
            and h.end <= start
            and start - h.end < 5
            for h in self._hits
        )

    def when(self, start: int, end: int) -> When:
        """Past, recent or now, from the cues nearest to the phrase."""
        segment = self.tokens[start].segment
        near = {
            h.rule.cue
            for h in self._hits
            if h.rule.cue in {"past", "recent", "now"}
            and abs(self.tokens[h.start].segment - segment) <= 1
            and not start < h.start < end
        }
        if "now" in near and "past" not in near:
            return When.NOW
        if self._when is not None:
            return self._when
        if "recent" in near:
            return When.RECENT
        if "past" in near:
            return When.NOW if self._used_to_only() else When.PAST
        return When.NOW

    def _used_to_only(self) -> bool:
        lines = [h.rule.line for h in self._hits if h.rule.cue == "past"]
        return bool(lines) and all(line == "used to" for line in lines)

    def _overall_time(self) -> When | None:
        """Time from a number in the sentence: a year, 3/12, "twenty years ago"."""
        found: list[float] = []
        for i, token in enumerate(self.tokens):
            if (year := _YEAR.fullmatch(token.norm)) and int(year[1]) <= self._today.year:
                found.append(self._today.year - int(year[1]) - 0.5)
            elif part := _FRACTION.fullmatch(token.norm):
                found.append(int(part[1]) / {"7": 365, "52": 52, "12": 12}[part[2]])
            elif token.norm in {"ago", "back", "since", "earlier", "previously"} and i >= 2:
                found.extend(self._counted(i - 1))
            elif token.norm in {"for", "over"} and i + 2 < len(self.tokens) and i > 0:
                found.extend(self._counted(i + 2, only_when=("no", "none", "not", "sober", "well")))
        if not found:
            return None
        return When.PAST if max(found) >= 1.4 else When.RECENT

    def _counted(self, unit_at: int, only_when: Sequence[str] = ()) -> list[float]:
        words = {t.norm for t in self.tokens}
        if only_when and not words & set(only_when):
            return []
        sizes = {
            "day": 365.0,
            "week": 52.0,
            "month": 12.0,
            "year": 1.0,
            "decade": 0.1,
            "yr": 1.0,
            "fortnight": 26.0,
        }
        unit = sizes.get(self.tokens[unit_at].norm.removesuffix("s"))
        number = self.tokens[unit_at - 1].norm
        count = int(number) if number.isdigit() else _NUMBERS.get(number, 0)
        return [count / unit] if unit and count else []

    def _subject(self, start: int, end: int) -> tuple[Subject, str]:
        lists = rulebook().word_lists
        who = self._carried
        i = 0
        while i < start:
            word = self.tokens[i].norm
            if word in _SUBJECTS or word in {"herself", "himself", "myself"}:
                who = self._pronoun(word, who)
            elif word in lists["others"] and not self._is_object(i):
                who = word
            elif who and word in lists["reports"] and self.tokens[i - 1].norm == who:
                who = ""
            elif who and self.tokens[i].segment != self.tokens[max(0, i - 1)].segment:
                who = who if self._continues(i) else ""
            i += 1
        qualified = self._qualified(start)
        who = qualified or who
        return (Subject.OTHER, who) if who else (Subject.PATIENT, "")

    def _continues(self, at: int) -> bool:
        """A new segment keeps the relative as subject only when it goes on with a verb."""
        return self.tokens[at].norm in {"who", "has", "is", "was", "had", "and"}

    def _pronoun(self, word: str, who: str) -> str:
        lists = rulebook().word_lists
        if word in {"i", "pt", "patient", "myself"}:
            return ""
        gender = {"he": "M", "himself": "M", "she": "F", "herself": "F"}.get(word)
        if gender is None:
            return ""
        if self._person.first_person:
            return who or ("he" if gender == "M" else "she")
        if self._person.gender is None:
            return ""
        if gender != self._person.gender:
            kin = "male_kin" if gender == "M" else "female_kin"
            return who if who in lists[kin] else ("he" if gender == "M" else "she")
        return ""

    def _is_object(self, i: int) -> bool:
        """A relative after a preposition or a verb is not who the clause is about."""
        before = [t.norm for t in self.tokens[max(0, i - 3) : i]]
        if self.tokens[i].norm == "ex" and not set(before[-1:]) & {"her", "his", "my", "the"}:
            return True
        if self._qualified_by(i):
            return False
        lists = rulebook().word_lists
        blockers, determiners = lists["object_after"], lists["determiners"]
        rest = [w for w in reversed(before) if w not in determiners]
        if rest and rest[0] in blockers - determiners:
            return True
        following = self.tokens[i + 1].norm if i + 1 < len(self.tokens) else ""
        return not following or self.tokens[i + 1].segment != self.tokens[i].segment

    def _qualified_by(self, i: int) -> bool:
        return i + 1 < len(self.tokens) and self.tokens[i + 1].norm in {"who", "with"}

    def _qualified(self, start: int) -> str:
        """Whose "wife with dementia", "mother's cancer", "15-year-old with asthma" is: theirs."""
        lists = rulebook().word_lists
        for i in range(max(0, start - 4), start):
            word = self.tokens[i].norm
            known = word in lists["others"] or word in {"old", "olds"}
            if not known or self.tokens[i].segment != self.tokens[start].segment:
                continue
            possessive = self.tokens[i].text.lower().endswith(("'s", "’s", "s'", "s’"))
            if possessive and i == start - 1:
                return word
            parents = {"mum", "mother", "dad", "father", "parent", "carer", "wife", "husband"}
            if word in {"old", "olds"} and not {t.norm for t in self.tokens[:i]} & parents:
                continue
            if self.tokens[i + 1].norm in {"with", "who"} and i + 1 < start:
                later = self.tokens[i + 2].norm if i + 2 < len(self.tokens) else ""
                return "" if later in {"is", "looks", "cares", "visits", "helps"} else word
        return ""

    def last_subject(self) -> str:
        """The relative this sentence ended on, for a pronoun that opens the next one."""
        _, who = self._subject(len(self.tokens), len(self.tokens)) if self.tokens else (None, "")
        return who
