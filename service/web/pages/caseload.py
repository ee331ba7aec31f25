"""The caseload: whose turn it is, what is overdue, who carries how much; and moving work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.colleagues import Names, colleagues, names_for
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.looking import PeopleList, note_list
from service.referrals.actions.triage import reassign
from service.referrals.caseload import NOBODY, Caseload, caseload
from service.referrals.caseload_views import Show, part, sizes
from service.referrals.errors import BadEntry, BadMove
from service.referrals.turns import Turn
from service.store.errors import EditConflict
from service.web import forms
from service.web.changed import changes_of
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.pages.triage import URGENCIES
from service.web.paging import offset_of
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

PAGE = 100
PARTS = {
    Show.ALL: "in all",
    Show.OVERDUE: "overdue",
    Show.STUCK: "stuck",
    Show.LINK_WORKER: "link worker’s turn",
    Show.GROUP: "a group’s turn",
    Show.PERSON: "the person’s turn",
    Show.CLINICIAN: "a clinician’s turn",
}
TURNS = {
    Turn.CLINICIAN: "A clinician",
    Turn.LINK_WORKER: "Link worker",
    Turn.GROUP: "The group",
    Turn.PERSON: "The person",
    Turn.NOBODY: "Nobody",
}
MOVED_ON = (
    "Somebody changed one of these meanwhile. Nothing was moved, and what you chose is still "
    "marked. Rows that have changed say so: look at them, then send it again."
)


class Moving(FormModel):
    """Which referrals go to whom, and why. Each `pick` is a referral's id and the version seen."""

    pick: Annotated[list[str], Field(title="the people to move", min_length=1)]
    to: Annotated[str, Field(title="who takes them", max_length=80)]
    reason: Annotated[str, Field(title="the reason", max_length=300)]
    says: ClassVar[Mapping[str, str]] = {
        "pick": "Choose at least one person in the list.",
        "to:missing": "Choose who takes them.",
        "reason:missing": "Say why they are moved.",
    }


@router.get("/caseload")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """My own caseload, a colleague's, nobody's, or all."""
    return _page(request, kith, actor, forms.blank(), dict(request.query_params))


@router.post("/caseload/reassign")
def move(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """Give the chosen referrals to one link worker: all of them, or none."""
    form = forms.read(request, Moving)
    asked = {name: form.typed(name) for name in ("who", "show", "from")}
    if not actor.may(Permission.REASSIGN_BULK):
        raise NotFound("There is nothing at this address for your role.")
    if form.value is None:
        return _page(request, kith, actor, form, asked, status=422)
    try:
        with kith.store.work() as work:
            moved = reassign(
                work,
                by=actor,
                seen=_picked(form.value.pick),
                to=form.value.to,
                reason=form.value.reason,
            )
    except EditConflict as conflict:
        with kith.store.read() as session:
            changes = changes_of(session, conflict)
        form = form.wrong("", MOVED_ON)
        return _page(request, kith, actor, form, asked, status=409, changes=changes)
    except (BadEntry, BadMove) as refusal:
        named = {"assign_to": "to", "referrals": "pick"}.get(str(refusal.fields.get("field")), "")
        form = form.wrong(named, refusal.message) if named else form.refused(refusal)
        return _page(request, kith, actor, form, asked, status=422)
    said = "One person was moved." if moved == 1 else f"{moved} people were moved."
    return go_to(request, _address(asked), said=said)


def _picked(picks: list[str]) -> dict[str, int]:
    """Referral and version of each; what is no version is none that ever was."""
    parts = (each.rpartition(":") for each in picks)
    return {
        referral_id: int(version) if version.isascii() and version.isdecimal() else 0
        for referral_id, _, version in parts
    }


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    form: Filled[Any],
    asked: Mapping[str, str],
    *,
    status: int = 200,
    changes: tuple[str, ...] = (),
) -> Response:
    may_move = actor.may(Permission.REASSIGN_BULK)
    who = asked.get("who") or ("all" if may_move else "mine")
    wanted = next((each for each in Show if each.value == asked.get("show")), Show.ALL)
    staff = {"mine": actor.actor_id, "nobody": NOBODY, "all": None}.get(who, who)
    with kith.store.read() as session:
        found = caseload(session, by=actor, today=kith.today(), staff=staff)
        names = _names(session, found, actor)
        people = (
            colleagues(session, actor.places(Permission.REASSIGN_BULK), Permission.WORK_REFERRALS)
            if may_move
            else ()
        )
    rows = part(found.items, wanted)
    first = _first(asked.get("from", ""), len(rows))
    with kith.store.work() as work:
        note_list(
            work,
            by=actor,
            listed=PeopleList.CASELOAD,
            shown=[each.referral_id for each in rows[first : first + PAGE]],
            total=len(rows),
            asked={"show": wanted.value, "staff": _said(staff, found), "from": str(first or "")},
        )
    return page(
        request,
        "caseload.html",
        status=status,
        form=form,
        changes=changes,
        rows=rows[first : first + PAGE],
        total=len(rows),
        first=first,
        picked=_picked(list(form.chosen("pick"))),
        parts=[(each.value, PARTS[each], count) for each, count in sizes(found.items).items()],
        shown=wanted.value,
        who=who,
        people=people,
        workloads=found.workloads,
        names=names,
        turns=TURNS,
        urgencies={value: label for value, label, _ in URGENCIES},
        may_move=may_move,
        before=_address({"who": who, "show": wanted.value, "from": str(max(0, first - PAGE))})
        if first
        else "",
        after=_address({"who": who, "show": wanted.value, "from": str(first + PAGE)})
        if first + PAGE < len(rows)
        else "",
        has_referral="/referrals/{referral_id}" in mounted(request.app),
    )


def _said(staff: str | None, found: Caseload) -> str:
    """Whose it is, in the record: nobody's, everybody's, or that of somebody who carries work."""
    if staff is None:
        return "all"
    if staff == NOBODY:
        return "nobody"
    return staff if staff in {each.staff for each in found.workloads} else "no such colleague"


def _names(session: Session, found: Caseload, actor: Actor) -> Names:
    carried = {each.staff for each in found.workloads if each.staff}
    return names_for(session, {each.practice for each in found.items}, carried | {actor.actor_id})


def _first(text: str, total: int) -> int:
    number = offset_of(text)
    return number // PAGE * PAGE if number < total else 0


def _address(asked: Mapping[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value and value != "0"}
    return f"/caseload?{urlencode(kept)}" if kept else "/caseload"
