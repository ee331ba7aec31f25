"""The whole evaluation of a labelled file in one JSON-ready object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.matching.evaluation import baselines, bootstrap, edges, metrics
from service.matching.evaluation.noise import with_typing_noise
from service.matching.evaluation.rows import Row, load, predict_row
from service.matching.notes.embedder import Embedder
from service.matching.notes.reader import NoteReader

NOISE_RATIOS = (0.02, 0.05, 0.10)


def evaluate(notes_path: Path, reader: NoteReader, embedder: Embedder) -> dict[str, Any]:
    """Metrics, calibration, typing noise, baselines and paired intervals for one file of notes.

    Times are left out, so that the same notes and rules give the same object.
    """
    gold = load(notes_path)
    predicted = [predict_row(row, reader) for row in gold]
    ours = _ndcg(gold, [p["needs"] for p in predicted])
    result: dict[str, Any] = {
        "file": notes_path.name,
        "ours": metrics.summary(gold, predicted),
        "nDCG@5_interval": bootstrap.interval(ours),
        "calibration": metrics.calibration(gold, predicted),
        "typing_noise": {str(r): _noisy(gold, reader, r) for r in NOISE_RATIOS},
        "baselines": {},
    }
    plain = {
        "need frequencies": baselines.frequencies(gold),
        "TF-IDF words": baselines.tfidf_words(gold),
        "keywords without negation": baselines.keywords(gold),
    }
    if embedder.is_available:
        plain["model only"] = baselines.model_only(gold, embedder)
    for name, ranked in plain.items():
        theirs = _ndcg(gold, ranked)
        result["baselines"][name] = {
            "nDCG@5": round(sum(theirs) / len(theirs), 4),
            "ours_minus_theirs_interval": bootstrap.difference(ours, theirs),
        }
    return result


def edge_pass(edge_path: Path, reader: NoteReader) -> dict[str, Any]:
    """How many behaviour notes pass, and what is wrong with the others."""
    wrong: dict[str, list[str]] = {}
    rows = load(edge_path)
    for row in rows:
        predicted = predict_row(row, reader)
        found = edges.faults(row["expected"], predicted, reader.read(row["note"]).action_reason)
        if found:
            wrong[row["id"]] = found
    return {"passed": len(rows) - len(wrong), "of": len(rows), "wrong": wrong}


def _ndcg(gold: Sequence[Row], ranked: Sequence[Sequence[str]]) -> list[float]:
    scores = (metrics.need_ndcg(g, r) for g, r in zip(gold, ranked, strict=True))
    return [score for score in scores if score is not None]


def _noisy(gold: Sequence[Row], reader: NoteReader, ratio: float) -> dict[str, Any]:
    noisy = [{**g, "note": with_typing_noise(g["note"], ratio, g["id"])} for g in gold]
    predicted = [predict_row(row, reader) for row in noisy]
    summary = metrics.summary(gold, predicted)
    return {k: summary[k] for k in ("nDCG@5", "recall@5", "flag_recall", "false_alarm_notes")}


def as_json(result: object) -> str:
    """The result as committed: sorted, indented, newline at the end."""
    return json.dumps(result, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
