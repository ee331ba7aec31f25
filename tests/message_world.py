"""A referral that a link worker took on, and messages back about it."""

from __future__ import annotations

from api_client import Api, referral_body
from sqlalchemy import text
from town import WIDNES

from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.referrals.actions.contacts import ContactGiven, record_contact
from service.referrals.actions.letters import edit_message, send_message, write_message
from service.referrals.actions.triage import accept
from service.referrals.kinds import ContactMode, ContactOutcome
from service.store.base import utc_now

ANN = Actor("staff:1", LINK_WORKER, frozenset({WIDNES}))


def taken_on(api: Api) -> str:
    sent = referral_body()
    sent["referrer"] = {"name": "Dr Asha Example", "role": "GP"}
    referral_id: str = api.post("/v1/referrals", json=sent).json()["id"]
    with api.town.store.work() as work:
        accept(work, by=ANN, referral_id=referral_id, seen_version=1)
    return referral_id


def wrote(api: Api, referral_id: str, body: str = "", *, spoke: bool = False) -> str:
    today = api.town.kith.today()
    with api.town.store.work() as work:
        if spoke:
            contact = ContactGiven(utc_now(), ContactMode.TELEPHONE, ContactOutcome.SPOKE)
            record_contact(work, by=ANN, referral_id=referral_id, contact=contact, today=today)
        message = write_message(work, by=ANN, referral_id=referral_id, today=today)
        version = work.session.scalar(
            text("SELECT version FROM message_back WHERE message_id = :id"), {"id": message}
        )
        if body:
            version = edit_message(
                work,
                by=ANN,
                referral_id=referral_id,
                message_id=message,
                seen_version=version,
                body=body,
            )
        send_message(
            work, by=ANN, referral_id=referral_id, message_id=message, seen_version=version
        )
    return f"message-{message}"
