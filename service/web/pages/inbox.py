"""The inbox: new referrals in the order in which somebody should look at them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from fastapi import Request, Response

from service.identity.actors import Actor
from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.parts import BRITAIN
from service.referrals.actions.looking import PeopleList, note_list
from service.referrals.caseload import NOBODY
from service.referrals.inbox import Inbox, InboxFilter, InboxItem, inbox
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import WAITING
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.paging import offset_of
from service.web.render import page
from service.web.routing import pages
from service.web.words import stage

router = pages(Permission.TRIAGE)

PAGE = 25
STAGES = {each: stage(each) for each in WAITING}
URGENCIES = {Urgency.URGENT: "Urgent", Urgency.SOON: "Soon", Urgency.ROUTINE: "Routine"}
WHOSE = {"mine": "Mine", "nobody": "Nobody’s yet"}


@router.get("/inbox")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """A page of the inbox; what cannot be understood in the address counts as not asked."""
    asked = dict(request.query_params)
    offset = offset_of(asked.get("from", ""))
    wanted = _wanted(actor, asked, offset)
    with kith.store.read() as session:
        found = inbox(session, by=actor, wanted=wanted)
        names = names_for(
            session,
            actor.places(Permission.TRIAGE) | {each.practice for each in found.items},
            {each.assigned_to for each in found.items if each.assigned_to},
        )
    kept = {name: asked.get(name, "") for name in ("state", "whose", "practice", "signs")}
    with kith.store.work() as work:
        note_list(
            work,
            by=actor,
            listed=PeopleList.INBOX,
            shown=[each.referral_id for each in found.items],
            total=found.total,
            asked=_said(wanted),
        )
    today = kith.today()
    practices = sorted(names.practices.items(), key=lambda each: (each[1], each[0]))
    return page(
        request,
        "inbox.html",
        found=found,
        rows=[(each, _age(each, today)) for each in found.items],
        names=names,
        kept=kept,
        is_filtered=any(kept.values()),
        stages=STAGES,
        counts=_counts(found, kept),
        urgencies=URGENCIES,
        whose=WHOSE,
        practices=practices,
        first=offset + 1,
        before=_page_at(kept, max(0, offset - PAGE)) if offset else "",
        after=_page_at(kept, offset + PAGE) if offset + PAGE < found.total else "",
        has_referral="/referrals/{referral_id}" in mounted(request.app),
    )


def _wanted(actor: Actor, asked: dict[str, str], offset: int) -> InboxFilter:
    state = next((each for each in WAITING if each.value == asked.get("state")), None)
    staff = {"mine": actor.actor_id, "nobody": NOBODY}.get(asked.get("whose", ""))
    return InboxFilter(
        practice=asked.get("practice") or None,
        state=state,
        staff=staff,
        flagged=asked.get("signs") == "open",
        limit=PAGE,
        offset=offset,
    )


def _said(wanted: InboxFilter) -> dict[str, str]:
    """What was asked, as it was understood: never what somebody put into an address."""
    return {
        "state": wanted.state.value if wanted.state else "",
        "staff": "nobody" if wanted.staff == NOBODY else wanted.staff or "",
        "flagged": "yes" if wanted.flagged else "",
        "from": str(wanted.offset or ""),
    }


def _counts(found: Inbox, kept: dict[str, str]) -> list[tuple[str, str, int, bool]]:
    """Ways to parts of the list: address, words, how many, whether it is what is shown.

    They keep whose and of which practice, because the numbers do.
    """
    scope = {name: kept[name] for name in ("whose", "practice")}
    parts: list[tuple[dict[str, str], str, int]] = [({}, "waiting", sum(found.counts.values()))]
    parts.append(({"signs": "open"}, "with an open danger sign", found.flagged))
    parts += [({"state": s.value}, STAGES[s].lower(), found.counts[s]) for s in WAITING]
    now = {name: kept[name] for name in ("state", "signs") if kept[name]}
    return [(_page_at(scope | part, 0), words, n, part == now) for part, words, n in parts]


def _page_at(kept: dict[str, str], offset: int) -> str:
    asked: dict[str, str] = {name: value for name, value in kept.items() if value}
    if offset:
        asked["from"] = str(offset)
    return f"/inbox?{urlencode(asked)}" if asked else "/inbox"


def _age(item: InboxItem, today: date) -> str:
    days = (today - item.received_at.astimezone(BRITAIN).date()).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
