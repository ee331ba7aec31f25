"""The papers: links lead somewhere, commands exist, pictures are light, nothing is claimed."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from shared import ROOT
from typer.main import get_command

from service.cli.app import app
from service.settings import Settings

FOLDERS = ("benchmarks", "docs", "docker", "geo", "seed_data", "service", "tests")
PAGES = sorted(
    page
    for folder in (None, *FOLDERS)
    for page in ((ROOT / folder).rglob("*.md") if folder else ROOT.glob("*.md"))
    # What npm brought is others' paper.
    if "node_modules" not in page.parts
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```", re.DOTALL)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s`(/])kith ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that a reader's viewer makes of headings."""
    titles = HEADING.findall(FENCE.sub("", prose(path)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_something_in_the_repository(page):
    broken = []
    for target in LINK.findall(FENCE.sub("", prose(page))):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        place, _, anchor = unquote(target).partition("#")
        found = (page.parent / place).resolve() if place else page
        inside = found.is_relative_to(ROOT)
        if not (inside and found.exists() and (not anchor or anchor in anchors(found))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_picture_says_what_it_shows(page):
    for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", prose(page)):
        assert len(words) > 20, f"{target}: describe it for whoever does not see it"


def test_every_page_of_docs_is_reached_from_its_front_page():
    reached: set[Path] = set()
    waiting = [ROOT / "docs/README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = LINK.findall(prose(page))
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links]
    missed = [named(page) for page in PAGES if page.is_relative_to(ROOT / "docs")]
    assert [page for page in missed if ROOT / page not in reached] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_is_written_is_one(page):
    known = get_command(app).commands
    for written in COMMAND.findall("\n".join(FENCE.findall(prose(page)))):
        first, _, second = written.partition(" ")
        assert first in known, f"kith {first}"
        inner = getattr(known[first], "commands", None)
        if inner is not None and second:
            assert second in inner, f"kith {written}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_setting_that_is_written_is_one(page):
    not_settings = {"KITH_SHARED", "KITH_CHROMIUM", "KITH_DB_PASSWORD", "KITH_PUBLISHED_PORT"}
    for name in set(re.findall(r"\bKITH_[A-Z_]*[A-Z]\b", prose(page))) - not_settings:
        if name.startswith("KITH_TEST_"):
            continue
        assert name.removeprefix("KITH_").lower() in Settings.model_fields, name


def test_pictures_are_light():
    pictures = sorted((ROOT / "docs/images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 300_000] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_standard_is_claimed(page):
    """Whether one is met is for others to sign; we write what was done and what is missing."""
    said = re.findall(
        r"[^.\n]*\b(?:compliant|certified|approved|fully assured)\b[^.\n]*", prose(page), re.I
    )
    assert said == []


def test_the_front_page_is_short():
    text = prose(ROOT / "README.md")
    assert len(text.splitlines()) <= 160
    first = text.split("\n## ", 1)[0]
    assert first.count(". ") + first.count(".\n") <= 4
