"""What became of the cards that other systems show: numbers by day, of nobody in particular."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from service.store.base import PUBLIC, Base, column


class CardFeedback(Base):
    """How many cards of one kind were taken up or set aside on one day, and why."""

    __tablename__ = "card_feedback"

    noted_on: Mapped[date] = column(PUBLIC, primary_key=True)
    card_service: Mapped[str] = column(PUBLIC, String(40), primary_key=True)
    # "accepted" or "overridden".
    outcome: Mapped[str] = column(PUBLIC, String(20), primary_key=True)
    # A code of our own list; "other" for any other, empty when none was given.
    reason: Mapped[str] = column(PUBLIC, String(40), primary_key=True)
    cards: Mapped[int] = column(PUBLIC, default=0)
