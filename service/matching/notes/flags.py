"""Red flags with their status: what is said, when it was, whose it is.

Uncertain between two statuses, the more serious is taken. A flag is never dropped because a need
was found; only a denial, a figure of speech or somebody else's past removes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.matching.notes.context import Setting
from service.matching.notes.hearing import ANY_DANGER, Heard
from service.matching.notes.model import FlagStatus, FoundFlag, Span, Subject, When
from service.matching.notes.needs import NoteSentence
from service.matching.notes.patterns import Hit
from service.matching.notes.rulebook import IDIOM, FlagRule, Rulebook

_ANYBODY = frozenset(
    {
        "mental_health_crisis",
        "child_safeguarding",
        "adult_safeguarding",
        "urgent_basic_needs",
        "domestic_abuse",
        "harm_to_others",
    }
)
_NOT_NEAR = frozenset({"friend", "mate", "neighbour", "neighbours", "colleague", "boss"})
"""Whose self-harm troubles the person and is for somebody else to act on."""
_CHILDREN = frozenset({"baby", "toddler", "child", "children", "kids", "son", "daughter"})
_FIGURES = frozenset({"figure", IDIOM})


@dataclass(frozen=True, slots=True)
class _Raised:
    status: FlagStatus
    words: str
    span: Span
    by_sign: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the phrases of danger found in one note, before anything is decided.

    `raised` by flag; `signs`, indirect ones, by flag and phrase; `denied` flags; `marks` names each
    phrase met, and how, for the network that learned what they are worth.
    """

    raised: dict[str, list[_Raised]]
    signs: dict[str, dict[str, _Raised]]
    denied: frozenset[str]
    marks: frozenset[str]


def gather(sentences: Sequence[NoteSentence], book: Rulebook) -> Told:
    """Everything that the phrases of danger find in the sentences of one note."""
    raised: dict[str, list[_Raised]] = defaultdict(list)
    signs: dict[str, dict[str, _Raised]] = defaultdict(dict)
    denied: set[str] = set()
    marks: set[str] = set()
    for sentence in sentences:
        hits = list(book.flags.find(sentence.tokens))
        figures = [h for h in hits if h.rule.role in _FIGURES]
        marks |= {f"figure:{h.rule.line}" for h in figures}
        marks |= {f"figure!{h.rule.flag}" for h in figures}
        for hit in hits:
            at_work = sentence.context.at_work(hit.start)
            if hit.rule.role in _FIGURES or at_work or _figurative(hit, figures):
                continue
            if not _has_support(sentence, hit):
                continue
            found = _status(sentence, hit, _has_left(hits, hit))
            if found is None:
                denied.add(hit.rule.flag)
                marks.add(f"{hit.rule.flag}!denied")
                continue
            marks.add(f"{hit.rule.flag}!{hit.rule.role}!{found.status.value}")
            marks.add(f"{hit.rule.flag}:{hit.rule.line}")
            if hit.rule.role == "sign":
                signs[hit.rule.flag].setdefault(hit.rule.line, found)
            else:
                raised[hit.rule.flag].append(found)
    return Told(raised, signs, frozenset(denied), frozenset(marks))


def find_flags(
    told: Told,
    sentences: Sequence[NoteSentence],
    book: Rulebook,
    heard: Mapping[str, Heard] | None,
    is_low: bool,
) -> tuple[FoundFlag, ...]:
    """Every flag of the note, most serious first, then by name.

    Parameters
    ----------
    told : Told
        What the phrases found.
    sentences : sequence of NoteSentence
    book : Rulebook
    heard : mapping of str to Heard, optional
        What the network hears of each danger and of any; None without a model.
    is_low : bool
        Whether the note speaks of low mood: beside it one indirect sign of suicide is enough.
    """
    raised = defaultdict(list, {flag: list(items) for flag, items in told.raised.items()})
    _add_signs(raised, told.signs, is_low)
    if heard is not None:
        _add_heard(raised, sentences, heard, book)
    flags = [_worst(flag, items, book) for flag, items in sorted(raised.items())]
    return tuple(sorted(flags, key=lambda f: (f.status.rank, f.flag)))


def _figurative(hit: Hit[FlagRule], figures: Sequence[Hit[FlagRule]]) -> bool:
    return any(
        f.rule.flag in {hit.rule.flag, ""} and f.start < hit.end and hit.start < f.end
        for f in figures
    )


_LONG_WORD, _WORD = 6, 4


def _has_support(sentence: NoteSentence, hit: Hit[FlagRule]) -> bool:
    """Whether a phrase met only by reading a word as misspelt has something beside the guess.

    Enough is another word of four letters read as it stands, or a long word guessed in a longer
    phrase: two or three stray letters may have been almost anything, and a single word would have
    been mended to the danger word if that were the likeliest reading.
    """
    if not hit.guessed:
        return True
    tokens = sentence.tokens[hit.start : hit.end]
    guessed = [sentence.tokens[i] for i in hit.guessed]
    long = any(len(t.norm) >= _LONG_WORD for t in guessed)
    short = all(len(t.norm) < _WORD for t in guessed)
    exact = any(len(t.norm) >= _WORD and t not in guessed for t in tokens)
    return exact or (long and not short and len(tokens) > 1)


