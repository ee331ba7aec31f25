"""Reading one resource, one version of it, or all its versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import Path, Request, Response

from geo.errors import Json
from service.api.context import KithDep
from service.api.fhir import pages
from service.api.fhir.context import Caller, CallerDep
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse, check_accepts, versioned
from service.api.fhir.route import fhir_router
from service.api.fhir.shown import KINDS, Shown, show
from service.api.fhir.versions import version_shown, versions_shown
from service.api.v1.fields import Text
from service.caching import has_it
from service.identity import audit
from service.identity.audit_queries import SEARCHES
from service.parts import Kith
from service.store.work import UnitOfWork

router = fhir_router()

VERSIONED: Final = ("ServiceRequest", "Task")
"""Types whose every version can be read."""

Identity = Annotated[Text, Path(min_length=1, max_length=80)]


def _reader(kind: str) -> Callable[..., Response]:
    @does(Interaction(kind, "read"))
    def read(kith: KithDep, caller: CallerDep, request: Request, identity: Identity) -> Response:
        return _read(kith, caller, request, kind, identity)

    return read


def _read(kith: Kith, caller: Caller, request: Request, kind: str, identity: str) -> Response:
    check_accepts(request)
    caller.require(kind, "r")
    with kith.store.work() as work:
        found = show(work.session, caller.actor, kind, identity, kith.settings)
        note_seen(work, caller, kind, identity, found)
    return answered(request, found)


def _version_reader(kind: str) -> Callable[..., Response]:
    @does(Interaction(kind, "vread"))
    def vread(
        kith: KithDep, caller: CallerDep, request: Request, identity: Identity, version: Identity
    ) -> Response:
        check_accepts(request)
        caller.require(kind, "r")
        with kith.store.work() as work:
            found = version_shown(work.session, caller.actor, kind, identity, version)
            note_seen(work, caller, kind, identity, found)
        return answered(request, found)

    return vread


def _historian(kind: str) -> Callable[..., Response]:
    @does(Interaction(kind, "history-instance"))
    def history(kith: KithDep, caller: CallerDep, request: Request, identity: Identity) -> Response:
        check_accepts(request)
        caller.require(kind, "r")
        with kith.store.work() as work:
            found = versions_shown(work.session, caller.actor, kind, identity)
            note_seen(work, caller, kind, identity, found[0])
        return FhirResponse(pages.history(pages.base_of(request, kith), kind, identity, found))

    return history


def note_seen(work: UnitOfWork, caller: Caller, kind: str, identity: str, found: Shown) -> None:
    """Write down that somebody was read about; a directory's entry is about nobody."""
    if found.about:
        audit.record(
            work,
            by=caller.actor,
            action="referral.read",
            subject=found.about,
            details={"resource": f"{kind}/{identity}"},
        )


def note_found(
    work: UnitOfWork,
    caller: Caller,
    kind: str,
    found: Sequence[Shown],
    included: Sequence[Shown] = (),
) -> None:
    """Write down a search about people, with each record that it showed."""
    about = sorted({each.about for each in (*found, *included) if each.about})
    named: dict[str, list[Json]] = {"referral": [], "person": []}
    for each in about:
        subject, _, key = each.partition(":")
        named[subject].append(key)
    audit.record(
        work,
        by=caller.actor,
        action="referral.searched",
        subject=f"{SEARCHES}{kind}",
        details={"count": len(found), "referrals": named["referral"], "people": named["person"]},
    )


def answered(request: Request, found: Shown) -> Response:
    """A resource with its version, or 304 for whoever has it already."""
    headers = versioned(found.version, found.updated_at)
    if has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FhirResponse(found.resource, headers=headers)


for _kind in KINDS:
    router.add_api_route(
        f"/{_kind}/{{identity}}",
        _reader(_kind),
        methods=["GET"],
        name=f"read_{_kind}",
        include_in_schema=False,
    )
for _kind in VERSIONED:
    router.add_api_route(
        f"/{_kind}/{{identity}}/_history",
        _historian(_kind),
        methods=["GET"],
        name=f"history_{_kind}",
        include_in_schema=False,
    )
    router.add_api_route(
        f"/{_kind}/{{identity}}/_history/{{version}}",
        _version_reader(_kind),
        methods=["GET"],
        name=f"vread_{_kind}",
        include_in_schema=False,
    )
