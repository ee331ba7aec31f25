"""The steps of the form on which anybody asks for help: what each asks, and in which order.

All answers travel in the form itself, from page to page. Nothing is kept until it is sent, and
nothing is ever in an address.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from seed_data import needs as need_list
from service.identity.rates import Rate
from service.referrals.actions.refer_self import LONGEST_WORDS
from service.web.forms import Filled, FormModel, understand

STEPS_RATE: Final = Rate("help steps", at_once=60, per_min=30)
"""Turning a page of the form: a library's computers share one address, and some go back and on."""

OFFERED: Final = (
    "loneliness_isolation",
    "low_mood_anxiety",
    "bereavement",
    "confidence",
    "physical_activity",
    "purpose_volunteering",
    "arts_creativity",
    "nature_green",
    "carer_support",
    "debt_money",
    "benefits_advice",
    "food_insecurity",
    "energy_warmth",
    "housing",
    "employment_training",
    "digital",
    "english_language",
    "transport",
)
"""Needs to tick, in the words of the list of needs. The rest is for the person's own words."""

CARE: Final = {
    "no_message": ("Do not leave a message", "Do not leave a message"),
    "no_name": (
        "Do not say who you are if somebody else answers",
        "Do not say who you are if somebody else answers",
    ),
    "no_post": ("Do not send anything to my home", "Send nothing to their home"),
}
"""What somebody may ask us not to do: as they read it, and as the link worker does."""

NOT_LISTED: Final = "not-listed"


class Step(StrEnum):
    """The pages in their order."""

    WHAT = "what"
    REACH = "reach"
    PLACE = "place"
    SURGERY = "surgery"
    CHECK = "check"


class What(FormModel):
    """What would help: ticks, own words, or both."""

    needs: tuple[str, ...] = ()
    words: Annotated[str, Field(title="what you wrote", max_length=LONGEST_WORDS)] = ""


class ReachGiven(FormModel):
    """What to call somebody, how to reach them, and how to keep them safe."""

    name: Annotated[str, Field(title="your name", max_length=120)] = ""
    reach_by: Annotated[
        Literal["telephone", "text", "email"], Field(title="how we should reach you")
    ]
    telephone: Annotated[str, Field(title="your phone number", max_length=40)] = ""
    email: Annotated[str, Field(title="your e-mail address", max_length=200)] = ""
    care: tuple[str, ...] = ()
    good_time: Annotated[str, Field(title="the good time", max_length=200)] = ""
    says: ClassVar[Mapping[str, str]] = {"reach_by": "Choose how we should reach you."}


class PlaceGiven(FormModel):
    """Where somebody lives, as far as they say."""

    postcode: Annotated[str, Field(title="your postcode", max_length=40)] = ""


class SurgeryGiven(FormModel):
    """Which surgery is theirs, or that it is not in the list."""

    surgery: Annotated[str, Field(title="your doctor’s surgery", max_length=20)]
    says: ClassVar[Mapping[str, str]] = {
        "surgery": "Choose a surgery, or “Another one, or I do not know”."
    }


class CheckGiven(FormModel):
    """That it may be sent."""

    agreed: bool = False


MODELS: Final[Mapping[Step, type[FormModel]]] = {
    Step.WHAT: What,
    Step.REACH: ReachGiven,
    Step.PLACE: PlaceGiven,
    Step.SURGERY: SurgeryGiven,
    Step.CHECK: CheckGiven,
}
FIELDS: Final[Mapping[Step, tuple[str, ...]]] = {
    step: tuple(model.model_fields) for step, model in MODELS.items()
}

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def after(step: Step) -> Step:
    """The next page; the last is followed by itself."""
    order = list(Step)
    return order[min(order.index(step) + 1, len(order) - 1)]


def before(step: Step) -> Step:
    """The page before; the first is preceded by itself."""
    order = list(Step)
    return order[max(order.index(step) - 1, 0)]


def step_of(text: str) -> Step:
    """The step of that name; the first for any other."""
    return Step(text) if text in list(Step) else Step.WHAT


def ticks() -> list[tuple[str, str]]:
    """What can be ticked: code, and the words of the list for the public."""
    known = need_list.load().needs
    return [(code, known[code].plain) for code in OFFERED]


def check(step: Step, answers: Mapping[str, tuple[str, ...]]) -> Filled[FormModel]:
    """One page's answers, as they are meant, or with what is wrong with them."""
    form: Filled[FormModel] = understand(answers, MODELS[step])
    if form.value is None:
        return form
    if isinstance(form.value, What):
        if set(form.value.needs) - set(OFFERED):
            return form.wrong("needs", "Tick from the list, or use your own words.")
        if not form.value.needs and not form.value.words:
            return form.wrong("needs", "Tick what would help, or tell us in your own words.")
    if isinstance(form.value, ReachGiven):
        return _reachable(form, form.value)
    return form


def _reachable(form: Filled[FormModel], given: ReachGiven) -> Filled[FormModel]:
    if given.reach_by == "email" and not given.email:
        return form.wrong("email", "Tell us your e-mail address.")
    if given.reach_by != "email" and not given.telephone:
        return form.wrong("telephone", "Tell us your phone number.")
    if given.telephone and sum(c.isdigit() for c in given.telephone) < 6:
        return form.wrong("telephone", "A phone number has more digits. Check it.")
    if given.email and ("@" not in given.email.strip("@") or " " in given.email):
        return form.wrong("email", "An e-mail address looks like name@example.org.")
    return form


def form_id(answers: Mapping[str, tuple[str, ...]]) -> str:
    """The form's own id, made anew when it is not one that Kith makes."""
    given = next(iter(answers.get("form_id", ())), "")
    return given if _UUID.fullmatch(given) else str(uuid.uuid4())
