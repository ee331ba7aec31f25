"""Code systems of the booking and referral standard, and Kith's own use case."""

from __future__ import annotations

from typing import Final

from service.api.fhir.systems import KITH

EVENT: Final = "https://fhir.nhs.uk/CodeSystem/message-events-bars"
REASON: Final = "https://fhir.nhs.uk/CodeSystem/message-reason-bars"
CATEGORY: Final = "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest"
USE_CASE: Final = f"{KITH}/CodeSystem/usecases"
SOCIAL_PRESCRIBING: Final = "sp1"
"""Kith's own: the standard's list of use cases has none for social prescribing."""

REQUEST: Final = "servicerequest-request"
RESPONSE: Final = "servicerequest-response"
EVENTS: Final = (REQUEST, RESPONSE, "booking-request", "booking-response")
REASONS: Final = ("new", "update", "delete")

DEFINITION: Final = f"{KITH}/MessageDefinition/social-prescribing-referral"
CANCELLATION: Final = f"{KITH}/MessageDefinition/social-prescribing-referral-cancelled"
ANSWER: Final = f"{KITH}/MessageDefinition/social-prescribing-referral-response"
