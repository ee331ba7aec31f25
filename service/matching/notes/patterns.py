"""The small language rules are written in, and its matcher.

A pattern is a line of words. `lonel*` matches a beginning, `a|b` either word, `word?` a word that
may be missing, `..` up to three words between, `...` up to six, `{name}` any phrase of a group
(also as one of several alternatives). Plain words also match their plural and verb endings;
`=word` matches exactly that word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from service.matching.notes.errors import RulesInvalid
from service.matching.notes.words import Token, stem

T = TypeVar("T")
GAPS = {"..": 3, "...": 6}


@dataclass(frozen=True, slots=True)
class Word:
    """One word to match: exact, by stem, or by its beginning."""

    text: str
    prefix: bool = False
    exact: bool = False

    def fits(self, norm: str) -> bool:
        """Whether a token's norm is this word."""
        if self.prefix:
            return norm.startswith(self.text)
        return norm == self.text or (not self.exact and stem(norm) == stem(self.text))


Phrase = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a pattern: alternative words and phrases, or a gap of at most `gap` words.

    Single words are held as sets and phrases by the stem of their first word, so a step of fifty
    alternatives costs as much as one; `open_longer` are phrases that start with a beginning.
    """

    exact: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    longer: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    open_longer: tuple[Phrase, ...] = ()
    gap: int = 0
    optional: bool = False

    @classmethod
    def of(cls, phrases: Sequence[Phrase], optional: bool) -> Element:
        """An element that any of these phrases satisfies."""
        single = [phrase[0] for phrase in phrases if len(phrase) == 1]
        longer: dict[str, tuple[Phrase, ...]] = {}
        for phrase in phrases:
            if len(phrase) > 1 and not phrase[0].prefix:
                first = stem(phrase[0].text)
                longer[first] = (*longer.get(first, ()), phrase)
        return cls(
            frozenset(w.text for w in single if w.exact),
            frozenset(stem(w.text) for w in single if not w.exact and not w.prefix),
            tuple(w.text for w in single if w.prefix),
            longer,
            tuple(phrase for phrase in phrases if len(phrase) > 1 and phrase[0].prefix),
            optional=optional,
        )

    def takes(self, norm: str) -> bool:
        """Whether one word alone satisfies the element."""
        return (
            stem(norm) in self.stems
            or norm in self.exact
            or (bool(self.prefixes) and norm.startswith(self.prefixes))
        )

    def firsts(self) -> list[Word]:
        """Every word an occurrence can begin with."""
        singles = [Word(w, exact=True) for w in sorted(self.exact)]
        singles += [Word(w) for w in sorted(self.stems)]
        singles += [Word(w, prefix=True) for w in self.prefixes]
        listed = [*self.open_longer, *(p for held in self.longer.values() for p in held)]
        return [*singles, *(phrase[0] for phrase in listed)]

    def phrases(self, norms: Sequence[str]) -> Iterator[Phrase]:
        """The longer alternatives that may begin with one of these readings of a word."""
        for norm in norms:
            yield from self.longer.get(stem(norm), ())
        yield from self.open_longer


Pattern = tuple[Element, ...]


def _word(text: str, line: str) -> Word:
    exact = text.startswith("=")
    body = text.removeprefix("=")
    prefix = body.endswith("*")
    body = body.removesuffix("*").replace("'", "").lower()
    if not body or not all(c.isalnum() or c in "/." for c in body):
        raise RulesInvalid(
            f"The pattern “{line}” has a part that is not a word: “{text}”. "
            "Use words, a|b, word?, word*, {group}, .. or ... only.",
            pattern=line,
        )
    return Word(body, prefix, exact)


def parse(line: str, groups: Mapping[str, Sequence[str]]) -> Pattern:
    """One pattern line as elements.

    Raises
    ------
    RulesInvalid
        If a group is unknown, a part is not a word, or the line begins or ends with a gap.
    """
    elements: list[Element] = []
    known: list[bool] = []
    for part in line.replace("-", " ").split():
        optional = part.endswith("?") and len(part) > 1
        part = part.removesuffix("?") if optional else part
        if part in GAPS:
            elements.append(Element(gap=GAPS[part]))
            known.append(False)
        else:
            phrases = [p for option in part.split("|") for p in _option(option, line, groups)]
            elements.append(Element.of(phrases, optional))
            known.append(not optional)
    if not known or not known[0] or elements[-1].gap:
        raise RulesInvalid(
            f"The pattern “{line}” must begin and end with a word that has to be there.",
            pattern=line,
        )
    return tuple(elements)


def _option(option: str, line: str, groups: Mapping[str, Sequence[str]]) -> list[tuple[Word, ...]]:
    if not (option.startswith("{") and option.endswith("}")):
        return [(_word(option, line),)]
    name = option[1:-1]
    if name not in groups:
        raise RulesInvalid(
            f"The pattern “{line}” names the group “{name}”, which groups.toml lacks.",
            pattern=line,
            group=name,
        )
    return [tuple(_word(w, line) for w in phrase.split()) for phrase in groups[name]]


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A pattern found: tokens `start` up to, not including, `end` of one sentence.

    `guessed` are the places of misspelt words without whose other readings it would not be there.
    """

    start: int
    end: int
    rule: T
    guessed: tuple[int, ...] = ()


