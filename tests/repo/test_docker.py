"""The container: what it may do, what it is made of, and that its two descriptions agree."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from shared import ROOT

from service.settings import Settings

DOCKER = ROOT / "docker"
REGISTRY = re.compile(r"\b[\w-]+(\.[\w-]+)+(:\d+)?/")


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The Dockerfile as instructions with their arguments, in order, lines joined."""
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    return [(line.split(None, 1)[0], " ".join(line.split()[1:])) for line in kept]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, anchors resolved."""
    found = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def last_stage(steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    begins = [at for at, (word, _) in enumerate(steps) if word == "FROM"]
    return steps[begins[-1] :]


def test_it_is_built_in_two_stages_on_one_base_with_a_version(steps):
    bases = [rest.split("=", 1)[1] for word, rest in steps if word == "ARG"]
    assert [base.partition(":")[2] for base in bases] == ["3.11-slim-bookworm"]
    froms = [rest for word, rest in steps if word == "FROM"]
    assert froms == ["${BASE} AS build", "${BASE}"]


def test_what_runs_is_nobody_with_rights(steps):
    users = [rest for word, rest in last_stage(steps) if word == "USER"]
    assert users == ["10001:10001"]


def test_what_runs_has_nothing_installed_but_what_was_built(steps):
    ran = " ".join(rest for word, rest in last_stage(steps) if word == "RUN")
    assert not re.search(r"apt|pip|npm|gcc|curl|wget", ran)
    copied = [rest for word, rest in last_stage(steps) if word in {"COPY", "ADD"}]
    assert copied == ["--from=build /opt/kith /opt/kith"]


def test_everything_is_installed_from_a_lock_with_hashes(steps):
    installs = [
        part
        for word, rest in steps
        if word == "RUN"
        for part in rest.split("&&")
        if "pip install" in part
    ]
    assert len(installs) == 3
    for each in installs:
        assert "--require-hashes" in each or "--no-index" in each
    for lock in (ROOT / "requirements.lock", DOCKER / "build.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|index-url", text)


def test_its_health_is_the_same_question_that_operators_ask(steps):
    checks = [rest for word, rest in steps if word == "HEALTHCHECK"]
    assert len(checks) == 1
    assert "/readyz" in checks[0]
    assert checks[0].count("--") == 4


def test_its_health_check_says_no_when_nothing_answers(steps):
    found = next(rest for word, rest in steps if word == "HEALTHCHECK")
    command = yaml.safe_load(found[found.index("CMD") + 3 :])
    done = subprocess.run(
        [sys.executable, *command[1:]],
        env={"KITH_PORT": "9"},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0


def test_its_settings_are_settings(steps):
    env = " ".join(rest for word, rest in steps if word == "ENV")
    named = {name.lower() for name in re.findall(r"KITH_([A-Z_]+)=", env)}
    assert named
    assert named <= set(Settings.model_fields)


def test_hadolint_finds_nothing():
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert linter, "hadolint is a development package: run make test"
    done = subprocess.run(
        [linter, str(DOCKER / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_nothing_names_the_host_of_a_registry():
    for path in (DOCKER / "Dockerfile", DOCKER / "compose.yaml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.match(r"\s*(FROM|ARG|image:)", line):
                assert not REGISTRY.search(line), line


def test_compose_has_a_database_an_upgrade_a_web_and_a_worker(compose):
    services = compose["services"]
    assert set(services) == {"db", "upgrade", "web", "worker"}
    assert services["worker"]["command"] == ["worker"]
    assert services["worker"]["depends_on"] == services["web"]["depends_on"]
    assert services["db"]["image"].startswith("postgis/postgis:")
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert services["upgrade"]["restart"] == "no"
    assert services["web"]["depends_on"] == {
        "db": {"condition": "service_healthy"},
        "upgrade": {"condition": "service_completed_successfully"},
    }
    assert set(compose) == {"x-kith", "services", "volumes"}


def test_kith_in_compose_can_write_to_its_own_folder_alone(compose):
    for name in ("upgrade", "web", "worker"):
        one = compose["services"][name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
        assert one["volumes"] == ["kith:/var/lib/kith"]


def test_compose_listens_on_this_machine_only_and_the_database_not_at_all(compose):
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["web"]["ports"])
    assert "ports" not in compose["services"]["db"]


def test_every_variable_of_compose_is_in_the_example_and_every_setting_is_one(compose):
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+)", text))
    example = (DOCKER / "example.env").read_text(encoding="utf-8")
    given = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    assert used | {"COMPOSE_PROJECT_NAME"} == set(given)
    passed = compose["services"]["web"]["environment"]
    assert {name.removeprefix("KITH_").lower() for name in passed} <= set(Settings.model_fields)


def test_no_secret_is_shipped_and_git_does_not_take_one():
    example = (DOCKER / "example.env").read_text(encoding="utf-8")
    assert re.search(r"^KITH_DB_PASSWORD=$", example, re.MULTILINE)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "docker/.env" in ignored


def test_the_image_is_made_of_what_it_needs_and_nothing_else(steps):
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        name
        for word, rest in steps
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in let_in)


def test_compose_itself_accepts_the_file():
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    done = subprocess.run(
        [program, "--file", str(DOCKER / "compose.yaml"), "config", "--quiet"],
        env={"KITH_DB_PASSWORD": "example", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
