"""Staff and roles: who may do what, where; and the actions that change it."""

from __future__ import annotations

import pytest
from town import add_practices

from service.identity.actors import Actor, operator
from service.identity.codes import OdsCode
from service.identity.demo_staff import DEMO_STAFF, add_demo_staff
from service.identity.errors import (
    BadPlace,
    BadStaff,
    NotAllowed,
    UnknownRole,
    UnknownStaff,
)
from service.identity.model import AuditEvent, NhsOrg, NhsOrgKind
from service.identity.roles import PUBLIC_VISITOR, ROLES, Permission
from service.identity.staff import (
    actor_of_staff,
    add_staff,
    end_staff,
    grant,
    revoke,
    staff_list,
)
from service.store.work import Store

TREE = (
    ("QYG", NhsOrgKind.ICB, "Y62"),
    ("U79408", NhsOrgKind.PCN, "QYG"),
    ("U09643", NhsOrgKind.PCN, "QYG"),
    ("N81066", NhsOrgKind.PRACTICE, "U09643"),
)
WIDNES, RUNCORN, GROVE = OdsCode("N81011"), OdsCode("N81019"), OdsCode("N81066")


@pytest.fixture
def places(store: Store) -> Store:
    add_practices(store)
    with store.work() as work:
        for code, kind, parent in TREE:
            work.session.add(NhsOrg(ods_code=code, kind=kind, name=code, parent_code=parent))
        work.session.get_one(NhsOrg, WIDNES).parent_code = "U79408"
        work.session.get_one(NhsOrg, RUNCORN).parent_code = "U09643"
    return store


def listed(store: Store, *roles: tuple[str, str], subject: str = "s1") -> int:
    with store.work() as work:
        number = add_staff(work, by=operator(), issuer="i", subject=subject, name="Jo Marsh")
        for role, place in roles:
            grant(work, by=operator(), staff_id=number, role=role, place=place)
    return number


def actor(store: Store, number: int) -> Actor:
    with store.read() as session:
        return actor_of_staff(session, number)


@pytest.mark.parametrize(
    ("place", "reached"),
    [("N81011", {WIDNES}), ("U09643", {RUNCORN, GROVE}), ("QYG", {WIDNES, RUNCORN, GROVE})],
)
def test_a_role_holds_for_every_practice_below_its_place(places, place, reached) -> None:
    jo = actor(places, listed(places, ("link_worker", place)))
    assert jo.places(Permission.WORK_REFERRALS) == reached
    for code in (WIDNES, RUNCORN, GROVE):
        assert jo.may(Permission.TRIAGE, at=code) is (code in reached)
    assert not jo.may(Permission.READ_AUDIT)


def test_two_roles_hold_each_at_their_own_place_only(places) -> None:
    jo = actor(places, listed(places, ("practice_user", "N81011"), ("service_lead", "U09643")))
    assert jo.may(Permission.READ_AUDIT, at=RUNCORN)
    assert not jo.may(Permission.READ_AUDIT, at=WIDNES)
    assert jo.places(Permission.READ_REFERRALS) == {WIDNES, RUNCORN, GROVE}
    assert jo.places(Permission.WORK_REFERRALS) == {RUNCORN, GROVE}
    assert jo.role_names == "practice_user+service_lead"
    with pytest.raises(NotAllowed, match="not for practice N81011"):
        jo.require(Permission.WORK_REFERRALS, at=WIDNES)


def test_a_ring_of_parents_ends(places) -> None:
    with places.work() as work:
        work.session.get_one(NhsOrg, "QYG").parent_code = "U79408"
    jo = actor(places, listed(places, ("commissioner", "U79408")))
    assert jo.places(Permission.READ_MAPS) == {WIDNES, RUNCORN, GROVE}


def test_somebody_without_a_role_may_do_nothing(places) -> None:
    jo = actor(places, listed(places))
    assert not any(jo.may(each) for each in Permission)


