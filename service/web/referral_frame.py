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
from service.web.case_frame import Refused, Shown, framed, way_up
from service.web.case_words import need_label
from service.web.forms import Filled


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
    usual = {
        "desk": found,
        "says": referral_words,
        "need_label": need_label,
        "back": way_up(request, found.referral_id, here),
    }
    return framed(
        request,
        template,
        Shown(found.referral_id, found.referral.version, here, "version"),
        form,
        {**usual, **values},
    )


def with_query(path: str, pairs: list[tuple[str, str]], fragment: str = "") -> str:
    """A path of ours with a query; what is in it is written so that it means nothing else."""
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{path}{query}{'#' + fragment if fragment else ''}"
