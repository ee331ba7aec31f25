"""Roles as data: who may do what, in words a person can check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing that may be allowed. Where it holds is decided by the actor's places."""

    REFER = "refer"
    READ_REFERRALS = "read_referrals"
    MATCH = "match"
    CLOSE_FLAG = "close_flag"
    EDIT_REGISTER = "edit_register"
    IMPORT = "import"
    MANAGE_TOKENS = "manage_tokens"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions with a description in plain English."""

    name: str
    description: str
    permissions: frozenset[Permission]


PRACTICE_SYSTEM = Role(
    "practice_system",
    "A GP practice's computer system. It can send referrals for its own practice, read what became "
    "of them, ask for matches, and pass on that a named clinician has dealt with a danger sign. It "
    "sees nothing of any other practice.",
    frozenset(
        {
            Permission.REFER,
            Permission.READ_REFERRALS,
            Permission.MATCH,
            Permission.CLOSE_FLAG,
        }
    ),
)
OPERATOR = Role(
    "operator",
    "Somebody with a shell on the machine that runs Kith. They import registers, issue tokens and "
    "look after the database. Everything they do is written down.",
    frozenset(
        {
            Permission.EDIT_REGISTER,
            Permission.IMPORT,
            Permission.MANAGE_TOKENS,
            Permission.OPERATE,
            Permission.MATCH,
        }
    ),
)
PUBLIC_VISITOR = Role(
    "public_visitor",
    "Anybody. They can look at groups, practices and maps. They see nothing about any person.",
    frozenset(),
)

ROLES = {role.name: role for role in (PRACTICE_SYSTEM, OPERATOR, PUBLIC_VISITOR)}
