"""The made pages of the reference are as the code is; every setting and command explains itself."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections import defaultdict
from types import ModuleType

import pytest
from shared import ROOT
from typer.testing import CliRunner

from geo.errors import DomainError
from service.settings import Settings


def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", ROOT / "docs/make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_make"] = module
    spec.loader.exec_module(module)
    return module


MAKE = made()


@pytest.mark.parametrize("name", ["settings.md", "errors.md", "commands.md"])
def test_a_made_page_is_up_to_date(name: str) -> None:
    kept = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")
    assert kept == MAKE.pages()[name], "run `make docs`"


def test_the_page_of_conformance_is_up_to_date() -> None:
    kept = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
    assert kept == MAKE.tracing.page(), "run `make docs`"


def test_every_setting_says_what_it_is_for() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description
        assert field.description.endswith("."), name
        assert f"`KITH_{name.upper()}`" in page


def test_every_command_has_help_and_an_example_that_calls_it() -> None:
    from typer.main import get_command

    from service.cli.app import app

    seen = 0
    for path, command in MAKE.every_command(get_command(app)):
        seen += 1
        told = CliRunner().invoke(app, [*path[1:], "--help"])
        assert told.exit_code == 0, told.output
        assert "Example:" in told.output, path
        example = MAKE.example_of(command)
        assert example.startswith(" ".join(path)), path
        assert (command.help or "").strip().splitlines()[0].endswith("."), path
        for parameter in command.params:
            if parameter.name != "help":
                assert getattr(parameter, "help", None), (path, parameter.name)
    assert seen >= 12


def errors() -> list[type[DomainError]]:
    from service.api.problems import all_errors

    MAKE.load_everything()
    return [
        error
        for error in all_errors()
        if error.__module__.split(".")[0] in ("geo", "service", "seed_data")
    ]


SHARED_SLUGS = {"need-unknown": {"seed_data.errors", "service.register.errors"}}
"""One name for two classes: the taxonomy's own complaint and the register's, told the same way."""


def test_every_error_has_a_name_of_its_own() -> None:
    by_slug = defaultdict(set)
    for error in errors():
        assert "slug" in vars(error), f"{error} has its parent's slug"
        assert "title" in vars(error), f"{error} has its parent's title"
        by_slug[error.slug].add(error.__module__)
    shared = {slug: modules for slug, modules in by_slug.items() if len(modules) > 1}
    assert shared == SHARED_SLUGS


def test_every_error_explains_itself() -> None:
    for error in errors():
        assert error.slug == error.slug.lower().replace("_", "-").strip("-"), error
        assert not error.title.endswith("."), error
        doc = inspect.cleandoc(error.__doc__ or "")
        assert doc.splitlines()[0].endswith("."), error


def test_every_error_has_a_status_and_an_exit_code_that_somebody_chose() -> None:
    from service.api.problems import STATUS
    from service.cli.outcomes import EXIT

    for error in errors():
        if error is DomainError:
            continue
        assert any(kind in STATUS for kind in error.__mro__), error
        if not error.__module__.startswith("service.api."):
            assert any(kind in EXIT for kind in error.__mro__), error


def test_every_status_and_exit_code_is_of_a_known_kind() -> None:
    from service.api.problems import STATUS
    from service.cli.outcomes import EXIT

    assert set(STATUS.values()) <= {
        *(400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429),
        *(500, 503, 507),
    }
    assert set(EXIT.values()) <= {64, 65, 66, 69, 70, 74, 75, 77, 78}
