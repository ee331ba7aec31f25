"""From phrases and meaning to needs with a calibrated confidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.matching.notes.context import SentenceContext
from service.matching.notes.model import Evidence, FoundNeed, Subject, When
from service.matching.notes.patterns import Hit
from service.matching.notes.rulebook import NeedRule, Rulebook
from service.matching.notes.similarity import Nearness
from service.matching.notes.words import Token

_OVER_WHEN_PAST = frozenset(
    [
        "housing",
        "debt_money",
        "addiction_recovery",
        "smoking",
        "low_mood_anxiety",
        "food_insecurity",
        "energy_warmth",
        "perinatal_wellbeing",
        "home_conditions",
        "benefits_advice",
        "legal_immigration",
        "parenting_family",
        "carer_support",
        "young_person",
        "domestic_abuse_support",
    ]
)
_MAX_EVIDENCE = 8
_WIDE = 4.0
"""Brings differences of similarity, some 0.2 at most, to the size of the other features."""


@dataclass(frozen=True, slots=True)
class NoteSentence:
    """One sentence with its context and the note it came from."""

    tokens: Sequence[Token]
    context: SentenceContext
    note: str

    def words(self, hit: Hit[Any]) -> tuple[str, tuple[int, int]]:
        """The quoted words and span of a hit."""
        span = (self.tokens[hit.start].start, self.tokens[hit.end - 1].end)
        return self.note[span[0] : span[1]], span


def gather(sentences: Sequence[NoteSentence], book: Rulebook) -> dict[str, list[Evidence]]:
    """All evidence for each need, for and against, strongest first.

    Evidence against (`negated`) is kept: it lowers the need and explains why it is not shown.
    """
    found: dict[str, list[Evidence]] = defaultdict(list)
    for place, sentence in enumerate(sentences):
        hits = list(book.needs.find(sentence.tokens))
        against = [h for h in hits if h.rule.absent or h.rule.unlike]
        for hit in hits:
            if hit.rule.unlike:
                continue
            if hit.rule.absent:
                found[hit.rule.need].append(_against(sentence, hit))
            elif not _inside(hit, against):
                evidence = _weigh(sentence, hit, place)
                if evidence is not None:
                    found[hit.rule.need].append(evidence)
    return {
        need: sorted(items, key=lambda e: (-e.strength, e.span))
        for need, items in sorted(found.items())
    }


def _inside(hit: Hit[NeedRule], against: Sequence[Hit[NeedRule]]) -> bool:
    return any(
        a.rule.need == hit.rule.need and a.start < hit.end and hit.start < a.end for a in against
    )


def _against(sentence: NoteSentence, hit: Hit[NeedRule]) -> Evidence:
    words, span = sentence.words(hit)
    return Evidence(words, span, 0.0, negated=True, against=True)


def _weigh(sentence: NoteSentence, hit: Hit[NeedRule], place: int) -> Evidence | None:
    words, span = sentence.words(hit)
    setting = sentence.context.judge(hit.start, hit.end)
    strength = hit.rule.strength
    if setting.negated:
        return Evidence(words, span, 0.0, negated=True)
    if setting.subject is Subject.OTHER and not hit.rule.whose_any:
        return None
    if setting.when is When.PAST and hit.rule.need in _OVER_WHEN_PAST:
        strength *= 0.45
    if setting.uncertain:
        strength *= 0.85
    return Evidence(
        words,
        span,
        strength,
        setting.subject,
        setting.when,
        uncertain=setting.uncertain,
        requested=setting.requested,
        sentence=place,
    )


def rule_score(items: Sequence[Evidence]) -> float:
    """Evidence joined into 0 to 1: separate words of the note count, the same words once.

    The strongest counts in full; further separate phrases fill a third of what is left. Words that
    say the need is absent leave 0.6 of strong evidence and 0.3 of weak, a denied phrase elsewhere
    0.9 and 0.5; a denial of a word inside a longer
    phrase that was believed counts for nothing ("no gas" is a need, not a denial of gas).
    """
    taken: list[tuple[int, int]] = []
    score = 0.0
    for item in items:
        if item.negated or _overlaps(item, taken):
            continue
        taken.append(item.span)
        score = item.strength if not score else score + (1 - score) * item.strength * 0.33
    apart = [item for item in items if item.negated and not _overlaps(item, taken)]
    if any(item.against for item in apart):
        score *= 0.6 if score >= 0.85 else 0.3
    elif apart:
        score *= 0.9 if score >= 0.85 else 0.5
    return score


def _overlaps(item: Evidence, taken: Sequence[tuple[int, int]]) -> bool:
    return any(item.span[0] < end and start < item.span[1] for start, end in taken)


def features(
    evidence: Mapping[str, Sequence[Evidence]],
    nearness: Mapping[str, Nearness],
    book: Rulebook,
    priors: Mapping[str, float],
) -> dict[str, dict[str, float]]:
    """What confidence is computed from, by need. All values are 0 to 1 except `prior`.

    rules: joined evidence; strong: a strong phrase, said of now; many: two separate phrases;
    meaning: similarity above the floor; agrees: how far the model hears it in the same words'
    sentence, negative when it hears other needs; stands_out: similarity above the note's own mean;
    requested: asked for in words; early: how near the beginning it is first said; denied: only
    spoken against; prior: log-odds from circumstances. `brought`, from needs that often come with
    it, is 0 here: `weigh` fills it in when the main needs are known.
    """
    floor = float(book.settings["meaning"]["floor"])
    rules = {need: rule_score(evidence.get(need, ())) for need in book.need_examples}
    near = {n: nearness[n].score if n in nearness else 0.0 for n in book.need_examples}
    mean = sum(near.values()) / len(near)
    spans = [e.span for items in evidence.values() for e in items]
    first = min((start for start, _ in spans), default=0)
    length = max((end for _, end in spans), default=1) - first
    table: dict[str, dict[str, float]] = {}
    for need in book.need_examples:
        items = evidence.get(need, ())
        spoken = [e for e in items if not e.negated]
        denied = bool(items) and not spoken
        table[need] = {
            "bias": 1.0,
            "rules": rules[need],
            "strong": float(any(e.strength >= 0.85 for e in spoken)),
            "many": float(len({e.span[0] for e in spoken if e.strength >= 0.35}) > 1),
            "meaning": 0.0 if denied else _WIDE * max(0.0, near[need] - floor),
            "stands_out": 0.0 if denied else _WIDE * max(0.0, near[need] - mean),
            "brought": 0.0,
            "agrees": max((_agreement(e, nearness.get(need)) for e in spoken), default=0.0),
            "requested": float(any(e.requested and e.strength >= 0.6 for e in spoken)),
            "early": max(
                (1 - (e.span[0] - first) / length for e in spoken if e.strength >= 0.6), default=0.0
            ),
            "denied": float(denied),
            "prior": 0.0 if denied else priors.get(need, 0.0),
        }
    return table


def _agreement(item: Evidence, near: Nearness | None) -> float:
    """How far the model hears the need too in the sentence of the words; below 0 it does not."""
    if near is None or not 0 <= item.sentence < len(near.apart):
        return 0.0
    return _WIDE * item.strength * near.apart[item.sentence]


def rank(
    evidence: Mapping[str, Sequence[Evidence]],
    nearness: Mapping[str, Nearness],
    book: Rulebook,
    priors: Mapping[str, float],
) -> list[FoundNeed]:
    """Every need of the rulebook, most useful first, ties by id.

    The order is by the fitted chance that a second reader would accept the need plus the fitted
    chance that it is a main need, so what is asked for comes before background. `confidence` is
    the first chance, drawn towards even odds by `[confidence] temperature`.

    Parameters
    ----------
    evidence : mapping
        From `gather`.
    nearness : mapping
        Meaning similarity by need; empty without a model.
    book : Rulebook
    priors : mapping
        Extra log-odds by need from circumstances such as age.
    """
    weights = book.settings["fusion" if nearness else "rules_only"]
    chances = weigh(
        features(evidence, nearness, book, priors), weights["main"], weights["accept"], book
    )
    temperature = float(book.settings["confidence"]["temperature"])
    scored = []
    for need, (accept, main) in chances.items():
        confidence = soften(accept, temperature)
        scored.append((accept + main, _found(need, confidence, main, evidence.get(need, ()))))
    return [found for _, found in sorted(scored, key=lambda s: (-round(s[0], 6), s[1].need))]


def weigh(
    table: dict[str, dict[str, float]],
    main_weights: Mapping[str, Any],
    accept_weights: Mapping[str, Any],
    book: Rulebook,
) -> dict[str, tuple[float, float]]:
    """By need, the chances that it is acceptable and that it is a main need.

    Main needs are weighed first; what usually comes with them (`often_with.csv`) is then weighed
    as `brought`, which this function writes into `table`.
    """
    main = {need: _chance(need, values, main_weights) for need, values in table.items()}
    for need, share in companions(main, book).items():
        table[need]["brought"] = 0.0 if table[need]["denied"] else share
    accept = {need: _chance(need, values, accept_weights) for need, values in table.items()}
    return {need: (accept[need], main[need]) for need in table}


def companions(main: Mapping[str, float], book: Rulebook) -> dict[str, float]:
    """The chance that at least one main need brings each need, by `often_with.csv`."""
    without: dict[str, float] = defaultdict(lambda: 1.0)
    for need, other, weight in book.often_with:
        without[other] *= 1 - main.get(need, 0.0) * weight
    return {other: 1 - rest for other, rest in without.items()}


def soften(chance: float, temperature: float) -> float:
    """`chance` drawn towards even odds: its log-odds divided by `temperature` (1 or more)."""
    near = min(max(chance, 1e-9), 1 - 1e-9)
    return 1 / (1 + math.exp(-math.log(near / (1 - near)) / temperature))


def _chance(need: str, values: Mapping[str, float], weights: Mapping[str, Any]) -> float:
    bias = float(weights.get("by_need", {}).get(need, 0.0))
    logit = bias + sum(float(weights.get(name, 0.0)) * value for name, value in values.items())
    return 1 / (1 + math.exp(-logit))


def _found(need: str, confidence: float, main: float, items: Sequence[Evidence]) -> FoundNeed:
    confidence, main = round(confidence, 4), round(main, 4)
    spoken = tuple(e for e in items if not e.negated)[:_MAX_EVIDENCE]
    if not spoken:
        return FoundNeed(need, confidence, "", (0, 0), tuple(items[:2]), inferred=True, main=main)
    best = spoken[0]
    return FoundNeed(need, confidence, best.words, best.span, spoken, main=main)
