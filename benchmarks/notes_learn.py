"""Teaches the networks of the note reader and keeps their weights beside the rules.

Run by hand after new notes or larger changes of rules, after `python -m benchmarks.notes_fit`:
`python -m benchmarks.notes_learn` (some ten minutes on two processors). It learns from the notes in
`benchmarks/data`, from those of `tests/data` that are to learn from, from the halves of the danger
templates and of the sentences for needs that are to build with, and from the examples of the rules.
Notes kept apart to judge the reader are never among them. `--check` only says whether the weights
kept were learned from what is there now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

import service.matching.notes as notes
from benchmarks.notes import DATA, TODAY
from service.matching.evaluation import danger, learning, lessons, rows, sentences
from service.matching.evaluation.noise import with_typing_noise
from service.matching.notes.embedder import SHA256, open_embedder
from service.matching.notes.hearing import ANY_DANGER, WEIGHTS, Network, learned_from
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook
from service.matching.notes.taxonomy import kind_names

TO_LEARN = Path(__file__).resolve().parent / "data" / "notes"
ALSO = ("notes_dev", "notes_second_dev")


def main() -> None:
    """Learn, tell how the loss falls, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare with the kept weights")
    parser.add_argument("--processes", type=int, default=2, help="how many learn at once")
    options = parser.parse_args()
    taught = to_learn()
    if options.check:
        same = digest(taught) == learned_from()
        print(
            "the weights belong to these notes" if same else "the notes have changed: learn again"
        )
        raise SystemExit(0 if same else 1)
    book, reader = rulebook(), NoteReader(open_embedder(), TODAY)
    needs, dangers, kinds = [], [], []
    for row in track([*taught, *mistyped(taught)], "Reading the notes"):
        heard = reader.hear(row["note"], by_networks=False)
        needs.append(lessons.need_lesson(row, heard, book))
        dangers.append(lessons.danger_lesson(row, heard, book))
        kinds.append(lessons.kind_lesson(row, heard, kind_names()))
    _LESSONS.update(
        needs=([one for one in needs if one], list(book.need_examples), learning.NEEDS),
        danger=(
            [one for one in dangers if one],
            [*book.flag_examples, ANY_DANGER],
            learning.DANGER,
        ),
        kinds=([one for one in kinds if one], list(kind_names()), learning.KINDS),
    )
    tasks = [(about, voice) for about, (_, _, c) in _LESSONS.items() for voice in range(c.voices)]
    with ProcessPoolExecutor(options.processes, get_context("fork")) as pool:
        voices = list(track(pool.map(_learn, tasks), "Learning", total=len(tasks)))
    held: dict[str, Any] = {"learned_from": np.array(digest(taught))}
    for about, (_, names, _) in _LESSONS.items():
        said = [voice for (told, _), voice in zip(tasks, voices, strict=True) if told == about]
        network = learning.together(said, names)
        held |= {f"{about}.{name}": value for name, value in arrays(network).items()}
    folder = Path(str(notes.__file__)).parent / "rules"
    np.savez_compressed(folder / WEIGHTS, **held)


_LESSONS: dict[str, tuple[list[learning.Lesson], list[str], learning.Course]] = {}
"""What the processes that learn find already in their memory: lessons are too large to send."""


def _learn(task: tuple[str, int]) -> learning.Voice:
    about, voice = task
    taught, _, course = _LESSONS[about]

    def tell(epoch: int, loss: float) -> None:
        print(f"{about}, voice {voice + 1}, round {epoch} of {course.epochs}: loss {loss:.3f}")

    return learning.learn(taught, course, voice, tell)


def to_learn() -> list[dict[str, Any]]:
    """Every labelled note to learn from, author by author, then the examples of the rules."""
    paths = [*sorted(TO_LEARN.glob("*.jsonl")), *(DATA / f"{name}.jsonl" for name in ALSO)]
    whole = [row for path in paths for row in rows.load(path)]
    return [*whole, *lessons.examples(rulebook()), *_short()]


def _short() -> list[dict[str, Any]]:
    """Single sentences, of which a hash has put half among those to build with."""
    dangers = [
        {
            "note": told.note,
            "red_flags": {told.flag: "current"} if told.flag else {},
            "of": "danger",
        }
        for told in danger.notes_of(DATA / "danger_templates.toml")
        if told.half == "build"
    ]
    needs = [
        {"note": said.text, "expected_needs": [said.need], "red_flags": {}, "of": "both"}
        for said in sentences.sentences_of(DATA / "need_sentences.toml")
        if said.half == "build" and said.tells
    ]
    return [{"expected_needs": [], "acceptable_needs": [], **row} for row in (*dangers, *needs)]


def mistyped(taught: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every third note once more with slips of typing, as hurried writers send them."""
    whole = [row for row in taught if "of" not in row]
    return [
        {**row, "note": with_typing_noise(row["note"], _SLIPS, row["id"])} for row in whole[::3]
    ]


def digest(taught: list[dict[str, Any]]) -> str:
    """What the weights were learned from: the notes, the model and nothing else."""
    text = "\n".join(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in taught)
    return hashlib.sha256(f"{SHA256}\n{text}".encode()).hexdigest()


def arrays(network: Network) -> dict[str, Any]:
    """A network as kept: half precision, and only the words that weigh anything."""
    order = sorted(network.vocabulary, key=lambda word: network.vocabulary[word])
    heavy = np.abs(network.words).max(axis=(1, 2)) >= _LEAST
    known = list(zip(order, heavy.tolist(), strict=True))
    return {
        "names": np.array("\n".join(network.names)),
        "vocabulary": np.array("\n".join(word for word, is_kept in known if is_kept)),
        "words": network.words[heavy].astype(np.float16),
        **{
            name: getattr(network, name).astype(np.float16)
            for name in ("first", "first_bias", "ask", "weigh", "bias", "rules_share")
        },
    }


_SLIPS = 0.08
"""The share of letters dropped, doubled or replaced in mistyped notes."""
_LEAST = 0.02
"""Log-odds below which a word's weight is left out of the file."""


if __name__ == "__main__":
    main()