class Matcher(Generic[T]):
    """Finds every pattern of a set in a sentence, in time that hardly grows with the set.

    Patterns are looked up by their first word, so a sentence meets only the few that can start
    at each of its words.

    Parameters
    ----------
    rules : iterable of pattern and rule
    loose : bool
        Whether a misspelt word also counts as any word it may have been (`Token.maybe`).
    """

    def __init__(self, rules: Iterable[tuple[Pattern, T]], *, loose: bool = False) -> None:
        self._loose = loose
        self._exact: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        self._stems: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        self._prefixes: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        for pattern, rule in rules:
            for first in dict.fromkeys(pattern[0].firsts()):
                if first.prefix:
                    self._prefixes[first.text].append((pattern, rule))
                elif first.exact:
                    self._exact[first.text].append((pattern, rule))
                else:
                    self._stems[stem(first.text)].append((pattern, rule))
        self._lengths = sorted({len(p) for p in self._prefixes})

    def find(self, sentence: Sequence[Token]) -> Iterator[Hit[T]]:
        """Every hit in reading order; of one rule and start only the shortest."""
        as_it_stands = sentence
        if any(token.maybe for token in sentence):
            as_it_stands = [replace(token, maybe=()) for token in sentence]
        sentence = sentence if self._loose else as_it_stands
        for start, token in enumerate(sentence):
            tried: set[int] = set()
            for pattern, rule in self._starting_with_any(token):
                if token.maybe and id(pattern) in tried:
                    continue
                tried.add(id(pattern))
                end = _match(sentence, start, pattern, 0)
                if end > 0:
                    sure = sentence is as_it_stands or _match(as_it_stands, start, pattern, 0) > 0
                    yield Hit(start, end, rule, () if sure else _guessed(sentence, start, end))

    def _starting_with_any(self, token: Token) -> Iterator[tuple[Pattern, T]]:
        for norm in _readings(token):
            yield from self._starting_with(norm)

    def _starting_with(self, norm: str) -> Iterator[tuple[Pattern, T]]:
        yield from self._exact.get(norm, ())
        yield from self._stems.get(stem(norm), ())
        for length in self._lengths:
            yield from self._prefixes.get(norm[:length], ()) if length <= len(norm) else ()


def _guessed(sentence: Sequence[Token], start: int, end: int) -> tuple[int, ...]:
    return tuple(i for i in range(start, end) if sentence[i].maybe)


def _readings(token: Token) -> tuple[str, ...]:
    return (token.norm, *token.maybe)


def _match(sentence: Sequence[Token], at: int, pattern: Pattern, step: int) -> int:
    """The end of the shortest match of pattern[step:] from `at`, or -1."""
    if step == len(pattern):
        return at
    element = pattern[step]
    if element.gap:
        for skipped in range(element.gap + 1):
            end = _match(sentence, at + skipped, pattern, step + 1)
            if end > 0:
                return end
        return -1
    loose = step == 0 or bool(pattern[step - 1].gap)
    if (
        at < len(sentence)
        and any(element.takes(norm) for norm in _readings(sentence[at]))
        and (loose or sentence[at].segment == sentence[at - 1].segment)
    ):
        end = _match(sentence, at + 1, pattern, step + 1)
        if end > 0:
            return end
    listed = element.longer or element.open_longer
    for phrase in element.phrases(_readings(sentence[at])) if listed and at < len(sentence) else ():
        if _phrase_fits(sentence, at, phrase, loose):
            end = _match(sentence, at + len(phrase), pattern, step + 1)
            if end > 0:
                return end
    return _match(sentence, at, pattern, step + 1) if element.optional else -1


def _phrase_fits(sentence: Sequence[Token], at: int, phrase: Sequence[Word], loose: bool) -> bool:
    if at + len(phrase) > len(sentence):
        return False
    for offset, word in enumerate(phrase):
        token = sentence[at + offset]
        if not any(word.fits(norm) for norm in _readings(token)):
            return False
        joined = loose and offset == 0
        if not joined and token.segment != sentence[at + offset - 1].segment:
            return False
    return True
