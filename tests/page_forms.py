"""The forms of a page, and what a browser would send of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "tel", "email", "search", "number", "date", "textarea", "password", "url"}


@dataclass
class Form:
    """One form: where it is sent, what stands in it, which fields are typed into and how far."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    typed: dict[str, int | None] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str, *, choose: bool = False) -> dict[str, list[str]]:
        """All that is sent with `text` in every field for text; `choose` takes a first choice."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name not in self.typed and name != "csrf":
                sent.setdefault(name, []).append(value)
        if choose:
            for name, value in self.choices.items():
                sent.setdefault(name, [value])
        return {**sent, **{name: [text[:most]] for name, most in self.typed.items()}}


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms = here, []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(at.get("action") or self.here, at.get("method", "get").lower()))
        elif self.forms:
            self._field(tag, at)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""

    def _field(self, tag: str, at: dict[str, str]) -> None:
        form, name = self.forms[-1], at.get("name", "")
        kind = at.get("type", "text") if tag == "input" else tag
        if kind in TYPED and name:
            form.typed[name] = int(at["maxlength"]) if "maxlength" in at else None
        elif kind == "hidden":
            form.fields.append((name, at.get("value", "")))
        elif kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, at.get("value", "on"))
            if "checked" in at:
                form.fields.append((name, at.get("value", "on")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if at.get("value"):
                form.choices.setdefault(self.select, at["value"])
            if "selected" in at:
                form.fields.append((self.select, at.get("value", "")))


def forms_of(page: str, here: str) -> list[Form]:
    """Every form that is sent by POST, in the order of the page at the address `here`."""
    reader = _Reader(here)
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
