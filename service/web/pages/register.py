"""Looking through the register: a table and a map of the same groups, for anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from geo.errors import DomainError
from seed_data import needs as need_list
from service.identity import rates
from service.identity.errors import TooMany
from service.insights.queries import PracticeView, active_practices
from service.parts import Kith
from service.register.search import AssetSummary, Page, search
from service.web import asset_words
from service.web.forms import Filled
from service.web.guard import KithDep, count_address
from service.web.register_filters import CHECKED, PAGE, WITHIN_KM, Wanted, square_of, understand
from service.web.register_places import Around, around, typed
from service.web.render import go_to, page
from service.web.routing import pages
from service.web.visit import visit_of

# Counted here and not before the page: looking is asked more often than a form is sent.
router = pages(public=True, counted=False)


@router.get("/register")
def show(request: Request, kith: KithDep) -> Response:
    """What answers the filters of the address."""
    return _page(request, kith, understand(request.query_params))


@router.post("/register")
def look(request: Request, kith: KithDep) -> Response:
    """On to the address of what was filled in. A postcode goes no farther than this."""
    sent = request.state.form
    wanted = understand(sent)
    postcode = str(sent.get("postcode", ""))[:60].strip()
    form: Filled[Any] = Filled(answers={"postcode": (postcode,)})
    if visit_of(request).actor is None:
        try:
            count_address(request, rates.SEARCH)
        except TooMany as error:
            again = _page(request, kith, wanted, form.wrong("", error.message), 429)
            again.headers["Retry-After"] = str(error.fields.get("retry_after_s", 60))
            return again
    if postcode:
        try:
            point, district = typed(postcode, kith.gazetteer)
        except DomainError as refusal:
            return _page(request, kith, wanted, form.wrong("postcode", refusal.message), 422)
        wanted = replace(wanted, near=district or square_of(point))
    return go_to(request, wanted.address())


def _page(
    request: Request,
    kith: Kith,
    wanted: Wanted,
    form: Filled[Any] | None = None,
    status: int = 200,
) -> Response:
    today = kith.today()
    with kith.store.read() as session:
        practices = active_practices(session)
        place = around(wanted.near, session, kith.gazetteer, practices)
        found = search(session, wanted.asked(place, today))
    last = max(1, -(-found.total // PAGE))
    return page(
        request,
        "register.html",
        status=status,
        form=form or Filled(),
        wanted=wanted,
        place=place,
        found=found,
        first=found.offset,
        practices=_choices(practices, wanted, place),
        groups=_needs(),
        invented=any(each.snapshot.invented for each in found.items),
        today=today,
        says=asset_words,
        within=WITHIN_KM,
        checked=CHECKED,
        map_path=_map(found, wanted),
        csv=wanted.as_data(place, today, "csv"),
        geojson=wanted.as_data(place, today, "geojson"),
        before=replace(wanted, page=min(wanted.page - 1, last)).address()
        if wanted.page > 1
        else "",
        after=replace(wanted, page=wanted.page + 1).address() if wanted.page < last else "",
        last=last,
    )


def _part(wanted: Wanted, number: int) -> str:
    return replace(wanted, page=number).address() if number > 0 else ""


def _choices(
    practices: tuple[PracticeView, ...], wanted: Wanted, place: Around | None
) -> list[tuple[str, str]]:
    """Places that can be chosen without typing: the practices, and the one that is asked now."""
    known = [(f"practice-{each.ods_code}", each.name) for each in practices if each.has_point]
    if place is not None and wanted.near not in dict(known):
        return [(wanted.near, place.said[:1].upper() + place.said[1:]), *known]
    return known


def _needs() -> list[tuple[str, list[tuple[str, str]]]]:
    taxonomy = need_list.load()
    return [
        (group.label, [(need.id, need.label) for need in taxonomy.needs_in(group.id)])
        for group in taxonomy.groups.values()
    ]


def _map(found: Page[AssetSummary], wanted: Wanted) -> str:
    """Where the map of this part of the answers is; '' when none of them has a place."""
    placed = [
        ("at", f"{each.snapshot.asset_id}.{each.place.venue_id}")
        for each in found.items
        if each.place is not None and each.place.point is not None
    ]
    if not placed:
        return ""
    near = [("near", wanted.near)] if wanted.near else []
    return f"/register/map?{urlencode([*placed, *near])}"
