"""The inbox, the referral's page, the caseload and the search: what they show, and to whom."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from service.identity.errors import NotAllowed, NotFound
from service.identity.model import AuditEvent
from service.matching.notes.model import FlagStatus
from service.people.errors import BadJoin
from service.people.model import Person
from service.people.nhs_number import NhsNumber
from service.referrals.actions.looking import note_look
from service.referrals.actions.people import join_people, undo_join
from service.referrals.actions.safeguarding import record_risk
from service.referrals.actions.triage import plan_next
from service.referrals.caseload import NOBODY, caseload
from service.referrals.errors import BadEntry
from service.referrals.inbox import InboxFilter, inbox
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import OfferState, ReferralState
from service.referrals.model import RaisedFlag, Referral
from service.referrals.people_search import candidates_for, search_people
from service.referrals.referral_page import history, offer_history, referral_page
from service.referrals.requests import PersonGiven
from service.referrals.turns import Turn
from service.store.base import utc_now
from service.store.work import Store
from tests.statements import counted
from tests.town import SYSTEM, TODAY, WIDNES, request
from tests.workspace_town import (
    ANN,
    ELSEWHERE,
    NOWHERE,
    heard,
    person,
    referred,
    sent,
    spoke,
    town,
    version,
)


def test_danger_first_then_urgency_then_age(store: Store) -> None:
    of = town(store, triaged=False)
    ids = [of.referral_id, *(referred(store, key=str(number)) for number in range(3))]
    with store.work() as work:
        work.session.get_one(Referral, ids[2]).urgency = Urgency.URGENT
        work.session.add(
            RaisedFlag(
                referral_id=ids[3],
                flag="suicide_selfharm",
                status=FlagStatus.PASSIVE,
                words="",
                what_to_do="",
                tell="",
            )
        )
        work.session.add(
            RaisedFlag(
                referral_id=ids[1],
                flag="suicide_selfharm",
                status=FlagStatus.HISTORY,
                words="",
                what_to_do="",
                tell="",
            )
        )
    with store.read() as session:
        found = inbox(session, by=ANN)
        assert [each.referral_id for each in found.items] == [ids[3], ids[2], ids[0], ids[1]]
        assert found.total == 4
        assert found.items[0].flags
        assert not found.items[3].flags, "history is no alarm"
        assert found.items[0].known_elsewhere
        only = inbox(session, by=ANN, wanted=InboxFilter(flagged=True))
        assert [each.referral_id for each in only.items] == [ids[3]]
        second = inbox(session, by=ANN, wanted=InboxFilter(limit=1, offset=1))
        assert ([each.referral_id for each in second.items], second.total) == ([ids[2]], 4)
        assert inbox(session, by=ANN, wanted=InboxFilter(practice="N81019")).items == ()


def test_another_practice_sees_nothing(store: Store) -> None:
    of = town(store, triaged=False)
    offer_history_of = of.referral_id
    with store.read() as session:
        for nobody in (ELSEWHERE, NOWHERE):
            assert inbox(session, by=nobody).total == 0
            assert caseload(session, by=nobody, today=TODAY).items == ()
            assert caseload(session, by=nobody, today=TODAY).workloads == ()
            assert offer_history(session, by=nobody, offer_id=offer_history_of) == []
            for look in (
                lambda by: referral_page(session, by=by, referral_id=of.referral_id, today=TODAY),
                lambda by: history(session, by=by, referral_id=of.referral_id),
                lambda by: candidates_for(session, by=by, person_id=person(of).person_id),
            ):
                with pytest.raises(NotFound):
                    look(nobody)
        with pytest.raises(NotAllowed):
            inbox(session, by=SYSTEM)
        with pytest.raises(NotAllowed):
            referral_page(session, by=SYSTEM, referral_id=of.referral_id, today=TODAY)
    with store.work() as work:
        assert search_people(work, by=ELSEWHERE, text="Person") == ()


def test_the_page_has_everything_in_twelve_statements(store: Store) -> None:
    of = town(store)
    spoke(of)
    for asset in (of.choir, of.garden):
        heard(of, sent(of, asset), OfferState.ACCEPTED)
    with store.work() as work:
        record_risk(work, by=ANN, referral_id=of.referral_id, none_known=True, today=TODAY)
    with store.read() as session, counted(session) as statements:
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
    assert len(statements) <= 12
    assert page.practice_name == "Bevan Group Practice"
    assert [each.group for each in page.offers] == ["Harbour Choir", "Garden Gang"]
    assert OfferState.FIRST_ATTENDED in page.offers[0].next
    assert page.contacts[0].note == "Talked about singing.", "rows outlive their session"
    assert page.turn is Turn.LINK_WORKER or page.turn is Turn.PERSON
    assert {each.recipient for each in page.consents if each.live} == {
        "link-worker", f"asset:{of.choir}", f"asset:{of.garden}",
    }  # fmt: skip
    assert page.version == version(of)
    with store.work() as work:
        note_look(work, by=ANN, page=page)
    with store.read() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.event_id.desc())).first()
        assert event is not None
        assert event.action == "referral.read"
        assert [each.what for each in history(session, by=ANN, referral_id=of.referral_id)][-1] == (
            "received"
        )


def test_a_caseload_says_whose_turn_it_is(store: Store) -> None:
    of = town(store)
    with store.read() as session:
        (item,) = caseload(session, by=ANN, today=TODAY, staff="staff:ann").items
        assert item.turn is Turn.LINK_WORKER
        assert not item.overdue
        later = date.today() + timedelta(days=40)  # noqa: DTZ011 - beside the clock of the store
        assert caseload(session, by=ANN, today=later).items[0].stuck
    offer_id = sent(of, of.choir)
    with store.work() as work:
        plan_next(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of), action="Ring",
            on=TODAY + timedelta(days=2),
        )  # fmt: skip
    with store.read() as session:
        assert caseload(session, by=ANN, today=TODAY).items[0].turn is Turn.GROUP
    heard(of, offer_id, OfferState.ACCEPTED)
    with store.read() as session:
        assert caseload(session, by=ANN, today=TODAY).items[0].turn is Turn.PERSON
        late = caseload(session, by=ANN, today=TODAY + timedelta(days=3))
        assert late.items[0].overdue
        assert late.items[0].turn is Turn.LINK_WORKER
        assert [(each.staff, each.carried, each.overdue) for each in late.workloads] == [
            ("staff:ann", 1, 1)
        ]
        assert caseload(session, by=ANN, today=TODAY, staff=NOBODY).items == ()


def test_two_hundred_and_fifty_take_no_more_statements_than_one(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        first = work.session.get_one(Referral, of.referral_id)
        common = {
            "practice_code": WIDNES, "person_id": first.person_id, "facts": {}, "reason": "",
            "received_from": "token:1", "received_at": utc_now(), "version": 1,
            "request_digest": "0" * 64,
        }  # fmt: skip
        work.session.execute(
            insert(Referral),
            [
                {
                    **common,
                    "referral_id": f"r{number:035d}",
                    "request_key": str(number),
                    "state": ReferralState.RECEIVED if number < 250 else ReferralState.TRIAGED,
                    "assigned_to": None if number < 250 else "staff:ann",
                }
                for number in range(500)
            ],
        )
    with store.read() as session, counted(session) as statements:
        found = inbox(session, by=ANN, wanted=InboxFilter(limit=250))
    assert (len(found.items), found.total, len(statements)) == (250, 250, 4)
    with store.read() as session, counted(session) as statements:
        carried = caseload(session, by=ANN, today=TODAY, staff="staff:ann")
    assert (len(carried.items), len(statements)) == (251, 3)


@pytest.mark.parametrize(
    "text",
    ["person", "PERS", "exa per", "9990000018", "999 000 0018", "1951-03-09", "9/3/1951", "Pérson"],
)
def test_a_search_finds_by_name_number_and_birth_date(store: Store, text: str) -> None:
    of = town(store)
    with store.work() as work:
        found = search_people(work, by=ANN, text=text)
    assert [each.referral_id for each in found] == [of.referral_id]
    with store.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "person.searched"))
        details = event.one().details
        assert details["people"] == [found[0].person_id]
        assert text not in str(details)


@pytest.mark.parametrize("text", ["nobody", "%%", "__", "person9", "9990000026", "31/02/1951"])
def test_a_search_finds_nobody_else(store: Store, text: str) -> None:
    town(store)
    with store.work() as work:
        try:
            assert search_people(work, by=ANN, text=text) == ()
        except BadEntry:
            assert not text.strip("%_")


def test_accents_are_found_with_and_without(store: Store) -> None:
    town(store)
    other = PersonGiven(None, "Zoë", "Éverard-Ölm", date(1980, 1, 1))
    referral_id = referred(store, replace(request(), person=other), key="z")
    for text in ("zoe", "Zoë", "everard", "Éverard", "olm", "Ölm zo"):
        with store.work() as work:
            found = search_people(work, by=ANN, text=text)
            assert [each.referral_id for each in found] == [referral_id], text


def second_record(store: Store, **changes: object) -> str:
    given = {
        "nhs_number": None, "given_name": "Exampel", "family_name": "Person",
        "birth_date": date(1951, 3, 9), **changes,
    }  # fmt: skip
    return referred(store, replace(request(), person=PersonGiven(**given)), key="second")  # type: ignore[arg-type]


def person_id_of(store: Store, referral_id: str) -> str:
    with store.read() as session:
        return session.scalars(
            select(Referral.person_id).where(Referral.referral_id == referral_id)
        ).one()


def test_the_same_person_is_suggested_never_joined(store: Store) -> None:
    of = town(store)
    second_record(store)
    stranger = PersonGiven(None, "Quite", "Otherwise", date(1951, 3, 9))
    referred(store, replace(request(), person=stranger), key="third")
    with store.read() as session:
        (found,) = candidates_for(session, by=ANN, person_id=person(of).person_id)
        assert found.likeness.agrees == ("name", "birth_date")
        assert set(found.likeness.unknown) == {"nhs_number", "postcode"}
        assert not found.joined


def test_joined_by_hand_and_taken_apart_again(store: Store) -> None:
    of = town(store)
    other = second_record(store)
    keep, drop = person_id_of(store, other), person(of).person_id
    with pytest.raises(BadJoin, match="sentence"), store.work() as work:
        join_people(work, by=ANN, keep=keep, drop=drop, reason="same")
    with pytest.raises(NotFound), store.work() as work:
        join_people(work, by=ELSEWHERE, keep=keep, drop=drop, reason="Rang and asked her.")
    with store.work() as work:
        join = join_people(work, by=ANN, keep=keep, drop=drop, reason="Rang and asked her.")
    with store.read() as session:
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
        assert page.person.person_id == keep
        assert page.person.nhs_number == "9990000018", "lent by the other record"
        assert [each.joined for each in page.candidates] == [True]
    with store.work() as work:
        undo_join(work, by=ANN, join_id=join, reason="It was her sister after all.")
    with store.read() as session:
        assert session.get_one(Person, keep).nhs_number is None
        assert session.get_one(Person, drop).joined_to is None
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
        assert page.person.person_id == drop
    with pytest.raises(BadJoin, match="undone"), store.work() as work:
        undo_join(work, by=ANN, join_id=join, reason="It was her sister after all.")


def test_two_nhs_numbers_are_two_people(store: Store) -> None:
    of = town(store)
    other = second_record(store, nhs_number=NhsNumber("9990000026"))
    with pytest.raises(BadJoin, match="two people"), store.work() as work:
        join_people(
            work, by=ANN, keep=person_id_of(store, other), drop=person(of).person_id,
            reason="They look the same.",
        )  # fmt: skip
