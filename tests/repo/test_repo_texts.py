"""What no file of the repository may say: paths of a machine, foreign hosts, claims, secrets."""

from __future__ import annotations

import re
from pathlib import Path

from nhs_number.validate import is_valid
from shared import ROOT
from tracked import tracked

HERE = Path(__file__).resolve()
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|tmp|Users|home/[a-z]\w*)/\w|[A-Z]:\\\\Users")
FOREIGN = re.compile(
    r"jsdelivr|unpkg\.com|cdnjs|cdn\.\w+\.\w+|googleapis|gstatic|bootstrapcdn|code\.jquery|"
    r"fontawesome|cloudflare|rawgit|skypack|esm\.sh|assets\.nhs\.uk",
    re.IGNORECASE,
)
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|npmjs\.com/package|registry\.yarnpkg|"
    r"index-url|extra-index|proxy\.golang|crates\.io",
    re.IGNORECASE,
)
CLAIMS = re.compile(r"\b(compliant|certified|approved)\b", re.IGNORECASE)
STANDARDS = re.compile(
    r"\b(DTAC|DSPT|DCB ?01\d\d|UK GDPR|GDPR|WCAG|BaRS|PRSB|Open Referral|FHIR|UK Core)\b"
)
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|kith_[A-Za-z0-9_-]{43}|AKIA[0-9A-Z]{16}|ghp_\w{30}"
)


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        if path.resolve() == HERE or path.suffix in {".png", ".ico", ".npz", ".woff2"}:
            continue
        found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
    assert len(found) > 200
    return found


def lines_with(pattern: re.Pattern[str], *, but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        if name not in but
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_path_of_a_machine() -> None:
    # A service's account in a container has a folder of its own.
    found = lines_with(MACHINE_PATHS)
    assert [line for line in found if not line.startswith("docker/")] == []


def test_no_foreign_host_that_a_page_could_load_from() -> None:
    # The rewriter of maps names what it takes away, and its tests what may not get through.
    allowed = re.compile(r"^(geo/maps/|tests/(unit|browser)/test_maps?_)")
    assert [line for line in lines_with(FOREIGN) if not allowed.match(line)] == []


def test_no_registry_by_name() -> None:
    assert [
        line
        for line in lines_with(REGISTRIES)
        # The recipe that makes the locks says that no address goes into them, and tests look.
        if "--no-emit-index-url" not in line and not line.startswith("tests/repo/")
    ] == []


def test_no_claim_about_a_standard() -> None:
    """Rule 1 of the project's governance: say what was done and what is missing."""
    wording = ("tests/repo/test_docs_links.py",)
    assert lines_with(CLAIMS, but=wording) == []
    assured = re.compile(r"\bassured\b", re.IGNORECASE)
    assert [line for line in lines_with(assured, but=wording) if STANDARDS.search(line)] == []


def test_no_secret() -> None:
    # What a test makes up to be refused is no secret.
    assert [line for line in lines_with(SECRETS) if not line.startswith("tests/")] == []


def test_no_text_has_windows_line_ends_or_tabs_where_blanks_belong() -> None:
    for name, text in texts():
        assert "\r" not in text or name.endswith(".csv"), name
        if name.endswith((".py", ".md", ".toml", ".html", ".css")):
            assert "\t" not in text, name
        assert text == "" or text.endswith("\n"), name


def test_nothing_is_committed_that_is_made() -> None:
    made = re.compile(
        r"(^|/)(__pycache__|node_modules|\.venv|var|dist|static/vendor)/|\.pyc$|\.db$"
    )
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert [name for name in names if made.search(name)] == []


NOT_A_NUMBER_OF_ANYBODY = {"tests/unit/test_postcode.py"}
"""Where ten digits stand for something that is no postcode."""


def test_no_nhs_number_but_of_the_range_for_tests() -> None:
    """Ten digits that pass the check and do not begin with 999 might be somebody's."""
    digits = re.compile(r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.])")
    found, of_the_range = [], 0
    for name, text in texts():
        if name.endswith((".lock", ".geojson", "package-lock.json")):
            continue
        for each in digits.findall(text):
            bare = re.sub(r"[ -]", "", each)
            if not is_valid(bare) or len(set(bare)) == 1:
                continue
            of_the_range += bare.startswith("999")
            if not bare.startswith("999") and name not in NOT_A_NUMBER_OF_ANYBODY:
                found.append(f"{name}: {bare[:3]}...")
    assert found == []
    assert of_the_range > 10
