"""Addresses of practices' systems: added, withdrawn, and handed what is to be told."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotFound, UnknownPractice
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import Permission
from service.referrals.errors import BadAddress
from service.referrals.model import Referral
from service.referrals.notice_model import Notice, Webhook
from service.referrals.notices import LEASE_S, Told, is_taken, next_try
from service.referrals.offer_model import Offer
from service.referrals.work_model import MessageBack
from service.store.base import utc_now
from service.store.outbox import OutboxMessage
from service.store.upsert import upsert
from service.store.work import UnitOfWork

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """An address as it is shown, once, with the secret that its messages are signed with."""

    hook_id: int
    secret: str


def add_webhook(
    work: UnitOfWork, *, by: Actor, practice: OdsCode, url: str, note: str = ""
) -> NewWebhook:
    """Have changes of a practice's referrals told at `url` from now on.

    Parameters
    ----------
    url : str
        https, or http on this very machine; without a user or password in it.

    Raises
    ------
    NotAllowed, UnknownPractice
    BadAddress
        If the address cannot be used.
    """
    by.require(Permission.MANAGE_TOKENS)
    _check_address(url)
    org = work.session.get(NhsOrg, practice)
    if org is None or org.kind is not NhsOrgKind.PRACTICE:
        raise UnknownPractice(
            f"There is no practice {practice} in the register. Import it, or check the code.",
            practice=str(practice),
        )
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    row = Webhook(practice_code=practice, url=url, secret=secret, note=note[:120])
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        by=by,
        action="webhook.added",
        subject=f"webhook:{row.hook_id}",
        details={"practice": str(practice), "host": urlsplit(url).hostname},
    )
    return NewWebhook(row.hook_id, secret)


def withdraw_webhook(work: UnitOfWork, *, by: Actor, hook_id: int) -> None:
    """Tell nothing there any more. Doing so twice changes nothing.

    Raises
    ------
    NotAllowed, NotFound
    """
    by.require(Permission.MANAGE_TOKENS)
    row = work.session.get(Webhook, hook_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no address with that number.")
    if row.withdrawn_at is None:
        row.withdrawn_at = utc_now()
        audit.record(work, by=by, action="webhook.withdrawn", subject=f"webhook:{hook_id}")


def hand_out(work: UnitOfWork, *, by: Actor, limit: int = 100) -> int:
    """Turn waiting messages of the outbox into notices, one for each address that is to hear.

    What concerns no address is done with. A message is handed out in one transaction with the
    notices made of it, so a worker that dies between leaves it waiting. Several workers at once
    take different messages. Returns how many messages were dealt with.

    Raises
    ------
    NotAllowed
    """
    by.require(Permission.OPERATE)
    session, now = work.session, utc_now()
    waiting = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None))
        .order_by(OutboxMessage.message_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not waiting:
        return 0
    made = _notices(session, waiting, now)
    for message in waiting:
        message.sent_at, message.attempts = now, message.attempts + 1
    audit.record(
        work,
        by=by,
        action="outbox.handed_out",
        subject="outbox",
        details={"messages": len(waiting), "notices": made},
    )
    return len(waiting)


def take_due(work: UnitOfWork, *, by: Actor, now: datetime, limit: int = 50) -> tuple[Told, ...]:
    """The notices whose time has come, taken so that no other worker tries them meanwhile.

    A worker that dies before it says how it went has them tried again: a receiver may hear twice.

    Raises
    ------
    NotAllowed
    """
    by.require(Permission.OPERATE)
    due = work.session.execute(
        select(Notice, Webhook)
        .join(Webhook, Webhook.hook_id == Notice.hook_id)
        .where(
            Notice.sent_at.is_(None),
            Notice.given_up_at.is_(None),
            Notice.due_at <= now,
            Webhook.withdrawn_at.is_(None),
        )
        .order_by(Notice.due_at, Notice.notice_id)
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    ).all()
    for notice, _hook in due:
        notice.due_at = now + timedelta(seconds=LEASE_S)
        notice.attempts += 1
    return tuple(
        Told(
            notice.notice_id,
            hook.url,
            hook.secret,
            notice.kind,
            notice.resource_id,
            notice.version,
            notice.written_at,
        )
        for notice, hook in due
    )


def note_try(work: UnitOfWork, *, by: Actor, notice_id: int, status: int, now: datetime) -> None:
    """Write down how a try went, and when the next one is.

    Raises
    ------
    NotAllowed
    """
    by.require(Permission.OPERATE)
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.sent_at is not None:
        return
    notice.last_status = status
    if is_taken(status):
        notice.sent_at = now
        return
    again = next_try(notice.attempts, now)
    if again is None:
        notice.given_up_at = now
        audit.record(work, by=by, action="notice.given_up", subject=f"webhook:{notice.hook_id}")
    else:
        notice.due_at = again


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if len(url) > 500 or not parts.hostname or not (parts.scheme == "https" or local):
        raise BadAddress("Give an address that begins with https:// and has a host.", field="url")
    if parts.username or parts.password or parts.fragment:
        raise BadAddress(
            "Leave user, password and fragment out of the address: messages are signed instead.",
            field="url",
        )


def _notices(session: Session, waiting: Iterable[OutboxMessage], now: datetime) -> int:
    changed = _changed(session, waiting)
    if not changed:
        return 0
    hooks: dict[str, list[int]] = defaultdict(list)
    for hook_id, practice in session.execute(
        select(Webhook.hook_id, Webhook.practice_code).where(
            Webhook.withdrawn_at.is_(None),
            Webhook.practice_code.in_(sorted({each[0] for each in changed})),
        )
    ):
        hooks[practice].append(hook_id)
    rows: list[dict[str, Any]] = [
        {
            "hook_id": hook_id,
            "kind": kind,
            "resource_id": resource_id,
            "version": version,
            "written_at": now,
            "due_at": now,
            "attempts": 0,
        }
        for practice, kind, resource_id, version in sorted(changed)
        for hook_id in hooks[practice]
    ]
    if rows:
        session.execute(upsert(session, Notice).on_conflict_do_nothing(), rows)
    return len(rows)


def _changed(session: Session, waiting: Iterable[OutboxMessage]) -> set[tuple[str, str, str, int]]:
    """Practice, resource type, id and version of what the messages tell of, as it stands now."""
    referrals = {str(each.body["referral"]) for each in waiting if "referral" in each.body}
    messages = {each.body["message"] for each in waiting if each.topic == "message_back.sent"}
    found: set[tuple[str, str, str, int]] = set()
    for referral_id, practice, version in session.execute(
        select(Referral.referral_id, Referral.practice_code, Referral.version).where(
            Referral.referral_id.in_(sorted(referrals))
        )
    ):
        found.add((practice, "Task", referral_id, version))
    for offer_id, practice, version in session.execute(
        select(Offer.offer_id, Referral.practice_code, Offer.version)
        .join(Referral, Referral.referral_id == Offer.referral_id)
        .where(Offer.referral_id.in_(sorted(referrals)), Offer.sent_at.is_not(None))
    ):
        found.add((practice, "Task", offer_id, version))
    for message_id, practice, version in session.execute(
        select(MessageBack.message_id, Referral.practice_code, MessageBack.version)
        .join(Referral, Referral.referral_id == MessageBack.referral_id)
        .where(MessageBack.message_id.in_(messages))
    ):
        found.add((practice, "DocumentReference", f"message-{message_id}", version))
    return found
