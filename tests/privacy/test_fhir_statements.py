"""How many statements a referral over FHIR takes: few, and no more the more came with it."""

from __future__ import annotations

import json
import re

from api_client import Api
from fhir_sent import BASE, FHIR, bundle, condition, post, read, taken
from sent_statements import counted

pytest_plugins = ("api_fixtures",)


def shapes(sent: list[str]) -> list[str]:
    """The statements without their values, as far as a count needs them."""
    return [re.sub(r"'[^']*'|\d+", "?", each)[:60] for each in sent]


def test_a_transaction_takes_no_more_the_more_came_with_it(quick: Api):
    taken(post(quick, "", bundle("0")))
    with counted(quick.town) as few:
        taken(post(quick, "", bundle("1")))
    many = bundle("2")
    for number in range(12):
        many["entry"].append(
            {
                "fullUrl": f"urn:uuid:7c6f2d0e-3333-4000-8000-{number:012d}",
                "resource": condition(code={"text": f"Reason {number} of many."}),
                "request": {"method": "POST", "url": "Condition"},
            }
        )
    with counted(quick.town) as more:
        taken(post(quick, "", many))
    # What was read from the words of so many reasons may be one need more or less.
    without = [each for each in shapes(more) if "INTO referral_need" not in each]
    assert len(without) == len([e for e in shapes(few) if "INTO referral_need" not in e])
    assert len(few) <= MOST_OF_A_TRANSACTION, few


MOST_OF_A_TRANSACTION = 32
"""Who asks; was it here before, by its numbers and by its key; the practice; the person; the
referral with needs, consent, what came along and its numbers; its record; what is told of it."""


def test_sent_again_or_refused_it_costs_little(quick: Api):
    taken(post(quick, "", bundle()))
    with counted(quick.town) as again:
        assert post(quick, "", bundle()).status_code == 409
    assert len(again) <= 3, again
    with counted(quick.town) as broken:
        assert post(quick, "", bundle("2", without=("patient",))).status_code == 422
    assert len(broken) <= 1, broken


def test_a_move_takes_a_fixed_number(quick: Api):
    counts = []
    for number in ("1", "2"):
        task_id = taken(post(quick, "", bundle(number)))
        task = read(quick, f"Task/{task_id}")
        sent = task | {"status": "cancelled", "statusReason": {"text": "Sent by mistake"}}
        with counted(quick.town) as found:
            answer = quick.request(
                "PUT",
                f"{BASE}/Task/{task_id}",
                content=json.dumps(sent),
                headers={"Content-Type": FHIR, "If-Match": 'W/"1"'},
            )
        assert answer.status_code == 200, answer.text
        counts.append(len(found))
    assert counts[0] == counts[1] <= MOST_OF_A_MOVE, counts


MOST_OF_A_MOVE = 28
"""Who asks; the Task as it stands; the referral, held; the move with its record; the Task again."""
