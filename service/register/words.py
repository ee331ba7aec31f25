"""Words as they are compared: folded, without their endings, and with what they may stand for.

Endings come off by the first step of Porter's algorithm (M. F. Porter, "An algorithm for suffix
stripping", Program 14(3), 1980); what it leaves is met by comparing beginnings of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from seed_data import needs

MAX_TERMS: Final = 12
"""Words of one search that are looked for: the first so many that say something."""

TELLING: Final = 7
"""A word in the descriptions of more needs and kinds than this, of some 120, stands for none."""

_LONGEST: Final = 30
_WORD: Final = re.compile(r"[^\W_]+")
# Words that say nothing about what somebody looks for.
_SAYS_NOTHING: Final = (
    "a about after all am an and any anyone are around as at be because been before being but "
    "by can cannot could did do does each every feel feeling feels find finds first for from "
    "get gets go good got had hard has have he her hers him his how i if in into is it its "
    "just keep keeps know knows like likes local long looking lot lots make makes may me more "
    "most mr mrs ms much my near nearby need needs new no not of off on one or other others "
    "our out people person place places please quite rather she should since so some somebody "
    "someone something such than that the their them there they thing things this those time "
    "times to too up us use used very want wants was way well were we what when where which "
    "who will with without would year years you your yours"
)
_EMPTY: Final = frozenset(_SAYS_NOTHING.split())
_VOWEL: Final = re.compile(r"[aeiou]|(?<=[^aeiou])y")
# Consonant, vowel, consonant (not w, x or y) at the end of a word with one such turn: "hop", "car".
_SHORT: Final = re.compile(r"[^aeiou]*[aeiouy][^aeiouwxy]")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search: what an asset's word may begin with, or be."""

    stem: str
    beginning: str | None
    equal: tuple[str, ...]


def terms_of(text: str) -> tuple[Term, ...]:
    """What a search looks for: at most `MAX_TERMS`, each once, in the order written.

    Words that say nothing are left out, unless there are no others. Empty for no words at all.
    """
    every = list(dict.fromkeys(_words(text)))
    telling = [word for word in every if word not in _EMPTY] or every
    stems = list(dict.fromkeys(map(stem, telling)))
    return tuple(_term(each) for each in stems[:MAX_TERMS])


def stems_of(text: str) -> list[str]:
    """The stems of a text in order, words that say nothing left out."""
    return [stem(word) for word in _words(text) if word not in _EMPTY]


def name_stems(name: str) -> list[str]:
    """The stems of a name in order, all of them: a group may be called "The Way"."""
    return [stem(word) for word in _words(name)]


def need_word(need: str) -> str:
    """The word that every asset serving a need carries; no text can contain it."""
    return f"#need:{need}"


def kind_word(kind: str) -> str:
    """The word that every asset of a kind of group carries; no text can contain it."""
    return f"#kind:{kind}"


def fold(text: str) -> str:
    """Lower case without accents: "Café" is "cafe"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def stem(word: str) -> str:
    """A folded word without its ending: walks, walked and walking are "walk"."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word[:_LONGEST]
    word = _without_plural(word)
    word = _without_tense(word)
    if word.endswith("y") and _VOWEL.search(word[:-1]):
        word = word[:-1] + "i"
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word[:_LONGEST]


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _without_tense(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _VOWEL.search(word[:-3]) else word
    for ending in ("ed", "ing"):
        root = word.removesuffix(ending)
        if root == word or not _VOWEL.search(root):
            continue
        if root.endswith(("at", "bl", "iz")) or _SHORT.fullmatch(root):
            return root + "e"
        twice = len(root) > 1 and root[-1] == root[-2] and root[-1] not in "aeioulsz"
        return root[:-1] if twice else root
    return word


def _words(text: str) -> list[str]:
    # An apostrophe joins: "men's" is "mens", as the other half of the data writes it.
    joined = re.sub(r"['’ʼ]", "", fold(text))
    return _WORD.findall(joined)


def _term(root: str) -> Term:
    # A longer word may be the same with an ending that is still on it: gardener, loneliness.
    beginnings = tuple(root[:end] for end in range(max(4, len(root) - 4), len(root)))
    return Term(
        stem=root,
        beginning=root if len(root) >= 4 else None,
        equal=(root, *beginnings, *_stands_for(root, beginnings)),
    )


def _stands_for(root: str, beginnings: tuple[str, ...]) -> tuple[str, ...]:
    """Needs and kinds of group that a stem, or failing that a form of it, is told by."""
    meanings = _meanings()
    if root in meanings or len(root) < 4:
        return meanings.get(root, ())
    forms = [word for word in meanings if word in beginnings or word.startswith(root)]
    found = sorted({each for word in forms for each in meanings[word]})
    return tuple(found) if len(found) <= TELLING else ()


@cache
def _meanings() -> Mapping[str, tuple[str, ...]]:
    """Stem -> the needs and kinds of group whose descriptions use it, if they are few."""
    taxonomy = needs.load()
    used: defaultdict[str, set[str]] = defaultdict(set)
    for need in taxonomy.needs.values():
        texts = (need.id.replace("_", " "), need.label, need.description, need.plain)
        _note(used, need_word(need.id), texts)
    for kind in taxonomy.kinds.values():
        _note(used, kind_word(kind.id), (kind.label, kind.plain))
    telling = {word: tuple(sorted(ids)) for word, ids in used.items() if len(ids) <= TELLING}
    return MappingProxyType(telling)


def _note(used: defaultdict[str, set[str]], mark: str, texts: Iterable[str]) -> None:
    for text in texts:
        for each in stems_of(text):
            used[each].add(mark)
