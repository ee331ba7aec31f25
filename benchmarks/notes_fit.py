"""Refits the weights of the rules in `reading.toml` and prints them.

Run by hand after larger changes of rules, before `python -m benchmarks.notes_learn`:
`python -m benchmarks.notes_fit`. `alone` is for reading without the model, fitted to the notes of
two authors; `rules` is what the network adds to, fitted to all notes to learn from. Above the
weights stands how well the notes are read by weights fitted without them (six folds).
"""

from __future__ import annotations

from typing import Any

from benchmarks.notes import DATA, TODAY
from benchmarks.notes_learn import ALSO, to_learn
from service.matching.evaluation import fitting, metrics, rows
from service.matching.notes.embedder import NullEmbedder
from service.matching.notes.needs import chance
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook


def main() -> None:
    """Print the out-of-fold figures as comments and the weights as TOML."""
    told("alone", [row for name in ALSO for row in rows.load(DATA / f"{name}.jsonl")])
    told("rules", [row for row in to_learn() if "of" not in row])


def told(name: str, gold: list[dict[str, Any]]) -> None:
    """One set of weights with its figures."""
    features = fitting.tables(gold, NoteReader(NullEmbedder(), TODAY))
    temperature = float(rulebook().settings["confidence"]["temperature"])
    made = []
    for number, odds in enumerate(fitting.out_of_fold(gold, features)):
        worth = {need: chance(accept) + chance(main) for need, (accept, main) in odds.items()}
        ranked = sorted(worth, key=lambda need: (-round(worth[need], 6), need))
        sure = {need: chance(odds[need][0] / temperature) for need in ranked}
        shown = [need for need in ranked if sure[need] >= 0.5]
        made.append({"id": gold[number]["id"], "needs": ranked, "shown": shown, "confidence": sure,
                     "kinds": [], "flags": {}})  # fmt: skip
    summary = metrics.summary(gold, made)
    print(f"# {name} out of fold: nDCG@5 {summary['nDCG@5']}, recall@5 {summary['recall@5']}, "
          f"{metrics.calibration(gold, made)}")  # fmt: skip
    for part, weights in zip(("main", "accept"), fitting.fit(gold, features), strict=True):
        print(f"[{name}.{part}]")
        for key, value in weights.items():
            if isinstance(value, dict):
                value = "{ " + ", ".join(f"{n} = {w}" for n, w in value.items()) + " }"
            print(f"{key} = {value}")


if __name__ == "__main__":
    main()
