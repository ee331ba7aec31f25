"""From phrases and meaning to needs with a calibrated confidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.matching.notes.context import SentenceContext
from service.matching.notes.hearing import Heard
from service.matching.notes.model import Evidence, FoundNeed, Subject, When
from service.matching.notes.patterns import Hit
from service.matching.notes.rulebook import NeedRule, Rulebook
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


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the rules found of needs in a note.

    `evidence` is all evidence by need, for and against, strongest first; what speaks against
    (`negated`) lowers the need and explains why it is not shown. `marks` names each phrase met, and
    how (`need:phrase`, `need!strong`), for the network that learned what they are worth.
    """

    evidence: dict[str, list[Evidence]]
    marks: frozenset[str]


def gather(sentences: Sequence[NoteSentence], book: Rulebook) -> Spoken:
    """Everything that the phrases for needs find in the sentences of one note."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    marks: set[str] = set()
    for place, sentence in enumerate(sentences):
        hits = list(book.needs.find(sentence.tokens))
        against = [h for h in hits if h.rule.absent or h.rule.unlike]
        for hit in hits:
            if hit.rule.unlike or _inside(hit, against):
                continue
            evidence = _weigh(sentence, hit, place)
            marks |= _marks(hit.rule, evidence)
            if evidence is not None:
                found[hit.rule.need].append(evidence)
    return Spoken(
        {need: sorted(each, key=lambda e: (-e.strength, e.span)) for need, each in found.items()},
        frozenset(marks),
    )


_BUCKETS = ((0.85, "strong"), (0.6, "clear"), (0.35, "hint"), (0.0, "faint"))


def _marks(rule: NeedRule, evidence: Evidence | None) -> set[str]:
    if rule.absent:
        return {f"{rule.need}!absent"}
    if evidence is None:
        return {f"{rule.need}!other"}
    if evidence.negated:
        return {f"{rule.need}!denied"}
    bucket = next(name for least, name in _BUCKETS if rule.strength >= least)
    past = ", past" if evidence.when is When.PAST else ""
    return {f"{rule.need}!{bucket}{past}", f"{rule.need}:{rule.line}"}


def _inside(hit: Hit[NeedRule], against: Sequence[Hit[NeedRule]]) -> bool:
    """Whether a phrase for a need stands in one that says it is absent, or is something else."""
    return not hit.rule.absent and any(
        a.rule.need == hit.rule.need and a.start < hit.end and hit.start < a.end for a in against
    )


def _weigh(sentence: NoteSentence, hit: Hit[NeedRule], place: int) -> Evidence | None:
    words, span = sentence.words(hit)
    if hit.rule.absent:
        return Evidence(words, span, 0.0, negated=True, against=True)
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
    evidence: Mapping[str, Sequence[Evidence]], book: Rulebook, priors: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """What the rules alone compute confidence from, by need. All are 0 to 1 except `prior`.

    rules: joined evidence; strong: a strong phrase, said of now; many: two separate phrases;
    requested: asked for in words; early: how near the beginning it is first said; denied: only
    spoken against; prior: log-odds from circumstances. `brought`, from needs that often come with
    it, is 0 here: `weigh` fills it in when the main needs are known.
    """
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
            "rules": rule_score(items),
            "strong": float(any(e.strength >= 0.85 for e in spoken)),
            "many": float(len({e.span[0] for e in spoken if e.strength >= 0.35}) > 1),
            "brought": 0.0,
            "requested": float(any(e.requested and e.strength >= 0.6 for e in spoken)),
            "early": max(
                (1 - (e.span[0] - first) / length for e in spoken if e.strength >= 0.6), default=0.0
            ),
            "denied": float(denied),
            "prior": 0.0 if denied else priors.get(need, 0.0),
        }
    return table


@dataclass(frozen=True, slots=True)
class Sound:
    """What the network hears of needs, how much the rules count beside it, and where words are.

    `heard` has two log-odds a need: that it is a main need, and that it is acceptable.
    `rules_share` has the same two places.
    """

    heard: Mapping[str, Heard]
    rules_share: tuple[float, float]
    sentences: Sequence[NoteSentence]


def rank(
    evidence: Mapping[str, Sequence[Evidence]],
    sound: Sound | None,
    book: Rulebook,
    priors: Mapping[str, float],
) -> list[FoundNeed]:
    """Every need of the rulebook, most useful first, ties by id.

    The order is by the chance that a second reader would accept the need plus the chance that it is
    a main need, so what is asked for comes before background. `confidence` is the first chance,
    drawn towards even odds by `[confidence] temperature`. To the log-odds by rules, which are
    fitted by themselves, the network adds what it hears; what the note only denies it cannot raise.

    Parameters
    ----------
    evidence : mapping
        From `gather`.
    sound : Sound, optional
        What the network hears; None without a model.
    book : Rulebook
    priors : mapping
        Extra log-odds by need from circumstances such as age.
    """
    weights = book.settings["alone" if sound is None else "rules"]
    table = features(evidence, book, priors)
    odds = weigh(table, weights["main"], weights["accept"], book)
    temperature = float(book.settings["confidence"]["temperature"])
    scored = []
    for need, (accept, main) in odds.items():
        if sound is not None:
            is_denied = bool(table[need]["denied"])
            accept, main = _with_sound(need, accept, main, sound, denied=is_denied)
        found = _found(
            need, chance(accept / temperature), chance(main), evidence.get(need, ()), sound
        )
        scored.append((chance(accept) + chance(main), found))
    return [found for _, found in sorted(scored, key=lambda s: (-round(s[0], 6), s[1].need))]


def _with_sound(
    need: str, accept: float, main: float, sound: Sound, *, denied: bool
) -> tuple[float, float]:
    heard_main, heard_accept = sound.heard[need].odds
    main_share, accept_share = sound.rules_share
    return (
        accept * accept_share + (min(heard_accept, 0.0) if denied else heard_accept),
        main * main_share + (min(heard_main, 0.0) if denied else heard_main),
    )


def weigh(
    table: dict[str, dict[str, float]],
    main_weights: Mapping[str, Any],
    accept_weights: Mapping[str, Any],
    book: Rulebook,
) -> dict[str, tuple[float, float]]:
    """By need, the log-odds by rules that it is acceptable and that it is a main need.

    Main needs are weighed first; what usually comes with them (`often_with.csv`) is then weighed
    as `brought`, which this function writes into `table`.
    """
    main = {need: _log_odds(need, values, main_weights) for need, values in table.items()}
    likely = {need: chance(odds) for need, odds in main.items()}
    for need, share in companions(likely, book).items():
        table[need]["brought"] = 0.0 if table[need]["denied"] else share
    accept = {need: _log_odds(need, values, accept_weights) for need, values in table.items()}
    return {need: (accept[need], main[need]) for need in table}


def companions(main: Mapping[str, float], book: Rulebook) -> dict[str, float]:
    """The chance that at least one main need brings each need, by `often_with.csv`."""
    without: dict[str, float] = defaultdict(lambda: 1.0)
    for need, other, weight in book.often_with:
        without[other] *= 1 - main.get(need, 0.0) * weight
    return {other: 1 - rest for other, rest in without.items()}


def chance(odds: float) -> float:
    """The chance that log-odds stand for."""
    return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


def _log_odds(need: str, values: Mapping[str, float], weights: Mapping[str, Any]) -> float:
    bias = float(weights.get("by_need", {}).get(need, 0.0))
    return bias + sum(float(weights.get(name, 0.0)) * value for name, value in values.items())


def _found(
    need: str, confidence: float, main: float, items: Sequence[Evidence], sound: Sound | None
) -> FoundNeed:
    confidence, main = round(confidence, 4), round(main, 4)
    spoken = tuple(e for e in items if not e.negated)[:_MAX_EVIDENCE]
    if not spoken and not items and sound is not None:
        spoken = (_clause(sound, need),)
    if not spoken:
        return FoundNeed(need, confidence, "", (0, 0), tuple(items[:2]), inferred=True, main=main)
    best = spoken[0]
    return FoundNeed(need, confidence, best.words, best.span, spoken, main=main)


def _clause(sound: Sound, need: str) -> Evidence:
    """The clause around the word that the network listened to for this need."""
    number, word = sound.heard[need].place
    sentence = sound.sentences[number]
    segment = sentence.tokens[word].segment
    tokens = [token for token in sentence.tokens if token.segment == segment]
    span = (tokens[0].start, tokens[-1].end)
    return Evidence(sentence.note[span[0] : span[1]], span, 0.0, heard=True, sentence=number)
