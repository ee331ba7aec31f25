"""Systems that show who they are by a key of their own, and the tokens they were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.store.base import (
    ORGANISATIONAL,
    PUBLIC,
    Base,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class Client(Base):
    """A system that was registered here: its public keys, its practices, how far it may reach.

    Keys are given once, in `keys`, or are fetched from `jwks_url`: one of the two is set.
    """

    __tablename__ = "client"

    client_id: Mapped[str] = column(ORGANISATIONAL, String(36), primary_key=True)
    name: Mapped[str] = column(ORGANISATIONAL, String(120))
    # Blank-separated, as `system/Task.ru`; sorted, each once.
    scopes: Mapped[str] = column(ORGANISATIONAL, String(1000))
    nhs_mode: Mapped[bool] = column(ORGANISATIONAL, default=False)
    keys: Mapped[list[Json] | None] = column(PUBLIC, JsonDocument())
    jwks_url: Mapped[str] = column(ORGANISATIONAL, String(500), default="")
    # Who it says it is when it calls CDS Hooks, where it is another name than the client id.
    issuer: Mapped[str | None] = column(ORGANISATIONAL, String(255), unique=True)
    registered_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    keys_changed_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    withdrawn_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # A name of `roles.SYSTEM_ROLES`.
    role: Mapped[str] = column(
        ORGANISATIONAL, String(40), default="practice_system", server_default="practice_system"
    )


class ClientPractice(Base):
    """A practice for which a client acts."""

    __tablename__ = "client_practice"

    client_id: Mapped[str] = column(
        ORGANISATIONAL, ForeignKey("client.client_id"), primary_key=True
    )
    practice_code: Mapped[str] = column(PUBLIC, ForeignKey("nhs_org.ods_code"), primary_key=True)


class AccessToken(Base):
    """A credential for some minutes. Only a digest of it is kept, and its row goes when it ends."""

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_expires_at", "expires_at"),)

    digest: Mapped[str] = column(ORGANISATIONAL, String(64), primary_key=True)
    client_id: Mapped[str] = column(ORGANISATIONAL, ForeignKey("client.client_id"), index=True)
    scopes: Mapped[str] = column(ORGANISATIONAL, String(1000))
    practices: Mapped[list[Json]] = column(PUBLIC, JsonDocument())
    issued_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    expires_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())


class UsedAssertion(Base):
    """A signed assertion that was taken once, until it ends by itself: it is never taken again."""

    __tablename__ = "used_assertion"
    __table_args__ = (Index("ix_used_assertion_expires_at", "expires_at"),)

    # Of its issuer and its own number together.
    digest: Mapped[str] = column(ORGANISATIONAL, String(64), primary_key=True)
    expires_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
