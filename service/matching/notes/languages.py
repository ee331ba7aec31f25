"""Which languages a note is written in and which the person speaks; nothing silently dropped."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.matching.notes.model import Evidence, FlagStatus, FoundFlag, Span
from service.matching.notes.rulebook import read_text
from service.matching.notes.words import Token

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "is",
        "of",
        "to",
        "in",
        "her",
        "his",
        "with",
        "has",
        "she",
        "he",
        "for",
        "a",
        "not",
        "was",
        "on",
        "at",
        "from",
        "who",
        "but",
        "be",
        "are",
        "been",
        "no",
        "would",
        "like",
        "would",
        "lives",
        "about",
        "help",
        "since",
        "by",
        "wants",
        "needs",
        "very",
    ]
)
_STRETCH = re.compile(r"[^.!?;:()\n]+")
LANGUAGE_NAMES = {
    "cy": "Welsh",
    "pl": "Polish",
    "ro": "Romanian",
    "uk": "Ukrainian",
    "ru": "Russian",
    "pt": "Portuguese",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "de": "German",
    "ur": "Urdu",
    "pa": "Punjabi",
    "bn": "Bengali",
    "gu": "Gujarati",
    "hi": "Hindi",
    "ta": "Tamil",
    "ar": "Arabic",
    "fa": "Persian",
    "ti": "Tigrinya",
    "zh": "Chinese",
    "ko": "Korean",
    "ja": "Japanese",
    "el": "Greek",
    "he": "Hebrew",
    "th": "Thai",
    "hy": "Armenian",
    "ka": "Georgian",
    "so": "Somali",
    "tr": "Turkish",
    "sq": "Albanian",
    "lt": "Lithuanian",
    "en": "English",
}


@dataclass(frozen=True, slots=True)
class LanguageReading:
    """Languages of the note, English first when present.

    `unread` are those Kith has no words for; `prefers` is what the note says or shows the person
    speaks when that is not English, with its words. `english_share` is the share of the note's
    letters in English, 0 to 1.
    """

    found: tuple[str, ...]
    unread: tuple[str, ...]
    prefers: str | None
    words: str
    span: Span
    english_share: float
    stretches: tuple[tuple[str, Span], ...] = ()


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, str], dict[str, str]]:
    data = tomllib.loads(read_text("languages.toml"))
    words = {code: frozenset(listed) for code, listed in data["words"].items()}
    names = {name: code for code, listed in data["names"].items() for name in listed}
    return words, names, data["unscripted"]


@lru_cache(maxsize=1)
def foreign_terms() -> Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]:
    """Need and flag terms by language code."""
    return tomllib.loads(read_text("foreign_needs.toml"))


def script_language(text: str) -> str | None:
    """The language of a stretch not in Latin letters, by script; None for Latin."""
    counts: Counter[str] = Counter()
    for char in text:
        if char.isalpha():
            name = unicodedata.name(char, "").split(" ")[0].lower()
            counts["han" if name == "cjk" else name] += 1
    if not counts:
        return None
    script, many = counts.most_common(1)[0]
    if script == "latin" or many < 2:
        return None
    if script == "cyrillic" and set(text.lower()) & set("іїєґ"):
        return "uk"
    if script == "arabic":
        letters = set(text)
        return "ur" if letters & set("ٹڈڑےںھہ") else "fa" if letters & set("پچژگی") else "ar"
    return _tables()[2].get(script, "und")


def _latin_language(text: str) -> str:
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    if not words:
        return "en"
    tables = _tables()[0]
    scores = {code: sum(w in known for w in words) for code, known in tables.items()}
    marked = {
        "pl": "ąęłńśźż",
        "ro": "țșăâî",
        "cy": "ŵŷ",
        "pt": "ãõ",
        "es": "ñ¿¡",
        "de": "ß",
        "tr": "ğış",
        "fr": "œ",
    }
    low = text.lower()
    for code, letters in marked.items():
        scores[code] = scores.get(code, 0) + 2 * sum(1 for w in words if set(w) & set(letters))
    english = sum(w in _ENGLISH for w in words)
    best = min(scores, key=lambda code: (-scores[code], code))
    enough = 2 if len(words) <= 4 or set(low) & set("".join(marked.values())) else 3
    return best if scores[best] >= enough and scores[best] > english else "en"


def read_languages(text: str, tokens: Sequence[Token]) -> LanguageReading:
    """The languages of a note, stretch by stretch. An empty note reads as English."""
    letters: Counter[str] = Counter()
    stretches: list[tuple[str, Span]] = []
    for match in _STRETCH.finditer(text):
        code = script_language(match.group()) or _latin_language(match.group())
        size = sum(c.isalpha() for c in match.group())
        letters[code] += size
        if code != "en" and size:
            stretches.append((code, match.span()))
    total = sum(letters.values())
    found = tuple(
        sorted((c for c in letters if letters[c]), key=lambda c: (c != "en", -letters[c], c))
    )
    unread = tuple(c for c in found if c != "en" and c not in foreign_terms())
    prefers, words, span = _spoken(tokens, stretches, text)
    share = letters["en"] / total if total else 1.0
    return LanguageReading(found or ("en",), unread, prefers, words, span, share, tuple(stretches))


def _spoken(
    tokens: Sequence[Token], stretches: Sequence[tuple[str, Span]], text: str
) -> tuple[str | None, str, Span]:
    names = _tables()[1]
    speaking = {
        "speaks",
        "speak",
        "speaker",
        "speaking",
        "spoken",
        "language",
        "only",
        "interpreter",
        "barrier",
        "english",
        "translator",
        "interprets",
        "lady",
        "man",
        "woman",
        "gentleman",
        "siarad",
        "user",
        "first",
        "mother",
        "tongue",
        "national",
    }
    for i, token in enumerate(tokens):
        near = {t.norm for t in tokens[max(0, i - 4) : i + 5]}
        if token.norm in names and near & speaking:
            return names[token.norm], token.text, (token.start, token.end)
    if stretches:
        code, span = stretches[0]
        return code, text[span[0] : span[1]].strip(), span
    return None, "", (0, 0)


def foreign_evidence(
    text: str, reading: LanguageReading
) -> tuple[dict[str, list[Evidence]], tuple[FoundFlag, ...]]:
    """Needs and flags from the stretches in a language with its own word list."""
    needs: dict[str, list[Evidence]] = {}
    flags: dict[str, FoundFlag] = {}
    for code, (start, end) in reading.stretches:
        terms = foreign_terms().get(code)
        if terms is None:
            continue
        low = text[start:end].lower().replace("’", "'")
        for need, listed in terms["needs"].items():
            for term in listed:
                for m in re.finditer(rf"(?<!\w){re.escape(term)}\w*", low):
                    span = (start + m.start(), start + m.end())
                    item = Evidence(text[span[0] : span[1]], span, 0.85)
                    needs.setdefault(need, []).append(item)
        for flag, listed in terms["flags"].items():
            for term in listed:
                if first := re.search(rf"(?<!\w){re.escape(term)}\w*", low):
                    span = (start + first.start(), start + first.end())
                    flags[flag] = FoundFlag(
                        flag, FlagStatus.CURRENT, text[span[0] : span[1]], span, ""
                    )
    return needs, tuple(flags.values())
