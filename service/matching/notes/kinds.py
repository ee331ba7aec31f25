"""Kinds of group ranked from needs, interests and circumstances."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from service.matching.notes.model import Facts, FoundInterest, FoundNeed, Subject
from service.matching.notes.needs import NoteSentence
from service.matching.notes.rulebook import Rulebook

_MOST = 15
MAIN_SHARE_ALONE, MAIN_SHARE_WITH_NETWORK = 0.75, 1.0
"""How much of a need's weight for kinds is that it is a main need; a network knows companions."""
_LATER_NEED, _LATER_KIND = 0.95, 0.75
_INTEREST, _LATER_INTEREST = 0.25, 0.6
_LEAST_SCORE = 0.01


def find_interests(sentences: Sequence[NoteSentence], book: Rulebook) -> tuple[FoundInterest, ...]:
    """What the person enjoys or asks for, in order of mention; a relative's interests are not."""
    found: dict[str, FoundInterest] = {}
    for sentence in sentences:
        for hit in book.interests.find(sentence.tokens):
            setting = sentence.context.judge(hit.start, hit.end)
            if setting.negated or setting.subject is Subject.OTHER:
                continue
            words, span = sentence.words(hit)
            found.setdefault(hit.rule.name, FoundInterest(hit.rule.name, words, span))
    return tuple(found.values())


def score_kinds(
    needs: Sequence[FoundNeed],
    interests: Sequence[FoundInterest],
    facts: Facts,
    sentences: Sequence[NoteSentence],
    kinds_by_need: Mapping[str, Sequence[str]],
    book: Rulebook,
    *,
    main_share: float = MAIN_SHARE_ALONE,
) -> dict[str, float]:
    """How well each kind suits, more than 0; those that cannot suit are missing.

    The need in place i gives its kinds `0.8 * w * 0.95^i * 0.75^place`, joined over needs, where
    `w = main_share * main + (1 - main_share) * confidence^1.5`: people are sent to groups for their
    main needs, and seldom for what only comes with them. A kind for one thing (a stroke group)
    counts less when the note does not name it. An interest adds its kinds directly; words and
    circumstances multiply. All sizes are this project's defaults.

    Parameters
    ----------
    kinds_by_need : mapping
        The taxonomy's kinds for each need, most typical first.
    """
    scores = _from_needs(needs, kinds_by_need, main_share)
    hinted = {
        hit.rule.name
        for s in sentences
        for hit in book.kind_hints.find(s.tokens)
        if not s.context.judge(hit.start, hit.end).negated
    }
    for kind in sorted(book.kind_without.keys() & scores.keys() - hinted):
        scores[kind] *= book.kind_without[kind]
    for interest in interests:
        for place, kind in enumerate(book.interest_kinds[interest.interest]):
            scores[kind] = scores.get(kind, 0.0) + _INTEREST * _LATER_INTEREST**place
    for kind in sorted(hinted & scores.keys()):
        scores[kind] *= book.kind_boosts[kind]
    for likely in book.kind_likely:
        if _holds(likely, facts):
            kind = likely["kind"]
            scores[kind] = scores.get(kind, 0.0) * likely["boost"] + likely.get("adds", 0.0)
    return scores


def log_odds(score: float) -> float:
    """A score as log-odds, away from the certain ends."""
    near = min(max(score, _LEAST_SCORE), 1 - _LEAST_SCORE)
    return math.log(near / (1 - near))


def rank_kinds(
    scores: Mapping[str, float], heard: Mapping[str, float], facts: Facts, book: Rulebook
) -> tuple[str, ...]:
    """At most 15 kinds, best first, ties by id; none that age or gender rules out.

    Parameters
    ----------
    scores : mapping
        From `score_kinds`.
    heard : mapping
        Chances by the network, which learned what groups suited others; empty without a model.
        With it a kind's worth is the geometric mean of the two: either alone can veto.
    """
    if heard:
        scores = {
            kind: math.sqrt(one * max(scores.get(kind, 0.0), _LEAST_SCORE))
            for kind, one in heard.items()
        }
    outside = {limit["kind"] for limit in book.kind_limits if _is_outside(limit, facts)}
    scores = {kind: score for kind, score in scores.items() if kind not in outside}
    ranked = sorted(scores.items(), key=lambda item: (-round(item[1], 9), item[0]))
    return tuple(kind for kind, score in ranked if score > 0.02)[:_MOST]


def _from_needs(
    needs: Sequence[FoundNeed], kinds_by_need: Mapping[str, Sequence[str]], main_share: float
) -> dict[str, float]:
    missed: dict[str, float] = {}
    for i, need in enumerate(needs):
        weight = main_share * need.main + (1 - main_share) * need.confidence**1.5
        for place, kind in enumerate(kinds_by_need.get(need.need, ())):
            share = 0.8 * weight * _LATER_NEED**i * _LATER_KIND**place
            missed[kind] = missed.get(kind, 1.0) * (1 - share)
    return {kind: 1 - rest for kind, rest in missed.items()}


def _holds(likely: Mapping[str, object], facts: Facts) -> bool:
    age = facts.get("age")
    if isinstance(age, int):
        over, under = likely.get("age_over"), likely.get("age_under")
        if (isinstance(over, int) and age <= over) or (isinstance(under, int) and age >= under):
            return False
    elif "age_over" in likely and not str(facts.get("age_band") or "").startswith(
        ("65", "75", "85")
    ):
        return "gender" in likely and likely["gender"] == facts.get("gender")
    gender, has = likely.get("gender"), likely.get("has")
    if gender is not None and gender != facts.get("gender"):
        return False
    return has is None or facts.get(str(has)) not in (None, False)


def _is_outside(limit: Mapping[str, object], facts: Facts) -> bool:
    age, gender = facts.get("age"), facts.get("gender")
    over, under = limit.get("age_over"), limit.get("age_under")
    if isinstance(age, int) and isinstance(over, int) and age > over:
        return True
    if isinstance(age, int) and isinstance(under, int) and age < under:
        return True
    return gender is not None and gender == limit.get("gender")
