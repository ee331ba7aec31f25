"""The published notes, judged by the published definitions: floors, so that nothing sinks."""

import json
from datetime import date

import pytest
from shared import shared_path

from service.matching.evaluation import metrics, report, rows
from service.matching.notes.embedder import NullEmbedder, open_embedder
from service.matching.notes.reader import NoteReader

TODAY = date(2026, 3, 1)


@pytest.fixture(scope="module", params=["model", "rules only"])
def reader(request):
    embedder = open_embedder() if request.param == "model" else NullEmbedder()
    if request.param == "model" and not embedder.is_available:
        pytest.skip("the language model is not installed")
    made = NoteReader(embedder, TODAY)
    made.read("Loading rules and model is not part of reading a note.")
    return made


def test_behaviour_notes_all_pass(reader):
    assert report.edge_pass(shared_path("matching/edge.jsonl"), reader)["wrong"] == {}


def test_published_stories_are_read_well(reader):
    gold = rows.load(shared_path("matching/dev.jsonl"))
    out = metrics.summary(gold, [rows.predict_row(row, reader) for row in gold])
    assert out["nDCG@5"] >= 0.82
    assert out["recall@5"] >= 0.92
    assert out["shown_precision"] >= 0.85
    assert out["flag_recall"] == "2/2"
    assert out["history_as_current"] == 0
    assert int(str(out["false_alarm_notes"]).split("/")[0]) <= 1


def test_our_metrics_agree_with_the_published_scorer(reader, tmp_path):
    path = shared_path("matching/dev.jsonl")
    scorer: dict[str, object] = {"__name__": "scorer"}
    exec(shared_path("matching/score.py").read_text("utf-8"), scorer)
    made = rows.predict(path, tmp_path / "out.jsonl", reader)
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == made
    theirs = scorer["score"](rows.load(path), made)  # type: ignore[operator]
    ours = metrics.summary(rows.load(path), made)
    for name, value in theirs.items():
        assert ours[name] == value, name
