"""What my practice sent, and what became of each."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request, Response

from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.referrals.actions.looking import PeopleList, note_list
from service.referrals.sent import Part, sent_by_practice
from service.web import sent_words
from service.web.guard import ActorDep, KithDep
from service.web.paging import offset_of
from service.web.render import page
from service.web.routing import pages

router = pages(Permission.REFER)

PAGE = 25


@router.get("/sent")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """A page of the list; what cannot be understood in the address counts as not asked."""
    asked = request.query_params
    part = next((each for each in Part if each.value == asked.get("show")), Part.ALL)
    offset = offset_of(asked.get("from", ""))
    with kith.store.read() as session:
        found = sent_by_practice(
            session, by=actor, today=kith.today(), part=part, limit=PAGE, offset=offset
        )
        names = names_for(session, {each.practice for each in found.items}, ())
    with kith.store.work() as work:
        note_list(
            work,
            by=actor,
            listed=PeopleList.SENT,
            shown=[each.referral_id for each in found.items],
            total=found.total,
            asked={"show": part.value, "from": str(offset)},
        )
    return page(
        request,
        "sent.html",
        found=found,
        names=names,
        several=len(actor.places(Permission.REFER)) > 1,
        words=sent_words,
        parts=[(each.value, words, found.counts[each]) for each, words in sent_words.PARTS.items()],
        shown=part.value,
        first=offset + 1,
        before=_address(part, max(0, offset - PAGE)) if offset else "",
        after=_address(part, offset + PAGE) if offset + PAGE < found.total else "",
    )


def _address(part: Part, offset: int) -> str:
    asked = {"show": part.value} | ({"from": str(offset)} if offset else {})
    return f"/sent?{urlencode(asked)}"
