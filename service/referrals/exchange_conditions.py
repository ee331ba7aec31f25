"""The conditions that another system's search can have, as SQL: one function for each name."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from service.people.model import Person
from service.referrals.exchange import THEMSELF
from service.referrals.exchange_terms import Filter, Ref, Times, Token, Value
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import (
    OfferState,
    ReferralState,
    RequestStatus,
    TaskStatus,
    business_status,
    task_of_offer,
    task_of_referral,
)
from service.referrals.model import Referral
from service.referrals.offer_model import Offer
from service.referrals.reasons import COMPLETING, FAILING, REQUESTER_WITHDREW
from service.referrals.source_model import ReferralIdentifier, ReferralSource
from service.referrals.work_model import MessageBack
from service.register.listed import listed_number
from service.register.model import Asset

Condition = ColumnElement[bool]
Maker = Callable[[Value], Condition]

NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
SNOMED: Final = "http://snomed.info/sct"
REFERRED: Final = "871731000000106"
"""Referral to social prescribing service: what every referral is a request for."""
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
FULFIL: Final = "fulfill"
OURS: Final = "kith"
"""The id of the link workers' own organisation and service."""


def conditions(known: Mapping[str, Maker], filters: Sequence[Filter]) -> list[Condition]:
    """What all of the filters ask; a name that is not known finds nothing."""
    found = []
    for each in filters:
        maker = known.get(each.name)
        values = [] if maker is None else [maker(value) for value in each.values]
        found.append(or_(false(), *values))
    return found


def unrestricted() -> Condition:
    """That nothing keeps a referral's person from being found by who or where they are."""
    # Under names of their own: whoever asks may have joined the person already.
    person, kept = aliased(Person), aliased(Person)
    return exists().where(
        person.person_id == Referral.person_id,
        person.address_protected.is_(False),
        not_(exists().where(kept.person_id == person.joined_to, kept.address_protected.is_(True))),
    )


def during(column: Any, value: Value) -> Condition:  # noqa: ANN401 - a column or an expression
    """That an instant lies in a stretch of time."""
    if not isinstance(value, Times):
        return false()
    return and_(true(), *(_RELATIONS[each.relation](column, each.at) for each in value.bounds))


