"""The pages of `docs/reference/` that the code itself knows best: `python -m docs.make`.

A test makes them again and compares, so they cannot fall behind.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer
from pydantic_core import PydanticUndefined

from docs import tracing

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by `python -m docs.make`; change the code, not this page. -->"


def main() -> None:
    """Write every page; tells which changed."""
    for name, text in {**pages(), "../conformance.md": tracing.page()}.items():
        target = (REFERENCE / name).resolve()
        before = target.read_text(encoding="utf-8") if target.exists() else ""
        if before != text:
            target.write_text(text, encoding="utf-8")
            print(f"made {target.relative_to(REFERENCE.parent.parent)}")  # noqa: T201 - a command


def pages() -> dict[str, str]:
    """The pages by file name."""
    return {"settings.md": settings(), "errors.md": errors(), "commands.md": commands()}


def settings() -> str:
    """Every setting with its default and meaning."""
    from service.settings import Settings

    lines = [
        "# Settings",
        MADE,
        "",
        "Kith reads its settings from the environment, and from nowhere else. None has to be set.",
        "A value that cannot be used is refused at the start, with its name and what to write.",
        "",
        "| variable | default | takes | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is PydanticUndefined else str(field.default)
        lines.append(
            f"| `KITH_{name.upper()}` | {_code(default)} | {_kind(field)} | "
            f"{_cell(field.description or '')} |"
        )
    return "\n".join(lines) + "\n"


def _kind(field: Any) -> str:  # noqa: ANN401 - pydantic's own description of a field
    given = field.annotation
    names = {str: "text", int: "whole number", float: "number", Path: "path"}
    parts = [part for part in getattr(given, "__args__", (given,)) if part is not type(None)]
    said = ", ".join(names.get(part, str(part)) for part in parts)
    bounds = {type(each).__name__.lower(): each for each in field.metadata}
    limits = [
        f"{word} {getattr(bounds[kind], kind):,}"
        for kind, word in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if kind in bounds
    ]
    return f"{said} {' '.join(limits)}".strip()


def errors() -> str:
    """Every kind of failure: its slug, status, exit code and meaning."""
    load_everything()
    from geo.errors import DomainError
    from service.api.problems import all_errors, status_of
    from service.cli.outcomes import exit_code

    lines = [
        "# Failures",
        MADE,
        "",
        "Whatever goes wrong has a stable name. The API answers it as `application/problem+json`",
        "(RFC 9457) whose `type` is `/problems/` and that name; a command tells it on standard",
        "error and leaves with the exit code, after BSD's sysexits.",
        "",
        "| name | title | HTTP | exit | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for error in sorted(all_errors(), key=lambda each: (each.slug, each.__module__)):
        if error is DomainError:
            continue
        meaning = (error.__doc__ or "").strip().splitlines()[0]
        code = "" if error.__module__.startswith("service.api.") else exit_code(error)
        lines.append(
            f"| `{error.slug}` | {_cell(error.title)} | {status_of(error)} | {code} | "
            f"{_cell(meaning)} |"
        )
    return "\n".join(lines) + "\n"


def load_everything() -> None:
    """Import every module, so that every error is known."""
    for package in ("geo", "seed_data", "service"):
        found = import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            # A migration runs when it is imported by Alembic, and by nobody else.
            if ".migrations." not in module.name:
                import_module(module.name)


def commands() -> str:
    """Every command with its help, options and example."""
    from service.cli.app import app

    root = typer.main.get_command(app)
    lines = [
        "# Commands",
        MADE,
        "",
        "`kith --help` and `kith COMMAND --help` say the same. Every command reads the",
        "[settings](settings.md); its exit codes are in [errors.md](errors.md).",
    ]
    for path, command in every_command(root):
        lines += ["", f"## `{' '.join(path)}`", *_of_command(path, command)]
    return "\n".join(lines) + "\n"


Command = Any
"""Typer brings its own copy of Click's classes, which are not to be imported."""


def every_command(
    command: Command, path: tuple[str, ...] = ("kith",)
) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Each command that does something, with the words that call it."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        yield from every_command(each, (*path, name))


def example_of(command: Command) -> str:
    """The example a command's help ends with; empty when it has none."""
    said = f"{command.help or ''}\n{getattr(command, 'epilog', None) or ''}"
    found = re.search(r"Example: (.+)", said)
    return found[1].strip() if found else ""


def _of_command(path: tuple[str, ...], command: Command) -> list[str]:
    told = re.sub(r"\s*Example: .+", "", command.help or "").strip()
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n", told)]
    rows = [
        row
        for each in command.params
        if (row := _of_parameter(each, _choices(command, each.name or "")))
    ]
    table = ["", "| option | default | meaning |", "| --- | --- | --- |", *rows] if rows else []
    example = ["", "```", example_of(command), "```"] if example_of(command) else []
    return [*"\n\n".join(paragraphs).splitlines(), *table, *example]


def _choices(command: Command, name: str) -> list[type[Enum]]:
    """The closed lists that a parameter takes its values from: none, or one."""
    given = get_type_hints(command.callback).get(name)
    kinds = [given, *(inner for each in get_args(given) for inner in (each, *get_args(each)))]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]


def _of_parameter(parameter: Any, choices: list[type[Enum]]) -> str:  # noqa: ANN401 - as Command
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return ""
    named = [*parameter.opts, *parameter.secondary_opts]
    is_option = named[0].startswith("-")
    name = " ".join(named) if is_option else (parameter.metavar or parameter.name.upper())
    meaning = getattr(parameter, "help", None) or ""
    for kind in choices:
        meaning += f" One of: {', '.join(str(each.value) for each in kind)}."
    default = parameter.default
    shown = "" if default in (None, False, (), []) or callable(default) else str(default)
    return f"| `{name}` | {'needed' if parameter.required else _code(shown)} | {_cell(meaning)} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
