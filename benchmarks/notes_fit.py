"""Refits the weights of `reading.toml` on the notes to learn from and prints them.

Run by hand after larger changes of rules: `python -m benchmarks.notes_fit`. The notes are those of
both authors, `notes_dev.jsonl` and `notes_second_dev.jsonl`. Above the weights stands how well they
are read by weights fitted without them (six folds). The held-out notes of either author are not
fitted, so that `benchmarks.notes` can judge the result by them.
"""

from __future__ import annotations

from typing import Any

from benchmarks.notes import DATA, TODAY
from service.matching.evaluation import fitting, metrics, rows
from service.matching.notes.embedder import Embedder, NullEmbedder, open_embedder
from service.matching.notes.needs import soften
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook


def main() -> None:
    """Print the out-of-fold figures and the weights, with and without the model."""
    gold = [*rows.load(DATA / "notes_dev.jsonl"), *rows.load(DATA / "notes_second_dev.jsonl")]
    told("fusion", gold, open_embedder())
    told("rules_only", gold, NullEmbedder())


def told(name: str, gold: list[dict[str, Any]], embedder: Embedder) -> None:
    """One reader's figures as comments and its weights as TOML."""
    if name == "fusion" and not embedder.is_available:
        print("# The language model is not installed: nothing to fit for fusion.")
        return
    features = fitting.tables(gold, NoteReader(embedder, TODAY))
    found = fitting.out_of_fold(gold, features)
    temperature = float(rulebook().settings["confidence"]["temperature"])
    made = []
    for row, chances in zip(gold, found, strict=True):
        ranked = sorted(chances, key=lambda n: (-round(sum(chances[n]), 6), n))
        sure = {n: soften(chances[n][0], temperature) for n in ranked}
        shown = [n for n in ranked if sure[n] >= 0.5]
        made.append({"id": row["id"], "needs": ranked, "shown": shown, "confidence": sure,
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
