"""A message back as a whole document: its words, and all that it refers to."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response

from service.api.context import KithDep
from service.api.fhir.context import CallerDep
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import check_accepts
from service.api.fhir.pages import base_of
from service.api.fhir.present.message import document, referred_to, sent_at
from service.api.fhir.reads import answered, note_seen
from service.api.fhir.route import fhir_router
from service.api.fhir.shown import Shown, about, message_case, show
from service.api.v1.fields import Text
from service.identity.errors import NotFound

router = fhir_router()


@router.get("/Bundle/{identity}", name="read_Bundle", include_in_schema=False)
@does(Interaction("Bundle", "read"))
def read_document(
    kith: KithDep,
    caller: CallerDep,
    request: Request,
    identity: Annotated[Text, Path(min_length=1, max_length=80)],
) -> Response:
    """One document, as `DocumentReference.content` names it."""
    check_accepts(request)
    caller.require("DocumentReference", "r")
    with kith.store.work() as work:
        case, message = message_case(work.session, caller.actor, identity)
        others = []
        for kind, named in referred_to(case):
            try:
                found = show(work.session, caller.actor, kind, named, kith.settings)
            except NotFound:
                # A referrer who was stated without a name has no resource of their own.
                continue
            others.append(found.resource)
        bundle = document(case, message, others, base=base_of(request, kith))
        shown = Shown(bundle, message.version, sent_at(message), about(case))
        note_seen(work, caller, "Bundle", identity, shown)
    return answered(request, shown)
