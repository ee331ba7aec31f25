"""Finding a person. What is searched for travels in the form alone, never in an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.referrals.errors import BadEntry
from service.referrals.people_search import MOST, PersonFound, search_people
from service.web import forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep, count_actor
from service.web.navigation import mounted
from service.web.render import page
from service.web.routing import pages

router = pages(Permission.SEARCH_PEOPLE)


class Search(FormModel):
    """A name, an NHS number or a birth date."""

    text: Annotated[str, Field(title="a name, an NHS number or a birth date", max_length=120)]
    says: ClassVar[Mapping[str, str]] = {
        "text:missing": "Enter a name, an NHS number or a birth date."
    }


@router.get("/people")
def show(request: Request) -> Response:
    """The empty form."""
    return _page(request, forms.blank(), None)


@router.post("/people")
def search(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """Who was found. The search is written down, what was typed is not."""
    form = forms.read(request, Search)
    if form.value is None:
        return _page(request, form, None, status=422)
    count_actor(kith, actor)
    try:
        with kith.store.work() as work:
            found = search_people(work, by=actor, text=form.value.text)
            names = names_for(
                work.session,
                {each.practice for each in found},
                {each.assigned_to for each in found if each.assigned_to},
            )
    except BadEntry as refusal:
        return _page(request, form.refused(refusal), None, status=422)
    may_audit = actor.may(Permission.READ_AUDIT)
    return _page(request, form, found, names=names, may_audit=may_audit)


def _page(
    request: Request,
    form: Filled[Search],
    found: tuple[PersonFound, ...] | None,
    *,
    status: int = 200,
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> Response:
    usual: dict[str, Any] = {"names": None, "may_audit": False, **values}
    there = "/referrals/{referral_id}" in mounted(request.app)
    return page(
        request,
        "people.html",
        status=status,
        form=form,
        found=found,
        most=MOST,
        has_referral=there,
        **usual,
    )
