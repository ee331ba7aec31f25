"""Access tokens of some minutes: given for a signed assertion, kept as digests, held to scopes."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit, rates
from service.identity.actors import Actor, visitor
from service.identity.assertions import Fault, refuse
from service.identity.client_model import AccessToken, Client, UsedAssertion
from service.identity.clients import ClientRegistered
from service.identity.codes import OdsCode
from service.identity.errors import BadToken, NotAllowed
from service.identity.rates import Rate
from service.identity.roles import Role, system_role
from service.identity.scopes import covers, permissions
from service.identity.tokens import actor_of
from service.store.base import utc_now
from service.store.upsert import upsert
from service.store.work import UnitOfWork

LASTS_S: Final = 599
"""As the NHS token endpoint: just under ten minutes."""

REFUSALS: Final = Rate("token refusals", at_once=20, per_min=10)
"""Refused requests of one system from one address; it also bounds what the audit keeps of them."""

_SHAPE: Final = re.compile(r"kitha_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a token.

    Attributes
    ----------
    actor : Actor
        What they may do and where: with scopes never more than those reach.
    scopes : frozenset of str or None
        None for a practice's token made by the operator, which reaches as far as its role.
    """

    actor: Actor
    scopes: frozenset[str] | None = None

    def require(self, kind: str, interaction: str) -> None:
        """Go no further unless the scopes reach `interaction`, a letter of cruds, of `kind`.

        Raises
        ------
        NotAllowed
        """
        if self.scopes is None or covers(self.scopes, kind, interaction):
            return
        raise NotAllowed(
            f"The token's scopes do not cover this. It needs system/{kind}.{interaction}.",
            scope=f"system/{kind}.{interaction}",
        )


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as it is given, once."""

    secret: str
    scopes: frozenset[str]
    lasts_s: int = LASTS_S


def actor_of_client(client: ClientRegistered, scopes: frozenset[str]) -> Actor:
    """The system as an actor: at its practices, and no further than `scopes`."""
    return _actor(client.client_id, client.role, client.practices, scopes)


def issue(
    work: UnitOfWork,
    *,
    client: ClientRegistered,
    scopes: frozenset[str],
    assertion_id: str,
    ends_s: int,
) -> Issued:
    """A token for a system whose assertion has been checked; its number is used up with it.

    Raises
    ------
    AssertionRefused
        `JTI_USED`, if the assertion was taken before. Of two at once one is.
    """
    use_up(work, issuer=client.client_id, assertion_id=assertion_id, ends_s=ends_s)
    now = utc_now()
    secret = f"kitha_{secrets.token_urlsafe(32)}"
    work.session.add(
        AccessToken(
            digest=_digest(secret),
            client_id=client.client_id,
            scopes=" ".join(sorted(scopes)),
            practices=list[Json](sorted(client.practices)),
            issued_at=now,
            expires_at=now + timedelta(seconds=LASTS_S),
        )
    )
    audit.record(
        work,
        by=actor_of_client(client, scopes),
        action="access_token.issued",
        subject=f"client:{client.client_id}",
        details={"scopes": " ".join(sorted(scopes)), "practice_count": len(client.practices)},
    )
    # Behind the lock of the audit's end, so that two who clear away at once cannot cross.
    work.session.execute(delete(AccessToken).where(AccessToken.expires_at < now))
    work.session.execute(
        delete(UsedAssertion).where(UsedAssertion.expires_at < now - timedelta(minutes=1))
    )
    return Issued(secret, scopes)


def use_up(work: UnitOfWork, *, issuer: str, assertion_id: str, ends_s: int) -> None:
    """Mark an assertion as taken, for as long as it could be sent again.

    Raises
    ------
    AssertionRefused
        `JTI_USED`, if it was taken before.
    """
    row = upsert(work.session, UsedAssertion).values(
        digest=_digest(f"{issuer}|{assertion_id}"),
        expires_at=datetime.fromtimestamp(ends_s, tz=UTC),
    )
    taken = work.session.scalar(row.on_conflict_do_nothing().returning(UsedAssertion.digest))
    if taken is None:
        raise refuse(Fault.JTI_USED)


def holder_of(session: Session, secret: str) -> Holder:
    """Whoever holds this token, an access token or a practice's own. One statement.

    Raises
    ------
    BadToken
        If it is malformed, unknown, expired or withdrawn: all told the same way.
    """
    if not _SHAPE.fullmatch(secret):
        return Holder(actor_of(session, secret))
    found = session.execute(
        select(AccessToken, Client.role)
        .join(Client, Client.client_id == AccessToken.client_id)
        .where(AccessToken.digest == _digest(secret), Client.withdrawn_at.is_(None))
    ).one_or_none()
    if found is None or found[0].expires_at <= utc_now():
        raise BadToken("The token is not known or no longer valid. Ask for a new one.")
    row, role = found
    scopes = frozenset(row.scopes.split())
    places = frozenset(OdsCode(str(each)) for each in row.practices)
    return Holder(_actor(row.client_id, system_role(role), places, scopes), scopes)


def require_patience(session: Session, whose: str) -> None:
    """Refuse whoever was refused too often in a short time; nothing is counted.

    Raises
    ------
    TooMany
    """
    rates.require_left(session, REFUSALS, whose)


def note_refusal(
    work: UnitOfWork, *, whose: str, client: ClientRegistered | None, what: str, why: str
) -> None:
    """Write down that a system was refused and why, and count it.

    Parameters
    ----------
    whose : str
        An address with the system's id; only a digest is kept.
    what : str
        `access_token.refused` or `cds.refused`.
    why : str
        The fault's name; nothing that was sent.

    Raises
    ------
    TooMany
        If it was refused too often; then nothing is written down either.
    """
    rates.take(work, REFUSALS, whose)
    named = "unknown" if client is None else client.client_id
    audit.record(
        work,
        by=visitor() if client is None else actor_of_client(client, client.scopes),
        action=what,
        subject=f"client:{named}",
        details={"why": why},
    )


def _actor(client_id: str, role: Role, places: frozenset[OdsCode], scopes: frozenset[str]) -> Actor:
    bounded = replace(role, permissions=permissions(scopes, role))
    return Actor(f"client:{client_id}", bounded, places)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
