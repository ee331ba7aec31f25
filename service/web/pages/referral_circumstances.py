"""How the person is reached, and their circumstances, put right after somebody has asked them."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, ClassVar

from fastapi import Request, Response
from pydantic import AfterValidator, Field

from geo.errors import Json
from geo.travel import Mode
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.matching.wording import CONDITIONS, DAYS, FEATURE, LANGUAGES
from service.parts import Kith
from service.people.facts import Preference
from service.referrals.actions.circumstances import set_circumstances
from service.referrals.actions.contacts import REACH_BY, Reach, set_reach
from service.referrals.desk import Desk
from service.register.vocabulary import AccessFeature, Gender, Weekday
from service.store.work import UnitOfWork
from service.web import forms, referral_words
from service.web.case_frame import Refused, attempt
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.referral_frame import frame, look_up
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
FLAGS = ("housebound", "women_only", "men_only", "mobility_difficulty", "wheelchair")
LISTS = ("access_needed", "free_days", "modes", "preferences", "conditions")


def _clock(text: str) -> str:
    """A time as people type it, as `15:00`; empty stays empty."""
    found = _CLOCK.fullmatch(text.strip())
    if not text.strip():
        return ""
    if found is None:
        raise ValueError("Write the time as 3pm or 15:00.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and hour <= 12:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("Write the time as 3pm or 15:00.")
    return time(hour, minute).isoformat("minutes")


def _pence(text: str) -> str:
    """Pounds as people type them, as whole pence; empty stays empty."""
    tidy = text.replace("£", "").strip()
    if not tidy:
        return ""
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", tidy):
        raise ValueError("Write the amount in pounds, such as 2.50, or 0 for nothing.")
    return str(round(float(tidy) * 100))


Clock = Annotated[str, AfterValidator(_clock), Field(max_length=12)]
Pounds = Annotated[str, AfterValidator(_pence), Field(max_length=12)]
Words = Annotated[str, Field(max_length=300)]
YesNo = Annotated[bool | None, Field()]


class About(FormModel):
    """All that can be said of somebody's circumstances. What is left blank is not known."""

    version: Annotated[int, Field(title="the version")]
    telephone: Annotated[str, Field(title="the telephone number", max_length=40)] = ""
    email: Annotated[str, Field(title="the e-mail address", max_length=200)] = ""
    reach_by: Annotated[str, Field(title="how they are best reached", max_length=20)] = ""
    safe_contact: Annotated[str, Field(title="what must not be sent", max_length=200)] = ""
    address_protected: bool = False
    postcode: Annotated[str, Field(title="the postcode", max_length=20)] = ""
    age: Annotated[int | None, Field(title="the age", ge=0, le=130)] = None
    gender: Gender | None = None
    languages: Words = ""
    interests: Words = ""
    conditions: tuple[str, ...] = ()
    access_needed: tuple[AccessFeature, ...] = ()
    free_days: tuple[Weekday, ...] = ()
    modes: tuple[Mode, ...] = ()
    preferences: tuple[Preference, ...] = ()
    not_before: Clock = ""
    home_by: Clock = ""
    max_cost: Pounds = ""
    online: YesNo = None
    has_phone: YesNo = None
    housebound: bool = False
    women_only: bool = False
    men_only: bool = False
    mobility_difficulty: bool = False
    wheelchair: bool = False
    says: ClassVar[dict[str, str]] = {"age": "Age must be a whole number of years, such as 74."}

    def facts(self) -> dict[str, Json]:
        """The same as circumstances are kept."""
        said: dict[str, Json] = {
            "age": self.age,
            "gender": self.gender.value if self.gender else None,
            "languages": list[Json](_codes(self.languages)),
            "interests": list[Json](_split(self.interests)),
            "not_before": self.not_before,
            "home_by": self.home_by,
            "max_cost_pence": int(self.max_cost) if self.max_cost else None,
            "online": self.online,
            "has_phone": self.has_phone,
        }
        for name in LISTS:
            said[name] = [str(each) for each in getattr(self, name)]
        for name in FLAGS:
            said[name] = getattr(self, name) or None
        return {key: value for key, value in said.items() if value not in (None, [], "")}


def _split(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"[,;\n]", text) if each.strip()]


def _codes(text: str) -> list[str]:
    """Languages by name or code, as codes; a name that is not known is kept as it is typed."""
    by_name = {name.casefold(): code for code, name in LANGUAGES.items()}
    return [by_name.get(each.casefold(), each.casefold()) for each in _split(text)]


@router.get("/referrals/{referral_id}/circumstances")
def ask(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The form, with what is known in it."""
    found = look_up(kith, actor, referral_id)
    return _page(request, found, _filled(found))


@router.post("/referrals/{referral_id}/circumstances")
def save(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Keep all of it, or say what is wrong with it."""
    form = forms.read(request, About)
    refused = attempt(kith, form, lambda work, given: _keep(work, kith, actor, referral_id, given))
    if refused is None:
        there = f"/referrals/{referral_id}"
        return go_to(request, there, said="The changes are saved. The list is made anew.")
    return _page(request, look_up(kith, actor, referral_id), refused)


def _keep(work: UnitOfWork, kith: Kith, actor: Actor, referral_id: str, given: About) -> None:
    version = set_circumstances(
        work,
        by=actor,
        referral_id=referral_id,
        seen_version=given.version,
        facts=given.facts(),
        postcode=given.postcode,
        safe_contact=given.safe_contact,
        gazetteer=kith.gazetteer,
        today=kith.today(),
    )
    set_reach(
        work,
        by=actor,
        referral_id=referral_id,
        seen_version=version,
        reach=Reach(given.telephone, given.email, given.reach_by, given.address_protected),
    )


def _filled(found: Desk) -> Filled[About]:
    facts, person = found.referral.facts, found.person
    pence = facts.get("max_cost_pence")
    known: dict[str, object] = {
        name: facts.get(name) or () for name in (*LISTS, "age", "gender", "not_before", "home_by")
    }
    answered = {True: "yes", False: "no", None: ""}
    return forms.blank(
        **known,
        languages=referral_words.said("languages", facts.get("languages") or []),
        interests=referral_words.said("interests", facts.get("interests") or []),
        max_cost=f"{pence / 100:g}" if isinstance(pence, int) else "",
        **{name: "yes" if facts.get(name) is True else "" for name in FLAGS},
        **{
            name: answered.get(value if isinstance(value, bool) else None)
            for name, value in ((each, facts.get(each)) for each in ("online", "has_phone"))
        },
        telephone=person.telephone,
        email=person.email,
        reach_by=person.reach_by,
        safe_contact=found.referral.safe_contact,
        address_protected="yes" if person.address_protected else "",
        postcode=found.referral.postcode,
    )


def _page(request: Request, found: Desk, form: Filled[About] | Refused) -> Response:
    return frame(
        request,
        "referral_circumstances.html",
        found,
        form,
        choices={
            "access_needed": [(each.value, FEATURE[each].capitalize()) for each in AccessFeature],
            "free_days": [(each.value, DAYS[each]) for each in Weekday],
            "modes": [(each.value, words) for each, words in referral_words.TRAVEL.items()],
            "preferences": [(each.value, words) for each, words in referral_words.LIKES.items()],
            "gender": [(each.value, words) for each, words in referral_words.GENDERS.items()],
            "conditions": [(code, words.capitalize()) for code, words in CONDITIONS.items()],
            "reach_by": [(each, each.capitalize()) for each in REACH_BY if each],
        },
    )
