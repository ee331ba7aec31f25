"""How well danger told obliquely is heard, by half of the templates and with typing noise.

`python -m benchmarks.notes_danger` prints the figures of both halves; `--missed build` lists what
was missed in the build half, the only one that rules may be written against.
"""

from __future__ import annotations

import argparse

from benchmarks.notes import DATA, TODAY
from service.matching.evaluation import danger
from service.matching.notes.embedder import NullEmbedder, open_embedder
from service.matching.notes.reader import NoteReader

TEMPLATES = DATA / "danger_templates.toml"


def main() -> None:
    """Print recall and false alarms; with `--missed build` also the sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missed", choices=["build"], help="list what was misread")
    parser.add_argument("--noise", type=float, default=0.0, help="for --missed: letters damaged")
    options = parser.parse_args()
    reader = NoteReader(open_embedder(), TODAY)
    told = danger.notes_of(TEMPLATES)
    if options.missed:
        tell_missed([t for t in told if t.half == "build"], reader, options.noise)
        return
    for name, one in (("rules and model", reader), ("rules", NoteReader(NullEmbedder(), TODAY))):
        for half in ("build", "held_out"):
            for noise in (0.0, 0.1):
                heard = danger.hear([t for t in told if t.half == half], one, noise)
                print(name, half, f"noise {noise}", danger.counts(heard))


def tell_missed(told: list[danger.Told], reader: NoteReader, noise: float) -> None:
    """Dangers not sent to a clinician and ordinary notes that were, with what was raised."""
    for heard in danger.hear(told, reader, noise):
        if bool(heard.raised) != bool(heard.told.flag):
            print(heard.told.kind, "|", heard.told.note, "|", *heard.raised)
    print(danger.counts(danger.hear(told, reader, noise)))


if __name__ == "__main__":
    main()
