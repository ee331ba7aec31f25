"""Mending slips of the keyboard before rules and model see the words.

A word that neither the rules nor a list of 22,000 common English words knows is compared with
both at one edit (two for long words). Known words are never touched, so "window" stays a window;
nor are short words with a capital, which are names more often than slips.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from service.matching.notes.rulebook import rulebook
from service.matching.notes.wordpiece import vocabulary
from service.matching.notes.words import Token, respelt, stem

_SHORTEST, _LONG, _BEGINNING = 3, 6, 5
MOST_GUESSES = 12
_RARE = 12_000


@lru_cache(maxsize=1)
def common_words() -> dict[str, int]:
    """Common English words with their rank, most frequent first (BERT's public word list)."""
    lines = list(vocabulary())
    whole = (w for w in lines if w.isascii() and w.isalpha() and len(w) > 1)
    return {word: rank for rank, word in enumerate(whole)}


def _deletes(word: str, edits: int) -> set[str]:
    found = {word}
    edge = {word}
    for _ in range(edits):
        edge = {w[:i] + w[i + 1 :] for w in edge for i in range(len(w))}
        found |= edge
    return found


class Speller:
    """Corrects unknown words against known ones by shared deletions (symmetric-delete index).

    Parameters
    ----------
    rule_words : iterable of str
        Words that matter most: preferred over equally near common words.
    common : dict of str to int
        Other correct words with their frequency rank.
    beginnings : iterable of str
        Beginnings of words that rules know; those of at least five letters make a word correct.
    """

    def __init__(
        self, rule_words: Iterable[str], common: dict[str, int], beginnings: Iterable[str] = ()
    ) -> None:
        self._beginnings = tuple(b for b in beginnings if len(b) >= _BEGINNING)
        self._rules = {w for w in rule_words if w.isalpha()}
        self._rule_stems = {stem(w) for w in self._rules}
        self._common = common
        self._index: dict[str, list[str]] = defaultdict(list)
        frequent = (w for w, rank in common.items() if rank < 12000)
        for word in sorted({*self._rules, *frequent}):
            if len(word) >= 3 or word in self._rules:
                for key in _deletes(word, 2 if len(word) >= _LONG else 1):
                    self._index[key].append(word)
        self._cache: dict[str, str] = {}

    def knows(self, word: str) -> bool:
        """Whether the word is spelt in a way that rules or common English know."""
        known = word in self._common or word in self._rules or stem(word) in self._rule_stems
        return known or word.startswith(self._beginnings)

    def mend(self, word: str) -> str:
        """The nearest known word, or the word itself when nothing is near enough.

        Three letters are near to everything, and shorthand besides: they are mended only to a word
        of the rules that has lost one letter within.
        """
        if len(word) < _SHORTEST or len(word) > 24 or not word.isalpha() or self.knows(word):
            return word
        if word not in self._cache:
            if len(self._cache) > 50_000:
                self._cache.clear()
            near = (c for c in self._candidates(word) if len(word) > _SHORTEST or _grew(word, c))
            self._cache[word] = min(near, default=(0, 0, 0, word))[-1]
        return self._cache[word]

    def perhaps(self, word: str) -> tuple[str, ...]:
        """Other words of the rules that a misspelt word may have been, likeliest first.

        At most MOST_GUESSES, within the edits that `mend` allows. None for a word of the rules or
        a common one; a rare word, or a stray pair of letters, may be a slip by one edit.
        """
        if not 2 <= len(word) <= 24 or not word.isalpha() or self._is_usual(word):
            return ()
        most = 2 if self.knows(word) else 4
        near = sorted(c for c in self._candidates(word) if c[1] == 0 and c[0] <= most + 1)
        return tuple(known for *_, known in near[:MOST_GUESSES])

    def _is_usual(self, word: str) -> bool:
        is_rule = word in self._rules or stem(word) in self._rule_stems
        return is_rule or self._common.get(word, _RARE) < _RARE

    def _candidates(self, word: str) -> Iterator[tuple[int, int, int, str]]:
        most = 2 if len(word) >= _LONG else 1
        seen: set[str] = set()
        for key in _deletes(word, most):
            for known in self._index.get(key, ()):
                if known not in seen:
                    seen.add(known)
                    edits = _distance(word, known, most)
                    if edits <= most and (edits < 2 or known[0] == word[0] or len(word) > 8):
                        first = 0 if known[0] == word[0] else 1
                        rank = self._common.get(known, 30_000)
                        yield (edits * 2 + first, 0 if known in self._rules else 1, rank, known)


def _grew(word: str, candidate: tuple[int, int, int, str]) -> bool:
    """Whether the candidate is a word of the rules with one letter more between the same ends."""
    _, common, _, known = candidate
    return not common and len(known) > len(word) and (known[0], known[-1]) == (word[0], word[-1])


def _distance(a: str, b: str, most: int) -> int:
    """Edits with neighbouring swaps (optimal string alignment); most + 1 when over `most`."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, previous = previous, row
    return previous[-1]


def _is_shorthand(text: str) -> bool:
    """DNA'd, PHQs, SPLW: capitals that mean something are not slips of the keyboard."""
    return len(text) <= 6 and sum(c.isupper() for c in text) >= 2


def _is_short_name(text: str) -> bool:
    return len(text) <= 3 and text[:1].isupper()


@lru_cache(maxsize=1)
def speller() -> Speller:
    """The speller for the installed rules, built on first use."""
    return Speller(rulebook().words, common_words(), rulebook().beginnings)


def write_out(tokens: list[Token]) -> list[Token]:
    """Abbreviations written out (all words keep the place of the short form), spelling mended."""
    book, fixer = rulebook(), speller()
    out: list[Token] = []
    for token in tokens:
        short = book.abbreviations.get(token.norm)
        if short is not None and (token.upper or not short.upper_only):
            out.extend(respelt(token, word) for word in short.long)
        elif _is_shorthand(token.text) or _is_short_name(token.text):
            out.append(token)
        else:
            out.append(respelt(token, fixer.mend(token.norm), fixer.perhaps(token.norm)))
    return out
