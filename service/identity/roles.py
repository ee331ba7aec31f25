"""Roles as data: who may do what, in words a person can check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.identity.errors import UnknownRole


class Permission(StrEnum):
    """One thing that may be allowed. Where it holds is decided by the actor's places."""

    REFER = "refer"
    READ_REFERRALS = "read_referrals"
    MATCH = "match"
    TRIAGE = "triage"
    WORK_REFERRALS = "work_referrals"
    ASSIGN = "assign"
    REASSIGN_BULK = "reassign_bulk"
    SEARCH_PEOPLE = "search_people"
    CLOSE_FLAG = "close_flag"
    EDIT_REGISTER = "edit_register"
    REVIEW_CORRECTIONS = "review_corrections"
    READ_MAPS = "read_maps"
    READ_FIGURES = "read_figures"
    READ_AUDIT = "read_audit"
    BREAK_GLASS = "break_glass"
    MANAGE_STAFF = "manage_staff"
    IMPORT = "import"
    MANAGE_TOKENS = "manage_tokens"
    OPERATE = "operate"

    @property
    def words(self) -> str:
        """What it allows, as it is told to whoever has it."""
        return _WORDS[self]


_WORDS: dict[Permission, str] = {
    Permission.REFER: "refer a person to a link worker",
    Permission.READ_REFERRALS: "read about the people who were referred",
    Permission.MATCH: "look for groups that fit a person",
    Permission.TRIAGE: "look through new referrals, accept them or send them back with a reason",
    Permission.WORK_REFERRALS: "work with a person: offers to groups, contacts, plan and outcome",
    Permission.ASSIGN: "give a referral to a link worker",
    Permission.REASSIGN_BULK: "move many referrals from one link worker to others",
    Permission.SEARCH_PEOPLE: "search for a person by name; each search is written down",
    Permission.CLOSE_FLAG: "write down that a clinician has dealt with a danger sign",
    Permission.EDIT_REGISTER: "change what the register says about groups and places",
    Permission.REVIEW_CORRECTIONS: "decide about corrections that others propose",
    Permission.READ_MAPS: "look at maps of groups for each practice",
    Permission.READ_FIGURES: "look at figures; small numbers of people are hidden",
    Permission.READ_AUDIT: "see who has seen and changed what",
    Permission.BREAK_GLASS: (
        "open a record outside your places for an hour in an emergency, with a reason; the lead "
        "is told"
    ),
    Permission.MANAGE_STAFF: "say who may use Kith, and as what",
    Permission.IMPORT: "import registers of groups and practices",
    Permission.MANAGE_TOKENS: "make and withdraw the tokens of practice systems",
    Permission.OPERATE: "look after the database and the server",
}


