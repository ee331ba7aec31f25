"""The reading rules, loaded from the files a clinician edits and compiled once.

Nothing is read when this module is imported: `rulebook()` reads on first use and keeps the
result for the life of the process.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from service.matching.notes.errors import RulesInvalid
from service.matching.notes.patterns import Matcher, Pattern, parse

PACKAGE = "service.matching.notes"
MORE_DANGER = ("danger_words", "danger_in_passing")
NEED_FILES = ("social", "mind", "body", "family", "money", "home", "learn_do")
STRENGTHS = {"strong": 0.9, "clear": 0.7, "hint": 0.4, "faint": 0.2}
# The wide phrases of need_words.toml count a little less than those of the need's own file.
BROAD = {"strong": 0.8, "clear": 0.6, "hint": 0.3, "faint": 0.15}
FLAG_ROLES = ("current", "recent", "passive", "event", "sign", "figure")
IDIOM = "idiom"


@dataclass(frozen=True, slots=True)
class NeedRule:
    """One phrase for one need. `strength` is 0 to 1; `absent` phrases say it is not there.

    An `unlike` phrase holds a word of the need and means something else: it silences the word
    and is no evidence either way.
    """

    need: str
    line: str
    strength: float
    absent: bool = False
    unlike: bool = False
    whose_any: bool = False


@dataclass(frozen=True, slots=True)
class FlagRule:
    """One phrase for one red flag; `role` is one of FLAG_ROLES."""

    flag: str
    line: str
    role: str


@dataclass(frozen=True, slots=True)
class CueRule:
    """One phrase that changes how its neighbours are read; `cue` names the list it came from."""

    cue: str
    line: str


@dataclass(frozen=True, slots=True)
class WordRule:
    """A phrase standing for a name: an interest, a kind or a fact value."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A clinical abbreviation written out; `upper_only` when lower case means something else."""

    long: tuple[str, ...]
    upper_only: bool


@dataclass(frozen=True)
class Rulebook:
    """Every rule compiled.

    `words` are all words any rule knows and `beginnings` those of which it knows the beginning
    (`prepay*`), for mending spelling.
    """

    needs: Matcher[NeedRule]
    flags: Matcher[FlagRule]
    cues: Matcher[CueRule]
    interests: Matcher[WordRule]
    kind_hints: Matcher[WordRule]
    facts: Matcher[WordRule]
    need_examples: Mapping[str, tuple[str, ...]]
    flag_examples: Mapping[str, tuple[str, ...]]
    ordinary_examples: tuple[str, ...]
    what_to_do: Mapping[str, str]
    often_with: Sequence[tuple[str, str, float]]
    interest_kinds: Mapping[str, tuple[str, ...]]
    kind_boosts: Mapping[str, float]
    kind_without: Mapping[str, float]
    kind_limits: Sequence[Mapping[str, Any]]
    kind_likely: Sequence[Mapping[str, Any]]
    abbreviations: Mapping[str, Abbreviation]
    word_lists: Mapping[str, frozenset[str]]
    settings: Mapping[str, Any]
    words: frozenset[str]
    beginnings: frozenset[str]
    version: str = field(default="")


def read_text(name: str) -> str:
    """One rule file as text."""
    return (files(PACKAGE) / "rules" / name).read_text(encoding="utf-8")


def _toml(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(name))
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid(f"{name} is not valid TOML: {error}.", file=name) from error


def _strip(line: str) -> str:
    """A pattern without gaps at its ends, which mean nothing there."""
    parts = line.split()
    while parts and parts[-1] in {"..", "..."}:
        parts.pop()
    while parts and parts[0] in {"..", "..."}:
        parts.pop(0)
    return " ".join(parts)


class _Compiler:
    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self.groups = groups
        self.words = {w for listed in groups.values() for line in listed for w in line.split()}
        self.beginnings: set[str] = set()

    def __call__(self, line: str) -> Pattern:
        text = _strip(line)
        self.words.update(re.findall(r"[a-z]+(?![a-z*])", text.lower()))
        self.beginnings.update(re.findall(r"[a-z]+(?=\*)", text.lower()))
        return parse(text, self.groups)


def _flag_rules(*parts: Mapping[str, Mapping[str, Any]]) -> list[FlagRule]:
    """The phrases of danger of some files together, and the idioms that are none."""
    found = [
        FlagRule(flag, line, role)
        for flag in parts[0]
        for role in FLAG_ROLES
        for part in parts
        for line in part[flag].get(role, ())
    ]
    return found + [FlagRule("", line, IDIOM) for line in _toml("idioms.toml")["phrases"]]


