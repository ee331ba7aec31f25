"""The services that there are, as discovery tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.identity.errors import NotFound

PATIENT: Final = "patient"
CONDITIONS: Final = "conditions"
REQUESTS: Final = "requests"
CONSENTS: Final = "consents"
"""Keys of what is sent with a call."""

_FOR: Final = "patient={{context.patientId}}"
_PREFETCH: Final = {
    PATIENT: "Patient/{{context.patientId}}",
    CONDITIONS: f"Condition?{_FOR}&clinical-status=active",
    REQUESTS: f"ServiceRequest?{_FOR}&status=draft",
    CONSENTS: f"Consent?{_FOR}&status=active",
}


@dataclass(frozen=True, slots=True)
class CardService:
    """One service.

    `needs` are the keys of prefetch without which it cannot answer; the others may be left out.
    """

    service_id: str
    hook: str
    title: str
    description: str
    prefetch: tuple[str, ...]
    needs: tuple[str, ...]

    def told(self) -> dict[str, object]:
        """As discovery tells it."""
        return {
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "id": self.service_id,
            "prefetch": {name: _PREFETCH[name] for name in self.prefetch},
            "usageRequirements": (
                "Send the prefetch: nothing is fetched. Sign each call with a registered key."
            ),
        }


SERVICES: Final = {
    each.service_id: each
    for each in (
        CardService(
            "social-prescribing-near",
            "patient-view",
            "Groups near this person",
            "Says how many community groups near the person may help with what their record says, "
            "and offers a referral to a link worker. Nothing about the person is kept.",
            (PATIENT, CONDITIONS, REQUESTS, CONSENTS),
            (PATIENT, CONDITIONS),
        ),
        CardService(
            "social-prescribing-order",
            "order-sign",
            "Before a social prescribing referral is signed",
            "Reads the note of a social prescribing referral for danger signs that a clinician "
            "must see first, and says what there is near the person. Nothing about the person is "
            "kept.",
            (PATIENT, CONSENTS),
            (PATIENT,),
        ),
    )
}


def card_service(service_id: str) -> CardService:
    """The service of that id.

    Raises
    ------
    NotFound
    """
    found = SERVICES.get(service_id)
    if found is None:
        raise NotFound("There is no such service. `GET /cds-services` lists those there are.")
    return found
