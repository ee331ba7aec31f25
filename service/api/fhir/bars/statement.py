"""What the message doors are: their statement, and the definitions of the messages they take."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from fastapi import Request

from service.api.context import KithDep
from service.api.fhir.bars import BASE, codes
from service.api.fhir.bars.headers import VERSION, check_version
from service.api.fhir.bars.message import ANSWERED, ASKED, CALLED_BACK, MANY, Counts
from service.api.fhir.bars.route import bars_router
from service.api.fhir.context import CallerDep
from service.api.fhir.media import FhirResponse
from service.api.fhir.pages import base_of
from service.api.fhir.present.parts import Resource
from service.api.fhir.systems import DOS, settled
from service.settings import Settings

router = bars_router()

_ON: Final = "2026-11-25"
_NAMES: Final = {
    codes.DEFINITION: ("KithSocialPrescribingReferral", codes.REQUEST, ASKED),
    codes.CANCELLATION: ("KithSocialPrescribingReferralCancelled", codes.REQUEST, CALLED_BACK),
    codes.ANSWER: ("KithSocialPrescribingReferralResponse", codes.RESPONSE, ANSWERED),
}


_WORDS: Final = {
    codes.DEFINITION: "A referral, or the whole of one that was sent before.",
    codes.CANCELLATION: "A referral that is taken back, or was an error.",
    codes.ANSWER: "An answer about a referral that was sent before.",
}

_REST: Final[Resource] = {
    "mode": "server",
    "security": {
        "service": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "code": "SMART-on-FHIR",
                    }
                ]
            }
        ]
    },
    "resource": [
        {
            "type": "MessageDefinition",
            "interaction": [{"code": "search-type"}],
            "searchParam": [{"name": "context", "type": "token"}],
        },
        {
            "type": "ServiceRequest",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [{"name": "patient:identifier", "type": "token"}],
        },
    ],
    "operation": [
        {
            "name": "process-message",
            "definition": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
        }
    ],
}


@router.get("/metadata", name="bars_metadata", include_in_schema=False)
def get_metadata(request: Request, kith: KithDep) -> FhirResponse:
    """What can be done here; public."""
    check_version(request)
    return FhirResponse(statement(base_of(request, kith, BASE)))


@router.get("/MessageDefinition", name="bars_definitions", include_in_schema=False)
def get_definitions(request: Request, kith: KithDep, _caller: CallerDep) -> FhirResponse:
    """The messages that are taken, for a service and a use case; those of neither are none."""
    check_version(request)
    asked = [each for each in request.query_params.getlist("context") if each]
    found = [definition(url) for url in _NAMES] if _is_ours(asked, kith.settings) else []
    base = base_of(request, kith, BASE)
    return FhirResponse(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found),
            "link": [{"relation": "self", "url": str(request.url)}],
            "entry": [
                {
                    "fullUrl": f"{base}/MessageDefinition/{each['id']}",
                    "resource": each,
                    "search": {"mode": "match"},
                }
                for each in found
            ],
        }
    )


def statement(base: str) -> Resource:
    """The CapabilityStatement of the message doors that stand at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "kith-bars",
        "url": f"{codes.DEFINITION.rpartition('/MessageDefinition')[0]}/CapabilityStatement/bars",
        "name": "KithReferralMessages",
        "title": "Kith: referrals as messages in the shape of BaRS. Not on the national service.",
        "status": "active",
        "experimental": True,
        "date": _ON,
        "publisher": "Kith",
        "kind": "instance",
        "software": {"name": "Kith", "version": version("kith")},
        "implementation": {"description": "Referrals to social prescribing", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [_REST],
        "messaging": [
            {
                "documentation": f"{words} The shape of the booking and referral standard "
                f"{VERSION}; bookings are refused with 501.",
                "supportedMessage": [{"mode": "receiver", "definition": url}],
            }
            for url, words in _WORDS.items()
        ],
    }


def definition(url: str) -> Resource:
    """One MessageDefinition: which resources a message has, and how many of each."""
    name, event, counts = _NAMES[url]
    found: Resource = {
        "resourceType": "MessageDefinition",
        "id": url.rpartition("/")[2],
        "url": url,
        "name": name,
        "status": "active",
        "experimental": True,
        "date": _ON,
        "publisher": "Kith",
        "purpose": "Kith's own: no use case of the national standard is social prescribing.",
        "useContext": [
            {
                "code": {"system": codes.USE_CASE, "code": codes.SOCIAL_PRESCRIBING},
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/variant-state",
                            "code": "positive",
                        }
                    ]
                },
            }
        ],
        "eventCoding": {"system": codes.EVENT, "code": event},
        "category": "consequence",
        "focus": [
            {"code": "Bundle", "min": 1, "max": "1"},
            *_focuses(counts),
        ],
        "responseRequired": "always",
    }
    if event != codes.RESPONSE:
        found["allowedResponse"] = [{"message": codes.ANSWER}]
    return found


def _focuses(counts: Counts) -> list[Resource]:
    return [
        {"code": kind, "min": least, "max": "*" if most == MANY else str(most)}
        for kind, (least, most) in counts.items()
    ]


def _is_ours(asked: list[str], settings: Settings) -> bool:
    """Whether what is asked for is this service, this use case, or nothing in particular."""
    own = settings.dos_service_id
    for each in asked:
        system, _, value = each.rpartition("|")
        if settled(system) == DOS and own and value != own:
            return False
        if "usecases" in system and value != codes.SOCIAL_PRESCRIBING:
            return False
    return True
