"""Looking at a person's record is itself written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.audit_queries import LISTS
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.people.levels import DisclosureLevel
from service.people.model import Person
from service.referrals.actions.offers import content_for
from service.referrals.actions.refer import keep_shown
from service.referrals.desk import Desk
from service.referrals.groups import FIRST, Groups
from service.referrals.kinds import LetterKind, LetterState
from service.referrals.model import Referral
from service.referrals.referral_page import ReferralPage
from service.referrals.shown import SHOWN
from service.referrals.work_model import MessageBack
from service.store.work import UnitOfWork


class PeopleList(StrEnum):
    """A list of people that can be looked at."""

    INBOX = "inbox"
    CASELOAD = "caseload"
    SENT = "sent"

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return f"{LISTS}{self.value}"


def note_look(
    work: UnitOfWork, *, by: Actor, page: ReferralPage | Desk, groups: Groups | None = None
) -> None:
    """Record that a referral's page was shown; to be called with every showing of it.

    The page came through the gate, so a record that was opened in an emergency is noted too: its
    groups are seen like any other's.

    Parameters
    ----------
    groups : Groups, optional
        Those that stood on the page: recorded too, once for looks that belong together.
    """
    by.require(Permission.WORK_REFERRALS)
    subject = f"referral:{page.referral.referral_id}"
    told = [audit.Told("referral.read", subject, {"person": page.person.person_id})]
    if isinstance(page, Desk) and groups and groups.result is not None and not page.groups_seen:
        # Before the turn in the chain: whoever waits for the one never holds the other.
        keep_shown(work, by=by, view=page.view, found=groups.found, visible=FIRST)
        told.append(audit.Told(SHOWN, subject))
    audit.record_together(work, by=by, told=told)


def note_list(
    work: UnitOfWork,
    *,
    by: Actor,
    listed: PeopleList,
    shown: Collection[str],
    total: int,
    asked: Mapping[str, str] | None = None,
) -> None:
    """Record that a list of people was shown: one event a page, with the referrals that were on it.

    An empty list is recorded as well: that nobody is there is told too.

    Parameters
    ----------
    shown : collection of str
        Ids of the referrals on the page.
    total : int
        How many are in the list, beyond the page.
    asked : mapping, optional
        The page's own words for what of the list was wanted: codes, never what somebody typed.
    """
    by.require(Permission.READ_REFERRALS)
    audit.record(
        work,
        by=by,
        action="people.listed",
        subject=listed.subject,
        details={
            "asked": {name: value for name, value in sorted((asked or {}).items()) if value},
            "referrals": list[Json](dict.fromkeys(shown)),
            "total": total,
        },
    )


def preview_disclosure(
    work: UnitOfWork, *, by: Actor, referral_id: str, asset_id: int, level: DisclosureLevel
) -> dict[str, Json]:
    """Exactly what a group would be told now, to be read over with the person. Nothing is sent.

    Raises
    ------
    NotAllowed, NotFound
    """
    by.require(Permission.WORK_REFERRALS)
    session = work.session
    referral = session.scalar(
        select(Referral).where(
            Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code)
        )
    )
    person = None if referral is None else session.get(Person, referral.person_id)
    if person is not None and person.joined_to is not None:
        person = session.get(Person, person.joined_to)
    if referral is None or person is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    return content_for(session, referral, person, asset_id, level)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message back as the practice reads it."""

    message_id: int
    body: str
    sent_at: str
    kind: LetterKind = LetterKind.PROGRESS
    codes: tuple[dict[str, Json], ...] = ()


def read_messages(work: UnitOfWork, *, by: Actor, referral_id: str) -> tuple[Letter, ...]:
    """The messages sent back about a referral, oldest first, for the practice; drafts are not.

    Raises
    ------
    NotAllowed, NotFound
    """
    by.require(Permission.READ_REFERRALS)
    session = work.session
    mine = session.scalar(
        select(Referral.referral_id).where(
            Referral.referral_id == referral_id, readable(by).rows(Referral.practice_code)
        )
    )
    if mine is None:
        raise NotFound("There is no such referral, or it is not yours to see.")
    rows = session.scalars(
        select(MessageBack)
        .where(MessageBack.referral_id == referral_id, MessageBack.state == LetterState.SENT)
        .order_by(MessageBack.message_id)
    )
    letters = tuple(
        Letter(
            each.message_id,
            each.body,
            each.sent_at.isoformat() if each.sent_at else "",
            each.kind,
            tuple(each.codes),
        )
        for each in rows
    )
    audit.record(
        work,
        by=by,
        action="message_back.read",
        subject=f"referral:{referral_id}",
        details={"messages": len(letters)},
    )
    return letters
