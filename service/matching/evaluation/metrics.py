"""Metrics over labelled notes, by the project's published definitions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
SERIOUS = frozenset({"current", "recent", "passive"})


def dcg(gains: Sequence[float]) -> float:
    """Discounted gain, discount 1/log2(place + 1), places from 1."""
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def need_ndcg(gold: Row, ranked: Sequence[str], k: int = 5) -> float | None:
    """nDCG@k with gain 2 expected, 1 acceptable; None when the note expects no need."""
    expected, fine = list(gold["expected_needs"]), set(gold["acceptable_needs"])
    if not expected:
        return None
    gains = [2.0 if n in expected else 1.0 if n in fine else 0.0 for n in ranked[:k]]
    ideal = sorted([2.0] * len(expected) + [1.0] * len(fine), reverse=True)[:k]
    return dcg(gains) / dcg(ideal)


def recall(gold: Row, ranked: Sequence[str], k: int) -> float | None:
    """Share of expected needs among the first k; None when none is expected."""
    expected = set(gold["expected_needs"])
    return len(expected & set(ranked[:k])) / len(expected) if expected else None


def kind_scores(gold: Row, kinds: Sequence[str], k: int = 5) -> tuple[float, float] | None:
    """(hit@k, nDCG@k) against the kinds really joined; None where not stated."""
    joined = set(gold["connected_kinds"] or ())
    if not joined:
        return None
    ideal = dcg([1.0] * min(k, len(joined)))
    return float(bool(joined & set(kinds[:k]))), dcg(
        [float(x in joined) for x in kinds[:k]]
    ) / ideal


def summary(gold: Sequence[Row], predicted: Sequence[Row]) -> dict[str, Any]:
    """Every metric over the rows; predictions are matched by id, a missing one counts as empty."""
    by_id = {p["id"]: p for p in predicted}
    empty: Row = {"needs": [], "shown": [], "kinds": [], "flags": {}}
    pairs = [(g, by_id.get(g["id"], empty)) for g in gold]
    collected: dict[str, list[float]] = {}

    def note(name: str, value: float | None) -> None:
        if value is not None:
            collected.setdefault(name, []).append(value)

    for g, p in pairs:
        fine = set(g["expected_needs"]) | set(g["acceptable_needs"])
        note("nDCG@5", need_ndcg(g, p["needs"]))
        for k in (3, 5, 10):
            note(f"recall@{k}", recall(g, p["needs"], k))
        if g["expected_needs"]:
            note("P@1_expected", float(bool(p["needs"]) and p["needs"][0] in g["expected_needs"]))
            note("primary@3", float(g["expected_needs"][0] in p["needs"][:3]))
            note("P@1_ok", float(bool(p["needs"]) and p["needs"][0] in fine))
        if p["shown"]:
            note("shown_precision", sum(n in fine for n in p["shown"]) / len(p["shown"]))
        note("shown_count", float(len(p["shown"])))
        if (kinds := kind_scores(g, p["kinds"])) is not None:
            note("kind_hit@5", kinds[0])
            note("kind_nDCG@5", kinds[1])
        if "action" in g and "action" in p:
            note("action", float(g["action"] == p["action"]))
    means = {name: round(sum(v) / len(v), 4) for name, v in collected.items()}
    return {"n": len(gold), **means, **flag_counts(pairs)}


def flag_counts(pairs: Sequence[tuple[Row, Row]]) -> dict[str, str | int]:
    """Found of serious flags, notes with a false alarm, history shown as current, exact status."""
    found = serious = alarms = clean = as_current = exact = total = 0
    for g, p in pairs:
        for flag, status in g["red_flags"].items():
            given = p["flags"].get(flag)
            total += 1
            exact += given == status
            if status == "history":
                as_current += given in SERIOUS
            else:
                serious += 1
                found += given in SERIOUS
        if not any(s in SERIOUS for s in g["red_flags"].values()):
            clean += 1
            alarms += any(s in SERIOUS for s in p["flags"].values())
    return {
        "flag_recall": f"{found}/{serious}",
        "false_alarm_notes": f"{alarms}/{clean}",
        "history_as_current": as_current,
        "flag_status_exact": f"{exact}/{total}",
    }


def calibration(gold: Sequence[Row], predicted: Sequence[Row]) -> dict[str, float]:
    """ECE over ten equal bins and Brier of the shown needs; right = expected or acceptable."""
    by_id = {g["id"]: g for g in gold}
    pairs: list[tuple[float, float]] = []
    for p in predicted:
        g = by_id[p["id"]]
        fine = set(g["expected_needs"]) | set(g["acceptable_needs"])
        pairs += [(p["confidence"][n], float(n in fine)) for n in p["shown"]]
    if not pairs:
        return {"ece": 0.0, "brier": 0.0, "shown": 0.0}
    error = 0.0
    for low in range(10):
        cell = [(c, y) for c, y in pairs if low / 10 <= c < (low + 1) / 10 or (low == 9 and c == 1)]
        if cell:
            accuracy = sum(y for _, y in cell) / len(cell)
            error += len(cell) / len(pairs) * abs(accuracy - sum(c for c, _ in cell) / len(cell))
    brier = sum((c - y) ** 2 for c, y in pairs) / len(pairs)
    return {"ece": round(error, 4), "brier": round(brier, 4), "shown": float(len(pairs))}
