"""How a page module makes its router: safe by default, public only when it says so."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.identity.roles import Permission
from service.web import guard
from service.web.headers import protect
from service.web.visit import give_cookie, visit_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route that answers a person: what goes wrong becomes a page, and every answer is safe."""

    def get_route_handler(self) -> Handler:
        """The handler, with a net below it."""
        serve = super().get_route_handler()

        async def handle(request: Request) -> Response:
            # Here, because the pages of problems are pages themselves.
            from service.web.problem_pages import answer

            try:
                response = await serve(request)
            except Exception as error:
                response = await run_in_threadpool(answer, request, error)
            visit = visit_of(request)
            if visit.is_minted and visit.secret is not None:
                give_cookie(request, response, visit.secret)
            protect(request, response)
            return response

        return handle


def pages(*permissions: Permission, public: bool = False, counted: bool = True) -> APIRouter:
    """The router of a page module.

    Parameters
    ----------
    *permissions : Permission
        Whoever holds none of these finds no page. None given: everybody who is signed in.
    public : bool
        Anybody may come. A test lists every public page.
    counted : bool
        Whether the forms of a public page are limited by address.

    Notes
    -----
    Every POST is refused without the token of the browser's own forms: write `{{ csrf }}` inside
    each form.
    """
    before = [Depends(guard.see_visitor), Depends(guard.accept_form)]
    if public and counted:
        before.append(Depends(guard.count_public_form))
    if not public:
        before.append(Depends(guard.need_sign_in))
    if permissions:
        before.append(Depends(guard.Needs(*permissions)))
    return APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=before)
