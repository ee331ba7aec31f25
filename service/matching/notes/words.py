"""From a note to tokens that remember where they stood.

A token keeps its place in the note as given, so every finding can quote it. Its `norm` is what
rules are compared with: lower case, without apostrophes, abbreviations written out, spelling
mended.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

_TAG = re.compile(r"<(script|style)\b.*?(</\1>|$)|</?[a-zA-Z!][^<>]{0,200}>", re.S | re.I)
_TOKEN = re.compile(
    r"\d{1,3}/(?:7|12|52|40)\b"  # durations: 3/7, 6/52, 2/12; weeks of a pregnancy: 30/40
    r"|[a-zA-Z]/[a-zA-Z](?![\w/])"  # h/o, c/o, o/e
    r"|\d+(?:[.,:]\d+)+|\d+(?:st|nd|rd|th)\b"
    r"|[^\W_]+(?:['’ʼ`][^\W\d_]+)*"
    r"|[^\w\s]",
    re.UNICODE,
)
_TITLES = frozenset(
    ["mr", "mrs", "ms", "dr", "st", "prof", "e.g", "i.e", "approx", "appt", "tel", "no"]
)
_SIGNS = {"#": "fracture", "£": "gbp"}
CLAUSE_WORDS = frozenset(
    ["but", "however", "although", "though", "whereas", "except", "yet", "otherwise"]
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the note.

    `sentence` and `segment` number the sentence and the comma-level stretch it stands in;
    `maybe` holds other words that a misspelt word may have been, for readers that would rather
    hear too much;
    `queried` is set when a question mark stands directly before the word (clinical shorthand for
    "possible").
    """

    text: str
    norm: str
    start: int
    end: int
    sentence: int
    segment: int
    queried: bool = False
    upper: bool = False
    maybe: tuple[str, ...] = ()


def printable(note: str) -> str:
    """The note with markup and control characters blanked, every offset unchanged."""
    blanked = _TAG.sub(lambda m: " " * len(m.group()), note)
    return "".join(
        " " if (c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}) else c
        for c in blanked
    )


def normal(word: str) -> str:
    """Lower case, accents of English words dropped, apostrophes and a possessive 's removed."""
    low = word.lower().replace("’", "'").replace("ʼ", "'").replace("`", "'")
    if low.endswith("'s"):
        low = low[:-2]
    return low.replace("'", "")


def tokenize(text: str) -> list[Token]:
    """Every word of `text` in order, with sentence and segment numbers.

    Punctuation itself is not returned: it only moves the counters. An empty text gives an
    empty list.
    """
    tokens: list[Token] = []
    sentence = segment = 0
    queried = False
    last_end = 0
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if "\n" in text[last_end : match.start()]:
            broken = text[last_end : match.start()].count("\n") > 1 or not _wraps(text, match)
            sentence, segment = (sentence + 1, segment + 1) if broken else (sentence, segment)
        before, last_end = last_end, match.end()
        if piece[0].isalnum():
            if _conjoins(piece, tokens, sentence):
                segment += 1
            upper = piece.isupper() and len(piece) > 1
            tokens.append(
                Token(
                    piece,
                    normal(piece),
                    match.start(),
                    match.end(),
                    sentence,
                    segment,
                    queried,
                    upper,
                )
            )
            queried = False
            continue
        if piece in _SIGNS:
            tokens.append(Token(piece, _SIGNS[piece], *match.span(), sentence, segment))
            continue
        queried, sentence, segment = _punctuate(
            piece, text, match.start(), before, tokens, sentence, segment
        )
    return tokens


def _wraps(text: str, match: re.Match[str]) -> bool:
    return match.group()[0].islower()


def _conjoins(piece: str, tokens: list[Token], sentence: int) -> bool:
    return piece.lower() in CLAUSE_WORDS and bool(tokens) and tokens[-1].sentence == sentence


def _punctuate(
    piece: str, text: str, at: int, before: int, tokens: list[Token], sentence: int, segment: int
) -> tuple[bool, int, int]:
    following = text[at + 1 : at + 2]
    if piece == "?" and following.isalnum() and (at == 0 or not text[at - 1].isalnum()):
        return True, sentence, segment + 1
    if piece in ".!?;" or piece in "。؟۔…•":
        title = piece == "." and bool(tokens) and tokens[-1].norm in _TITLES
        if not title and not (piece == "." and following.isalnum() and following.islower()):
            return False, sentence + 1, segment + 1
        return False, sentence, segment
    if piece in ',:()[]{}"“”|،=>' or (piece in "-–—" and not following.isalnum()):
        return False, sentence, segment + 1
    if piece in "-–—" and at > before:
        return False, sentence, segment + 1
    return False, sentence, segment


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """The tokens cut at sentence ends, order kept."""
    out: list[list[Token]] = []
    for token in tokens:
        if not out or out[-1][-1].sentence != token.sentence:
            out.append([])
        out[-1].append(token)
    return out


def respelt(token: Token, norm: str, maybe: tuple[str, ...] = ()) -> Token:
    """The same place in the note, read as another word, or maybe as one of several."""
    return replace(token, norm=norm, maybe=maybe)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light English stem: plural and verb endings off when at least four letters stay."""
    for ending in ("ings", "ing", "edly", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word
