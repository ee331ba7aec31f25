"""Registering other systems: their keys, their practices, how far they may reach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity import audit
from service.identity.actors import Actor
from service.identity.client_keys import read_keys
from service.identity.client_model import AccessToken, Client, ClientPractice
from service.identity.codes import OdsCode
from service.identity.errors import BadClient, BadKeys, UnknownClient, UnknownPractice
from service.identity.key_sets import require_safe
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import PRACTICE_SYSTEM, Permission, Role, system_role
from service.identity.scopes import read_scopes
from service.store.base import utc_now
from service.store.work import UnitOfWork

DEFAULT_SCOPES = (
    "system/ServiceRequest.crs system/Task.crus system/Patient.crs system/Practitioner.crs "
    "system/PractitionerRole.crs system/Organization.crs system/Consent.crs system/Condition.crs "
    "system/HealthcareService.rs system/Location.rs system/DocumentReference.rs"
)
"""What a practice system needs to refer, to follow its referrals and to see what there is."""

MOST_PRACTICES = 500


@dataclass(frozen=True, slots=True)
class KeysGiven:
    """A system's public keys: the set itself as JSON, or where it is published; one of the two."""

    jwks: str = ""
    jwks_url: str = ""


@dataclass(frozen=True, slots=True)
class ClientRegistered:
    """A registered system, as it is shown and as its assertions are judged.

    `keys` is None when they are fetched from `jwks_url`.
    """

    client_id: str
    name: str
    practices: frozenset[OdsCode]
    scopes: frozenset[str]
    role: Role
    nhs_mode: bool
    keys: tuple[dict[str, Json], ...] | None
    jwks_url: str
    issuer: str | None
    registered_at: datetime
    keys_changed_at: datetime
    withdrawn_at: datetime | None


def register_client(
    work: UnitOfWork,
    *,
    by: Actor,
    name: str,
    practices: Sequence[OdsCode],
    keys: KeysGiven,
    scopes: str = DEFAULT_SCOPES,
    role: Role = PRACTICE_SYSTEM,
    nhs_mode: bool = False,
    issuer: str = "",
) -> str:
    """Register a system; returns the client id that it signs with.

    Parameters
    ----------
    practices : sequence of OdsCode
        For which it acts: at least one, each in the register.
    keys : KeysGiven
        Its public keys, or where they are.
    scopes : str
        The most that it may ask for, blank-separated.
    role : Role
        As what it acts, one of `SYSTEM_ROLES`: a practice's system, or the link workers' own.
    nhs_mode : bool
        Its assertions are signed with RS512 alone, and refusals are named as the NHS names them.
    issuer : str
        What stands in `iss` when it calls CDS Hooks, if that is not the client id.

    Raises
    ------
    NotAllowed
        If `by` may not manage tokens.
    BadClient, BadKeys, BadScope, UnknownPractice
        If it cannot be registered like this; nothing is kept.
    """
    by.require(Permission.MANAGE_TOKENS)
    name, issuer = name.strip(), issuer.strip()
    if not 1 <= len(name) <= 120 or "\x00" in name:
        raise BadClient("Give the system a name of up to 120 characters.", field="name")
    if len(issuer) > 255 or "\x00" in issuer:
        raise BadClient("An issuer has at most 255 characters.", field="issuer")
    wanted = read_scopes(scopes)
    if not wanted:
        raise BadClient("Give at least one scope, such as system/Task.r.", field="scopes")
    inline, url = _keys(keys)
    row = Client(
        client_id=str(uuid.uuid4()),
        name=name,
        scopes=" ".join(sorted(wanted)),
        role=role.name,
        nhs_mode=nhs_mode,
        keys=inline,
        jwks_url=url,
        issuer=issuer or None,
    )
    codes = sorted(set(practices))
    _require_practices(work.session, codes)
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise BadClient(
            "Another system has this issuer already. Give each its own.", field="issuer"
        ) from error
    work.session.add_all(
        ClientPractice(client_id=row.client_id, practice_code=code) for code in codes
    )
    audit.record(
        work,
        by=by,
        action="client.registered",
        subject=f"client:{row.client_id}",
        details={
            "practices": list[Json](codes[:20]),
            "practice_count": len(codes),
            "scopes": row.scopes,
            "role": row.role,
            "nhs_mode": nhs_mode,
        },
    )
    return row.client_id