def test_a_grant_twice_is_one_and_a_revoked_one_is_gone(places) -> None:
    number = listed(places, ("link_worker", "N81011"), ("link_worker", "N81011"))
    with places.work() as work:
        assert revoke(work, by=operator(), staff_id=number, role="link_worker", place="N81011")
        assert not revoke(work, by=operator(), staff_id=number, role="link_worker", place="N81011")
    assert not actor(places, number).may(Permission.TRIAGE)
    with places.read() as session:
        told = [e.action for e in session.query(AuditEvent).order_by(AuditEvent.event_id)]
    assert told == ["staff.added", "staff.granted", "staff.revoked"]


def test_listing_somebody_again_changes_the_name_and_nothing_else(places) -> None:
    number = listed(places, ("register_steward", ""))
    with places.work() as work:
        again = add_staff(work, by=operator(), issuer="i", subject="s1", name="Jo Hill")
        other = add_staff(work, by=operator(), issuer="j", subject="s1", name="Somebody else")
    assert (again, actor(places, number).name) == (number, "Jo Hill")
    assert other != number
    assert actor(places, number).may(Permission.REVIEW_CORRECTIONS)


def test_somebody_who_has_left_is_no_actor_until_listed_again(places) -> None:
    number = listed(places, ("link_worker", "N81011"))
    with places.work() as work:
        end_staff(work, by=operator(), staff_id=number)
        end_staff(work, by=operator(), staff_id=number)
    with pytest.raises(UnknownStaff):
        actor(places, number)
    with places.read() as session:
        assert [each.is_active for each in staff_list(session)] == [False]
    assert listed(places) == number
    assert actor(places, number).may(Permission.TRIAGE)


@pytest.mark.parametrize(
    ("role", "place", "error"),
    [
        ("link_worker", "", BadPlace),
        ("link_worker", "N99999", BadPlace),
        ("register_steward", "N81011", BadPlace),
        ("operator", "", UnknownRole),
        ("group_contact", "", UnknownRole),
        ("practice_system", "N81011", UnknownRole),
        ("lord", "", UnknownRole),
    ],
)
def test_what_cannot_be_granted_says_why(places, role, place, error) -> None:
    number = listed(places)
    with pytest.raises(error), places.work() as work:
        grant(work, by=operator(), staff_id=number, role=role, place=place)
    assert not any(actor(places, number).may(each) for each in Permission)


@pytest.mark.parametrize(
    "wrong", [{"subject": " "}, {"name": "x" * 121}, {"email": "jo at example"}, {"issuer": ""}]
)
def test_what_is_no_member_of_staff_is_refused(store, wrong) -> None:
    given = {"issuer": "i", "subject": "s", "name": "Jo", "email": "jo@example.org"} | wrong
    with pytest.raises(BadStaff), store.work() as work:
        add_staff(work, by=operator(), **given)


@pytest.mark.parametrize("role", sorted(r.name for r in ROLES.values() if r.is_for_staff))
def test_nobody_but_the_operator_manages_staff(places, role) -> None:
    someone = Actor("staff:9", ROLES[role], frozenset({WIDNES}))
    for by in (someone, Actor("visitor", PUBLIC_VISITOR)):
        with pytest.raises(NotAllowed), places.work() as work:
            add_staff(work, by=by, issuer="i", subject="s", name="Jo")
        with pytest.raises(NotAllowed), places.work() as work:
            grant(work, by=by, staff_id=1, role="link_worker", place="N81011")


def test_the_demonstration_has_every_role_and_can_be_made_twice(places) -> None:
    with places.work() as work:
        first = add_demo_staff(work, by=operator())
    with places.work() as work:
        assert add_demo_staff(work, by=operator()) == first
    with places.read() as session:
        assert session.query(AuditEvent).count() == 2 * len(DEMO_STAFF)
    assert {each.role.name for each in DEMO_STAFF} == {
        role.name for role in ROLES.values() if role.is_for_staff
    }


def test_every_role_and_permission_is_told_in_words() -> None:
    for role in ROLES.values():
        assert role.title
        assert role.description.endswith(".")
    words = [each.words for each in Permission]
    assert len(set(words)) == len(words)
