"""One group added, changed or taken out by the steward: one form, with every fault linked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import FormData

from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.matching.wording import CONDITIONS, LANGUAGES
from service.parts import Kith
from service.referrals.offer_counts import open_offers
from service.register.actions import BadChange, retire
from service.register.actions.assets import free_code, save_asset
from service.register.actions.corrections import settle
from service.register.asset_page import AssetPage, Beside, asset_page, beside
from service.register.correction_queries import Waiting, waiting_for
from service.register.imports.facts import AssetFile
from service.register.imports.one_asset import read_one
from service.register.vocabulary import AccessFeature, Delivery
from service.store.errors import EditConflict
from service.web import asset_words
from service.web.entry_cells import (
    OFTEN,
    answers_of,
    faults,
    meetings_in,
    rows_of,
    slug,
    with_meetings,
)
from service.web.forms import Filled
from service.web.guard import ActorDep, KithDep
from service.web.pages.steward import WAYS
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.EDIT_REGISTER)

BLANK_ROWS = 1
"""Meetings that stand empty below those there are."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The entry the form is about; None of everything for one that is to be added."""

    found: AssetPage | None = None
    beside: Beside = field(default_factory=Beside)
    offers: int = 0
    waiting: tuple[Waiting, ...] = ()


@router.get("/steward/assets/new")
def begin(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """An empty form."""
    form: Filled[Any] = Filled(answers={"meetings": ("1",), "m0-often": ("week",)})
    return _page(request, kith, actor, Opened(), form)


@router.post("/steward/assets/new")
def add(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """Add the group, if everything about it can be read."""
    return _save(request, kith, actor, Opened())


@router.get("/steward/assets/{asset_id:int}")
def change(request: Request, kith: KithDep, actor: ActorDep, asset_id: int) -> Response:
    """The form, filled in with what the register says."""
    opened = _open(kith, actor, asset_id)
    form: Filled[Any] = Filled(answers=_standing(opened))
    form = with_meetings(form, meetings_in(form.answers) + BLANK_ROWS)
    return _page(request, kith, actor, opened, form)


@router.post("/steward/assets/{asset_id:int}")
def save(request: Request, kith: KithDep, actor: ActorDep, asset_id: int) -> Response:
    """Change the group, if everything about it can be read."""
    return _save(request, kith, actor, _open(kith, actor, asset_id))


@router.post("/steward/assets/{asset_id:int}/retire")
def take_out(request: Request, kith: KithDep, actor: ActorDep, asset_id: int) -> Response:
    """Take the group out of every list, with a reason."""
    reason = str(request.state.form.get("retire_reason", ""))
    try:
        with kith.store.work() as work:
            retire(work, by=actor, asset_id=asset_id, reason=reason)
    except BadChange as refusal:
        opened = _open(kith, actor, asset_id)
        assert opened.found is not None  # noqa: S101 - tells the type checker
        answers = {
            **answers_of(opened.found.record, opened.beside.places_per_week),
            "retire_reason": (reason,),
        }
        form: Filled[Any] = Filled(answers=answers)
        form = form.wrong("retire_reason", refusal.message)
        return _page(request, kith, actor, opened, form, status=422)
    return go_to(request, "/steward", said="The group is in no list any more. Its history stays.")


def _save(request: Request, kith: Kith, actor: Actor, opened: Opened) -> Response:
    sent: FormData = request.state.form
    answers = {
        name: tuple(value for value in sent.getlist(name) if isinstance(value, str))
        for name in sent
        if name != "csrf"
    }
    form: Filled[Any] = Filled(answers=answers)
    if form.typed("go") == "more":
        form = with_meetings(form, meetings_in(answers) + 1)
        return _page(request, kith, actor, opened, form)
    record = opened.found.record if opened.found else None
    rows, places, wrong = rows_of(
        answers,
        standing=record,
        beside=opened.beside,
        code=record.code if record else slug(form.typed("name")),
        today=kith.today(),
    )
    file, problems = read_one(rows, gazetteer=kith.gazetteer, today=kith.today())
    wrong = {**faults(problems, places), **wrong}
    if wrong or file is None:
        return _page(request, kith, actor, opened, replace(form, errors=wrong), status=422)
    try:
        asset_id, changed = _write(kith, actor, file, opened, form)
    except EditConflict as refusal:
        return _page(request, kith, actor, opened, form.wrong("", refusal.message), status=409)
    said = "The entry is saved." if changed else "Nothing was different, so nothing was changed."
    return go_to(request, f"/register/{asset_id}", said=said)


def _write(
    kith: Kith, actor: Actor, file: AssetFile, opened: Opened, form: Filled[Any]
) -> tuple[int, bool]:
    with kith.store.work() as work:
        if opened.found is None:
            facts = file.assets[0]
            facts = replace(facts, code=free_code(work, facts.code))
            return save_asset(work, by=actor, file=replace(file, assets=(facts,)), seen_at=None)
        saved = save_asset(work, by=actor, file=file, seen_at=_instant(form.typed("asset_at")))
        for one in opened.waiting:
            if f"{one.correction_id}:{one.version}" in form.chosen("settles"):
                settle(work, by=actor, correction_id=one.correction_id, seen_version=one.version)
        return saved


def _standing(opened: Opened) -> dict[str, tuple[str, ...]]:
    """The form of the entry as it stands; nothing for one that is to be added."""
    if opened.found is None:
        return {}
    return answers_of(opened.found.record, opened.beside.places_per_week)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise EditConflict("Go back, open the entry again, and change it there.")
    return found


def _open(kith: Kith, actor: Actor, asset_id: int) -> Opened:
    if not 0 < asset_id < 2**31:
        raise NotFound("There is no such group.")
    with kith.store.read() as session:
        return Opened(
            found=asset_page(session, asset_id),
            beside=beside(session, asset_id),
            offers=open_offers(session, by=actor, asset_id=asset_id),
            waiting=waiting_for(session, by=actor, asset_id=asset_id),
        )


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    opened: Opened,
    form: Filled[Any],
    *,
    status: int = 200,
) -> Response:
    found = opened.found
    asked = request.query_params.get("correction", "")
    chosen = form.chosen("settles") or tuple(
        f"{each.correction_id}:{each.version}"
        for each in opened.waiting
        if str(each.correction_id) == asked
    )
    taxonomy = need_list.load()
    kept = {name: set(form.chosen(name)) for name in ("conditions", "languages")}
    return page(
        request,
        "steward_asset.html",
        status=status,
        crumbs=(("Keep the register", "/steward"),),
        form=form,
        found=found,
        # What is on the page now: a form that comes back after a conflict can be sent again.
        asset_at=found.record.updated_at.isoformat() if found else "",
        offers=opened.offers,
        waiting=opened.waiting if actor.may(Permission.REVIEW_CORRECTIONS) else (),
        chosen=chosen,
        meetings=range(meetings_in(form.answers)),
        kinds=[(code.value, words) for code, words in asset_words.KINDS.items()],
        group_kinds=sorted(((k.id, k.label) for k in taxonomy.kinds.values()), key=lambda k: k[1]),
        opens=[(code.value, words) for code, words in asset_words.OPEN.items()],
        rooms=[
            (code.value, words)
            for code, words in asset_words.CAPACITY.items()
            if code.value != "unknown"
        ],
        routes=[(code.value, words.capitalize()) for code, words in asset_words.ROUTES.items()],
        delivery=[(each.value, asset_words.HOW[each]) for each in Delivery],
        conditions=_listed(CONDITIONS, kept["conditions"]),
        languages=_listed(LANGUAGES, kept["languages"]),
        often=OFTEN,
        access=[(each.value, asset_words.has(each)) for each in AccessFeature],
        ways=[(each, each[:1].upper() + each[1:]) for each in WAYS],
        says=asset_words,
    )


def _listed(words: dict[str, str], there: set[str]) -> list[tuple[str, str]]:
    """The choices of a list, and what stands there without being on it."""
    more = {code: code.replace("_", " ") for code in sorted(there - words.keys())}
    return [
        (code, said[:1].upper() + said[1:])
        for code, said in sorted({**words, **more}.items(), key=lambda each: each[1].lower())
    ]
