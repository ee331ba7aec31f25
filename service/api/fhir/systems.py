"""Addresses of code systems, identifiers and profiles: all spellings taken, one given out.

Sources: UK Core 2.x, BaRS 1.4.0, the FHIR R4 specification. What is Kith's own stands under `KITH`.
"""

from __future__ import annotations

from typing import Final

KITH: Final = "https://kith.example/fhir"
"""Kith's own code systems. Not a national address: a deployment publishes them under its own."""

NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
ODS_ORGANISATION: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
ODS_SITE: Final = "https://fhir.nhs.uk/Id/ods-site-code"
DOS: Final = "https://fhir.nhs.uk/Id/dos-service-id"
SDS_USER: Final = "https://fhir.nhs.uk/Id/sds-user-id"
SDS_ROLE_PROFILE: Final = "https://fhir.nhs.uk/Id/sds-role-profile-id"

SNOMED: Final = "http://snomed.info/sct"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
NEED: Final = f"{KITH}/CodeSystem/need"
STAGE: Final = f"{KITH}/CodeSystem/referral-stage"
REASON: Final = f"{KITH}/CodeSystem/reason"
REJECTION: Final = "https://fhir.nhs.uk/CodeSystem/dos-rejected-reasons-bars"

_UKCORE: Final = "https://fhir.hl7.org.uk"
NHS_NUMBER_STATUS: Final = f"{_UKCORE}/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
ETHNIC_CATEGORY: Final = f"{_UKCORE}/CodeSystem/UKCore-EthnicCategoryEngland"
NHS_NUMBER_STATUS_EXTENSION: Final = (
    f"{_UKCORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
)
ETHNIC_CATEGORY_EXTENSION: Final = f"{_UKCORE}/StructureDefinition/Extension-UKCore-EthnicCategory"

_SPELT: Final = {
    ODS_ORGANISATION.lower(): ODS_ORGANISATION,
    ODS_SITE.lower(): ODS_SITE,
    DOS.lower(): DOS,
    DOS.lower().replace("https:", "http:"): DOS,
    f"{_UKCORE}/CodeSystem/UKCore-NHSNumberVerificationStatus".lower(): NHS_NUMBER_STATUS,
    f"{_UKCORE}/CodeSystem/UKCore-EthnicCategory".lower(): ETHNIC_CATEGORY,
}


def settled(system: str) -> str:
    """The one spelling that Kith gives out for `system`; itself when it has no other."""
    return _SPELT.get(system.lower(), system)


def profile(name: str) -> str:
    """The address of a UK Core profile: `profile("Task")`."""
    return f"{_UKCORE}/StructureDefinition/UKCore-{name}"


GRAVITY: Final = (
    "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
)
CAPACITY_EXTENSION: Final = (
    "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/"
    "SDOHCC-ExtensionHealthcareServiceCapacityStatus"
)
ASSURED_EXTENSION: Final = f"{KITH}/StructureDefinition/assured-on"
ACCURACY_EXTENSION: Final = f"{KITH}/StructureDefinition/accuracy-in-metres"
ASSET_CODE: Final = f"{KITH}/Id/asset"
ASSET_KIND: Final = f"{KITH}/CodeSystem/asset-kind"
GROUP_KIND: Final = f"{KITH}/CodeSystem/group-kind"
ACCESS: Final = f"{KITH}/CodeSystem/access-feature"
TAG: Final = f"{KITH}/CodeSystem/tag"
CONSENT_CATEGORY: Final = "https://fhir.nhs.uk/CodeSystem/consent-categories-bars"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
"""Where an address is none of Kith's own, its publisher is in the name."""
