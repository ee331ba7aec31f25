"""The people of the demonstration: invented, and offered by the development sign-in only."""

from __future__ import annotations

from dataclasses import dataclass

from service.identity.actors import Actor
from service.identity.roles import (
    COMMISSIONER,
    LINK_WORKER,
    PRACTICE_USER,
    REGISTER_STEWARD,
    SERVICE_LEAD,
    Role,
)
from service.identity.staff import DEVELOPMENT, add_staff, grant
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented member of staff. `place` is a real code of the example town, '' for none."""

    subject: str
    name: str
    role: Role
    place: str


DEMO_STAFF = (
    DemoPerson("link-worker-widnes", "Asha Brightwater", LINK_WORKER, "U79408"),
    DemoPerson("link-worker-runcorn", "Tom Fennimore", LINK_WORKER, "U09643"),
    DemoPerson("lead-halton", "Grace Oakhollow", SERVICE_LEAD, "QYG"),
    DemoPerson("practice-widnes", "Dr Lena Marshwick", PRACTICE_USER, "N81011"),
    DemoPerson("steward-halton", "Colin Wayfarer", REGISTER_STEWARD, ""),
    DemoPerson("commissioner-halton", "Priya Estuary", COMMISSIONER, "QYG"),
)


def add_demo_staff(work: UnitOfWork, *, by: Actor) -> dict[str, int]:
    """List the invented staff with their roles; numbers by subject. Twice changes nothing.

    Raises
    ------
    NotAllowed
        If `by` may not manage staff.
    BadPlace
        If the example town is not in the register.
    """
    numbers: dict[str, int] = {}
    for each in DEMO_STAFF:
        numbers[each.subject] = add_staff(
            work,
            by=by,
            issuer=DEVELOPMENT,
            subject=each.subject,
            name=each.name,
            email=f"{each.subject}@example.org",
        )
        grant(work, by=by, staff_id=numbers[each.subject], role=each.role.name, place=each.place)
    return numbers