_RELATIONS: Final[dict[str, Callable[[Any, Any], Condition]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def _same(column: InstrumentedAttribute[str], *kinds: str) -> Maker:
    def made(value: Value) -> Condition:
        if isinstance(value, Ref):
            return column == value.identity if value.of(*kinds) else false()
        return column == value.code if isinstance(value, Token) else false()

    return made


def _numbered(value: Value) -> Condition:
    """The person has this NHS number, and may be found by it."""
    if not isinstance(value, Token) or value.system not in {None, NHS_NUMBER}:
        return false()
    number = value.code.replace(" ", "").replace("-", "")
    person = aliased(Person)
    return and_(
        exists().where(person.person_id == Referral.person_id, person.nhs_number == number),
        unrestricted(),
    )


def _identified(kind: str) -> Maker:
    def made(value: Value) -> Condition:
        if not isinstance(value, Token):
            return false()
        system = true() if value.system is None else ReferralIdentifier.system == value.system
        return exists().where(
            ReferralIdentifier.referral_id == Referral.referral_id,
            ReferralIdentifier.kind == kind,
            ReferralIdentifier.value == value.code,
            system,
        )

    return made


def _requested_by(value: Value) -> Condition:
    if not isinstance(value, Ref):
        return false()
    themself = Referral.referrer_role == THEMSELF
    role = and_(Referral.referral_id == value.identity, not_(themself))
    person = and_(Referral.person_id == value.identity, themself)
    if not value.kind:
        return or_(role, person)
    return {"PractitionerRole": role, "Patient": person}.get(value.kind, false())


def _is_ours(kind: str) -> Maker:
    def made(value: Value) -> Condition:
        ours = isinstance(value, Ref) and value.of(kind) and value.identity == OURS
        return true() if ours else false()

    return made


def _coded(*codes: tuple[str, str]) -> Maker:
    def made(value: Value) -> Condition:
        means = isinstance(value, Token) and any(value.means(*each) for each in codes)
        return true() if means else false()

    return made


def _prioritised(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    urgencies = [each for each in Urgency if priority_of(each) == value.code]
    stated = exists().where(
        ReferralSource.referral_id == Referral.referral_id, ReferralSource.priority != ""
    )
    same = exists().where(
        ReferralSource.referral_id == Referral.referral_id, ReferralSource.priority == value.code
    )
    return or_(same, and_(not_(stated), Referral.urgency.in_(urgencies)))


def priority_of(urgency: Urgency) -> str:
    """The FHIR priority of what nobody gave one."""
    return "routine" if urgency is Urgency.ROUTINE else "urgent"


def _authored(column: InstrumentedAttribute[Any]) -> Maker:
    """When the sender says they wrote it; where they do not say, when it came."""

    def made(value: Value) -> Condition:
        theirs = ReferralSource.referral_id == Referral.referral_id
        return or_(
            exists().where(theirs, during(column, value)),
            and_(
                not_(exists().where(theirs, column.is_not(None))),
                during(Referral.received_at, value),
            ),
        )

    return made


def _request_status(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    revoked = and_(
        Referral.state == ReferralState.WITHDRAWN, Referral.end_reason == REQUESTER_WITHDREW
    )
    completed = and_(Referral.state == ReferralState.CLOSED, not_(_failed()))
    mistaken = Referral.state == ReferralState.ENTERED_IN_ERROR
    return {
        RequestStatus.ENTERED_IN_ERROR.value: mistaken,
        RequestStatus.REVOKED.value: revoked,
        RequestStatus.COMPLETED.value: completed,
        RequestStatus.ACTIVE.value: and_(not_(completed), not_(revoked), not_(mistaken)),
    }.get(value.code, false())


def _task_status(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    ways = (
        and_(Referral.state == state, _failed() if reason else not_(_failed()))
        if state is ReferralState.CLOSED
        else Referral.state == state
        for state in ReferralState
        for reason in ("", next(iter(FAILING)))
        if task_of_referral(state, reason).value == value.code
    )
    return or_(false(), *ways)


def _failed() -> Condition:
    return Referral.end_reason.in_(sorted(FAILING))


def _stage(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    return Referral.state.in_(
        [each for each in ReferralState if business_status(each) == value.code]
    )


def _offer_status(value: Value) -> Condition:
    """Each way an offer can stand whose Task has this status."""
    if not isinstance(value, Token):
        return false()
    completing = Offer.reason.in_(sorted(COMPLETING))
    found: list[Condition] = []
    for state in OfferState:
        for held in (False, True):
            for resumed in (False, True):
                stands = and_(
                    Offer.state == state,
                    Offer.is_held.is_(held),
                    Offer.is_resumed.is_(resumed),
                )
                for reason, ended in (("", not_(completing)), (sorted(COMPLETING)[0], completing)):
                    status = task_of_offer(state, held=held, resumed=resumed, reason=reason)
                    if status is not None and status.value == value.code:
                        found.append(and_(stands, ended))
    return or_(false(), *found)


def _offer_stage(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    on_hold = and_(Offer.is_held.is_(True), _offer_status(Token(TaskStatus.ON_HOLD.value)))
    if value.code == "on-hold":
        return on_hold
    states = [each for each in OfferState if business_status(each) == value.code]
    return and_(Offer.state.in_(states), not_(on_hold))


def _owned(value: Value) -> Condition:
    if not isinstance(value, Ref) or not value.of("HealthcareService"):
        return false()
    number = listed_number(value.identity)
    return exists().where(
        Asset.asset_id == Offer.asset_id,
        Asset.code == value.identity if number is None else Asset.asset_id == number,
    )


_PERSON: Final[dict[str, Maker]] = {
    "patient": _same(Referral.person_id, "Patient"),
    "subject": _same(Referral.person_id, "Patient"),
    "patient.identifier": _numbered,
}

REQUEST: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        **_PERSON,
        "_id": _same(Referral.referral_id),
        "_lastUpdated": lambda value: during(Referral.changed_at, value),
        "identifier": _identified("ServiceRequest"),
        "status": _request_status,
        "authored": _authored(ReferralSource.authored_at),
        "requester": _requested_by,
        "performer": _is_ours("HealthcareService"),
        "code": _coded((SNOMED, REFERRED)),
        "priority": _prioritised,
    }
)
"""Conditions on a referral as a ServiceRequest."""

TASK: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        **_PERSON,
        "_id": _same(Referral.referral_id),
        "_lastUpdated": lambda value: during(Referral.changed_at, value),
        "modified": lambda value: during(Referral.changed_at, value),
        "identifier": _identified("Task"),
        "status": _task_status,
        "business-status": _stage,
        "owner": _is_ours("Organization"),
        "requester": _requested_by,
        "focus": _same(Referral.referral_id, "ServiceRequest"),
        "part-of": lambda _value: false(),
        "code": _coded((SNOMED, REFERRED), (TASK_CODE, FULFIL)),
        "authored-on": _authored(ReferralSource.task_authored_at),
    }
)
"""Conditions on a referral as a Task."""


def _is_current(value: Value) -> Condition:
    return true() if isinstance(value, Token) and value.code == "current" else false()


def _message_numbered(value: Value) -> Condition:
    """The id of a message: `message-` and its number."""
    if not isinstance(value, Ref) or not value.identity.startswith(MESSAGE_PREFIX):
        return false()
    number = value.identity.removeprefix(MESSAGE_PREFIX)
    known = number.isascii() and number.isdigit() and len(number) < _DIGITS
    return MessageBack.message_id == int(number) if known else false()


MESSAGE_PREFIX: Final = "message-"
"""What the id of a message back begins with."""
_DIGITS: Final = 10

MESSAGE: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        **_PERSON,
        "_id": _message_numbered,
        "_lastUpdated": lambda value: during(MessageBack.sent_at, value),
        "date": lambda value: during(MessageBack.sent_at, value),
        "related": _same(MessageBack.referral_id, "ServiceRequest", "Task"),
        "status": _is_current,
    }
)
"""Conditions on a message back that was sent; its referral is joined."""

OFFER: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        **_PERSON,
        "_id": _same(Offer.offer_id),
        "_lastUpdated": lambda value: during(Offer.changed_at, value),
        "modified": lambda value: during(Offer.changed_at, value),
        "identifier": lambda _value: false(),
        "status": _offer_status,
        "business-status": _offer_stage,
        "owner": _owned,
        "requester": _is_ours("Organization"),
        "focus": _same(Offer.referral_id, "ServiceRequest"),
        "part-of": _same(Offer.referral_id, "Task"),
        "code": _coded((TASK_CODE, FULFIL)),
        "authored-on": lambda value: during(Offer.sent_at, value),
    }
)
"""Conditions on an offer that was sent, as a Task; its referral is joined."""
