"""Outcome measures: filled in, kept, and shown in pairs with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from fastapi import Request, Response
from pydantic import Field

from geo.errors import Json
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.case_looks import look_at_case
from service.referrals.actions.outcomes import FREE, record_measure
from service.referrals.case_file import Case
from service.referrals.measures.pairing import LABELS, Taken, pair
from service.referrals.measures.scoring import Instrument, instruments
from service.referrals.referral_page import rows_of
from service.referrals.work_model import Measurement
from service.web import forms
from service.web.case_frame import Refused, answered, case_page
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

NAMES: Final = {
    Instrument.ONS4: "Personal wellbeing (ONS4)",
    Instrument.LONELINESS: "Loneliness (UCLA and the direct question)",
    Instrument.MYCAW: "MYCaW",
    Instrument.SWEMWBS: "SWEMWBS",
    Instrument.PAM: "PAM",
}


class _Given(FormModel):
    """What every measure's form has. A question left open is kept as not answered."""

    taken_on: Annotated[date, Field(title="the day it was filled in")]
    by_licensee: bool = False
    says: ClassVar[Mapping[str, str]] = {"taken_on:missing": "Enter the day it was filled in."}


Ten = Annotated[int | None, Field(ge=0, le=10)]
Six = Annotated[int | None, Field(ge=0, le=6)]
Five = Annotated[int | None, Field(ge=1, le=5)]
Word = Annotated[str | None, Field(max_length=40)]


class Ons4(_Given):
    """The four harmonised questions."""

    satisfied: Ten = None
    worthwhile: Ten = None
    happy: Ten = None
    anxious: Ten = None


class Loneliness(_Given):
    """The three UCLA questions and the direct one."""

    companionship: Word = None
    left_out: Word = None
    isolated: Word = None
    direct: Word = None


class Mycaw(_Given):
    """The person's own concerns and wellbeing, as numbers alone."""

    concern_1: Six = None
    concern_2: Six = None
    wellbeing: Six = None


class Swemwbs(_Given):
    """The seven answers where the licence is confirmed, else the score alone."""

    item_1: Five = None
    item_2: Five = None
    item_3: Five = None
    item_4: Five = None
    item_5: Five = None
    item_6: Five = None
    item_7: Five = None
    metric: Annotated[float | None, Field(title="the score", ge=7, le=35)] = None


class Pam(_Given):
    """A score and a level that a licensed user worked out."""

    score: Annotated[float | None, Field(title="the score", ge=0, le=100)] = None
    level: Annotated[int | None, Field(title="the level", ge=1, le=4)] = None


FORMS: Final[Mapping[Instrument, type[_Given]]] = {
    Instrument.ONS4: Ons4,
    Instrument.LONELINESS: Loneliness,
    Instrument.MYCAW: Mycaw,
    Instrument.SWEMWBS: Swemwbs,
    Instrument.PAM: Pam,
}


@router.get("/referrals/{referral_id}/outcomes")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Each measure before and after, and all that was taken."""
    today = kith.today()
    with kith.store.work() as work:
        case = look_at_case(work, by=actor, referral_id=referral_id, part="outcomes", today=today)
        rows = rows_of(work.session, Measurement, Measurement.taken_on, referral_id)
    taken = [
        Taken(Instrument(row.instrument), row.instrument_version, row.taken_on, row.scores)
        for row in rows
    ]
    return case_page(
        request,
        "outcomes.html",
        case,
        here="/outcomes",
        pairs=[pair(each, taken, today) for each in Instrument],
        names=NAMES,
        taken=taken[::-1],
        labels=LABELS,
        worse={each: instruments()[each.value]["higher_is_worse"] for each in Instrument},
        copyright=instruments()["swemwbs"]["copyright"],
    )


@router.get("/referrals/{referral_id}/outcomes/{measure}")
def ask(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, measure: str
) -> Response:
    """One measure, to be filled in with the person."""
    form = forms.blank(taken_on=kith.today())
    return _page(request, kith, actor, referral_id, _instrument(measure), form)


@router.post("/referrals/{referral_id}/outcomes/{measure}")
def keep(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, measure: str
) -> Response:
    """Keep it."""
    instrument = _instrument(measure)
    typed_in = instrument not in FREE and not _is_licensed(kith, instrument)
    form = forms.read(request, FORMS[instrument])
    if form.value is not None and typed_in and not form.value.by_licensee:
        form = form.wrong(
            "by_licensee", "Tick this if somebody licensed for the measure worked it out."
        )
    return answered(
        request,
        kith,
        form,
        lambda work, given: record_measure(
            work,
            by=actor,
            referral_id=referral_id,
            instrument=instrument,
            answers=_answers(instrument, given, typed_in=typed_in),
            taken_on=given.taken_on,
            today=kith.today(),
            licensed=[Instrument(each) for each in kith.settings.licensed_measures],
            scored_elsewhere=typed_in,
        ),
        again=lambda refused: _page(request, kith, actor, referral_id, instrument, refused),
        to=f"/referrals/{referral_id}/outcomes",
        said="The measure is kept.",
    )


def _instrument(text: str) -> Instrument:
    try:
        return Instrument(text)
    except ValueError:
        raise NotFound("There is no such measure.") from None


def _is_licensed(kith: Kith, instrument: Instrument) -> bool:
    return instrument.value in kith.settings.licensed_measures


def _answers(instrument: Instrument, given: _Given, *, typed_in: bool) -> dict[str, Json]:
    said: dict[str, Json] = given.model_dump(exclude={"taken_on", "by_licensee"})
    if instrument is not Instrument.SWEMWBS:
        return said
    if typed_in:
        return {"metric": said["metric"]}
    return {str(number): said[f"item_{number}"] for number in range(1, 8)}


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    instrument: Instrument,
    form: Filled[Any] | Refused,
) -> Response:
    with kith.store.work() as work:
        case: Case = look_at_case(
            work, by=actor, referral_id=referral_id, part="outcomes", today=kith.today()
        )
    return case_page(
        request,
        "outcomes_measure.html",
        case,
        form,
        here="/outcomes",
        measure=instrument.value,
        name=NAMES[instrument],
        facts=instruments()[instrument.value],
        labels=LABELS[instrument],
        typed_in=instrument not in FREE and not _is_licensed(kith, instrument),
    )
