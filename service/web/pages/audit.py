"""Who saw and changed a record."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.identity.roles import Permission
from service.referrals.records import who_saw_referral
from service.web.guard import ActorDep, KithDep
from service.web.render import page
from service.web.routing import pages

router = pages(Permission.READ_AUDIT)


@router.get("/audit/referral/{referral_id}")
def referral(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> HTMLResponse:
    """Everything that was done with one referral and its person."""
    with kith.store.work() as work:
        seen = who_saw_referral(work, by=actor, referral_id=referral_id)
    return page(request, "audit_referral.html", seen=seen, referral_id=referral_id)
