"""How well and how fast notes are read, beside plain baselines: `make evaluate`.

Judges the notes in tests/data, and the shared development and behaviour notes when they are there.
Prints the measures with what changed since the committed result; `--write` keeps the new one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from service.matching.evaluation import report, rows
from service.matching.notes.embedder import NullEmbedder, open_embedder
from service.matching.notes.reader import NoteReader

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
KEPT = ROOT / "benchmarks" / "results" / "notes.json"
SHARED = Path(os.environ.get("KITH_SHARED", ROOT.parent / "shared")) / "matching"
TODAY = date(2026, 3, 1)
OURS = (
    *("notes_dev", "notes_held_out", "notes_second_dev", "notes_second_held_out"),
    *("notes_third_held_out", "notes_fourth_held_out", "notes_fifth_held_out"),
)
"""By five authors, the others blind to the rules; of two, half to learn from and half to judge.
The third wrote of danger and of what only sounds like it."""
SHOWN = (
    "nDCG@5",
    "recall@5",
    "recall@10",
    "shown_precision",
    "kind_hit@5",
    "kind_nDCG@5",
    "flag_recall",
    "false_alarm_notes",
    "history_as_current",
)


def main() -> None:
    """Judge every labelled file with and without the model, and print the difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep this result as the last one")
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    options = parser.parse_args()
    embedder = open_embedder()
    reader, plain = NoteReader(embedder, TODAY), NoteReader(NullEmbedder(), TODAY)
    files = [DATA / f"{name}.jsonl" for name in OURS] + [SHARED / "dev.jsonl"]
    files = [path for path in files if path.exists()]
    result: dict[str, Any] = {"model": embedder.name}
    for path in files:
        result[path.stem] = report.evaluate(path, reader, embedder)
        result[f"{path.stem}, rules only"] = report.evaluate(path, plain, NullEmbedder())["ours"]
    if (SHARED / "edge.jsonl").exists():
        result["edge"] = report.edge_pass(SHARED / "edge.jsonl", reader)
    if options.json:
        print(report.as_json(result))
    else:
        tell(result, json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {})
        speed(reader, [row["note"] for path in files for row in rows.load(path)])
    if options.write:
        KEPT.write_text(report.as_json(result), "utf-8")


def tell(result: dict[str, Any], before: dict[str, Any]) -> None:
    """One table for each file of notes: measure, now, before, and the baselines' intervals."""
    console = Console()
    for name, found in result.items():
        if not isinstance(found, dict) or "ours" not in found:
            continue
        table = Table("measure", "now", "last time", title=f"{name} ({found['ours']['n']} notes)")
        old = before.get(name, {}).get("ours", {})
        for measure in SHOWN:
            table.add_row(measure, str(found["ours"].get(measure, "-")), str(old.get(measure, "-")))
        table.add_row("calibration error", str(found["calibration"]["ece"]), "")
        table.add_row("nDCG@5, 95 %", str(found["nDCG@5_interval"]), "")
        for noise, noisy in found["typing_noise"].items():
            table.add_row(f"nDCG@5 at typing noise {noise}", str(noisy["nDCG@5"]), "")
        for baseline, theirs in found["baselines"].items():
            gain = theirs["ours_minus_theirs_interval"]
            table.add_row(f"against {baseline}", f"{theirs['nDCG@5']}; gain {gain}", "")
        console.print(table)
    if "edge" in result:
        console.print(f"Behaviour notes: {result['edge']}")


def speed(reader: NoteReader, notes: list[str]) -> None:
    """Processor time of one note, warm, and the process's peak memory."""
    times = sorted(_seconds(reader, note) for note in notes)
    print("p50 ms", round(1000 * times[len(times) // 2], 1))
    print("p95 ms", round(1000 * times[int(0.95 * len(times))], 1))
    print("20,000 characters s", round(_seconds(reader, " ".join(notes)[:20_000]), 2))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("peak memory MB", round(peak))


def _seconds(reader: NoteReader, note: str) -> float:
    began = time.process_time()
    reader.read(note)
    return time.process_time() - began


if __name__ == "__main__":
    main()