def _has_left(hits: Sequence[Hit[FlagRule]], hit: Hit[FlagRule]) -> bool:
    """Whether the abuse is named only as what was left: "separated because of domestic abuse"."""
    plain = hit.rule.line.startswith(("domestic abuse", "dv", "abusive", "violent", "coerciv"))
    left = any(h.rule.flag == hit.rule.flag and h.rule.role == "recent" for h in hits)
    return hit.rule.flag == "domestic_abuse" and plain and left


def _status(sentence: NoteSentence, hit: Hit[FlagRule], has_left: bool) -> _Raised | None:
    setting = sentence.context.judge(hit.start, hit.end)
    words, span = sentence.words(hit)
    if setting.negated:
        return None
    if setting.subject is Subject.OTHER and not _counts_for_other(hit.rule, setting):
        return None
    status = _dated(hit.rule, setting)
    if has_left and status is FlagStatus.CURRENT:
        status = FlagStatus.RECENT
    return _Raised(status, words, span)


def _counts_for_other(rule: FlagRule, setting: Setting) -> bool:
    if rule.flag in _ANYBODY:
        return True
    current = rule.role in {"current", "passive"} and setting.when is When.NOW
    if rule.flag == "acute_medical":
        return current and setting.who in _CHILDREN
    near = setting.who not in _NOT_NEAR
    return rule.flag == "suicide_selfharm" and current and near and not setting.uncertain


def _dated(rule: FlagRule, setting: Setting) -> FlagStatus:
    if setting.when is When.PAST:
        return FlagStatus.HISTORY
    if rule.role == "passive":
        return FlagStatus.PASSIVE
    if rule.role in {"event", "recent"}:
        return FlagStatus.RECENT
    if setting.when is When.RECENT and rule.flag == "suicide_selfharm":
        return (
            FlagStatus.RECENT
            if rule.line.startswith(("cut", "hurt", "self"))
            else (FlagStatus.CURRENT)
        )
    return FlagStatus.CURRENT


def _add_signs(
    raised: dict[str, list[_Raised]], signs: Mapping[str, Mapping[str, _Raised]], is_low: bool
) -> None:
    for flag, by_line in signs.items():
        distinct: list[_Raised] = []
        for sign in by_line.values():
            overlapping = any(
                sign.span[0] < d.span[1] and d.span[0] < sign.span[1] for d in distinct
            )
            if sign.status is not FlagStatus.HISTORY and not overlapping:
                distinct.append(sign)
        enough = len(distinct) >= 2 or (
            len(distinct) == 1 and flag == "suicide_selfharm" and is_low and _weighty(by_line)
        )
        if enough:
            raised[flag].extend(
                _Raised(FlagStatus.CURRENT, d.words, d.span, by_sign=True) for d in distinct
            )


def _weighty(by_line: Mapping[str, _Raised]) -> bool:
    """Hopelessness alone, or feeling a burden, is low mood: it is no second sign."""
    mild = (
        "hopeless",
        "no future",
        "a burden",
        "anniversary",
        "drinking",
        "feels trapped",
        "made|written",
        "paid for",
    )
    return any(not line.startswith(mild) for line in by_line)


_NAMED = 0.15
"""How much of the sureness is of which danger it is: one that has no name is seldom one."""


def _add_heard(
    raised: dict[str, list[_Raised]],
    sentences: Sequence[NoteSentence],
    heard: Mapping[str, Heard],
    book: Rulebook,
) -> None:
    """Raise the likeliest flag by the network when no phrase raised a serious one.

    Whether there is danger is surer than which: the name may be wrong, the sentence seldom is.
    """
    serious = any(r.status.needs_clinician for items in raised.values() for r in items)
    likely = {name: each.odds[0] for name, each in heard.items() if name != ANY_DANGER}
    flag = max(likely, key=lambda name: (likely[name], name))
    sure = (1 - _NAMED) * heard[ANY_DANGER].odds[0] + _NAMED * likely[flag]
    if serious or sure < book.settings["heard"]["danger"]:
        return
    number, word = heard[ANY_DANGER].place
    sentence = sentences[number]
    told_of = sentence.context.judge(word, word + 1)
    if told_of.subject is Subject.OTHER and told_of.who in _NOT_NEAR and flag not in _ANYBODY:
        return
    setting = sentence.context.judge(0, len(sentence.tokens))
    over = setting.when is When.PAST and flag != "urgent_basic_needs"
    status = FlagStatus.RECENT if over else FlagStatus.CURRENT
    span = (sentence.tokens[0].start, sentence.tokens[-1].end)
    raised[flag].append(_Raised(status, sentence.note[span[0] : span[1]], span))


def _worst(flag: str, items: Sequence[_Raised], book: Rulebook) -> FoundFlag:
    worst = min(items, key=lambda r: (r.status.rank, r.by_sign, r.span))
    if worst.status is FlagStatus.HISTORY:
        advice = "Shown as context with its date; nothing else changes."
    else:
        advice = book.what_to_do[flag]
    return FoundFlag(flag, worst.status, worst.words, worst.span, advice)