def rotate_keys(work: UnitOfWork, *, by: Actor, client_id: str, keys: KeysGiven) -> None:
    """Put other keys in the place of a system's keys, at once.

    For a change without a gap give both the old and the new keys, and the new ones alone when
    nothing is signed with the old any more.

    Raises
    ------
    NotAllowed, UnknownClient, BadKeys
        Nothing is changed.
    """
    by.require(Permission.MANAGE_TOKENS)
    row = _row(work.session, client_id)
    row.keys, row.jwks_url = _keys(keys)
    row.keys_changed_at = utc_now()
    kids: list[Json] = [str(each["kid"])[:80] for each in row.keys or () if isinstance(each, dict)]
    audit.record(
        work,
        by=by,
        action="client.keys_changed",
        subject=f"client:{row.client_id}",
        details={"kids": kids, "from_address": bool(row.jwks_url)},
    )


def withdraw_client(work: UnitOfWork, *, by: Actor, client_id: str) -> bool:
    """End a system's registration and every token it holds, now; False when it had ended before.

    Raises
    ------
    NotAllowed, UnknownClient
    """
    by.require(Permission.MANAGE_TOKENS)
    row = _row(work.session, client_id)
    if row.withdrawn_at is not None:
        return False
    row.withdrawn_at = utc_now()
    work.session.execute(delete(AccessToken).where(AccessToken.client_id == row.client_id))
    audit.record(work, by=by, action="client.withdrawn", subject=f"client:{row.client_id}")
    return True


def client_list(session: Session) -> list[ClientRegistered]:
    """Every system that ever was registered, the oldest first. Two statements."""
    rows = session.scalars(select(Client).order_by(Client.registered_at, Client.client_id)).all()
    places: dict[str, set[OdsCode]] = {}
    for each in session.scalars(select(ClientPractice)):
        places.setdefault(each.client_id, set()).add(OdsCode(each.practice_code))
    return [_told(row, frozenset(places.get(row.client_id, ()))) for row in rows]


def client_named(session: Session, name: str) -> ClientRegistered | None:
    """The system that signs as `name`, its client id or its issuer; None when none does any more.

    One statement. A name that is both one's id and another's issuer is the one whose id it is.
    """
    if len(name) > 255 or "\x00" in name:
        return None
    rows = session.execute(
        select(Client, ClientPractice.practice_code)
        .outerjoin(ClientPractice, ClientPractice.client_id == Client.client_id)
        .where(or_(Client.client_id == name, Client.issuer == name), Client.withdrawn_at.is_(None))
    ).all()
    best = sorted(rows, key=lambda row: row[0].client_id != name)[:1]
    if not best:
        return None
    client = best[0][0]
    codes = {OdsCode(code) for row, code in rows if row is client and code is not None}
    return _told(client, frozenset(codes))


def _row(session: Session, client_id: str) -> Client:
    row = session.get(Client, client_id[:36], with_for_update=True)
    if row is None or row.client_id != client_id:
        raise UnknownClient("There is no such system. `kith client list` shows those there are.")
    return row


def _keys(given: KeysGiven) -> tuple[list[Json] | None, str]:
    if bool(given.jwks) == bool(given.jwks_url):
        raise BadKeys("Give the keys themselves, or the address where they are: one of the two.")
    if given.jwks:
        return read_keys(given.jwks), ""
    require_safe(given.jwks_url)
    return None, given.jwks_url


def _require_practices(session: Session, codes: Sequence[OdsCode]) -> None:
    if not 1 <= len(codes) <= MOST_PRACTICES:
        raise BadClient(f"Name from 1 to {MOST_PRACTICES} practices.", field="practices")
    known = set(
        session.scalars(
            select(NhsOrg.ods_code).where(
                NhsOrg.ods_code.in_(codes), NhsOrg.kind == NhsOrgKind.PRACTICE
            )
        )
    )
    for code in codes:
        if code not in known:
            raise UnknownPractice(
                f"There is no practice {code} in the register. Import it, or check the code.",
                practice=str(code),
            )


def _told(row: Client, practices: frozenset[OdsCode]) -> ClientRegistered:
    kept = None if row.keys is None else tuple(each for each in row.keys if isinstance(each, dict))
    return ClientRegistered(
        client_id=row.client_id,
        name=row.name,
        practices=practices,
        scopes=frozenset(row.scopes.split()),
        role=system_role(row.role),
        nhs_mode=row.nhs_mode,
        keys=kept,
        jwks_url=row.jwks_url,
        issuer=row.issuer,
        registered_at=row.registered_at,
        keys_changed_at=row.keys_changed_at,
        withdrawn_at=row.withdrawn_at,
    )
