"""The rules of those around a referral: who refers, organisations, conditions, consent."""

from __future__ import annotations

from collections import Counter

from service.api.fhir.rules.context import Context
from service.api.fhir.rules.findings import Findings, Resource, child, codings, rows, text_of
from service.api.fhir.rules.requests import is_ahead
from service.api.fhir.systems import DOS, ODS_ORGANISATION, ODS_SITE, settled
from service.people.who import LONGEST_NAME

_RECIPIENT = "IRCP"


def check_practitioner(practitioner: Resource, at: str, _context: Context, found: Findings) -> None:
    """Note a Practitioner without a name: a referral has somebody who made it."""
    names = [each for _, each in rows(practitioner, "name")]
    if not any(each.get("family") or each.get("given") or each.get("text") for each in names):
        found.add("required", f"{at}.name", "Give the name of who refers.")
    for place, each in rows(practitioner, "name"):
        if len(text_of(each, "family")) > LONGEST_NAME:
            where = f"{at}.name[{place}].family"
            found.add("too-long", where, f"A name has {LONGEST_NAME} characters at most.")


def check_role(role: Resource, at: str, _context: Context, found: Findings) -> None:
    """Note a PractitionerRole that names nobody."""
    if not child(role, "practitioner"):
        found.add("required", f"{at}.practitioner", "Refer to the Practitioner, or name them.")


def check_organisation(organisation: Resource, at: str, _context: Context, found: Findings) -> None:
    """Note an Organization that cannot be known by anything, or has two of one code."""
    identifiers = list(rows(organisation, "identifier"))
    if not text_of(organisation, "name") and not identifiers:
        found.add("invariant", at, "An Organization has a name or an identifier (org-1).")
    systems = Counter(settled(text_of(each, "system")) for _, each in identifiers)
    for place, each in identifiers:
        system = settled(text_of(each, "system"))
        if system in {ODS_ORGANISATION, ODS_SITE, DOS} and not text_of(each, "value"):
            found.add("required", f"{at}.identifier[{place}].value", "A code without its value.")
        if system in {ODS_ORGANISATION, ODS_SITE} and systems[system] > 1:
            where = f"{at}.identifier[{place}]"
            found.add("invariant", where, "An Organization has one such code.")


def check_healthcare_service(offer: Resource, at: str, _context: Context, found: Findings) -> None:
    """Note a HealthcareService that does not say who provides it, or what it is called."""
    for element in ("providedBy", "active", "name"):
        if element not in offer:
            found.add("required", f"{at}.{element}", "This is needed and was not given.")


def check_condition(condition: Resource, at: str, _context: Context, found: Findings) -> None:
    """Note a Condition that says nothing."""
    if not child(condition, "code"):
        found.add("required", f"{at}.code", "Say what the condition is: a code, or words.")


def check_consent(consent: Resource, at: str, context: Context, found: Findings) -> None:
    """Note what a Consent lacks: who, when, by which policy, and for whom."""
    if not consent.get("policy") and not consent.get("policyRule"):
        found.add("invariant", at, "A Consent has a policy or a policyRule (ppc-1).")
    if not child(consent, "patient"):
        found.add("required", f"{at}.patient", "Refer to the Patient.")
    text = text_of(consent, "dateTime")
    if not text:
        found.add("required", f"{at}.dateTime", "Say when the person was asked.")
    else:
        try:
            if is_ahead(text, context):
                found.add("value", f"{at}.dateTime", "This lies in the future.")
        except ValueError:
            found.add("value", f"{at}.dateTime", "There is no such day or time.")
    recipients = [
        each
        for _, each in rows(child(consent, "provision"), "actor")
        if any(code == _RECIPIENT for _, _system, code in codings(child(each, "role")))
    ]
    if not recipients:
        found.add(
            "required",
            f"{at}.provision.actor",
            "Say for whom: an actor with the role IRCP that refers to the recipient.",
        )


def check_identifiers(resource: Resource, at: str, found: Findings) -> None:
    """Note identifiers that are given twice or are too long to be kept."""
    seen: set[tuple[str, str]] = set()
    for place, each in rows(resource, "identifier"):
        where = f"{at}.identifier[{place}]"
        pair = text_of(each, "system"), text_of(each, "value")
        if pair[1] and pair in seen:
            found.add("invariant", where, "The same identifier stands here twice.")
        seen.add(pair)
        for part, text in zip(("system", "value"), pair, strict=True):
            if len(text) > 255:
                found.add("too-long", f"{where}.{part}", "Keep this under 255 characters.")