class PlaceRule(StrEnum):
    """Whether a role is given for a place."""

    NEEDED = "needed"
    NOT_USED = "not used"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions with a description in plain English.

    Attributes
    ----------
    title : str
        What a person calls it: "Link worker".
    place : PlaceRule
        Whether the role is given for a practice, PCN or ICB, or for no place at all.
    is_for_staff : bool
        Whether a member of staff can be given it.
    """

    name: str
    description: str
    permissions: frozenset[Permission]
    title: str = ""
    place: PlaceRule = PlaceRule.NOT_USED
    is_for_staff: bool = False


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
    title="Practice system",
)
LINK_WORKER_SYSTEM = Role(
    "link_worker_system",
    "The computer system that link workers work in, if that is not Kith. It does what a practice's "
    "system does for its practices, and says what becomes of each referral: taken on, in progress, "
    "on hold, completed. It searches for nobody by name and opens no record outside its practices.",
    frozenset(
        {
            Permission.REFER,
            Permission.READ_REFERRALS,
            Permission.MATCH,
            Permission.CLOSE_FLAG,
            Permission.TRIAGE,
            Permission.WORK_REFERRALS,
        }
    ),
    title="Link workers' system",
)
PRACTICE_USER = Role(
    "practice_user",
    "Somebody who works at a GP practice. They can refer people, read what became of them, and "
    "write down that a danger sign has been dealt with. They see nothing of any other practice.",
    frozenset(
        {
            Permission.REFER,
            Permission.READ_REFERRALS,
            Permission.CLOSE_FLAG,
            Permission.READ_MAPS,
        }
    ),
    title="Practice user",
    place=PlaceRule.NEEDED,
    is_for_staff=True,
)
_LINK_WORK = frozenset(
    {
        Permission.REFER,
        Permission.READ_REFERRALS,
        Permission.MATCH,
        Permission.TRIAGE,
        Permission.WORK_REFERRALS,
        Permission.ASSIGN,
        Permission.SEARCH_PEOPLE,
        Permission.CLOSE_FLAG,
        Permission.READ_MAPS,
        Permission.BREAK_GLASS,
    }
)
LINK_WORKER = Role(
    "link_worker",
    "A social prescribing link worker. They take in referrals, find groups with a person, and go "
    "with them until they have arrived. They see the people of their own practices only.",
    _LINK_WORK,
    title="Link worker",
    place=PlaceRule.NEEDED,
    is_for_staff=True,
)
SERVICE_LEAD = Role(
    "service_lead",
    "Whoever leads a team of link workers. They do all that a link worker does, share out the "
    "work, see the figures, and see who looked at which record and why.",
    _LINK_WORK
    | {
        Permission.REASSIGN_BULK,
        Permission.READ_FIGURES,
        Permission.READ_AUDIT,
    },
    title="Team lead",
    place=PlaceRule.NEEDED,
    is_for_staff=True,
)
REGISTER_STEWARD = Role(
    "register_steward",
    "Whoever keeps the register of groups and places true. They import, change and merge entries "
    "and decide about corrections. They see nothing about any person.",
    frozenset(
        {
            Permission.EDIT_REGISTER,
            Permission.REVIEW_CORRECTIONS,
            Permission.IMPORT,
            Permission.READ_MAPS,
        }
    ),
    title="Register steward",
    is_for_staff=True,
)
COMMISSIONER = Role(
    "commissioner",
    "Somebody who plans and pays for care in an area. They look at maps and at figures in which "
    "small numbers are hidden. They see nothing about any person.",
    frozenset({Permission.READ_MAPS, Permission.READ_FIGURES}),
    title="Commissioner",
    place=PlaceRule.NEEDED,
    is_for_staff=True,
)
GROUP_CONTACT = Role(
    "group_contact",
    "Somebody who answers for a community group through a link that was sent to them. They have "
    "no account, and see only what that link shows.",
    frozenset(),
    title="Group contact",
)
OPERATOR = Role(
    "operator",
    "Somebody with a shell on the machine that runs Kith. They import registers, issue tokens, say "
    "who may sign in and look after the database. Everything they do is written down.",
    frozenset(
        {
            Permission.EDIT_REGISTER,
            Permission.IMPORT,
            Permission.MANAGE_TOKENS,
            Permission.MANAGE_STAFF,
            Permission.READ_AUDIT,
            Permission.OPERATE,
            Permission.MATCH,
        }
    ),
    title="Operator",
)
PUBLIC_VISITOR = Role(
    "public_visitor",
    "Anybody. They can look at groups, practices and maps. They see nothing about any person.",
    frozenset(),
    title="Visitor",
)
SELF_REFERRER = Role(
    "self_referrer",
    "Somebody who asks for help for themselves on the public form. The form takes one request to "
    "one practice. Nothing can be read back by it.",
    frozenset({Permission.REFER}),
    title="Somebody asking for help",
)
NO_ROLE = Role(
    "no_role",
    "Somebody who is known here and has not been given anything to do yet.",
    frozenset(),
    title="No role yet",
)

ROLES = {
    role.name: role
    for role in (
        PRACTICE_SYSTEM,
        LINK_WORKER_SYSTEM,
        PRACTICE_USER,
        LINK_WORKER,
        SERVICE_LEAD,
        REGISTER_STEWARD,
        COMMISSIONER,
        GROUP_CONTACT,
        OPERATOR,
        PUBLIC_VISITOR,
        SELF_REFERRER,
    )
}


SYSTEM_ROLES = {role.name: role for role in (PRACTICE_SYSTEM, LINK_WORKER_SYSTEM)}
"""Roles that a registered system can have."""


def system_role(name: str) -> Role:
    """The role of that name that a system can be registered with.

    Raises
    ------
    UnknownRole
        If there is none; the message lists those there are.
    """
    found = SYSTEM_ROLES.get(name.strip().lower().replace("-", "_"))
    if found is None:
        known = ", ".join(sorted(SYSTEM_ROLES))
        raise UnknownRole(f"There is no such role for a system. The roles are: {known}.", role=name)
    return found


def staff_role(name: str) -> Role:
    """The role of that name that a member of staff can be given.

    Raises
    ------
    UnknownRole
        If there is none; the message lists those there are.
    """
    found = ROLES.get(name.strip().lower().replace("-", "_"))
    if found is None or not found.is_for_staff:
        known = ", ".join(sorted(role.name for role in ROLES.values() if role.is_for_staff))
        raise UnknownRole(f"There is no such role for staff. The roles are: {known}.", role=name)
    return found
