"""Plain readers to be better than, fitted on the same notes with the judged note left out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from service.matching.notes.embedder import Embedder
from service.matching.notes.patterns import Hit
from service.matching.notes.rulebook import NeedRule, rulebook
from service.matching.notes.spelling import write_out
from service.matching.notes.words import printable, sentences, tokenize

Row = Mapping[str, Any]
_WORD = re.compile(r"[a-z']+")


def frequencies(gold: Sequence[Row]) -> list[list[str]]:
    """For each note, needs by how often the other notes expect them."""
    total = Counter(need for row in gold for need in row["expected_needs"])
    out = []
    for row in gold:
        rest = total - Counter(row["expected_needs"])
        out.append(sorted(rulebook().need_examples, key=lambda n: (-rest[n], n)))
    return out


def tfidf_words(gold: Sequence[Row]) -> list[list[str]]:
    """For each note, needs by cosine of words with the needs' example sentences."""
    examples = {n: _counts(" ".join(t)) for n, t in rulebook().need_examples.items()}
    spread = Counter(word for counts in examples.values() for word in counts)
    idf = {word: math.log(len(examples) / many) + 1 for word, many in spread.items()}

    def vector(counts: Counter[str]) -> dict[str, float]:
        raw = {w: c * idf[w] for w, c in counts.items() if w in idf}
        size = math.sqrt(sum(v * v for v in raw.values())) or 1.0
        return {w: v / size for w, v in raw.items()}

    known = {need: vector(counts) for need, counts in examples.items()}
    out = []
    for row in gold:
        note = vector(_counts(row["note"]))
        score = {n: sum(v * note.get(w, 0.0) for w, v in e.items()) for n, e in known.items()}
        out.append(sorted(known, key=lambda n: (-score[n], n)))
    return out


def keywords(gold: Sequence[Row]) -> list[list[str]]:
    """For each note, needs by the sum of the strengths of all phrases met, denied or not."""
    book = rulebook()
    out = []
    for row in gold:
        score: Counter[str] = Counter()
        for sentence in sentences(write_out(tokenize(printable(row["note"])))):
            hits: list[Hit[NeedRule]] = list(book.needs.find(sentence))
            for hit in hits:
                score[hit.rule.need] += int(100 * hit.rule.strength)
        out.append(sorted(book.need_examples, key=lambda n: (-score[n], n)))
    return out


def model_only(gold: Sequence[Row], embedder: Embedder) -> list[list[str]]:
    """For each note, needs by the best similarity of a sentence with an example sentence."""
    book = rulebook()
    known = {need: embedder.embed(texts) for need, texts in book.need_examples.items()}
    out = []
    for row in gold:
        note = row["note"]
        parts = [note[s[0].start : s[-1].end] for s in sentences(tokenize(printable(note)))]
        vectors = embedder.embed(parts or [note])
        score = {need: float((vectors @ rows.T).max()) for need, rows in known.items()}
        out.append(sorted(known, key=lambda n: (-score[n], n)))
    return out


def _counts(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))
