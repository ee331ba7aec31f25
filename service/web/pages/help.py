"""Asking for help for oneself: five short pages for anybody, without an account."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import Request, Response

from geo.errors import BadPostcode, DomainError, GeoError
from geo.point import GridPoint
from service.identity import rates
from service.identity.actors import visitor
from service.identity.codes import OdsCode
from service.identity.errors import TooMany, UnknownPractice
from service.matching.errors import MatchingError
from service.parts import Kith
from service.people.errors import PersonError
from service.people.places import home_of
from service.referrals.actions.contacts import Reach
from service.referrals.actions.refer_self import Asked, HelpAsked, refer_self
from service.referrals.crisis_words import may_mean_danger
from service.referrals.errors import KeyReused, ReferralError
from service.referrals.surgeries import Surgery, surgeries_near
from service.register.errors import RegisterError
from service.web.forms import Filled
from service.web.guard import KithDep, count_address
from service.web.help_steps import (
    CARE,
    FIELDS,
    NOT_LISTED,
    STEPS_RATE,
    Step,
    after,
    before,
    check,
    form_id,
    step_of,
    ticks,
)
from service.web.render import page
from service.web.routing import pages

# Counted here and not before the page, so that whoever was too quick loses nothing they typed.
router = pages(public=True, counted=False)

CANNOT: Final = (
    PersonError,
    ReferralError,
    GeoError,
    MatchingError,
    RegisterError,
    UnknownPractice,
)
SHOWN: Final = 8
"""Surgeries in the list where a postcode says which are near."""

Answers = Mapping[str, tuple[str, ...]]


@router.get("/help")
def begin(request: Request, kith: KithDep) -> Response:
    """The first page."""
    blank: Filled[Any] = Filled(answers={"form_id": (str(uuid.uuid4()),)})
    return _show(request, kith, Step.WHAT, blank)


@router.post("/help")
def go_on(request: Request, kith: KithDep) -> Response:
    """One page back or on, and at the end of them: sent."""
    answers = _sent(request)
    step = step_of(_one(answers, "step"))
    typed: Filled[Any] = Filled(answers=answers)
    try:
        count_address(request, STEPS_RATE)
    except TooMany as error:
        return _too_many(request, kith, step, typed, error)
    if _one(answers, "go") == "back":
        return _show(request, kith, before(step), typed)
    if _one(answers, "go") == "first":
        return _show(request, kith, Step.WHAT, typed)
    form = check(step, answers)
    if form.value is not None and step is Step.PLACE:
        form = _placed(kith, form)
    if form.value is None:
        return _show(request, kith, step, form, 422)
    if step is not Step.CHECK:
        return _show(request, kith, after(step), replace(form, value=None))
    return _finish(request, kith, answers)


def _finish(request: Request, kith: Kith, answers: Answers) -> Response:
    """Send it, if every page of it holds; else back to the first that does not."""
    for step in Step:
        form = check(step, answers)
        if form.value is None:
            return _show(request, kith, step, form, 422)
    try:
        count_address(request, rates.PUBLIC_FORM)
        done = _take(kith, answers)
    except TooMany as error:
        return _too_many(request, kith, Step.CHECK, form, error)
    except KeyReused:
        fresh = replace(form, answers={**answers, "form_id": (str(uuid.uuid4()),)})
        said = "You have sent this already. If something is different now, send it once more."
        return _show(request, kith, Step.CHECK, fresh.wrong("", said), 409)
    except CANNOT as refusal:
        step, field = _where(refusal)
        return _show(request, kith, step, form.wrong(field, refusal.message), 422)
    return page(
        request,
        "help_sent.html",
        practice=done.practice_name,
        danger=_danger(kith, _one(answers, "words")),
        reach_by=_one(answers, "reach_by"),
    )


def _take(kith: Kith, answers: Answers) -> Asked:
    words = _one(answers, "words")
    surgery = _one(answers, "surgery")
    asked = HelpAsked(
        needs=answers.get("needs", ()),
        words=words,
        name=_one(answers, "name"),
        reach=Reach(
            telephone=_one(answers, "telephone"),
            email=_one(answers, "email"),
            reach_by=_one(answers, "reach_by"),
        ),
        care="; ".join(said for key, (_, said) in CARE.items() if key in answers.get("care", ())),
        good_time=_one(answers, "good_time"),
        postcode=_one(answers, "postcode"),
        practice=None if surgery == NOT_LISTED else OdsCode(surgery),
        agreed=_one(answers, "agreed") == "true",
    )
    reading = kith.read_note(words)
    with kith.store.work() as work:
        return refer_self(
            work,
            by=visitor(),
            asked=asked,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            key=f"help:{form_id(answers)}",
            reading=reading,
        )


def _placed(kith: Kith, form: Filled[Any]) -> Filled[Any]:
    """The page of the postcode, once it is known that it can be used."""
    try:
        _home(kith, form.typed("postcode"))
    except (GeoError, PersonError) as refusal:
        return form.wrong("postcode", refusal.message)
    return form


def _home(kith: Kith, postcode: str) -> GridPoint | None:
    return home_of(postcode, kith.gazetteer).point if postcode.strip() else None


def _where(refusal: DomainError) -> tuple[Step, str]:
    """The page and the field that a refusal is about."""
    field = "postcode" if isinstance(refusal, BadPostcode) else refusal.fields.get("field", "")
    field = "surgery" if isinstance(refusal, UnknownPractice) else str(field)
    for step, fields in FIELDS.items():
        if field in fields:
            return step, field
    return Step.CHECK, ""


def _too_many(
    request: Request, kith: Kith, step: Step, form: Filled[Any], error: TooMany
) -> Response:
    response = _show(request, kith, step, form.wrong("", error.message), 429)
    response.headers["Retry-After"] = str(error.fields.get("retry_after_s", 60))
    return response


def _show(
    request: Request, kith: Kith, step: Step, form: Filled[Any], status: int = 200
) -> Response:
    answers = {**form.answers, "form_id": (form_id(form.answers),)}
    form = replace(form, answers=answers)
    near: tuple[Surgery, ...] = ()
    if step in {Step.SURGERY, Step.CHECK}:
        near = _surgeries(kith, form.typed("postcode"))
    chosen = form.typed("surgery")
    goes_to = next((each for each in near if each.code == chosen), None)
    if goes_to is None and form.typed("postcode"):
        goes_to = next(iter(near), None)
    own = FIELDS[step]
    return page(
        request,
        "help.html",
        status=status,
        step=step.value,
        form=form,
        carried=[
            (name, value)
            for name, values in answers.items()
            if name not in {*own, "step", "go", "csrf"}
            for value in values
        ],
        danger=_danger(kith, form.typed("words")),
        ticks=ticks(),
        cares=[(key, words) for key, (words, _) in CARE.items()],
        surgeries=[(each.code, _described(each)) for each in near][
            : SHOWN if form.typed("postcode") else None
        ],
        not_listed=NOT_LISTED,
        goes_to=goes_to,
        ticked=[words for code, words in ticks() if code in answers.get("needs", ())],
    )


def _described(surgery: Surgery) -> str:
    return f"{surgery.name}, {surgery.address}" if surgery.address else surgery.name


def _surgeries(kith: Kith, postcode: str) -> tuple[Surgery, ...]:
    try:
        home = _home(kith, postcode)
    except (GeoError, PersonError):
        home = None
    with kith.store.read() as session:
        near = surgeries_near(session, home)
    served = tuple(each for each in near if each.has_link_worker)
    return served or near


def _danger(kith: Kith, words: str) -> bool:
    """Whether where to get help at once is to be shown before anything else."""
    if may_mean_danger(words):
        return True
    reading = kith.read_note(words)
    return reading is not None and any(each.status.needs_clinician for each in reading.flags)


def _sent(request: Request) -> dict[str, tuple[str, ...]]:
    form = request.state.form
    return {
        # PostgreSQL cannot keep a NUL character, and no keyboard makes one.
        name: tuple(each.replace("\0", "") for each in form.getlist(name) if isinstance(each, str))
        for name in form
    }


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "").strip()
