"""Searching for what is about people: referrals, the work on them, and the person themself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from service.api.fhir import systems
from service.api.fhir.errors import BadSearch
from service.api.fhir.present import directory
from service.api.fhir.present.message import message_id
from service.api.fhir.search.results import Results, Scope
from service.api.fhir.shown import (
    Shown,
    message_shown,
    numbered,
    patient_shown,
    people_shown,
    request_shown,
    role_shown,
    task_shown,
)
from service.referrals import exchange, exchange_messages, exchange_search
from service.referrals.exchange import Case
from service.referrals.exchange_terms import Hits, Position, Token


def requests(scope: Scope) -> Results:
    """ServiceRequests. Nine statements at most, whatever is found and included."""
    wanted = scope.wanted
    hits = _hits(scope, exchange_search.requests)
    cases = _cases(scope, hits)
    shown = [request_shown(cases[each.identity]) for each in hits.hits if each.identity in cases]
    found = _in_time(scope, shown)
    included: list[Shown] = []
    for case in cases.values():
        if "ServiceRequest:requester" in wanted.includes and not case.is_own_request:
            included += _allowed(scope, "PractitionerRole", role_shown(case))
        if "ServiceRequest:performer" in wanted.includes:
            own = directory.own_service(scope.settings)
            included += _allowed(scope, "HealthcareService", numbered(own, None))
        if "Task:focus" in wanted.includes:
            included += _tasks_of(scope, case)
    if wanted.includes & {"ServiceRequest:patient", "ServiceRequest:subject"}:
        included += _people(scope, cases.values())
    elif "ServiceRequest:requester" in wanted.includes:
        included += _people(scope, [each for each in cases.values() if each.is_own_request])
    return Results(found, included, hits.total, _next(hits))


def tasks(scope: Scope) -> Results:
    """Tasks of referrals and of offers. Nine statements at most."""
    wanted = scope.wanted
    hits = _hits(scope, exchange_search.tasks)
    cases = _cases(scope, hits)
    shown = [
        task_shown(cases[each.referral_id], each.identity)
        for each in hits.hits
        if each.referral_id in cases
    ]
    found = _in_time(scope, shown)
    included: list[Shown] = []
    for case in cases.values():
        if "Task:focus" in wanted.includes:
            included += _allowed(scope, "ServiceRequest", request_shown(case))
    if "Task:patient" in wanted.includes:
        included += _people(scope, cases.values())
    return Results(found, included, hits.total, _next(hits))


def documents(scope: Scope) -> Results:
    """Messages back. Ten statements at most."""
    hits = _hits(scope, exchange_search.messages)
    cases = _cases(scope, hits)
    sent = exchange_messages.messages_of(
        scope.session, by=scope.caller.actor, referral_ids=list(cases)
    )
    known = {message_id(each): each for each in sent}
    found = [
        message_shown(cases[each.referral_id], known[each.identity])
        for each in hits.hits
        if each.referral_id in cases and each.identity in known
    ]
    return Results(found, (), hits.total, _next(hits))


def patients(scope: Scope) -> Results:
    """People by their NHS number, all on one page: a practice has few under one number.

    Raises
    ------
    BadSearch
        If no identifier is given: nobody is listed.
    """
    given = [use for use in scope.wanted.used if use.parameter.name == "identifier"]
    if not given:
        raise BadSearch(
            "A Patient is found by identifier only: "
            f"`identifier={systems.NHS_NUMBER}|number`, best by POST to Patient/_search."
        )
    numbers: set[str] | None = None
    for use in given:
        here = {_number(each) for each in scope.tokens(use) if _is_number(each)}
        numbers = here if numbers is None else numbers & here
    people = exchange_search.patients(
        scope.session, by=scope.caller.actor, numbers=sorted(numbers or ())
    )
    ids = [each for person in people for each in person]
    cases = exchange.cases(scope.session, by=scope.caller.actor, referral_ids=ids)
    found = [patient_shown([cases[each] for each in person if each in cases]) for person in people]
    return Results(found if scope.wanted.count else (), (), len(found))


def _hits(scope: Scope, search: Callable[..., Hits]) -> Hits:
    """One page of what the rooms find for what was asked."""
    return search(
        scope.session,
        by=scope.caller.actor,
        filters=scope.filters(),
        upto=scope.upto,
        after=_position(scope),
        limit=scope.wanted.count,
        newest_first=scope.wanted.newest_first,
    )


def _cases(scope: Scope, hits: Hits) -> dict[str, Case]:
    ids = list(dict.fromkeys(each.referral_id for each in hits.hits))
    found = exchange.cases(scope.session, by=scope.caller.actor, referral_ids=ids)
    return {each: found[each] for each in ids if each in found}


def _in_time(scope: Scope, shown: list[Shown]) -> list[Shown]:
    """Without what was changed after it was found and before it was read.

    It bears a later instant now, so that it comes with the next poll; told here already, it would
    have the poller go on from there and miss what others changed in between.
    """
    return [e for e in shown if e.updated_at is not None and e.updated_at <= scope.upto]


def _people(scope: Scope, cases: Iterable[Case]) -> list[Shown]:
    """The people of these referrals, each as they are read by themselves."""
    ids = {each.person.person_id for each in cases}
    if not ids or not scope.caller.may("Patient", "r"):
        return []
    return people_shown(scope.session, scope.caller.actor, ids)


def _tasks_of(scope: Scope, case: Case) -> list[Shown]:
    ids = [case.referral.referral_id, *(each.offer.offer_id for each in case.approaches)]
    return [shown for each in ids for shown in _allowed(scope, "Task", task_shown(case, each))]


def _allowed(scope: Scope, kind: str, shown: Shown) -> list[Shown]:
    """What the token may read of what hangs on to a result; the rest is left out."""
    return [shown] if scope.caller.may(kind, "r") else []


def _position(scope: Scope) -> Position | None:
    after = scope.wanted.cursor.after
    if not after:
        return None
    try:
        at, identity = after
        instant = datetime.fromisoformat(at)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadSearch("The page in this link is not known. Search again from the start.")
    return Position(instant, identity)


def _next(hits: Hits) -> tuple[str, ...] | None:
    if not hits.more:
        return None
    last = hits.hits[-1]
    return last.at.isoformat(), last.identity


def _is_number(token: Token) -> bool:
    return token.system in {None, systems.NHS_NUMBER}


def _number(token: Token) -> str:
    return token.code.replace(" ", "").replace("-", "")
