"""`$validate`: what every write is guarded by, told without writing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from service.api.context import KithDep
from service.api.fhir.context import Caller, CallerDep
from service.api.fhir.errors import FhirError, Invalid, Issue, Unreadable
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse
from service.api.fhir.outcome import issues_of, outcome
from service.api.fhir.parse.collecting import require_there
from service.api.fhir.route import fhir_router
from service.api.fhir.rules.bundle import check_entries, entries_of
from service.api.fhir.rules.check import check_resource
from service.api.fhir.rules.context import Context, Purpose
from service.api.fhir.rules.findings import Findings, rows, text_of
from service.api.fhir.rules.shape import TYPES
from service.api.fhir.systems import profile
from service.api.fhir.writing import BodyDep, Resource, rules_for
from service.parts import Kith
from service.store.base import utc_now

router = fhir_router()
VALIDATED: Final = (*TYPES, "Bundle")
_MODES: Final = {
    "": Purpose.VALIDATE,
    "profile": Purpose.VALIDATE,
    "create": Purpose.CREATE,
    "update": Purpose.UPDATE,
    "delete": Purpose.UPDATE,
}
_ASKED: Final = "Parameters.parameter"
DEFINITION: Final = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
FINE: Final = Issue("informational", "Nothing is wrong with it.", severity="information")


def _door(kind: str) -> Callable[..., FhirResponse]:
    @does(Interaction(kind, "operation", operation="validate", definition=DEFINITION))
    def validate(kith: KithDep, caller: CallerDep, body: BodyDep) -> FhirResponse:
        """Tell all that is wrong with a resource: 200 whether it is valid or not."""
        resource, mode, wanted = _asked(body)
        purpose = _MODES.get(mode, Purpose.VALIDATE)
        found = Findings()
        if mode not in _MODES:
            found.add("not-supported", _ASKED, "The mode is create, update, delete or profile.")
        if wanted and wanted.partition("|")[0] not in {profile(kind), _r4(kind)}:
            found.add("not-supported", _ASKED, f"This is checked against {profile(kind)} only.")
        if resource.get("resourceType") != kind:
            found.add("structure", "resourceType", f"Send a {kind} to this address.")
        else:
            check_any(resource, kind, rules_for(kith, purpose), found)
            if kind != "Bundle":
                _look_up(kith, caller, resource, purpose, found)
        return FhirResponse(outcome(found.issues or [FINE]))

    return validate


def check_any(resource: Resource, kind: str, context: Context, found: Findings) -> None:
    """Note all that is wrong with a resource, or with those of a transaction Bundle."""
    if kind != "Bundle":
        check_resource(resource, kind, context, found)
        return
    try:
        check_entries(entries_of(resource), context, found)
    except FhirError as error:
        for each in issues_of(error):
            found.add(each.code, each.expression or "Bundle", each.text)


def _look_up(
    kith: Kith, caller: Caller, resource: Resource, purpose: Purpose, found: Findings
) -> None:
    """Note references to what is not here: in the way of a creation, else a warning."""
    severity = "error" if purpose is Purpose.CREATE else "warning"
    try:
        with kith.store.read() as session:
            require_there(session, caller.actor, resource, kith.settings, now=utc_now())
    except Invalid as error:
        noted = {each.expression for each in found.issues}
        for each in error.issues:
            if each.expression in noted:
                continue
            found.add(each.code, each.expression, each.text, severity=severity)


def _asked(body: Resource) -> tuple[Resource, str, str]:
    """The resource, the mode and the profile of a request; bare, or in Parameters."""
    if body.get("resourceType") != "Parameters":
        return body, "", ""
    resource: Resource | None = None
    mode = wanted = ""
    for _, each in rows(body, "parameter"):
        name = text_of(each, "name")
        if name == "resource" and isinstance(each.get("resource"), dict):
            resource = each["resource"]
        elif name == "mode":
            mode = text_of(each, "valueCode") or text_of(each, "valueString")
        elif name == "profile":
            wanted = text_of(each, "valueUri") or text_of(each, "valueCanonical")
    if resource is None:
        raise Unreadable.at(
            "structure",
            "The Parameters have no resource: give one as the parameter `resource`.",
            _ASKED,
        )
    return resource, mode, wanted


def _r4(kind: str) -> str:
    return f"http://hl7.org/fhir/StructureDefinition/{kind}"


for _kind in VALIDATED:
    router.add_api_route(
        f"/{_kind}/$validate",
        _door(_kind),
        methods=["POST"],
        name=f"fhir_validate_{_kind.lower()}",
        include_in_schema=False,
    )
