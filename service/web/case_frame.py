"""What every page about the work on one referral has around it, and what every form of it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from service.identity.errors import NotAllowed
from service.parts import Kith
from service.people.errors import PersonError
from service.referrals.case_file import Case
from service.referrals.errors import ReferralError
from service.register.errors import RegisterError
from service.store.errors import EditConflict
from service.store.work import UnitOfWork
from service.web import case_words
from service.web.changed import KEPT, changes_of
from service.web.forms import Filled, FormModel
from service.web.navigation import mounted
from service.web.refusals import write_down
from service.web.render import go_to, page

M = TypeVar("M", bound=FormModel)

PARTS: Final = (
    ("Overview", ""),
    ("Groups asked", "/offers"),
    ("Contacts", "/contacts"),
    ("Plan", "/plan"),
    ("Outcomes", "/outcomes"),
    ("Letters", "/letter"),
    ("Close", "/closing"),
)


class Seen(FormModel):
    """A button that changes something: the version that was before whoever pressed it."""

    seen: int


@dataclass(frozen=True, slots=True)
class Part:
    """One way in a referral's own navigation."""

    title: str
    path: str
    here: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not accepted: what was typed with what is wrong, to be shown again.

    `changes` are a colleague's, when that is why; the form then carries the new version.
    `attempted` is what was tried without being allowed: the page that tells it writes it down.
    """

    form: Filled[Any]
    status: int
    changes: tuple[str, ...] = ()
    attempted: NotAllowed | None = None


def attempt(kith: Kith, form: Filled[M], act: Callable[[UnitOfWork, M], object]) -> Refused | None:
    """Do what a form asks, in one unit of work; None when it was done."""
    if form.value is None:
        return Refused(form, 422)
    try:
        with kith.store.work() as work:
            act(work, form.value)
    except EditConflict as conflict:
        with kith.store.read() as session:
            changes = changes_of(session, conflict)
        return Refused(form.wrong("", KEPT), 409, changes)
    except NotAllowed as refusal:
        return Refused(form.refused(refusal), 422, attempted=refusal)
    except (ReferralError, PersonError, RegisterError) as refusal:
        return Refused(form.refused(refusal), 422)
    return None


def answered(
    request: Request,
    kith: Kith,
    form: Filled[M],
    act: Callable[[UnitOfWork, M], object],
    *,
    again: Callable[[Refused], Response],
    to: str,
    said: str,
) -> Response:
    """Do what a form asks and go on to `to`, where `said` is told; else show it `again`."""
    refused = attempt(kith, form, act)
    return go_to(request, to, said=said) if refused is None else again(refused)


def case_page(
    request: Request,
    template: str,
    case: Case,
    form: Filled[Any] | Refused | None = None,
    *,
    here: str = "",
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> HTMLResponse:
    """A page about one referral, with its header and navigation.

    Parameters
    ----------
    form : Filled or Refused, optional
        The page's form; a refused one brings the status, and a colleague's changes.
    here : str
        The part of the case that the page belongs to, as `/plan`; a page below it gets a way back.
    """
    usual = {"case": case, "say": case_words, "up": way_up(request, case.referral_id, here)}
    return framed(
        request,
        template,
        Shown(case.referral_id, case.version, here, "seen"),
        form,
        {**usual, **values},
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """The referral that a page is about.

    Attributes
    ----------
    version : int
        As it is now; `field` is what forms call the version that was before the writer's eyes.
    here : str
        The part of the referral's own navigation that the page belongs to.
    """

    referral_id: str
    version: int
    here: str
    field: str


def framed(
    request: Request,
    template: str,
    shown: Shown,
    form: Filled[Any] | Refused | None,
    values: dict[str, Any],
) -> HTMLResponse:
    """A page with what all pages about one referral have: navigation, form, changes, version."""
    refused = form if isinstance(form, Refused) else None
    filled = form.form if isinstance(form, Refused) else form
    if refused and refused.attempted:
        write_down(request, refused.attempted)
    start = f"/referrals/{shown.referral_id}"
    usual: dict[str, Any] = {
        "parts": parts_of(request, shown.referral_id, start + shown.here),
        "start": start,
        "form": filled,
        "changes": refused.changes if refused else (),
        # What was before the writer's eyes, until a colleague's change has been told.
        "version": _version(shown, filled, told=bool(refused and refused.changes)),
    }
    return page(request, template, status=refused.status if refused else 200, **{**usual, **values})


def way_up(request: Request, referral_id: str, here: str) -> str | None:
    """From a page below a part of the referral, the way back to that part."""
    part = f"/referrals/{referral_id}{here}"
    return None if request.url.path == part else part


def parts_of(request: Request, referral_id: str, current: str) -> list[Part]:
    """The pages of this referral that are there."""
    there = mounted(request.app)
    start = f"/referrals/{referral_id}"
    return [
        Part(title, start + end, current == start + end)
        for title, end in PARTS
        if f"/referrals/{{referral_id}}{end}" in there
    ]


def _version(shown: Shown, form: Filled[Any] | None, *, told: bool) -> str:
    typed = form.typed(shown.field) if form is not None else ""
    return str(shown.version) if told or not typed.isdecimal() else typed
