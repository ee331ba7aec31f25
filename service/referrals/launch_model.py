"""Links by which another system opens Kith at the right place, once and for some minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped

from service.store.base import ORGANISATIONAL, PERSONAL, Base, UtcDateTime, column, utc_now


class Launch(Base):
    """One such link. Only a digest of it is kept.

    What a practice's form is to be filled with is locked with a key that only the link holds, and
    goes when the link is used.
    """

    __tablename__ = "launch"
    __table_args__ = (Index("ix_launch_expires_at", "expires_at"),)

    digest: Mapped[str] = column(ORGANISATIONAL, String(64), primary_key=True)
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    # Without a foreign key: a link of some minutes must not keep a referral from being taken away.
    referral_id: Mapped[str | None] = column(PERSONAL, String(64))
    filled: Mapped[bytes | None] = column(PERSONAL, LargeBinary)
    made_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    made_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    expires_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
    used_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
