"""The whole path of one referral: triage, contact, plan, offer, first visit, outcome, reply."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from geo.errors import DomainError
from service.identity import audit
from service.identity.actors import Actor, operator
from service.identity.errors import NotAllowed, NotFound
from service.identity.model import AuditEvent
from service.identity.roles import SERVICE_LEAD
from service.identity.staff import add_staff, end_staff, grant
from service.referrals.actions.asking import ask_for_more, preview_return
from service.referrals.actions.contacts import Reach, set_reach
from service.referrals.actions.letters import edit_message, send_message, write_message
from service.referrals.actions.looking import read_messages
from service.referrals.actions.outcomes import close, leave, no_suitable_asset, record_measure
from service.referrals.actions.plan import GoalGiven, agree_plan, begin_review, set_about, set_goal
from service.referrals.actions.triage import (
    accept,
    assign,
    give_back,
    plan_next,
    reassign,
    settle_need,
)
from service.referrals.errors import BadEntry, BadMove, BadReason
from service.referrals.kinds import LetterState, Urgency
from service.referrals.lifecycle import OfferState, ReferralState
from service.referrals.measures.scoring import Instrument
from service.referrals.model import Referral, ReferralEvent, ReferralNeed
from service.referrals.offer_model import Offer, OfferEvent
from service.referrals.work_model import Measurement, MessageBack
from service.register.model import Asset
from service.store.errors import EditConflict
from service.store.outbox import OutboxMessage
from service.store.work import Store, UnitOfWork
from tests.town import OTHER_SYSTEM, RUNCORN, SYSTEM, TODAY, WIDNES
from tests.workspace_town import (
    ANN,
    BEA,
    ELSEWHERE,
    Town,
    heard,
    offered,
    referred,
    sent,
    spoke,
    town,
    version,
)


def the_referral(of: Town) -> Referral:
    with of.store.read() as session:
        referral = session.get_one(Referral, of.referral_id)
        session.expunge(referral)
        return referral


def with_plan(of: Town) -> None:
    spoke(of)
    with of.store.work() as work:
        set_goal(
            work, by=ANN, referral_id=of.referral_id, today=TODAY,
            goal=GoalGiven("Sing with others again", "loneliness_isolation", 9, 4),
        )  # fmt: skip
    with of.store.work() as work:
        agree_plan(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of), agreed_on=TODAY,
            agreed_with="The person", review_on=TODAY + timedelta(days=84), today=TODAY,
        )  # fmt: skip


def test_from_the_inbox_to_the_reply(store: Store) -> None:
    of = town(store)
    with_plan(of)
    assert the_referral(of).state is ReferralState.PLAN_AGREED
    offer_id = sent(of, of.choir)
    heard(of, offer_id, OfferState.ACCEPTED)
    heard(of, offer_id, OfferState.FIRST_ATTENDED)
    heard(of, offer_id, OfferState.ATTENDING, sessions=6)
    with store.work() as work:
        begin_review(work, by=ANN, referral_id=of.referral_id, seen_version=version(of))
    with store.work() as work:
        scores = record_measure(
            work, by=ANN, referral_id=of.referral_id, instrument=Instrument.ONS4,
            answers={"satisfied": 8, "anxious": 2}, taken_on=TODAY, today=TODAY,
        )  # fmt: skip
    assert scores["satisfied_band"] == "high"
    with store.work() as work:
        message = close(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            outcome="goals_met", today=TODAY,
        )  # fmt: skip
    with store.work() as work:
        body = work.session.get_one(MessageBack, message).body
        edit_message(
            work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=1,
            body=body + "\nWith thanks.\n",
        )  # fmt: skip
    with store.work() as work:
        send_message(work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=2)
    with store.work() as work:
        (letter,) = read_messages(work, by=SYSTEM, referral_id=of.referral_id)
    for words in ("Harbour Choir", "6 sessions", "Goals met", "Sing with others", "With thanks"):
        assert words in letter.body
    assert "Talked about singing" not in letter.body, "a contact note is not for the practice"
    with store.read() as session:
        referral = session.get_one(Referral, of.referral_id)
        assert referral.state is ReferralState.CLOSED
        assert session.get_one(Offer, offer_id).state is OfferState.ENDED
        states = session.scalars(
            select(ReferralEvent.to_state)
            .where(ReferralEvent.referral_id == of.referral_id)
            .order_by(ReferralEvent.event_id)
        ).all()
        assert list(dict.fromkeys(each.value for each in states)) == [
            "received", "triaged", "contacted", "plan_agreed", "review", "closed",
        ]  # fmt: skip
        moves = session.execute(
            select(OfferEvent.at_state, OfferEvent.to_state, OfferEvent.actor)
            .where(OfferEvent.offer_id == offer_id)
            .order_by(OfferEvent.event_id)
        ).all()
        assert [to.value for _, to, _ in moves] == [
            "offered", "sent", "accepted", "first_attended", "attending", "ended",
        ]  # fmt: skip
        assert {actor for _, _, actor in moves} == {"staff:ann"}
        choir = session.get_one(Asset, of.choir)
        assert (choir.times_asked, choir.times_accepted) == (1, 1)
        assert audit.first_break(session) is None
        sending = session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == "message_back.sent")
        ).one()
        assert sending.body == {"message": message, "referral": of.referral_id}


def test_the_second_writer_is_told_what_the_first_one_did_and_nothing_is_lost(
    store: Store,
) -> None:
    of = town(store)
    seen = version(of)
    with store.work() as work:
        plan_next(
            work, by=BEA, referral_id=of.referral_id, seen_version=seen, action="Ring", on=TODAY
        )
    with (
        pytest.raises(EditConflict, match="next action set by somebody") as caught,
        store.work() as work,
    ):
        set_about(
            work, by=ANN, referral_id=of.referral_id, seen_version=seen,
            what_matters="Her dog", strengths=["Bakes"],
        )  # fmt: skip
    changes = caught.value.fields["changes"]
    assert isinstance(changes, list)
    assert len(changes) == 1
    # Bea is not listed among the staff here; a name is told where there is one.
    assert changes[0]["by"] == "staff:bea"
    assert "Ring" not in str(caught.value.fields), "what was typed stays in the record"
    with store.work() as work:
        set_about(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            what_matters="Her dog", strengths=["Bakes", "  "],
        )  # fmt: skip
    assert the_referral(of).next_action == "Ring"


def test_a_letter_changed_by_another_is_not_overwritten(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        message = write_message(work, by=ANN, referral_id=of.referral_id, today=TODAY)
    with store.work() as work:
        edit_message(
            work, by=BEA, referral_id=of.referral_id, message_id=message, seen_version=1, body="B"
        )
    with pytest.raises(EditConflict), store.work() as work:
        edit_message(
            work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=1, body="A"
        )
    with pytest.raises(EditConflict), store.work() as work:
        send_message(work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=1)
    with store.work() as work:
        send_message(work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=2)
    with pytest.raises(BadMove, match="has been sent"), store.work() as work:
        edit_message(
            work, by=ANN, referral_id=of.referral_id, message_id=message, seen_version=2, body="C"
        )


def test_returning_tells_the_practice_why(store: Store) -> None:
    of = town(store, triaged=False)
    with pytest.raises(BadReason), store.work() as work:
        give_back(work, by=ANN, referral_id=of.referral_id, seen_version=1, reason="", today=TODAY)
    with store.work() as work:
        give_back(
            work, by=ANN, referral_id=of.referral_id, seen_version=1, today=TODAY,
            reason="not_enough_information", text="What would the person like?",
        )  # fmt: skip
    with store.work() as work:
        (letter,) = read_messages(work, by=SYSTEM, referral_id=of.referral_id)
    assert "Not enough information to help" in letter.body
    assert "What would the person like?" in letter.body
    assert the_referral(of).state is ReferralState.RETURNED
    with pytest.raises(BadMove, match="new referral"), store.work() as work:
        accept(work, by=ANN, referral_id=of.referral_id, seen_version=version(of))


def test_accepting_assigning_taking_over_and_many_at_once(store: Store) -> None:
    of = town(store, triaged=False)
    bea = colleague(store, "bea", str(WIDNES))
    lead = Actor("staff:lead", SERVICE_LEAD, frozenset({WIDNES}))
    with store.work() as work:
        accept(
            work, by=ANN, referral_id=of.referral_id, seen_version=1, assign_to=bea,
            urgency=Urgency.SOON, next_action_on=TODAY,
        )  # fmt: skip
    assert the_referral(of).assigned_to == bea
    with store.work() as work:
        assign(work, by=ANN, referral_id=of.referral_id, seen_version=version(of), to=ANN.actor_id)
    assert the_referral(of).assigned_to == ANN.actor_id
    other = referred(store, key="another")
    why = {"to": bea, "reason": "Ann is on leave."}
    with pytest.raises(EditConflict), store.work() as work:
        reassign(work, by=lead, seen={of.referral_id: version(of), other: 99}, **why)
    assert the_referral(of).assigned_to == ANN.actor_id, "all of them, or none"
    with pytest.raises(NotAllowed), store.work() as work:
        reassign(work, by=ANN, seen={other: 1}, **why)
    with store.work() as work:
        assert reassign(work, by=lead, seen={of.referral_id: version(of), other: 1}, **why) == 2
    with store.read() as session:
        told = session.scalars(select(ReferralEvent.text).order_by(ReferralEvent.event_id.desc()))
        assert told.first() == "Ann is on leave."
    for wrong in ({"seen": {}}, {"reason": " "}, {"to": "staff:99"}):
        with pytest.raises(BadEntry), store.work() as work:
            reassign(work, by=lead, **{"seen": {other: 2}, **why, **wrong})


def test_work_goes_to_nobody_who_could_not_see_it(store: Store) -> None:
    of = town(store)
    for subject, place in (("eve", str(RUNCORN)), ("new", "")):
        with pytest.raises(BadEntry, match="could not see"), store.work() as work:
            assign(
                work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
                to=colleague(store, subject, place),
            )  # fmt: skip
    gone = colleague(store, "gone", str(WIDNES))
    with store.work() as work:
        end_staff(work, by=operator(), staff_id=int(gone.removeprefix("staff:")))
    with pytest.raises(BadEntry), store.work() as work:
        assign(work, by=ANN, referral_id=of.referral_id, seen_version=version(of), to=gone)


def test_the_practice_is_asked_for_more(store: Store) -> None:
    of = town(store, triaged=False)
    with pytest.raises(BadEntry), store.work() as work:
        asked(work, of, "More?")
    with store.work() as work:
        asked(work, of, "Which language does she speak at home?")
    found = the_referral(of)
    assert (found.state, found.version) == (ReferralState.NEEDS_MORE, 2)
    with store.work() as work:
        (letter,) = read_messages(work, by=SYSTEM, referral_id=of.referral_id)
    assert "more information needed" in letter.body
    assert "- Which language does she speak at home?" in letter.body
    with store.work() as work:
        accept(work, by=ANN, referral_id=of.referral_id, seen_version=2)
    with pytest.raises(BadMove, match="own page"), store.work() as work:
        asked(work, of, "Which language does she speak at home?")


def test_what_is_previewed_is_what_is_sent(store: Store) -> None:
    of = town(store, triaged=False)
    why = {"reason": "other", "text": "She has moved to Wales."}
    with store.read() as session:
        with pytest.raises(BadReason):
            preview_return(
                session, by=ANN, referral_id=of.referral_id, reason="other", text="", today=TODAY
            )
        with pytest.raises(NotFound):
            preview_return(session, by=ELSEWHERE, referral_id=of.referral_id, today=TODAY, **why)
        shown = preview_return(session, by=ANN, referral_id=of.referral_id, today=TODAY, **why)
    assert the_referral(of).version == 1
    with store.work() as work:
        give_back(work, by=ANN, referral_id=of.referral_id, seen_version=1, today=TODAY, **why)
    with store.work() as work:
        (letter,) = read_messages(work, by=SYSTEM, referral_id=of.referral_id)
    assert letter.body == shown


def asked(work: UnitOfWork, of: Town, question: str) -> None:
    ask_for_more(
        work, by=ANN, referral_id=of.referral_id, seen_version=version(of), question=question,
        today=TODAY,
    )  # fmt: skip


def colleague(store: Store, subject: str, place: str) -> str:
    """A link worker of a practice; with no place, somebody who has no role yet."""
    with store.work() as work:
        number = add_staff(work, by=operator(), issuer="x", subject=subject, name=subject)
        if place:
            grant(work, by=operator(), staff_id=number, role="link_worker", place=place)
    return f"staff:{number}"


def test_needs_are_confirmed_removed_and_added_with_one_click(store: Store) -> None:
    of = town(store)
    for need, right in (
        ("loneliness_isolation", True),
        ("loneliness_isolation", True),
        ("nature_green", True),
        ("nature_green", False),
        ("nature_green", False),
        ("digital", True),
    ):
        with store.work() as work:
            settle_need(work, by=ANN, referral_id=of.referral_id, need=need, is_right=right)
    with store.read() as session:
        needs = session.scalars(select(ReferralNeed).order_by(ReferralNeed.position)).all()
        assert [(each.need, each.confirmed_by) for each in needs] == [
            ("loneliness_isolation", "staff:ann"),
            ("digital", "staff:ann"),
        ]
    assert version(of) == 6, "clicks that change nothing are no change"


def test_closing_ends_open_offers_and_nothing_follows(store: Store) -> None:
    of = town(store)
    waiting, going = sent(of, of.choir), sent(of, of.garden)
    heard(of, going, OfferState.ACCEPTED)
    heard(of, going, OfferState.FIRST_ATTENDED)
    with store.work() as work:
        close(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            outcome="connected", today=TODAY,
        )  # fmt: skip
    with store.read() as session:
        assert session.get_one(Offer, waiting).state is OfferState.WITHDRAWN
        assert session.get_one(Offer, going).state is OfferState.ENDED
    with pytest.raises(BadMove):
        heard(of, going, OfferState.ATTENDING)


def test_leaving_needs_a_reason_of_its_list(store: Store) -> None:
    of = town(store)
    with pytest.raises(BadReason), store.work() as work:
        leave(
            work, by=ANN, referral_id=of.referral_id, seen_version=2, reason="goals_met",
            today=TODAY,
        )  # fmt: skip
    with store.work() as work:
        leave(
            work, by=ANN, referral_id=of.referral_id, seen_version=2, reason="moved_away",
            today=TODAY,
        )  # fmt: skip
    assert the_referral(of).state is ReferralState.WITHDRAWN


def test_nothing_suitable_keeps_the_barrier_and_the_referral_open(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        no_suitable_asset(
            work, by=ANN, referral_id=of.referral_id, seen_version=2, reason="no_transport"
        )
    assert the_referral(of).state is ReferralState.NO_SUITABLE_ASSET
    offered(of, of.choir)


def test_a_plan_needs_a_goal_and_a_scale_ends_at_ten(store: Store) -> None:
    of = town(store)
    spoke(of)
    with pytest.raises(BadEntry, match="goal"), store.work() as work:
        agree_plan(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of), agreed_on=TODAY,
            agreed_with="The person", review_on=None, today=TODAY,
        )  # fmt: skip
    with pytest.raises(BadEntry, match="1 to 10"), store.work() as work:
        set_goal(
            work, by=ANN, referral_id=of.referral_id, today=TODAY, goal=GoalGiven("Hope", "", 11)
        )


def test_a_licensed_measure_is_off_until_it_is_confirmed(store: Store) -> None:
    of = town(store)
    answers = {str(item): 3 for item in range(1, 7)}
    asked = {
        "by": ANN, "referral_id": of.referral_id, "instrument": Instrument.SWEMWBS,
        "answers": answers, "taken_on": TODAY, "today": TODAY,
    }  # fmt: skip
    with pytest.raises(BadEntry, match="licence"), store.work() as work:
        record_measure(work, **asked)  # type: ignore[arg-type]
    with store.work() as work:
        assert record_measure(work, **asked, licensed=[Instrument.SWEMWBS]) == {}  # type: ignore[arg-type]
    with store.read() as session:
        kept = session.scalars(select(Measurement)).one()
        assert (kept.answers, kept.scores, kept.instrument_version) == (answers, {}, "7-items")


def test_another_practice_finds_nothing_to_change(store: Store) -> None:
    of = town(store)
    offer_id = sent(of, of.choir)
    del offer_id
    for act in (
        lambda work: assign(
            work, by=ELSEWHERE, referral_id=of.referral_id, seen_version=2, to="staff:eve"
        ),
        lambda work: set_reach(
            work, by=ELSEWHERE, referral_id=of.referral_id, seen_version=2, reach=Reach()
        ),
        lambda work: write_message(work, by=ELSEWHERE, referral_id=of.referral_id, today=TODAY),
        lambda work: read_messages(work, by=OTHER_SYSTEM, referral_id=of.referral_id),
    ):
        with pytest.raises(NotFound), store.work() as work:
            act(work)
    with pytest.raises(NotAllowed), store.work() as work:
        write_message(work, by=SYSTEM, referral_id=of.referral_id, today=TODAY)


def test_if_the_record_cannot_be_written_nothing_is_changed(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        work.session.execute(text("DROP TABLE audit_event"))
    try:
        with pytest.raises((DBAPIError, DomainError)):
            spoke(of)
        assert the_referral(of).first_contact_on is None
        assert version(of) == 2
    finally:
        AuditEvent.__table__.create(store.engine)  # type: ignore[attr-defined]


def test_drafts_are_not_for_the_practice(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        message = write_message(work, by=ANN, referral_id=of.referral_id, today=TODAY)
    with store.work() as work:
        assert read_messages(work, by=SYSTEM, referral_id=of.referral_id) == ()
        assert work.session.get_one(MessageBack, message).state is LetterState.DRAFT
