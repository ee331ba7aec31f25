"""`/cds-services`: discovery, calls and feedback of CDS Hooks 2.0."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from geo.errors import DomainError, GeoError
from service.api.addresses import origin_of
from service.api.cds import cards
from service.api.cds.answers import Card, Cards, FeedbackSent, HookCall, ServicesTold
from service.api.cds.cards import OVERRIDES, Shown
from service.api.cds.catalogue import SERVICES, card_service
from service.api.cds.clients import BASE, CallingDep
from service.api.cds.errors import HookMismatch
from service.api.cds.reading import Seen, read_call
from service.api.context import KithDep
from service.api.documents import READING, SENDING, problems
from service.api.problems import from_domain
from service.api.reading import whats_wrong
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import BadOdsCode
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals import queries
from service.referrals.actions.card_feedback import CardOutcome, note_feedback
from service.referrals.actions.launching import FilledIn, launch_form
from service.referrals.nearby import nearby
from service.referrals.queries import Matched
from service.register.vocabulary import ReferralRoute
from service.store.base import utc_now

MOST = 50
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""Clients in browsers read the answers. Who calls is shown by a signature, never by a cookie, so
that a page of another host gains nothing by it."""

Handler = Callable[[Request], Awaitable[Response]]


class CdsRoute(APIRoute):
    """A route whose answers, failures too, can be read by a client in a browser."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the framework, with a net below it."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response: Response = await inner(request)
            except DomainError as error:
                response = from_domain(error)
            except RequestValidationError as error:
                response = from_domain(whats_wrong(error, request.headers.get("content-type", "")))
            response.headers.update(ANY_ORIGIN)
            return response

        return handler


router = APIRouter(prefix=BASE, route_class=CdsRoute, tags=["cards"])

ServiceId = Annotated[
    str,
    Path(
        max_length=100,
        description="The service's id, as discovery tells it.",
        examples=["social-prescribing-near"],
    ),
]
_CALLED = ("assertion-refused", "not-allowed", "too-many", *SENDING, *READING, "store-full")


@router.get("", summary="The services for a clinician's system", responses=problems(*READING))
def get_services() -> ServicesTold:
    """Which hooks are answered, and what is to be sent with a call. Open to anybody."""
    return ServicesTold.model_validate({"services": [each.told() for each in SERVICES.values()]})


@router.options("", include_in_schema=False)
@router.options("/{service_id}", include_in_schema=False)
@router.options("/{service_id}/feedback", include_in_schema=False)
def get_options() -> Response:
    """What a browser asks before it lets a page call."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=allowed)


@router.post(
    "/{service_id}",
    summary="Cards for one moment",
    response_model=Cards,
    responses=problems("not-found", "prefetch-missing", "request-invalid", *_CALLED),
)
def post_call(
    request: Request, kith: KithDep, actor: CallingDep, service_id: ServiceId, call: HookCall
) -> Response:
    """How many groups near the person may help, or what a clinician must do first.

    Everything needed is sent in `prefetch`; a FHIR server that is named is not asked. Nothing about
    the person is kept. No group is named without a live consent among what was sent, and there is
    no card for a restricted record.
    """
    service = card_service(service_id)
    if call.hook != service.hook:
        raise HookMismatch(f"This service answers the hook {service.hook}.")
    seen = read_call(service, call.context, call.prefetch, today=kith.today())
    return _told(Cards(cards=[] if seen.silent else _cards(request, kith, actor, seen)))


@router.post(
    "/{service_id}/feedback",
    summary="What became of cards",
    response_model=dict[str, str],
    responses=problems("not-found", "request-invalid", *_CALLED),
)
def post_feedback(
    kith: KithDep, actor: CallingDep, service_id: ServiceId, sent: FeedbackSent
) -> Response:
    """Counted by day, and nothing else of it is kept: no card, no comment, nobody."""
    service = card_service(service_id)
    outcomes = []
    for each in sent.feedback:
        coding = each.overrideReason.reason if each.overrideReason else None
        code = "" if coding is None else coding.code if coding.system == OVERRIDES else "other"
        outcomes.append(CardOutcome(each.outcome == "accepted", code))
    with kith.store.work() as work:
        note_feedback(
            work,
            by=actor,
            card_service=service.service_id,
            outcomes=outcomes,
            today=kith.today(),
        )
    return JSONResponse({})


def _cards(request: Request, kith: Kith, actor: Actor, seen: Seen) -> list[Card]:
    shown = Shown(origin_of(request, kith.settings), "Kith", utc_now(), most=MOST)
    if not seen.needs and not seen.note.strip():
        return []
    found = _found(kith, seen)
    if found is None:
        return []
    if any(flag.is_open for flag in found.flags):
        return [cards.danger_card([flag for flag in found.flags if flag.is_open], shown)]
    around = None if found.result is None else nearby(found.result.matches)
    if found.result is None or around is None:
        return []
    needs = tuple(dict.fromkeys(n.need for m in found.result.matches for n in m.needs))
    needs = tuple(each for each in seen.needs if each in needs) or needs
    link = _link(request, kith, actor, seen, needs)
    shown = Shown(shown.origin, shown.label, shown.now, link, MOST)
    return [cards.groups_card(around, seen, needs, shown)]


def _found(kith: Kith, seen: Seen) -> Matched | None:
    """The same query as `POST /v1/matches`; None where the postcode is none that can be used."""
    reading = kith.read_note(seen.note)

    def ask(postcode: str | None) -> Matched:
        with kith.store.read() as session:
            return queries.matches_of_note(
                session,
                kith.seeking(MOST),
                needs=seen.needs,
                reading=reading,
                postcode=postcode,
                facts=dict(seen.facts or {}),
                route=ReferralRoute.GP,
            )

    try:
        return ask(seen.postcode)
    except GeoError:
        # A postcode that nobody can find must not hide a danger sign.
        return ask(None)


def _link(request: Request, kith: Kith, actor: Actor, seen: Seen, needs: tuple[str, ...]) -> str:
    """A link to the practice's form, with the needs and nothing of the person; '' if none fits."""
    places = sorted(actor.places(Permission.REFER))
    try:
        stated = OdsCode(seen.practice) if seen.practice else None
    except BadOdsCode:
        stated = None
    practice = stated if stated in places else places[0] if len(places) == 1 else None
    if practice is None:
        return ""
    filled = FilledIn(note=f"Needs in the record: {cards.need_words(needs)}.")
    with kith.store.work() as work:
        made = launch_form(work, by=actor, practice=practice, filled=filled)
    return f"{origin_of(request, kith.settings)}/launch/{made.secret}"


def _told(found: BaseModel) -> Response:
    return JSONResponse(found.model_dump(mode="json", exclude_none=True))
