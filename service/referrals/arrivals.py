"""How a referral came from another system, and what came with it: plain data, before it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from geo.errors import Json
from service.referrals.kinds import Urgency


@dataclass(frozen=True, slots=True)
class SenderNumber:
    """A number by which the sender knows a referral (`ServiceRequest`) or its task (`Task`)."""

    kind: str
    system: str
    value: str


@dataclass(frozen=True, slots=True)
class ReachStated:
    """How the person is reached, as the sender has it; empty where nothing was said."""

    telephone: str = ""
    email: str = ""
    preferred_name: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What another system brought with a referral beyond the request itself.

    Attributes
    ----------
    channel : str
        `fhir` or `bars`.
    sent : dict
        By resource type, what came, without ids and references: given back as it came.
    numbers : tuple of SenderNumber
        The sender's own numbers; one of them stands for one referral of a practice for good.
    address_protected : bool
        The person's record is marked at its source: no place of theirs is kept.
    risks : tuple of str
        What the sender warns of, each of up to 500 characters.
    person_id : str
        The id that the sender was told for the person before. Where this practice has such a
        person it is them; where it has not, a new person has this id. Empty when none was told.
    """

    channel: str
    sent: dict[str, Json] = field(default_factory=dict)
    numbers: tuple[SenderNumber, ...] = ()
    reach: ReachStated = ReachStated()
    urgency: Urgency = Urgency.ROUTINE
    address_protected: bool = False
    risks: tuple[str, ...] = ()
    person_id: str = ""

    def key(self) -> str | None:
        """An idempotency key made of the sender's numbers of the referral; None without any."""
        own = sorted((n.system, n.value) for n in self.numbers if n.kind == "ServiceRequest")
        if not own:
            return None
        text = "\n".join(f"{system}|{value}" for system, value in own)
        return f"{self.channel}:{hashlib.sha256(text.encode()).hexdigest()}"


PROTECTED_CARE = "The person's address is protected. Agree with them how to reach them."
"""What whoever makes contact is told of a record that is marked at its source."""
NOT_STATED = "Not stated by the sender."
"""Why no consent is recorded when another system sent none with the referral."""
