"""Measures, and the end of a referral: what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from sqlalchemy import select

from geo.errors import Json
from service.identity.actors import Actor
from service.referrals.actions.letters import draft
from service.referrals.errors import BadEntry, BadReason
from service.referrals.kinds import LetterKind
from service.referrals.lifecycle import ReferralState
from service.referrals.measures.scoring import Instrument, check_scores, score, version_of
from service.referrals.opening import in_hand, written
from service.referrals.reasons import FAILING
from service.referrals.work_model import Measurement
from service.store.work import UnitOfWork

FREE: Final = frozenset({Instrument.ONS4, Instrument.LONELINESS})
"""Measures that anybody may use; the others need a licence that the deployer confirms."""


def record_measure(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    instrument: Instrument,
    answers: Mapping[str, Json],
    taken_on: date,
    today: date,
    licensed: Collection[Instrument] = (),
    scored_elsewhere: bool = False,
) -> dict[str, Json]:
    """Keep a filled-in measure with its answers and scores, and return the scores.

    Missing answers are kept as missing: what cannot be scored has no score. The same answers of
    the same day sent twice are one.

    Parameters
    ----------
    licensed : collection of Instrument
        Measures for which the deployer has confirmed a licence.
    scored_elsewhere : bool
        `answers` are scores that somebody licensed or registered worked out: they are kept as they
        are, and no licence of this installation is needed for that.

    Raises
    ------
    BadEntry
        If nothing is answered, an answer is out of range, the day is to come, or no licence is
        confirmed.
    NotAllowed, NotFound, BadMove
    """
    referral = in_hand(work, by, referral_id)
    if instrument not in FREE and instrument not in licensed and not scored_elsewhere:
        raise BadEntry(
            "This measure needs a licence, and this installation has not confirmed one.",
            field="instrument",
        )
    if taken_on > today:
        raise BadEntry("The day lies in the future. Check it.", field="taken_on")
    if all(value is None for value in answers.values()):
        raise BadEntry("Answer at least one question.", field="answers")
    scores = (check_scores if scored_elsewhere else score)(instrument, answers)
    if _is_kept(work, referral_id, instrument, answers, taken_on):
        return scores
    work.session.add(
        Measurement(
            referral_id=referral_id,
            instrument=instrument.value,
            instrument_version=version_of(instrument),
            answers=dict(answers),
            scores=scores,
            taken_on=taken_on,
            entered_by=by.actor_id,
        )
    )
    written(work, referral, by=by, what="measured", details={"instrument": instrument.value})
    return scores


def _is_kept(
    work: UnitOfWork,
    referral_id: str,
    instrument: Instrument,
    answers: Mapping[str, Json],
    taken_on: date,
) -> bool:
    before = work.session.scalars(
        select(Measurement).filter_by(
            referral_id=referral_id, instrument=instrument.value, taken_on=taken_on
        )
    )
    return any(each.answers == dict(answers) for each in before)


def close(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    outcome: str,
    text: str = "",
    today: date,
) -> int:
    """End a referral with its outcome; open offers end with it, and a message back is drafted.

    Returns
    -------
    int
        The draft's id: read it over and send it.

    Raises
    ------
    BadReason
        If the outcome is not of the list.
    SafeguardingOpen
        If a safeguarding concern has been passed on to nobody.
    NotAllowed, NotFound, EditConflict, BadMove
    """
    return _end(
        work,
        by=by,
        referral_id=referral_id,
        seen_version=seen_version,
        to=ReferralState.CLOSED,
        reason=outcome,
        text=text,
        today=today,
    )


def fail(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    reason: str,
    text: str,
    today: date,
) -> int:
    """End a referral that could not be carried out. Returns the id of the drafted message back.

    `reason` is one of `reasons.FAILING`.

    Raises
    ------
    BadReason
        If it is another.
    SafeguardingOpen, NotAllowed, NotFound, EditConflict, BadMove
    """
    if reason not in FAILING:
        raise BadReason("Choose why it failed.", field="reason", allowed=[*FAILING])
    return _end(
        work,
        by=by,
        referral_id=referral_id,
        seen_version=seen_version,
        to=ReferralState.CLOSED,
        reason=reason,
        text=text,
        today=today,
        listed=False,
    )


def leave(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    reason: str,
    text: str = "",
    today: date,
) -> int:
    """The person leaves social prescribing: the referral and its open offers are withdrawn.

    Returns the id of the drafted message back.

    Raises
    ------
    BadReason, SafeguardingOpen, NotAllowed, NotFound, EditConflict, BadMove
    """
    return _end(
        work,
        by=by,
        referral_id=referral_id,
        seen_version=seen_version,
        to=ReferralState.WITHDRAWN,
        reason=reason,
        text=text,
        today=today,
    )


def no_suitable_asset(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    reason: str,
    text: str = "",
) -> int:
    """Nothing in the register fits: the referral stays open, and the barrier is kept.

    Returns the referral's new version.

    Raises
    ------
    BadReason, NotAllowed, NotFound, EditConflict, BadMove
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    return written(
        work,
        referral,
        by=by,
        what="no_suitable_asset",
        to=ReferralState.NO_SUITABLE_ASSET,
        reason=reason,
        text=text.strip(),
        details={"reason": reason},
    )


def _end(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    to: ReferralState,
    reason: str,
    text: str,
    today: date,
    listed: bool = True,
) -> int:
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    written(
        work,
        referral,
        by=by,
        what=to.value,
        to=to,
        reason=reason,
        text=text.strip(),
        details={"reason": reason},
        listed=listed,
    )
    work.announce(
        f"referral.{to.value}",
        key=f"referral.{to.value}:{referral_id}",
        body={"referral": referral_id},
    )
    return draft(work, referral, by=by, kind=LetterKind.CLOSED, today=today, send=False)
