"""What the rules have to know beside the resource: the day, the installation, what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What a resource was sent for."""

    CREATE = "create"
    UPDATE = "update"
    VALIDATE = "validate"


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules judge by.

    Attributes
    ----------
    now : datetime
        The present instant.
    today : date
        The day in Britain.
    synthetic_only : bool
        Only NHS numbers of the range for tests are taken.
    purpose : Purpose
        A stray reference of a resource that is only looked at is a warning.
    targets : mapping
        Type of resource by what it is referred to in the same Bundle; empty outside one.
    ods_codes : mapping
        ODS code of an organisation by what it is referred to in the same Bundle.
    intents : frozenset of str
        Intents of a ServiceRequest that are taken: `order` over REST, `plan` in a BaRS message.
    """

    now: datetime
    today: date
    synthetic_only: bool = False
    purpose: Purpose = Purpose.CREATE
    targets: Mapping[str, str] = field(default_factory=dict)
    ods_codes: Mapping[str, str] = field(default_factory=dict)
    intents: frozenset[str] = frozenset({"order"})
    in_bundle: bool = False
