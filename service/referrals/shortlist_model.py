"""Groups that a link worker keeps in view for one referral, before anybody is asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from service.store.base import ORGANISATIONAL, PERSONAL, PUBLIC, Base, UtcDateTime, column, utc_now


class Shortlisted(Base):
    """One group on the shortlist of one referral."""

    __tablename__ = "shortlisted"

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id", ondelete="CASCADE"), primary_key=True
    )
    asset_id: Mapped[int] = column(
        PUBLIC,
        ForeignKey("asset.asset_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    listed_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    listed_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
