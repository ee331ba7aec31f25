"""Searching by GET, and by POST for what must not stand in an address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from service.api.context import KithDep
from service.api.fhir.context import Caller, CallerDep
from service.api.fhir.errors import BadSearch, NotFhirJson
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse, check_accepts
from service.api.fhir.pages import base_of, search_link, searchset
from service.api.fhir.reads import note_found
from service.api.fhir.route import fhir_router
from service.api.fhir.search.asked import Asked, asked
from service.api.fhir.search.cursor import Cursor, written
from service.api.fhir.search.directory import groups, organizations, places
from service.api.fhir.search.parameters import SEARCHES
from service.api.fhir.search.people import documents, patients, requests, tasks
from service.api.fhir.search.results import Results, Scope
from service.identity import audit
from service.parts import Kith
from service.store.base import utc_now

router = fhir_router()

_FORM: Final = "application/x-www-form-urlencoded"
_SEARCHERS: Final[dict[str, Callable[[Scope], Results]]] = {
    "ServiceRequest": requests,
    "Task": tasks,
    "Patient": patients,
    "DocumentReference": documents,
    "HealthcareService": groups,
    "Location": places,
    "Organization": organizations,
}
_ABOUT_PEOPLE: Final = frozenset({"ServiceRequest", "Task", "Patient", "DocumentReference"})


def _by_get(kind: str) -> Callable[..., Response]:
    @does(Interaction(kind, "search-type"))
    def search(kith: KithDep, caller: CallerDep, request: Request) -> Response:
        return _answer(kith, caller, request, kind, request.query_params.multi_items(), post=False)

    return search


def _by_post(kind: str) -> Callable[..., Awaitable[Response]]:
    @does(Interaction(kind, "search-type"))
    async def search_by_post(kith: KithDep, caller: CallerDep, request: Request) -> Response:
        given = [*request.query_params.multi_items(), *await _form(request)]
        return await run_in_threadpool(_answer, kith, caller, request, kind, given, post=True)

    return search_by_post


async def _form(request: Request) -> list[tuple[str, str]]:
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if said != _FORM and (body or said):
        raise NotFhirJson(f"Send the parameters of a search as a form: `Content-Type: {_FORM}`.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        raise BadSearch("The form could not be read. Send UTF-8, and fewer parameters.") from error


def _answer(
    kith: Kith,
    caller: Caller,
    request: Request,
    kind: str,
    given: list[tuple[str, str]],
    *,
    post: bool,
) -> Response:
    check_accepts(request)
    caller.require(kind, "s")
    secret = request.headers.get("authorization", "")
    wanted = asked(kind, given, secret=secret, strict=_is_strict(request), by_post=post)
    base = base_of(request, kith)
    with kith.store.work() as work:
        upto = wanted.cursor.upto or audit.latest_at(work.session) or utc_now()
        scope = Scope(work.session, caller, kith.settings, wanted, base, upto)
        results = _SEARCHERS[kind](scope)
        if kind in _ABOUT_PEOPLE:
            note_found(work, caller, kind, results.found, results.included)
    return FhirResponse(_bundle(scope, results, secret))


def _bundle(scope: Scope, results: Results, secret: str) -> dict[str, Any]:
    wanted = scope.wanted
    links = {"self": _link(scope, wanted, wanted.cursor.after, secret, always=False)}
    if results.next_after is not None:
        links["next"] = _link(scope, wanted, results.next_after, secret, always=True)
    return searchset(
        scope.base,
        found=results.found,
        included=results.included,
        total=results.total,
        links=links,
        upto=scope.upto,
    )


def _link(scope: Scope, wanted: Asked, after: tuple[str, ...], secret: str, *, always: bool) -> str:
    pairs = list(wanted.shown)
    if always or after or wanted.hidden:
        upto = scope.upto if always or after else None
        pairs.append(("_page", written(Cursor(upto, after, wanted.hidden), secret)))
    return search_link(scope.base, wanted.kind, pairs)


def _is_strict(request: Request) -> bool:
    given = ",".join(request.headers.getlist("prefer")).lower()
    return any(each.strip() == "handling=strict" for each in given.replace(";", ",").split(","))


for _kind in SEARCHES:
    router.add_api_route(
        f"/{_kind}",
        _by_get(_kind),
        methods=["GET"],
        name=f"search_{_kind}",
        include_in_schema=False,
    )
    router.add_api_route(
        f"/{_kind}/_search",
        _by_post(_kind),
        methods=["POST"],
        name=f"search_by_post_{_kind}",
        include_in_schema=False,
    )
