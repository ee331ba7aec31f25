"""Modules and functions stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

from shared import ROOT
from tracked import tracked

PACKAGES = ("service", "geo", "seed_data")
LONGEST_MODULE, MEDIAN_MODULE, LONGEST_FUNCTION = 400, 120, 60


def modules(*folders: str) -> list[Path]:
    return [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in folders]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    found = {str(path.relative_to(ROOT)): lines(path) for path in modules(*PACKAGES, "docs")}
    assert len(found) > 150
    assert {name: size for name, size in found.items() if size > LONGEST_MODULE} == {}


def test_half_of_the_modules_are_shorter_than_a_hundred_and_twenty() -> None:
    assert statistics.median(lines(path) for path in modules(*PACKAGES)) < MEDIAN_MODULE


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: to explain is never too long."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        whole -= (first.end_lineno or 0) - first.lineno + 1
    return whole


def test_no_function_is_longer_than_sixty_lines() -> None:
    found = {}
    for path in modules(*PACKAGES, "docs"):
        if "versions" in path.parts:
            continue  # a migration is a list of tables, made by machine
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = length(node)
    assert len(found) > 500
    assert {name: size for name, size in found.items() if size > LONGEST_FUNCTION} == {}


def test_every_lint_exception_has_its_reason() -> None:
    """`noqa` and `type: ignore` name a rule; in the packages they also say why."""
    bare = []
    for path in modules(*PACKAGES):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            where = f"{path.relative_to(ROOT)}:{number}"
            if "# noqa" in line and "# noqa: " not in line:
                bare.append(where)
            if "# type: ignore" in line and "# type: ignore[" not in line:
                bare.append(where)
    assert bare == []