def _need_rules(
    table: Mapping[str, Any], more: Mapping[str, Sequence[str]], need: str
) -> list[NeedRule]:
    """The rules of one need. A line in both files counts once, as in the need's own file."""
    any_subject = table.get("whose", "patient") == "any"
    rules = {
        line: NeedRule(need, line, value, whose_any=any_subject)
        for listed, strengths in ((more, BROAD), (table, STRENGTHS))
        for name, value in reversed(strengths.items())
        for line in listed.get(name, ())
    }
    absent = [*table.get("absent", ()), *more.get("absent", ())]
    return [
        *rules.values(),
        *(NeedRule(need, line, 0.0, absent=True) for line in absent),
        *(NeedRule(need, line, 0.0, unlike=True) for line in more.get("unlike", ())),
    ]


def _abbreviations() -> dict[str, Abbreviation]:
    rows = csv.DictReader(io.StringIO(read_text("abbreviations.csv")))
    return {
        row["short"]: Abbreviation(tuple(row["long"].split()), row["upper_only"] == "yes")
        for row in rows
    }


def _version() -> str:
    digest = hashlib.sha256()
    for entry in sorted((files(PACKAGE) / "rules").iterdir(), key=lambda e: e.name):
        if entry.name.endswith((".toml", ".csv", ".npz")):
            digest.update(entry.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The compiled rules of this installation.

    Raises
    ------
    RulesInvalid
        If a file cannot be parsed or a pattern breaks the pattern language; names the pattern.
    """
    compile_line = _Compiler(_toml("groups.toml"))
    needs = {
        need: table for part in NEED_FILES for need, table in _toml(f"needs_{part}.toml").items()
    }
    more_words = _toml("need_words.toml")
    flags = _toml("flags.toml")
    context, interests = _toml("context.toml"), _toml("interests.toml")
    hints, facts = _toml("kind_hints.toml"), _toml("facts.toml")
    heard = _toml("flag_examples.toml")
    lists = (
        "others",
        "reports",
        "female",
        "male",
        "female_kin",
        "male_kin",
        "object_after",
        "determiners",
    )
    cue_names = [name for name in context if name not in lists]
    need_rules = [
        rule for need, table in needs.items() for rule in _need_rules(table, more_words[need], need)
    ]
    flag_rules = _flag_rules(flags, *(_toml(f"{name}.toml") for name in MORE_DANGER))
    cue_rules = [CueRule(name, line) for name in cue_names for line in context[name]]
    named: dict[Literal["interests", "hints", "facts"], list[WordRule]] = {
        "interests": [WordRule(n, w) for n, t in interests.items() for w in t["words"]],
        "hints": [WordRule(h["kind"], w) for h in hints["hint"] for w in h["words"]],
        "facts": [
            WordRule(f"{k}={v}", w) for k, t in facts.items() for v, ws in t.items() for w in ws
        ],
    }
    often = csv.DictReader(io.StringIO(read_text("often_with.csv")))
    return Rulebook(
        needs=Matcher([(compile_line(r.line), r) for r in need_rules]),
        flags=Matcher([(compile_line(r.line), r) for r in flag_rules], loose=True),
        cues=Matcher([(compile_line(r.line), r) for r in cue_rules]),
        interests=Matcher([(compile_line(r.line), r) for r in named["interests"]]),
        kind_hints=Matcher([(compile_line(r.line), r) for r in named["hints"]]),
        facts=Matcher([(compile_line(r.line), r) for r in named["facts"]]),
        need_examples={need: tuple(table["examples"]) for need, table in needs.items()},
        flag_examples={flag: tuple(listed) for flag, listed in heard["flag"].items()},
        ordinary_examples=tuple(t for listed in heard["ordinary"].values() for t in listed),
        what_to_do={flag: table["what_to_do"] for flag, table in flags.items()},
        often_with=[(r["need"], r["brings"], float(r["weight"])) for r in often],
        interest_kinds={name: tuple(table["kinds"]) for name, table in interests.items()},
        kind_boosts={h["kind"]: float(h["boost"]) for h in hints["hint"]},
        kind_without={h["kind"]: float(h["without"]) for h in hints["hint"] if "without" in h},
        kind_limits=hints["limit"],
        kind_likely=hints["likely"],
        abbreviations=_abbreviations(),
        word_lists={name: frozenset(context[name]) for name in lists},
        settings=_toml("reading.toml"),
        words=frozenset(compile_line.words),
        beginnings=frozenset(compile_line.beginnings),
        version=_version(),
    )
