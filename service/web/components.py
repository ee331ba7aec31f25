"""The design system's components, as templates use them: `{{ nhs.button({"text": "Save"}) }}`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup


class Nhs:
    """Each attribute is a macro of NHS.UK frontend, by its name with underscores.

    They come from an environment of their own: they rely on what is not given being empty, and in
    our templates that is an error.
    """

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        return _macro(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _macro(name: str) -> Callable[..., Markup]:
    first, *rest = name.split("_")
    file = f"nhsuk/components/{'-'.join([first, *rest])}/macro.jinja"
    module: Any = _environment().get_template(file).module
    macro: Callable[..., Markup] = getattr(module, first + "".join(map(str.capitalize, rest)))
    return macro
