"""What the pages about a referral and its groups have around them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.identity.actors import Actor
from service.parts import Kith
from service.referrals.actions.looking import note_look
from service.referrals.desk import Desk, desk
from service.web import referral_words
from service.web.case_frame import Refused, parts_of
from service.web.case_words import need_label
from service.web.forms import Filled
from service.web.render import page


def look_up(kith: Kith, actor: Actor, referral_id: str) -> Desk:
    """The referral for a page about it; the look is written down."""
    with kith.store.work() as work:
        found = desk(work.session, by=actor, referral_id=referral_id, today=kith.today())
        note_look(work, by=actor, page=found)
    return found


def frame(
    request: Request,
    template: str,
    found: Desk,
    form: Filled[Any] | Refused | None = None,
    *,
    here: str = "",
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> HTMLResponse:
    """A page about one referral, with the head that all pages about it have.

    Parameters
    ----------
    form : Filled or Refused, optional
        The page's form; a refused one brings the status, and a colleague's changes.
    here : str
        The part of the referral's own navigation that the page belongs to, as `/offers`.
    """
    refused = form if isinstance(form, Refused) else None
    filled = form.form if isinstance(form, Refused) else form
    start = f"/referrals/{found.referral_id}"
    usual = {
        "desk": found,
        "parts": parts_of(request, found.referral_id, start + here),
        "says": referral_words,
        "need_label": need_label,
        "start": start,
        "form": filled,
        "changes": refused.changes if refused else (),
        "version": _version(found, filled, told=bool(refused and refused.changes)),
        "back": None if request.url.path == start + here else start + here,
    }
    status = refused.status if refused else 200
    return page(request, template, status=status, **{**usual, **values})


def _version(found: Desk, form: Filled[Any] | None, *, told: bool) -> str:
    """What was before the writer's eyes, until a colleague's change has been told."""
    typed = form.typed("version") if form is not None else ""
    return str(found.referral.version) if told or not typed.isdecimal() else typed


def with_query(path: str, pairs: list[tuple[str, str]], fragment: str = "") -> str:
    """A path of ours with a query; what is in it is written so that it means nothing else."""
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{path}{query}{'#' + fragment if fragment else ''}"
