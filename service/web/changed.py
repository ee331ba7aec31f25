"""Telling somebody what a colleague changed while they were writing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.identity.colleagues import names_for
from service.referrals.opening import spoken_word
from service.store.errors import EditConflict
from service.web.words import moment

KEPT = (
    "Somebody changed this while you were writing. Nothing was saved, and nothing you typed is "
    "lost. Look at the change below, then send yours again if it still holds."
)


def changes_of(session: Session, conflict: EditConflict) -> tuple[str, ...]:
    """Each change as a sentence part: what, by whom, when. One statement."""
    found = conflict.fields.get("changes")
    changes = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    names = names_for(session, (), {str(each["by"]) for each in changes})
    return tuple(
        f"{spoken_word(str(each['what']))} by {names.person(str(each['by']))}, "
        f"{moment(datetime.fromisoformat(str(each['at'])))}"
        for each in changes
    )
